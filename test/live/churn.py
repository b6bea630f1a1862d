#!/usr/bin/python3
"""churn.py SECONDS [PART...]: what makes a tracer's tables grow, for so long, each kind by a process of its own. Then each
stands still with descriptors of all kinds open. Prints how many these are and a line for each: its process id and the
numbers of descriptors that it was sent and has not used. They end with standard input.
"""
import array
import ctypes
import fcntl
import os
import random
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

LIBC = ctypes.CDLL(None, use_errno=True)
CLONE_NEWPID, CLONE3, CLOSE_RANGE, PR_SET_PDEATHSIG = 0x20000000, 435, 436, 1
UNUSED = []   # descriptors that this process was sent and has not used


def until(end, pause=0.0):
    """Turns, numbered from 0, until the time is over."""
    turn = 0
    while time.monotonic() < end:
        yield turn
        turn += 1
        if pause:
            time.sleep(pause)


def reap(pid):
    os.waitpid(pid, 0)


def child(function, *arguments):
    pid = os.fork()
    if not pid:
        try:
            function(*arguments)
        finally:
            os._exit(0)
    return pid


# ---- processes and threads ----

def forks(end, _):
    for _ in until(end, 0.001):
        pids = [child(int) for _ in range(8)]
        for pid in pids:
            reap(pid)
    return []


def programs(end, _):
    """Programs that inherit some descriptors, and close others as they begin."""
    for _ in until(end, 0.002):
        subprocess.run(["/bin/true"], check=False)
    return []


def threads(end, _):
    def work():
        os.close(os.open("/etc/hostname", os.O_RDONLY))

    for _ in until(end, 0.002):
        some = [threading.Thread(target=work) for _ in range(10)]
        for thread in some:
            thread.start()
        for thread in some:
            thread.join()
    done = threading.Event()
    resting = [threading.Thread(target=done.wait, daemon=True) for _ in range(5)]
    for thread in resting:
        thread.start()
    return [done, resting]


def killed(end, _):
    """Processes that are killed in the middle of a call, with files and spans open."""
    def work(turn):
        null = os.open("/dev/null", os.O_WRONLY)
        keep = [os.open("/etc/passwd", os.O_RDONLY) for _ in range(5)], os.pipe()
        for i in range(3):
            os.write(null, b">:p:killed%d.work:n=%d:" % (turn % 50, i))
        os.read(keep[1][0], 1)

    for turn in until(end, 0.005):
        pid = child(work, turn)
        time.sleep(0.003)
        os.kill(pid, signal.SIGKILL)
        reap(pid)
    return []


def same_ids(end, _):
    """A process id is used again at once, by another program with other files."""
    def again(pid):
        """clone3 with the id that the child is to have; what has no right to that makes a child anyway."""
        wanted = (ctypes.c_int * 1)(pid)
        words = (ctypes.c_uint64 * 11)(0, 0, 0, 0, signal.SIGCHLD, 0, 0, 0, ctypes.addressof(wanted), 1, 0)
        made = LIBC.syscall(CLONE3, ctypes.byref(words), ctypes.sizeof(words))
        return made if made >= 0 else os.fork()

    for turn in until(end, 0.005):
        pid = child(lambda: os.open("/etc/passwd", os.O_RDONLY))
        reap(pid)
        pid = again(pid)
        if not pid:
            os.open("/etc/group", os.O_RDONLY)
            if turn % 2:
                os._exit(0)
            os.execv("/bin/true", ["true"])
        reap(pid)
    return []


def namespaces(end, _):
    """Processes of pid namespaces of their own."""
    def work():
        if LIBC.unshare(CLONE_NEWPID):
            return
        reap(child(lambda: reap(child(int))))

    for _ in until(end, 0.02):
        reap(child(work))
    return []


def users(end, _):
    def work():
        os.chdir("/tmp")
        os.setgid(65534)
        os.setuid(65534)
        os.chdir("/")

    for _ in until(end, 0.005):
        reap(child(work))
        os.chdir("/usr")
        os.chdir("/")
    return []


