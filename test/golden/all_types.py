#!/usr/bin/env python3
"""all_types.py FILE [ROUNDS [missing|empty [NUMBER]]]: writes a capture with every type of event that sysdig 0.29.3 knows, its parameters of
ordinary, odd, empty and missing values: what `sysdig -r FILE` prints is what `spantop dig -r FILE` should.

Each type of each round happens in a process of its own (thread ids from 10000 on), so that nothing that one event
changes is seen by another. With `missing` the second half of the parameters is not there, with `empty` every other
parameter has no bytes; NUMBER: only this type and its exit (sysdig does not survive all of them).
Standard library only."""
import csv
import gzip
import os
import random
import struct
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
EVENTS = os.path.join(HERE, "..", "..", "src", "scap", "events.tsv")
FLAGS = os.path.join(HERE, "..", "..", "src", "scap", "flags.tsv")
START = 1_700_000_000 * 10**9
NUMBERS = {"int8": "b", "int16": "h", "int32": "i", "int64": "q", "uint8": "B", "uint16": "H", "uint32": "I",
           "uint64": "Q", "errno": "q", "fd": "q", "pid": "q", "uid": "I", "gid": "I", "syscallid": "H",
           "sigtype": "B", "sigset": "I", "bool": "I", "reltime": "Q", "abstime": "Q", "flags8": "B", "flags16": "H",
           "flags32": "I", "mode": "I", "port": "H", "l4proto": "B", "sockfamily": "B"}
DYN = {"sockopt_dynamic_param": ["bytebuf", "errno", "uint32", "uint64", "reltime"],
       "ptrace_dynamic_param": ["uint64", "sigtype"], "bpf_dynamic_param": ["fd", "errno"]}
# tracer events hold pointers and cannot come from a file; a plugin's need the plugin; sysdig wants an orchestrator's
# whole state in the others
SKIPPED = {268, 269, 322, 260, 270}


def block(kind, body):
    body += b"\0" * (-len(body) % 4)
    return struct.pack("<II", kind, len(body) + 12) + body + struct.pack("<I", len(body) + 12)


def text16(text):
    return struct.pack("<H", len(text)) + text


def ip4(address):
    return bytes(int(part) for part in address.split("."))


IP6_A = bytes.fromhex("fe800000000000000000000000000001")
IP6_B = bytes.fromhex("20010db8000000000000000012345678")
IP6_V4 = bytes.fromhex("00000000000000000000ffff0a000002")


def event(time, tid, number, params, large=False, cpu=0):
    lengths = struct.pack("<%d%s" % (len(params), "I" if large else "H"), *map(len, params))
    values = b"".join(params)
    body = struct.pack("<QQIHI", time, tid, 26 + len(lengths) + len(values), number, len(params)) + lengths + values
    return block(0x221 if large else 0x216, struct.pack("<H", cpu) + body)


def process(tid, uid=1000, cwd=b"/home/demo"):
    entry = struct.pack("<QQQQQ", tid, tid, 1, tid, tid)
    entry += text16(b"t%d" % tid) + text16(b"/usr/bin/t") + text16(b"/usr/bin/t") + text16(b"-a\0b c\0") + text16(cwd)
    entry += struct.pack("<QIII", 1024, 0, uid, uid) + struct.pack("<IIIQQ", 100000, 20000, 0, 1, 2)
    entry += text16(b"HOME=/home/demo\0") + struct.pack("<qq", tid, tid) + text16(b"") + text16(b"/")
    entry += struct.pack("<IB", 1000, 0)
    return struct.pack("<I", len(entry) + 4) + entry


