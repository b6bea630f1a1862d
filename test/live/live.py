"""What the live tests share: TAP output, and programs that are started, waited for and always ended."""
import atexit
import json
import os
import signal
import socket
import subprocess
import tempfile
import time

SPANTOP = os.environ.get("SPANTOP", "./spantop")
PROGRAMS = os.path.join(os.environ.get("O", ".output"), "test/live")
# how many times longer than here things may take: the processor of an emulated machine is slow
PATIENCE = float(os.environ.get("PATIENCE", "1"))
_started = []


class Tap:
    """Results, printed as they come; the plan comes at the end."""

    def __init__(self):
        self.number = self.failed = 0

    def result(self, good, text, *details):
        self.number += 1
        self.failed += not good
        print(f"{'ok' if good else 'not ok'} {self.number} - {text}", flush=True)
        if not good:
            for line in "\n".join(str(detail) for detail in details).splitlines():
                print(f"# {line}", flush=True)
        return good

    def skip(self, text, reason):
        self.number += 1
        print(f"ok {self.number} - {text} # SKIP {reason}", flush=True)

    def finish(self):
        print(f"1..{self.number}", flush=True)
        return 1 if self.failed else 0


def start(command, **options):
    """A process in a group of its own, killed at the latest when the test ends."""
    process = subprocess.Popen(command, start_new_session=True, **options)
    _started.append(process)
    return process


@atexit.register
def _end_all():
    for process in _started:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


signal.signal(signal.SIGTERM, lambda *_: os._exit(_end_all() or 1))


class Program:
    """A program of spans that says "ready" and waits for a line."""

    def __init__(self, path):
        self.path = path
        self.process = start([path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        if self.process.stdout.readline() != "ready\n":
            raise RuntimeError(f"{path} did not get ready")

    def go(self):
        self.process.stdin.write("go\n")
        self.process.stdin.flush()

    def spans(self):
        """Waits for the end; a list of (shortest, longest) for each tag list."""
        output, _ = self.process.communicate(timeout=60)
        if self.process.returncode != 0:
            raise RuntimeError(f"{self.path}: exit status {self.process.returncode}")
        spans = {}
        for line in output.splitlines():
            tags, shortest, longest = line.split("\t")
            spans.setdefault(tags, []).append((int(shortest), int(longest)))
        return spans


class Tracer:
    """spantop without a screen, running until finish() or its own -M."""

    def __init__(self, *arguments, wait=True):
        self.output, self.errors = tempfile.TemporaryFile("w+"), tempfile.TemporaryFile("w+")
        name = f"@spantop-test.{os.urandom(8).hex()}"
        self.ready = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.ready.bind("\0" + name[1:])
        self.process = start([SPANTOP, *arguments], stdin=subprocess.DEVNULL, stdout=self.output, stderr=self.errors,
                             env=dict(os.environ, NOTIFY_SOCKET=name))
        self.started = self.attached = time.monotonic()
        if wait:
            self.wait_attached()

    def wait_attached(self, limit=30.0):
        """Until it says that it traces; it may have traced and ended by then."""
        self.ready.settimeout(0.05)
        end = time.monotonic() + limit * PATIENCE
        while time.monotonic() < end:
            ended = self.process.poll() is not None
            try:
                if self.ready.recv(64) == b"READY=1":
                    self.attached = time.monotonic()
                    return
            except TimeoutError:
                if ended:
                    break
        raise RuntimeError(f"spantop does not trace: {self.read(self.errors) or 'no message'}")

    def finish(self, end_signal=signal.SIGTERM, limit=30.0):
        """Ends it (or, without a signal, waits for its own end); its rows, or text that is no JSON as it is."""
        if end_signal is not None:
            self.process.send_signal(end_signal)
        self.process.wait(limit * PATIENCE)
        self.status, self.stdout, self.stderr = self.process.returncode, self.read(self.output), self.read(self.errors)
        return [json.loads(line) for line in self.stdout.splitlines() if line.startswith("{")]

    @staticmethod
    def read(file):
        file.seek(0)
        return file.read()


def cgroup_root():
    """A directory in which control groups can be made: version 2's, or of a controller of version 1. None: there is none."""
    for path in ("/sys/fs/cgroup", "/sys/fs/cgroup/cpu", "/sys/fs/cgroup/pids"):
        if os.path.exists(f"{path}/cgroup.procs"):
            return path
    return None


class Group:
    """A control group that makes its processes a container's, while it is used; without a kind, some other group."""

    def __init__(self, kind="docker"):
        self.container = os.urandom(32).hex()
        self.id = self.container[:12]
        self.path = f"{cgroup_root()}/{f'{kind}-{self.container}.scope' if kind else f'spantop-test-{self.id}'}"

    def __enter__(self):
        os.mkdir(self.path)
        return self

    def take(self, pid):
        with open(f"{self.path}/cgroup.procs", "w", encoding="ascii") as file:
            file.write(str(pid))

    @staticmethod
    def leave(pid):
        with open(f"{cgroup_root()}/cgroup.procs", "w", encoding="ascii") as file:
            file.write(str(pid))

    def __exit__(self, *_):
        with open(f"{self.path}/cgroup.procs", encoding="ascii") as file:
            for pid in file.read().split():
                self.leave(pid)
        for _ in range(100):
            try:
                os.rmdir(self.path)
                return
            except OSError:
                time.sleep(0.05)


def latest_by(rows, key):
    """Summaries are printed once a period: the last row of each key holds."""
    return {row[key]: row for row in rows if key in row}


def run(*command, timeout=30, **options):
    options.setdefault("stdin", subprocess.DEVNULL)
    return subprocess.run(command, capture_output=True, text=True, timeout=timeout * PATIENCE, check=False, **options)