def containers(end, _):
    """Control groups as a runtime names them come and go, each with a process."""
    root = next((path for path in ("/sys/fs/cgroup", "/sys/fs/cgroup/pids", "/sys/fs/cgroup/cpu")
                 if os.path.exists(f"{path}/cgroup.procs")), None)
    if not root:
        return []
    root += f"/docker-churn{os.getpid()}"
    os.mkdir(root)
    for _ in until(end, 0.02):
        group = f"{root}/docker-{random.randbytes(32).hex()}.scope"
        os.mkdir(group)

        def work(path=f"{group}/cgroup.procs"):
            with open(path, "w", encoding="ascii") as file:
                file.write(str(os.getpid()))
            os.close(os.open("/etc/hostname", os.O_RDONLY))

        reap(child(work))
        for _ in range(100):
            try:
                os.rmdir(group)
                break
            except OSError:
                time.sleep(0.005)
    os.rmdir(root)
    return []


# ---- descriptors ----

def files(end, directory):
    """Files of ever new names, copies of their descriptors, ranges that are closed."""
    for turn in until(end, 0.0005):
        path = f"{directory}/{turn:x}-{random.randbytes(8).hex()}"
        fd = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
        copies = [os.dup(fd), os.dup2(fd, 200 + turn % 50), fcntl.fcntl(fd, fcntl.F_DUPFD, 100),
                  fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, 300)]
        os.write(copies[0], b"x")
        os.close(fd)
        if turn % 3:
            for copy in copies:
                os.close(copy)
        else:
            LIBC.syscall(CLOSE_RANGE, min(copies), max(copies), 0)
        os.unlink(path)
    keep = os.open("/etc/services", os.O_RDONLY)
    return [keep, os.dup(keep), os.dup2(keep, 77), os.dup2(keep, 1000), fcntl.fcntl(keep, fcntl.F_DUPFD, 150),
            os.open("/etc", os.O_RDONLY | os.O_DIRECTORY), os.open("/dev/zero", os.O_RDWR)]


def unnamed(end, _):
    """Pipes, epoll, memory, events."""
    def one():
        r, w = os.pipe()
        epoll = select.epoll()
        epoll.register(r, select.EPOLLIN)
        os.write(w, b"x")
        epoll.poll(1)
        return [r, w, epoll.detach() if hasattr(epoll, "detach") else epoll, os.memfd_create("churn"), os.eventfd(0)]

    for _ in until(end, 0.001):
        for made in one():
            if isinstance(made, int):
                os.close(made)
            else:
                made.close()
    return [one()]


def tcp_pair(server):
    client = socket.create_connection(server.getsockname())
    return client, server.accept()[0]


def sockets(end, directory):
    server = socket.create_server(("127.0.0.1", 0))
    local = socket.socket(socket.AF_UNIX)
    local.bind(f"{directory}/socket")
    local.listen()

    def one():
        a, b = tcp_pair(server)
        a.send(b"question")
        b.recv(100)
        u = socket.socket(socket.AF_UNIX)
        u.connect(local.getsockname())
        v = local.accept()[0]
        d = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        d.bind(("127.0.0.1", 0))
        e = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        e.connect(d.getsockname())
        e.send(b"x")
        d.recv(10)
        return [a, b, u, v, d, e, *socket.socketpair()]

    for _ in until(end, 0.002):
        for made in one():
            made.close()
    return [server, local, one()]


