"""Independent accounts of what processes do, to be compared with what spantop says of them: programs that count themselves,
/proc, ss."""
import os
import re
import subprocess
from types import SimpleNamespace

from live import PROGRAMS, run, start

LOST_NOTHING = "lost: 0 markers, 0 calls, 0 process events"


class Load:
    """test/live/truth_c with one of its loads, held until go()."""

    def __init__(self, *arguments):
        self.process = start([f"{PROGRAMS}/truth_c", *map(str, arguments)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                             text=True)
        self.pid = self.process.pid
        if self.process.stdout.readline() != "ready\n":
            raise RuntimeError("truth_c did not get ready")

    def begin(self):
        self.process.stdin.write("go\n")
        self.process.stdin.flush()

    def said(self):
        return self.process.stdout.readline().split()

    def go(self):
        self.begin()
        return self.said()

    def end(self):
        self.process.stdin.close()
        self.process.wait(10)


def io_of(pid):
    with open(f"/proc/{pid}/io", encoding="ascii") as file:
        return {name: int(value) for name, value in (line.split(": ") for line in file)}


def cpu_of(pid):
    """CPU seconds of each thread."""
    ticks, times = os.sysconf("SC_CLK_TCK"), {}
    for tid in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{tid}/stat", encoding="ascii") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        times[int(tid)] = (int(fields[11]) + int(fields[12])) / ticks
    return times


def stat_of(pid):
    """What ps shows of a process: threads, and bytes that are mapped and resident."""
    with open(f"/proc/{pid}/stat", encoding="ascii") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return SimpleNamespace(threads=int(fields[17]), mapped=int(fields[20]), resident=int(fields[21]) * os.sysconf("SC_PAGESIZE"))


def descriptors_of(pid):
    return len(os.listdir(f"/proc/{pid}/fd"))


def descriptor_limit_of(pid):
    with open(f"/proc/{pid}/limits", encoding="ascii") as file:
        return int(re.search(r"^Max open files\s+(\d+)", file.read(), re.M)[1])


def socket_bytes(port):
    """By the client's port: what ss says that the client's kernel end sent and received."""
    ends = {}
    output = run("ss", "-tinH", "dst", f"127.0.0.1:{port}").stdout
    for line, details in re.findall(r"^(\S.*)\n\s+(.*)$", output, re.M):
        client = int(line.split()[3].rsplit(":", 1)[1])
        counts = {name: int(value) for name, value in re.findall(r"\bbytes_(sent|retrans|received):(\d+)", details)}
        ends[client] = counts.get("received", 0), counts.get("sent", 0) - counts.get("retrans", 0)
    return ends
