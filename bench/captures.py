"""What reading a capture of 3 million events costs, beside what sysdig and csysdig 0.29.3 cost in the same run: CPU time and
peak memory, the two taking turns."""
import os
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
OUT = os.environ.get("O", ".output")
EVENTS = 3_000_000
FIVE = "%evt.num %proc.name %evt.type %fd.name %evt.latency"


def cost(command):
    """CPU seconds and peak MiB of a program whose output goes nowhere."""
    with tempfile.NamedTemporaryFile("r", prefix="spantop-bench.") as file:
        done = subprocess.run([f"{OUT}/bench/cost_of", file.name, *command], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                              stderr=subprocess.PIPE, env=dict(os.environ, TZ="UTC", LC_ALL="C"), check=False)
        if done.returncode:
            sys.exit(f"bench: {' '.join(command)}: exit status {done.returncode}: {done.stderr.decode('utf-8', 'replace')}")
        user, system, peak = file.read().split()
    return float(user) + float(system), int(peak) / 1024


def has_view(spantop, view):
    listed = subprocess.run([spantop, "--list-views"], capture_output=True, text=True, check=True).stdout
    return view in listed.split()


def comparisons(spantop, plain, packed):
    """(text, spantop's command, sysdig's command, least ratio of CPU times, least ratio of memories)."""
    procs = "procs" if has_view(spantop, "procs") else "calls_summary"
    dig, raw = [spantop, "dig"], [spantop, "--raw"]
    nothing = ["proc.name=nosuch"]
    return [
        ("filter that nothing passes, plain", [*dig, "-r", plain, *nothing], ["sysdig", "-r", plain, *nothing], 2, None),
        ("filter that nothing passes, gzip", [*dig, "-r", packed, *nothing], ["sysdig", "-r", packed, *nothing], 1.5, None),
        ("text of every event", [*dig, "-r", plain], ["sysdig", "-r", plain], 5, None),
        ("-p with five fields", [*dig, "-r", plain, "-p", FIVE], ["sysdig", "-r", plain, "-p", FIVE], 5, None),
        ("JSON of every event", [*dig, "-r", plain, "-j"], ["sysdig", "-r", plain, "-j"], None, None),
        ("traces_summary", [*raw, "-v", "traces_summary", "-r", plain],
         ["csysdig", "--raw", "-v", "traces_summary", "-r", plain], 3, 4),
        (f"{procs} against procs", [*raw, "-v", procs, "-r", plain], ["csysdig", "--raw", "-v", "procs", "-r", plain], 4, 4),
    ]


def measure(row, quiet, spantop, rounds):
    if not shutil.which("sysdig"):
        row("captures", "sysdig is missing")
        return
    with tempfile.TemporaryDirectory(prefix="spantop-bench.") as directory:
        plain, packed = f"{directory}/bench.scap", f"{directory}/bench.scap.gz"
        for path in (plain, packed):
            subprocess.run([sys.executable, f"{HERE}/make_capture.py", path, str(EVENTS)], check=True)
        for text, ours, theirs, faster, smaller in comparisons(spantop, plain, packed):
            quiet.wait()
            costs = [(cost(ours), cost(theirs)) for _ in range(rounds)]
            seconds, their_seconds = (min(pair[which][0] for pair in costs) for which in (0, 1))
            memory, their_memory = (max(pair[which][1] for pair in costs) for which in (0, 1))
            ratio = their_seconds / seconds
            row(f"capture: {text}", f"{seconds * 1e9 / EVENTS:.0f} ns, {ratio:.1f} times faster",
                f"at least {faster} times" if faster else "", ratio >= faster if faster else None)
            ratio = their_memory / memory
            row(f"capture: {text}: memory", f"{memory:.0f} MiB, {ratio:.1f} times less", f"at least {smaller} times" if smaller else "",
                ratio >= smaller if smaller else None)
