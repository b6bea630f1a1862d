"""The screen: how soon it is there, what it costs while nothing happens, how soon it answers keys."""
import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time

from machine import OUT, ROUNDS, SPANTOP, cpu_seconds, resident_mib, row


class Screen:
    """spantop on a terminal of 120x40 that only this program sees."""

    def __init__(self, *arguments):
        self.start = time.monotonic()
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
            os.environ["TERM"] = "xterm-256color"
            os.execv(SPANTOP, [SPANTOP, *arguments])
        self.text = b""
        self.first = None

    def read(self, seconds):
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            if select.select([self.terminal], [], [], left)[0]:
                try:
                    self.text += os.read(self.terminal, 65536)
                except OSError:
                    return
                if b"HITS" in self.text and self.first is None:
                    self.first = time.monotonic() - self.start
                    return

    def drain(self, seconds):
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            if select.select([self.terminal], [], [], left)[0]:
                os.read(self.terminal, 65536)

    def answer(self, key, expected, seconds=5):
        """Seconds from a key to what it shows."""
        start, text = time.monotonic(), b""
        os.write(self.terminal, key)
        while expected not in text and time.monotonic() - start < seconds:
            if select.select([self.terminal], [], [], 0.1)[0]:
                text += os.read(self.terminal, 65536)
        return time.monotonic() - start

    def end(self):
        os.kill(self.pid, signal.SIGTERM)
        end = time.monotonic() + 10
        while os.waitpid(self.pid, os.WNOHANG)[0] == 0:
            if time.monotonic() > end:
                os.kill(self.pid, signal.SIGKILL)
            self.read(0.01)  # it may still have something to write
        os.close(self.terminal)


def measure(quiet):
    firsts = []
    quiet.wait()
    for turn in range(ROUNDS):
        screen = Screen()
        screen.read(10)
        if screen.first is None:
            screen.end()
            sys.exit("bench: no screen within 10 s")
        firsts.append(screen.first)
        if turn == ROUNDS - 1:
            screen.read(2)
            before, start = cpu_seconds(screen.pid), time.monotonic()
            screen.read(20)
            share = (cpu_seconds(screen.pid) - before) / (time.monotonic() - start)
            row("CPU of an idle screen", f"{share * 100:.2f} % of a core", "at most 1 %", share <= 0.01)
            resident = resident_mib(screen.pid)
            row("memory, nothing recorded", f"{resident:.0f} MiB", "at most 64 MiB", resident <= 64)
        screen.end()
    row("start to first screen", f"{min(firsts) * 1000:.0f} to {max(firsts) * 1000:.0f} ms", "at most 200 ms",
        max(firsts) <= 0.2)


def measure_keys(quiet):
    for view in ("syscalls", "procs", "events"):
        quiet.wait()
        screen = Screen("-v", view, "--scope", "all", "-d", "500")
        load = subprocess.Popen([f"{OUT}/bench/flood", "2", "12", "25000"], stdout=subprocess.DEVNULL)
        screen.read(3)
        times = []
        while len(times) < 60 and load.poll() is None:
            screen.drain(0.05)
            times.append(screen.answer(b"/", b"Search:"))
            screen.answer(b"\r", b"Help")
        load.wait()
        screen.end()
        times.sort()
        row(f"key to screen, view {view}, 100,000 events/s", f"{times[len(times) // 2] * 1e3:.1f} ms, worst {times[-1] * 1e3:.1f}",
            "at most 30 ms", times[-1] <= 0.030)