def passed(end, directory):
    """Descriptors that are sent from process to process."""
    here, there = socket.socketpair()
    taken = []

    def send():
        for fd in iter(lambda: os.open("/etc/group", os.O_RDONLY), -1):
            os.pipe()
            there.sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [fd, 0]))])
            os.close(fd)
            if there.recv(1) != b"y":
                break
            os.closerange(6, 200)

    def take():
        _, data, _, _ = here.recvmsg(1, socket.CMSG_SPACE(8))
        return list(array.array("i", data[0][2]))

    sender = child(send)
    for turn in until(end, 0.001):
        fds = take()
        if turn % 2:
            os.read(fds[0], 10)
        for fd in fds:
            os.close(fd)
        here.send(b"y")
    taken = take()
    os.read(taken[0], 10)
    here.send(b"n")
    reap(sender)
    UNUSED.append(taken[1])
    return [here, there, taken]


EXEC_AGAIN = """
import os, sys
here, end, turn, directory = sys.argv[1:]
sys.path.insert(0, here)
import churn
held = churn.executing(float(end), directory, int(turn))
churn.rest()
"""


def executing(end, directory, turn=0):
    """One process is one program after the other, with descriptors that are closed on the way."""
    for name in ("/etc/passwd", "/etc/group"):
        os.open(name, os.O_RDONLY)               # closed by execve
    pair = socket.socketpair()
    keep = os.open("/etc/services", os.O_RDONLY)
    if turn == 0:
        os.set_inheritable(keep, True)
    if time.monotonic() < end:
        time.sleep(0.05)
        os.execv(sys.executable, [sys.executable, "-c", EXEC_AGAIN, os.path.dirname(os.path.abspath(__file__)), str(end),
                                  str(turn + 1), directory])
    return [pair]


def spans(end, _):
    """Spans within spans, and ones whose process ends without closing them."""
    null = os.open("/dev/null", os.O_WRONLY)
    for turn in until(end, 0.001):
        tag = b"churn.n%d" % (turn % 1000)
        for i in range(5):
            os.write(null, b">:t:%s:turn=%d:" % (tag, turn))
            tag += b".x"
        for i in range(5):
            tag = tag[:-2]
            os.write(null, b"<:t:%s:ret=0:" % tag)
        if turn % 100 == 0:
            subprocess.run(["sh", "-c", 'echo ">:p:left.open::" > /dev/null'], check=False)
    return [null]


def service(end, directory):
    """A server and its clients."""
    if not os.path.exists("/usr/bin/redis-server"):
        return []
    path = f"{directory}/redis"
    server = subprocess.Popen(["redis-server", "--port", "0", "--unixsocket", path, "--save", "", "--dir", directory],
                              stdout=subprocess.DEVNULL)
    while not os.path.exists(path) and server.poll() is None and time.monotonic() < end:
        time.sleep(0.01)
    for turn in until(end, 0.001):
        client = socket.socket(socket.AF_UNIX)
        try:
            client.connect(path)
            for _ in range(20):
                client.sendall(b"SET key%d %d\r\n" % (turn % 100, turn))
                client.recv(100)
        except OSError:
            pass
        client.close()
    server.terminate()
    server.wait()
    return []


PARTS = [forks, programs, threads, killed, same_ids, namespaces, users, containers, files, unnamed, sockets, passed,
         executing, spans, service]


# ---- all together ----

def rest():
    """Until the end, doing nothing."""
    # one write: others write there, too
    os.write(1, " ".join(map(str, [os.getpid(), *UNUSED])).encode() + b"\n")
    while True:
        signal.pause()


def run(part, end, directory):
    os.setpgid(0, 0)
    own = f"{directory}/{part.__name__}"
    os.mkdir(own)
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    held = part(end, own)
    rest()
    return held


def main():
    end = time.monotonic() + float(sys.argv[1])
    wanted = sys.argv[2:]
    with tempfile.TemporaryDirectory(prefix="spantop-churn.") as directory:
        parts = [part for part in PARTS if not wanted or part.__name__ in wanted]
        os.write(1, b"%d\n" % len(parts))
        workers = [child(run, part, end, directory) for part in parts]
        while os.read(0, 100):
            pass
        for pid in workers:
            os.killpg(pid, signal.SIGKILL)
            reap(pid)


if __name__ == "__main__":
    main()
