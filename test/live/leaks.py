"""Looks at the engine's tables from outside while churn.py works: a recording that is cut into files tells in each what there
is, as the engine has it then."""
import glob
import os
import shutil
import subprocess
import sys
import tempfile
import time

import tables
from live import SPANTOP, start

CHURN = os.path.join(os.path.dirname(os.path.abspath(__file__)), "churn.py")
# the events themselves are not wanted, but a filter that the kernel knew would keep it from telling of descriptors
FEW = "evt.type=procexit or proc.name=spantop-nobody"


class Recorder:
    """spantop record into a directory, a new file every so many seconds."""

    def __init__(self, seconds=1, *options):
        self.directory = tempfile.mkdtemp(prefix="spantop-leaks.")
        self.errors = open(f"{self.directory}/errors", "w+", encoding="utf-8")
        self.process = start([SPANTOP, "record", "--scope", "all", "-G", str(seconds), "-o", f"{self.directory}/file",
                              *options, FEW], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=self.errors)
        self.fresh()

    def files(self):
        names = glob.glob(f"{self.directory}/file*")
        return sorted(names, key=lambda name: int(name.rpartition("file")[2]))

    def _wait(self, found, limit=60):
        end = time.monotonic() + limit
        while not (result := found()):
            if self.process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"the recorder tells nothing: {self.messages()}")
            subprocess.run(["true"], check=False)   # an event to begin a file with
            time.sleep(0.1)
        return result

    def fresh(self):
        """The tables as they are now or a little later; older files go."""
        before = self.files()
        for name in before[:-1]:
            os.unlink(name)
        last = before[-1:]
        name = self._wait(lambda: [name for name in self.files() if name not in last])[0]
        return self._wait(lambda: tables.read(name))

    def messages(self):
        self.errors.seek(0)
        return self.errors.read()

    def stop(self):
        """What it says at the end."""
        if self.process.poll() is None:
            self.process.terminate()
        self.process.wait(60)
        messages = self.messages()
        self.errors.close()
        shutil.rmtree(self.directory)
        return messages


class Churn:
    """churn.py; rest() waits until all its parts stand still, and has the numbers of descriptors by process id that these
    were sent but have not used."""

    def __init__(self, seconds, *parts):
        self.process = start([sys.executable, CHURN, str(seconds), *parts], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                             text=True)
        self.resting = {}

    def rest(self):
        count = int(self.process.stdout.readline())
        for _ in range(count):
            pid, *unused = map(int, self.process.stdout.readline().split())
            self.resting[pid] = unused
        return self.resting

    def stop(self):
        self.process.stdin.close()
        self.process.wait(30)


def faults(recorder, resting):
    """What the tables have that the machine has not, and the other way round."""
    one = recorder.fresh()
    real = tables.threads_of_proc(but=(recorder.process.pid,))
    two = recorder.fresh()
    later = tables.threads_of_proc(but=(recorder.process.pid,))
    # of others that work meanwhile: what was there before and after was there between
    found = [f"thread {tid} ({two.names[tid]}) is no more" for tid in one.threads
             if tid in two.threads and tid not in real and tid != recorder.process.pid]
    found += [f"thread {tid} of {pid} is missing" for tid, pid in real.items() if tid in later and tid not in two.threads]
    for pid, unused in resting.items():
        found += tables.wrong_descriptors(two, pid, unused)
    return found


def faults_in_time(recorder, resting, limit=60):
    """The same when that is over in which events were lost: what is looked up then takes its time."""
    end = time.monotonic() + limit
    while (found := faults(recorder, resting)) and time.monotonic() < end:
        pass
    return found
