"""What a system call costs more while it is traced: by spantop in its scopes, by its peers."""
import subprocess

from machine import OUT, ROUNDS, row, run
from tracers import PEERS, Refused, Spantop, missing, ours

SCOPES = ("spans", "inside", "all")
CALLS = ("getppid", "write", "read", "pread", "open", "marker")
BUDGETS = {("spans", "getppid"): 80, ("spans", "write"): 80, ("all", "getppid"): 300, ("all", "write"): 500}
# What falcosecurity's libs 0.25.4 add with all calls enabled (a marker: with write alone), and what the calls cost bare, as
# measured on another, slower machine: ns. To be compared as times of bare only.
KNOWN = {"getppid": (265, 164), "write": (518, 194), "read": (513, 207), "pread": (567, 437), "open": (1520, 2410),
         "marker": (504, 194)}


def cost(slowness=1, prefix=()):
    """ns by call. The slower the tracer, the fewer calls."""
    lines = run(*prefix, f"{OUT}/bench/call_cost", str(2000 // slowness), str(300 if slowness == 1 else 30)).splitlines()
    return {name: float(best) for name, best, _ in (line.split("\t") for line in lines)}


def lowest(quiet, makers, slowness=None):
    """The least cost of each call under each tracer, taking turns. What is refused is told and left out."""
    costs = {name: {} for name in makers}
    for _ in range(ROUNDS):
        for name in [name for name in makers if name in costs]:
            quiet.wait()
            try:
                with makers[name]() as tracer:
                    found = cost((slowness or {}).get(name, 1), tracer.prefix)
            except Refused as reason:
                row(name, f"skipped: {reason}")
                del costs[name]
                continue
            for call, ns in found.items():
                costs[name][call] = min(ns, costs[name].get(call, ns))
    return costs


def tell_bare(bare):
    row("bare " + ", ".join(CALLS), " ".join(f"{bare[call]:.0f}" for call in CALLS) + " ns")


def measure(quiet):
    idle = subprocess.Popen(["sleep", "infinity"])
    makers = ours("none", *SCOPES) | {"others": lambda: Spantop("--scope", "all", "-p", str(idle.pid))}
    costs = lowest(quiet, makers)
    idle.kill()
    idle.wait()
    bare = costs["none"]
    tell_bare(bare)
    for scope in SCOPES:
        ratio = costs[scope]["marker"] / bare["marker"]
        row(f"marker in scope {scope}", f"{costs[scope]['marker']:.0f} ns, {ratio:.2f} times",
            "at most 2.5 times" if scope == "spans" else "", ratio <= 2.5 if scope == "spans" else None)
    for scope in SCOPES:
        for call in CALLS:
            more, budget = costs[scope][call] - bare[call], BUDGETS.get((scope, call))
            row(f"{call} in scope {scope}", f"{more:+.0f} ns, {costs[scope][call] / bare[call]:.2f} times",
                f"at most +{budget} ns" if budget else "", more <= budget if budget else None)
    for call in ("getppid", "write"):
        more, most = (costs[which][call] - bare[call] for which in ("others", "all"))
        row(f"{call} of others than -p names, to its cost in scope all", f"{more:+.0f} ns, {more / most:.2f} times",
            "at most 0.6 times", more <= 0.6 * most)


def measure_peers(quiet):
    for peer in PEERS:
        if missing(peer):
            row(f"under {peer}", f"skipped: {missing(peer)}")
    peers = {peer: PEERS[peer] for peer in PEERS if not missing(peer)}
    costs = lowest(quiet, ours("none", "spans", "all") | {peer: maker for peer, (_, maker, _) in peers.items()},
                   {peer: slowness for peer, (_, _, slowness) in peers.items()})
    bare = costs["none"]
    tell_bare(bare)
    for call in CALLS:
        scope = "spans" if call == "marker" else "all"
        added = costs[scope][call] - bare[call]
        row(f"{call} under spantop --scope {scope}", f"{added:+.0f} ns, {costs[scope][call] / bare[call]:.1f} times bare")
        for peer in (name for name in costs if name in peers):
            more = costs[peer][call] - bare[call]
            row(f"{call} under {peer}", f"{more:+.0f} ns, {1 + more / bare[call]:.1f} times bare, {more / added:.1f} ours")
        known, known_bare = KNOWN[call]
        row(f"{call} under falcosecurity libs 0.25.4, known", f"{known:+d} ns, {1 + known / known_bare:.1f} times bare")
