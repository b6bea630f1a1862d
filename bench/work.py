"""What real work costs more while it is traced: CPU time of the work alone, and that of the tracer beside it. Times on the
clock are too noisy for that. The best of many short turns, bare and traced alternating."""
import contextlib
import shutil
import socket
import subprocess
import sys
import tempfile
import time

from machine import OUT, ROUNDS, row, run, thread_seconds
from tracers import PEERS, Refused, Strace, missing, ours

TURNS = 3          # of each job while a tracer runs: some of many nobody disturbs
REQUESTS = 30000   # fewer are over before server and client have found their CPUs
PROCESSES = 300
TAR = "tar -cf - /usr/include 2>/dev/null | cat >/dev/null"
FORK = f"i=0; while [ $i -lt {PROCESSES} ]; do /bin/true; i=$((i+1)); done"
BUDGETS = {("redis", "spans"): 1.10, ("redis", "all"): 1.27}
PEER_NAMES = ("bpftrace, count by call", "bpftrace, latencies by call", "strace -c -f")


def command_seconds(*command, prefix=()):
    """CPU of a command and of all that it waits for, not of the tracer that started it."""
    with tempfile.NamedTemporaryFile("r", prefix="spantop-bench.") as file:
        run(*prefix, f"{OUT}/bench/cost_of", file.name, *command)
        user, system, _ = file.read().split()
    return float(user) + float(system)


class Redis:
    """A server for as long as the block lasts."""

    def __init__(self):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = str(probe.getsockname()[1])
        self.process = subprocess.Popen(["redis-server", "--port", self.port, "--bind", "127.0.0.1", "--save", "",
                                         "--appendonly", "no"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)

    def __enter__(self):
        for _ in range(100):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", int(self.port)), 1):
                return self
            time.sleep(0.1)
        self.__exit__()
        sys.exit("bench: redis-server does not answer")

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()

    def request_seconds(self, tracer):
        """CPU a request of client and server, of the server alone."""
        is_strace = isinstance(tracer, Strace)
        requests = REQUESTS // 10 if is_strace else REQUESTS
        with tracer.of(self.process.pid) if is_strace else contextlib.nullcontext():
            before = thread_seconds(self.process.pid)
            client = command_seconds("redis-benchmark", "-p", self.port, "-c", "20", "-t", "get", "-n", str(requests), "-q",
                                     prefix=tracer.prefix)
            server = thread_seconds(self.process.pid) - before
        return requests, {"redis": (client + server) / requests, "redis server": server / requests}


def turn(tracer, redis):
    """(CPU seconds of each job's unit, those of the tracer meanwhile)."""
    def tracer_seconds():
        return thread_seconds(tracer.pid) if tracer.pid else 0

    found, beside = {}, {}
    if redis:
        before = tracer_seconds()
        requests, seconds = redis.request_seconds(tracer)
        found |= seconds
        beside["redis"] = (tracer_seconds() - before) / requests
    for job, command, units in (("tar", TAR, 1), ("process", FORK, PROCESSES)):
        before = tracer_seconds()
        found[job] = command_seconds("sh", "-c", command, prefix=tracer.prefix) / units
        beside[job] = (tracer_seconds() - before) / units
    return found, beside


def lowest(quiet, makers, redis):
    """{tracer: ({job: seconds}, {job: seconds of the tracer})}, the least of each."""
    costs = {name: ({}, {}) for name in makers}
    for _ in range(ROUNDS):
        for name in [name for name in makers if name in costs]:
            quiet.wait()
            try:
                with makers[name]() as tracer:
                    turns = [turn(tracer, redis) for _ in range(1 if tracer.prefix else TURNS)]
            except Refused as reason:
                row(f"work under {name}", f"skipped: {reason}")
                del costs[name]
                continue
            for both in turns:
                for kept, seconds in zip(costs[name], both):
                    for job, value in seconds.items():
                        kept[job] = min(value, kept.get(job, value))
    return costs


TEXTS = {"redis": "CPU of a GET of Redis, client and server", "redis server": "CPU of a GET of Redis, server",
         "tar": "CPU of tar of /usr/include to cat", "process": "CPU of /bin/true from a shell"}


def measure(quiet):
    makers = ours("none", "spans", "all")
    for peer in PEER_NAMES:
        if missing(peer):
            row(f"work under {peer}", f"skipped: {missing(peer)}")
        else:
            makers[peer] = PEERS[peer][1]
    has_redis = shutil.which("redis-server") and shutil.which("redis-benchmark")
    if not has_redis:
        row("CPU of a GET of Redis", "skipped: redis-server or redis-benchmark is missing")
    with Redis() if has_redis else contextlib.nullcontext() as redis:
        costs = lowest(quiet, makers, redis)
    bare = costs["none"][0]
    for job, seconds in bare.items():
        row(f"{TEXTS[job]}, bare", f"{seconds * 1e6:.1f} us")
        for name in (name for name in costs if name != "none"):
            found, beside = costs[name]
            ratio, budget = found[job] / seconds, BUDGETS.get((job, name))
            own = f", tracer {beside[job] * 1e6:.1f} us" if beside.get(job) else ""
            row(f"{TEXTS[job]}, {name}", f"{found[job] * 1e6:.1f} us, {ratio:.2f} times{own}",
                f"at most {budget:.2f} times" if budget else "", ratio <= budget if budget else None)
