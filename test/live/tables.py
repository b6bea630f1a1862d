"""The tables that the engine has of threads and descriptors, as a recording begins with them, against /proc."""
import os
import re
import struct
import zlib

PROCESSES, DESCRIPTORS = 0x215, 0x218
IPV4, IPV6, IPV4_SERVER, IPV6_SERVER, UNIX = 3, 4, 5, 6, 8


class Tables:
    """threads: process by thread id; fds: descriptors by process id, each (kind, inode, name) by number."""

    def __init__(self):
        self.threads, self.fds, self.names = {}, {}, {}


def _blocks(path):
    with open(path, "rb") as file:
        data = file.read()
    if data[:2] == b"\x1f\x8b":
        # the last block may not be complete
        data = zlib.decompressobj(31).decompress(data)
    at = 0
    while at + 12 <= len(data):
        kind, size = struct.unpack_from("<II", data, at)
        if size < 12 or at + size > len(data):
            return
        yield kind, data[at + 8:at + size - 4]
        at += size


def _text(data, at):
    size, = struct.unpack_from("<H", data, at)
    return data[at + 2:at + 2 + size].decode("utf-8", "surrogateescape")


def _entries(data, at):
    while at + 4 <= len(data):
        size, = struct.unpack_from("<I", data, at)
        if size < 4:
            return   # padding
        yield data[at + 4:at + size]
        at += size


def _descriptor(entry):
    number, inode, kind = struct.unpack_from("<qQB", entry)
    name = ""
    if kind == UNIX:
        name = _text(entry, 33)
    elif kind == 16:
        name = _text(entry, 21)
    elif kind == IPV4:
        source, target, source_port, target_port = struct.unpack_from("<4s4sHH", entry, 17)
        name = "%s:%d->%s:%d" % (".".join(map(str, source)), source_port, ".".join(map(str, target)), target_port)
    elif kind == IPV4_SERVER:
        source, port = struct.unpack_from("<4sH", entry, 17)
        name = "%s:%d" % (".".join(map(str, source)), port)
    elif kind not in (0, IPV6, IPV6_SERVER):
        name = _text(entry, 17)
    return number, (kind, inode, name)


def read(path):
    """The lists of a capture; None while they are not complete (the first event comes behind them)."""
    tables, complete = Tables(), False
    for kind, body in _blocks(path):
        if kind == PROCESSES:
            for entry in _entries(body, 0):
                tid, pid = struct.unpack_from("<QQ", entry)
                tables.threads[tid] = pid
                tables.names[tid] = _text(entry, 40)
        elif kind == DESCRIPTORS:
            pid, = struct.unpack_from("<Q", body)
            tables.fds.setdefault(pid, {}).update(map(_descriptor, _entries(body, 8)))
        elif kind in (0x216, 0x217, 0x221, 0x222):
            complete = True
            break
    return tables if complete else None


# ---- what /proc has ----

def has_ended(task):
    """One that has ended and waits for its parent's wait(): its end was told."""
    try:
        with open(f"{task}/stat", encoding="utf-8", errors="replace") as file:
            return file.read().rpartition(")")[2].split()[0] in "ZX"
    except (OSError, IndexError):
        return True


def threads_of_proc(but=()):
    threads = {}
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            tasks = os.listdir(f"/proc/{pid}/task")
        except OSError:
            continue
        for tid in tasks:
            if int(pid) not in but and not has_ended(f"/proc/{pid}/task/{tid}"):
                threads[int(tid)] = int(pid)
    return threads


def _address(text):
    address, port = text.split(":")
    return ".".join(str(byte) for byte in reversed(bytes.fromhex(address))), int(port, 16)


def sockets_of_proc():
    """Names by inode, of what has one: "a:1->b:2" in both directions, "a:1" of what has no peer, paths."""
    names = {}
    for file, sep in (("tcp", None), ("udp", None)):
        with open(f"/proc/net/{file}", encoding="ascii") as lines:
            for line in list(lines)[1:]:
                words = line.split(sep)
                local, remote = _address(words[1]), _address(words[2])
                if remote == ("0.0.0.0", 0):
                    names[int(words[9])] = {"%s:%d" % local}
                else:
                    names[int(words[9])] = {"%s:%d->%s:%d" % (*local, *remote), "%s:%d->%s:%d" % (*remote, *local)}
    with open("/proc/net/unix", encoding="utf-8", errors="surrogateescape") as lines:
        for line in list(lines)[1:]:
            words = line.split(maxsplit=7)
            names[int(words[6])] = {words[7].strip()} if len(words) > 7 else {""}
    return names


def fds_of_proc(pid):
    """(what its link says, inode) by number."""
    found = {}
    for number in os.listdir(f"/proc/{pid}/fd"):
        path = f"/proc/{pid}/fd/{number}"
        found[int(number)] = os.readlink(path), os.stat(path).st_ino
    return found


def wrong_descriptors(tables, pid, unknown=()):
    """What the tables have otherwise than /proc of a process that does nothing now. unknown: numbers that it got in ways
    that no system call tells of, and has not used yet."""
    wrong, sockets = [], sockets_of_proc()
    real, known = fds_of_proc(pid), tables.fds.get(pid, {})
    for number in sorted(set(real) | set(known)):
        if number not in known:
            if number not in unknown:
                wrong.append(f"{pid}: {number} is missing, it is {real[number][0]}")
            continue
        kind, inode, name = known[number]
        if number not in real:
            wrong.append(f"{pid}: {number} is closed, but said to be {name or kind}")
            continue
        link, real_inode = real[number]
        if link.startswith("socket:"):
            good = name in sockets.get(real_inode, {""}) or name == ""
            if kind == UNIX and not good:
                good = bool(re.search("^@?$", "".join(sockets.get(real_inode, ""))))
        elif link.startswith("pipe:"):
            good = inode == real_inode or inode == 0
        elif link.startswith("/"):
            # what has no other name is told as it was named, not that it cannot be found any more
            good = name == link.removesuffix(" (deleted)")
        else:
            good = name == link or name.startswith("anon_inode:")
        if not good:
            wrong.append(f"{pid}: {number} is {link} {sockets.get(real_inode, '')}, but said to be {name!r} ({kind})")
    return wrong
