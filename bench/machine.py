"""What the parts of bench/run share: where things are, how a row looks, whether the machine is quiet, what processes cost."""
import contextlib
import glob
import json
import os
import re
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
OUT = os.environ.get("O", ".output")
ROUNDS = int(os.environ.get("ROUNDS", "5"))
SPANTOP = os.environ.get("SPANTOP", "./spantop")
LIMIT = 60  # seconds that one program may take
TICK = 1 / os.sysconf("SC_CLK_TCK")


def row(what, value, budget="", good=None):
    verdict = "" if good is None else "ok" if good else "OVER"
    print(f"{what:58} {value:>22}  {budget:24} {verdict}", flush=True)


def cpu_seconds(pid):
    with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
        fields = file.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * TICK


def thread_seconds(pid):
    """CPU of the threads that a process has now, to the nanosecond, which cpu_seconds tells in ticks only."""
    nanoseconds = 0
    for path in glob.glob(f"/proc/{pid}/task/*/schedstat"):
        with contextlib.suppress(OSError), open(path, encoding="ascii") as file:
            nanoseconds += int(file.read().split()[0])
    return nanoseconds / 1e9


def resident_mib(pid):
    with open(f"/proc/{pid}/status", encoding="utf-8", errors="replace") as file:
        return int(re.search(r"VmRSS:\s+(\d+)", file.read())[1]) / 1024


def run(*command):
    """What a program prints; none may hang."""
    try:
        return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True,
                              timeout=LIMIT).stdout
    except (OSError, subprocess.SubprocessError) as error:
        sys.exit(f"bench: {error}")


def foreign_programs():
    """Somebody else's BPF programs make every system call dearer, the bare ones as well."""
    kinds = {"tracing", "raw_tracepoint", "raw_tracepoint_writable", "tracepoint", "kprobe", "perf_event"}
    try:
        shown = subprocess.run(["bpftool", "-j", "prog", "show"], capture_output=True, text=True, check=False,
                               timeout=LIMIT).stdout
        return [program for program in json.loads(shown or "[]") if program.get("type") in kinds]
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return []


def busy_share(seconds):
    """How much of all processors others use."""
    def ticks():
        with open("/proc/stat", encoding="ascii") as file:
            numbers = [int(word) for word in file.readline().split()[1:9]]
        return sum(numbers), numbers[3] + numbers[4]

    total, idle = ticks()
    time.sleep(seconds)
    total_now, idle_now = ticks()
    return 1 - (idle_now - idle) / max(1, total_now - total)


class Quiet:
    """Waits for a machine that nobody else traces or keeps busy, but no longer than this in a whole run."""

    def __init__(self, seconds=100):
        self.left = seconds
        self.told = False

    def wait(self):
        start = time.monotonic()
        while True:
            programs, busy = foreign_programs(), busy_share(0.25)
            if not programs and busy < 0.1:
                break
            if time.monotonic() - start > self.left:
                if not self.told:
                    print(f"# not alone on this machine ({len(programs)} BPF programs of others, {busy * 100:.0f} % busy):"
                          " the figures are theirs, too", flush=True)
                self.told = True
                break
        self.left = max(0, self.left - (time.monotonic() - start))
