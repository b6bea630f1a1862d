"""What finding out what exists costs at the start, and a look at what each thread has used: by iterators in the kernel, and
from /proc. CPU time: others may keep the machine busy meanwhile."""
import re
import resource
import subprocess
import tempfile

from machine import OUT, ROUNDS, row

DESCRIPTORS, THREADS = 50_000, 5_000


class Holders:
    """Processes that together have so many descriptors and threads, of every kind."""

    def __init__(self, descriptors, threads):
        # a process may not have more than its limit, which not everybody may raise
        most = min(resource.getrlimit(resource.RLIMIT_NOFILE)[1] - 200, descriptors)
        count = -(-descriptors // most)
        self.directories = [tempfile.TemporaryDirectory(prefix="spantop-bench.") for _ in range(count)]
        self.processes = [subprocess.Popen([f"{OUT}/test/live/exists_c", str(descriptors // count), str(threads // count),
                                            directory.name], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
                          for directory in self.directories]
        for process in self.processes:
            process.stdout.readline()

    def end(self):
        for process in self.processes:
            process.stdin.close()
            process.wait()
        for directory in self.directories:
            directory.cleanup()


def cost(how):
    """Descriptors, CPU seconds for all that exists, threads, CPU seconds for a look at all of them."""
    done = subprocess.run([f"{OUT}/test/live/what_exists", how, "count"], capture_output=True, text=True, check=False)
    if done.returncode:
        return None
    return [float(number) for number in re.findall(r"[\d.]+", done.stdout)]


def measure(quiet):
    quiet.wait()
    holders = Holders(DESCRIPTORS, THREADS)
    best = {}
    for how in ("iterators", "proc"):
        costs = [found for found in (cost(how) for _ in range(ROUNDS)) if found]
        if costs:
            best[how] = [min(column) for column in zip(*costs)]
    holders.end()
    if "iterators" in best:
        tasks, descriptors, seconds, threads, look = best["iterators"]
        row(f"what exists, {descriptors:.0f} descriptors, {tasks:.0f} threads", f"{seconds * 1000:.0f} ms of CPU", "at most 200 ms",
            seconds <= 0.2)
        row(f"a look at what {threads:.0f} threads have used", f"{look * 1000:.1f} ms of CPU")
    if "proc" in best:
        row("what exists, from /proc alone", f"{best['proc'][2] * 1000:.0f} ms of CPU")