def descriptors(tid):
    def entry(num, kind, body):
        body = struct.pack("<qQB", num, 100 + num, kind) + body
        return struct.pack("<I", len(body) + 4) + body

    out = struct.pack("<Q", tid)
    out += entry(0, 16, struct.pack("<I", 3) + text16(b"/dev/pts/0") + struct.pack("<I", 0x8800))
    out += entry(1, 16, struct.pack("<I", 2) + text16(b"/tmp/a file.txt") + struct.pack("<I", 0x801))
    out += entry(2, 2, text16(b"/var/lib"))
    out += entry(3, 16, struct.pack("<I", 1) + text16(b"/etc/hosts") + struct.pack("<I", 0x801))
    out += entry(4, 3, ip4("10.0.0.1") + ip4("10.0.0.2") + struct.pack("<HHB", 1000, 80, 2))
    out += entry(5, 5, ip4("0.0.0.0") + struct.pack("<HB", 80, 2))
    out += entry(6, 4, IP6_A + IP6_B + struct.pack("<HHB", 1000, 443, 3))
    out += entry(7, 6, bytes(16) + struct.pack("<HB", 8080, 2))
    out += entry(8, 8, struct.pack("<QQ", 0xFFFF880012340000, 0xFFFF880043210000) + text16(b"/run/x.sock"))
    out += entry(9, 7, text16(b"pipe:[12]"))
    for i, kind in enumerate((9, 10, 11, 12, 13, 14, 15)):
        out += entry(10 + i, kind, text16(b"name%d" % kind))
    out += entry(17, 3, ip4("10.0.0.1") + ip4("10.0.0.3") + struct.pack("<HHB", 5353, 53, 3))
    out += entry(18, 3, ip4("10.0.0.1") + ip4("10.0.0.3") + struct.pack("<HHB", 0, 0, 4))
    out += entry(19, 3, ip4("10.0.0.1") + ip4("10.0.0.3") + struct.pack("<HHB", 0, 0, 5))
    out += entry(20, 4, IP6_A + IP6_V4 + struct.pack("<HHB", 7, 8, 2))
    out += entry(21, 8, struct.pack("<QQ", 1, 0) + text16(b""))
    out += entry(22, 16, struct.pack("<I", 1) + text16(b"/odd/\x01\xc3\xa9\xff\n") + struct.pack("<I", 0))
    return out


def numbers(kind, rng):
    size = struct.calcsize(NUMBERS[kind])
    bits = 8 * size
    if kind == "errno":
        return [0, 42, -2, -11, -22, -115, -9999, -1, -512, 4096, -133, -134, -35, -4095, -(1 << 40), 1 << 40]
    if kind == "fd":
        return [3, 4, 1, -1, -100, 8, 99, 6, 2, -2, -9, 17, 9, 22, 1 << 31, -(1 << 31), 20, 0, 5, 18, 12]
    if kind == "pid":
        return [10001, 1, 10002, 0, -1, -2, 99999, -10, 1 << 33]
    if kind in ("uid", "gid"):
        return [0, 1000, 33, 0xFFFFFFFF, 12345]
    if kind == "syscallid":
        return [1, 5, 100, 0, 280, 290, 200, 42]
    if kind == "sigtype":
        return [15, 9, 17, 0, 1, 31, 32, 64, 65, 255, 34]
    if kind in ("reltime", "abstime"):
        return [0, 1, 999, 1000, 12345, 1_000_000, 1_234_567_890, 1_500_000_000, 60 * 10**9, 2**64 - 1, 86400 * 10**9,
                START, 999_999_999, 3600 * 10**9 + 1, 100_000_000, 12_000_000]
    if kind == "port":
        return [0, 80, 65535]
    signed = NUMBERS[kind].islower()
    common = [0, 1, 42, (1 << (bits - 1)) - 1]
    common += [-1, -(1 << (bits - 1)), -42] if signed else [(1 << bits) - 1, 1 << (bits - 1), rng.getrandbits(bits)]
    return common


JSON = (b'{"container":{"id":"3ad7b26ded6d","type":0,"name":"cache","image":"redis:6","lookup_state":1,"labels":{},'
        b'"Mounts":[]}}\0')
