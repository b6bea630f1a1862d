"""Two processes that do nothing but system calls: what is lost, what the engine costs."""
import re
import time

from machine import OUT, resident_mib, row, run, thread_seconds
from tracers import Spantop

SECONDS = 10


def flood(*rate):
    return int(run(f"{OUT}/bench/flood", "2", str(SECONDS), *map(str, rate)))


def measure(quiet):
    for text, rate in (("1.4 million calls/s of two processes", (700000,)), ("two processes at full speed", ())):
        quiet.wait()
        with Spantop("--scope", "all") as tracer:
            before, start = thread_seconds(tracer.pid), time.monotonic()
            calls = flood(*rate)
            seconds = time.monotonic() - start
            cores = (thread_seconds(tracer.pid) - before) / seconds
            resident = resident_mib(tracer.pid)
        lost = [int(number) for number in re.findall(r"(\d+) (?:markers|calls)", tracer.lost)] or [-1, -1]
        nanoseconds = cores * seconds / calls / 2 * 1e9
        row(f"{text}: made", f"{calls / seconds / 1e6:.2f} million/s")
        row(f"{text}: calls lost", f"{lost[1]}", "0" if rate else "", lost[1] == 0 if rate else None)
        row(f"{text}: markers lost", f"{lost[0]}", "0", lost[0] == 0)
        row(f"{text}: engine", f"{cores:.2f} cores", "at most 0.5 cores" if rate else "",
            cores <= 0.5 if rate else None)
        row(f"{text}: engine for an event, two a call", f"{nanoseconds:.0f} ns", "at most 150 ns", nanoseconds <= 150)
        row(f"{text}: memory, recording of at most 256 MiB", f"{resident:.0f} MiB", "at most 320 MiB", resident <= 320)
