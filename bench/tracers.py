"""What is traced with: nothing, spantop, and its peers. Each is a context that ends with its block. `prefix` stands before a
command that is to be traced, where a tracer starts what it traces."""
import contextlib
import glob
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

from machine import LIMIT, SPANTOP

COUNT = "tracepoint:raw_syscalls:sys_enter { @[args->id] = count(); }"
LATENCIES = ("tracepoint:raw_syscalls:sys_enter { @start[tid] = nsecs; } tracepoint:raw_syscalls:sys_exit /@start[tid]/"
             " { @latency[args->id] = hist(nsecs - @start[tid]); delete(@start[tid]); }")
TEXTS = ("tracepoint:syscalls:sys_enter_write /args->count > 3 && args->count < 1025/"
         " { @[str(args->buf, 64)] = count(); }")


def with_tracefs(*command):
    """A command for which the list of tracepoints is mounted, where it is not, without changing the machine."""
    if os.path.exists("/sys/kernel/tracing/events"):
        return list(command)
    return ["unshare", "-m", "sh", "-c", 'mount -t tracefs tracefs /sys/kernel/tracing && exec "$@"', "sh", *command]


class Nothing:
    pid = None
    prefix = ()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass


class Refused(Exception):
    """A peer that does not run here."""


class Tracer:
    """A program that traces as long as it runs. settle: seconds until it does."""
    prefix = ()
    is_bpf = False

    def __init__(self, command, settle):
        self.errors = tempfile.TemporaryFile("w+")
        self.settle = settle
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=self.errors)
        self.pid = self.process.pid

    def said(self):
        self.errors.seek(0)
        return self.errors.read()

    def links(self):
        """How many BPF programs it holds attached."""
        count = 0
        for path in glob.glob(f"/proc/{self.pid}/fdinfo/*"):
            with contextlib.suppress(OSError), open(path, encoding="ascii", errors="replace") as file:
                count += "link_type:" in file.read()
        return count

    def wait(self):
        """Until it traces: where BPF programs tell, when it has attached the last of them."""
        links, end = 0, time.monotonic() + LIMIT
        while self.is_bpf and time.monotonic() < end and self.process.poll() is None:
            time.sleep(0.25)
            before, links = links, self.links()
            if links and links == before:
                break
        time.sleep(self.settle)

    def __enter__(self):
        self.wait()
        if self.process.poll() is not None:
            raise Refused((self.said().strip().splitlines() or ["it ended early"])[-1])
        return self

    def stop(self, number):
        self.process.send_signal(number)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def __exit__(self, *_):
        self.stop(signal.SIGINT)


class Spantop(Tracer):
    """spantop without a screen, which says at its end what it lost."""
    is_bpf = True

    def __init__(self, *arguments):
        super().__init__([SPANTOP, "--raw", "-v", "traces_summary", *arguments], 0.25)
        self.lost = "unknown"

    def __enter__(self):
        try:
            return super().__enter__()
        except Refused as reason:
            sys.exit(f"bench: spantop ended early: {reason}")

    def __exit__(self, *_):
        self.stop(signal.SIGTERM)
        match = re.search(r"lost: (.*)", self.said())
        self.lost = match[1] if match else "unknown"


class Strace(Nothing):
    """Traces what it starts, and processes that run already, given to `of`."""
    prefix = ("strace", "-c", "-f", "-o", "/dev/null")

    @staticmethod
    def of(pid):
        return Tracer(["strace", "-c", "-f", "-o", "/dev/null", "-p", str(pid)], 0.5)


# name: (program it needs, how it is begun, by how much it slows: fewer calls are measured then)
PEERS = {
    "bpftrace, count by call": ("bpftrace", lambda: Tracer(with_tracefs("bpftrace", "-e", COUNT), 2), 1),
    "bpftrace, latencies by call": ("bpftrace", lambda: Tracer(with_tracefs("bpftrace", "-e", LATENCIES), 2), 1),
    "bpftrace, texts of writes": ("bpftrace", lambda: Tracer(with_tracefs("bpftrace", "-e", TEXTS), 2), 1),
    "perf trace -a -s": ("perf", lambda: Tracer(with_tracefs("perf", "trace", "-a", "-s"), 2), 100),
    "strace -c -f": ("strace", Strace, 100),
}


def ours(*names):
    """Makers of spantop in scopes, and of nothing."""
    return {name: (lambda scope=name: Spantop("--scope", scope)) if name != "none" else Nothing for name in names}


def missing(peer):
    """Why a peer cannot be measured, or nothing."""
    program = PEERS[peer][0]
    return "" if shutil.which(program) else f"{program} is missing"