# what starts a process must say something sensible of it
STARTS = {"clone", "fork", "vfork", "clone3", "execve", "execveat"}
START_RESULTS = (0, 50000, -2, 10001)
EXEC_RESULTS = (0, -2, 0, -13)
FIXED = {"json": JSON, "cgroups": b"cpu=/\0memory=/a\0", "env": b"A=b\0C=\0"}
BUFFERS = [b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"", b"\0\1\2\3", bytes(range(256))[:79], b"x" * 80, b"line one\nline two\n",
           b"caf\xc3\xa9 \xe4\xb8\xad", b"y" * 300, b"a\0b\0", b" ", b"-opt\0--long\0\0last", b"<13>Nov 14 name[1]: message here\n",
           b"40 bytes: 0123456789012345678901234567890", b"trailing\0", b"\xff\xfe tail"]
TEXTS = [b"/etc/passwd\0", b"relative/name\0", b"\0", b"<NA>\0", b"../up\0", b"/a/./b/../c//d/\0", b"sp ace\ttab\0",
         b"caf\xc3\xa9\0", b"\x1b[31m\0", b".\0", b"/\0", b"a" * 300 + b"\0", b"two\0strings\0", b"./x\0", b"\xff\0"]


def value(kind, details, flags, i, rng):
    if kind in ("flags8", "flags16", "flags32", "mode") or (kind == "uint32" and "flags" in details):
        size = {"flags8": 1, "flags16": 2}.get(kind, 4)
        known = flags.get(details.get("flags"), [])
        pool = [0, 1, (1 << 8 * size) - 1, 3, 0x44, 0o644, 0o100755, 34, 1 << (8 * size - 1)] + known
        if len(known) > 2:
            pool += [known[j] | known[(j * 7 + 3) % len(known)] for j in range(len(known))]
        return (pool[i % len(pool)] & ((1 << 8 * size) - 1)).to_bytes(size, "little")
    if kind in NUMBERS:
        pool = numbers(kind, rng)
        return struct.pack("<" + NUMBERS[kind], pool[i % len(pool)])
    if kind in ("charbuf", "fspath", "fsrelpath"):
        return TEXTS[i % len(TEXTS)]
    if kind == "bytebuf":
        return BUFFERS[i % len(BUFFERS)]
    if kind == "fdlist":
        pool = [[(3, 1), (4, 4)], [], [(99, 0x41)], [(8, 0), (9, 5), (-1, 1)], [(6, 0x7ff), (12, 1), (2, 2), (0, 32)],
                [(n, n) for n in range(21)]]
        items = pool[i % len(pool)]
        return struct.pack("<H", len(items)) + b"".join(struct.pack("<qH", *item) for item in items)
    if kind == "sockaddr":
        pool = [b"\2" + ip4("10.0.0.2") + struct.pack("<H", 80), b"\1/run/x.sock\0", b"\x0a" + IP6_B + struct.pack("<H", 443),
                b"\x0a" + IP6_V4 + struct.pack("<H", 8443), b"\x10", b"\0", b"\1\0", b"\x0a" + bytes(16) + b"\0\0", b"\x11abc"]
        return pool[i % len(pool)]
    if kind == "socktuple":
        pool = [b"\2" + ip4("10.0.0.1") + struct.pack("<H", 1000) + ip4("10.0.0.2") + struct.pack("<H", 80),
                b"\x0a" + IP6_A + struct.pack("<H", 1000) + IP6_B + struct.pack("<H", 443),
                b"\1" + struct.pack("<QQ", 0xFFFF880012340000, 0xFFFF880043210000) + b"/run/x.sock\0",
                b"\1" + struct.pack("<QQ", 0, 10) + b"\0", b"\x10", b"\0",
                b"\x0a" + IP6_V4[:12] + ip4("1.2.3.4") + struct.pack("<H", 7) + IP6_V4 + struct.pack("<H", 8),
                b"\2" + bytes(4) + b"\0\0" + bytes(4) + b"\0\0"]
        return pool[i % len(pool)]
    if kind == "dyn":
        variants = DYN[details["dyn"]]
        variant = i % len(variants)
        return bytes([variant]) + value(variants[variant], {}, flags, i // len(variants) + i, rng)
    raise SystemExit("no values for " + kind)


def rows(name):
    with open(name, newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def build(rounds, how_odd, only):
    rng = random.Random(1)
    flags = {}
    for row in rows(FLAGS):
        if row["since"].startswith("sysdig"):
            flags.setdefault(row["table"], []).append(int(row["value"], 0))
    types = [row for row in rows(EVENTS)
             if row["since"].startswith("sysdig") and "unused" not in row["flags"].split("|")
             and int(row["num"]) not in SKIPPED and (only is None or int(row["num"]) // 2 == only // 2)]
    processes, tables, events = [process(1), process(10001), process(10002)], [], []
    tid, time = 10003, START
    for turn in range(rounds):
        last = None
        for row in types:
            number = int(row["num"])
            if number % 2 == 0 or last != number - 1:
                tid += 1
                processes.append(process(tid, cwd=[b"/home/demo", b"/", b"/srv/"][tid % 3]))
                tables.append(descriptors(tid))
            last = number
            params = []
            for i, param in enumerate([] if row["params"] == "-" else row["params"].split(",")):
                name, kind, how = param.split(":")[:3]
                details = dict(detail.split("=", 1) for detail in param.split(":")[3:])
                if name in FIXED:
                    params.append(FIXED[name])
                    continue
                if row["name"] == "execveat" and name in ("dirfd", "pathname"):
                    params.append(struct.pack("<q", (2, -100)[turn % 2]) if name == "dirfd" else b"sub/program\0")
                    continue
                if row["name"] in STARTS and name in ("tid", "pid", "ptid", "vtid", "vpid", "res"):
                    params.append(struct.pack("<q", {"ptid": 1, "res": ((-2, -13) if row["name"] == "execveat" else EXEC_RESULTS if "exec" in row["name"] else START_RESULTS)[turn % (2 if row["name"] == "execveat" else 4)]}.get(name, tid)))
                    continue
                params.append(value(kind, details, flags, turn * 3 + i + number // 2 if turn else 0, rng))
            if how_odd == "missing" and row["name"] != "container":
                params = params[:len(params) // 2]
            if how_odd == "empty" and row["name"] != "container":
                params = [b"" if (i + turn) % 2 else param for i, param in enumerate(params)]
            time += 1000
            events.append(event(time, tid, number, params, "large_payload" in row["flags"], cpu=number % 4))
    out = [block(0x0A0D0D0A, struct.pack("<IHHQ", 0x1A2B3C4D, 1, 2, 2**64 - 1)),
           block(0x201, struct.pack("<IQQ128sQQQQ", 4, 8 << 30, 32768, b"demo", 0, 0, 0, 0)),
           block(0x219, b"")]
    users = []
    for uid, name in ((0, b"root"), (33, b"www-data"), (1000, b"demo")):
        body = struct.pack("<BII", 0, uid, uid) + text16(name) + text16(b"/home/" + name) + text16(b"/bin/sh")
        users.append(struct.pack("<I", len(body) + 4) + body)
        body = struct.pack("<BI", 1, uid) + text16(name)
        users.append(struct.pack("<I", len(body) + 4) + body)
    out.append(block(0x220, b"".join(users)))
    out.append(block(0x215, b"".join(processes)))
    return out + [block(0x218, table) for table in tables] + events


def main():
    rest = sys.argv[2:]
    data = b"".join(build(int(rest[0]) if rest else 40, rest[1] if len(rest) > 1 else "",
                          int(rest[2]) if len(rest) > 2 else None))
    with open(sys.argv[1], "wb") as file:
        file.write(gzip.compress(data, 6, mtime=0))


if __name__ == "__main__":
    main()
