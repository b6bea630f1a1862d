"""How long a start takes: from exec to the first event that is delivered, beside bpftrace's."""
import contextlib
import os
import select
import shutil
import subprocess
import sys
import time

from machine import LIMIT, ROUNDS, SPANTOP, row, thread_seconds
from tracers import with_tracefs

CALL = "getppid"
# something to see at any moment
LOAD = "import os, time\nwhile True:\n    os.getppid()\n    time.sleep(0.001)"


def first(command):
    """Seconds until a program prints the call, and its CPU until then."""
    start, text = time.monotonic(), b""
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    output = process.stdout.fileno()
    while CALL.encode() not in text:
        if not select.select([output], [], [], LIMIT)[0]:
            break
        more = os.read(output, 65536)
        if not more:
            break
        text += more
    took, cpu = time.monotonic() - start, thread_seconds(process.pid)
    with contextlib.suppress(OSError):
        process.terminate()
    process.stdout.close()
    process.wait()
    if CALL.encode() not in text:
        sys.exit(f"bench: {' '.join(command)}: no event")
    return took, cpu


def measure(quiet):
    commands = {
        "spantop dig": [SPANTOP, "dig", "--unbuffered", f"evt.type={CALL}"],
        "spantop --raw": [SPANTOP, "--raw", "-v", "dig", "--scope", "all", f"evt.type={CALL}"],
    }
    if shutil.which("bpftrace"):
        commands["bpftrace"] = with_tracefs("bpftrace", "-B", "line", "-e",
                                            f'tracepoint:syscalls:sys_enter_{CALL} {{ printf("{CALL}\\n"); }}')
    else:
        row("start to first event, bpftrace", "skipped: bpftrace is missing")
    times = {name: [] for name in commands}
    quiet.wait()
    load = subprocess.Popen([sys.executable, "-c", LOAD])
    try:
        for _ in range(max(ROUNDS, 5)):
            for name, command in commands.items():
                times[name].append(first(command))
    finally:
        load.kill()
        load.wait()
    for name, found in times.items():
        found.sort()
        middle, is_ours = found[len(found) // 2][0], name != "bpftrace"
        row(f"start to first event, {name}", f"{found[0][0] * 1e3:.0f} to {found[-1][0] * 1e3:.0f} ms, mostly {middle * 1e3:.0f}",
            "mostly at most 300 ms" if is_ours else "", middle <= 0.3 if is_ours else None)
        row(f"CPU until first event, {name}", f"{min(cpu for _, cpu in found) * 1e3:.0f} ms")
