#!/usr/bin/python3
"""make_capture.py FILE [EVENTS]: writes a capture of EVENTS (3 million) events of 16 busy threads of 16 processes: reads, writes and
sends of files and sockets, opens and closes, futexes, and nested spans. Times are those of 2023; the same each run.
A name that ends in .gz is compressed. Standard library only."""
import gzip
import random
import struct
import sys

START = 1_700_000_000 * 10**9
THREADS = 16
PATTERN = 4000     # events of one thread before it repeats them
SPAN_EVERY = 40
OPEN, READ, WRITE, SEND, CLOSE, FSTAT, FUTEX = 2, 6, 8, 30, 4, 70, 64
RDONLY, WRONLY = 1, 2


def block(kind, body):
    body += bytes(-len(body) % 4)
    return struct.pack("<II", kind, len(body) + 12) + body + struct.pack("<I", len(body) + 12)


def sized(entry):
    """An entry that begins with its own size."""
    return struct.pack("<I", len(entry) + 4) + entry


def text(value):
    value = value.encode() if isinstance(value, str) else value
    return struct.pack("<H", len(value)) + value


def process(tid, parent, name):
    exe = f"/usr/bin/{name}"
    entry = struct.pack("<QQQQQ", tid, tid, parent, tid, tid) + text(name) + text(exe) + text(exe) + text("") + text("/")
    entry += struct.pack("<QIII", 1024, 0, 0, 0) + struct.pack("<IIIQQ", 100000, 20000, 0, 0, 0) + text("")
    return sized(entry + struct.pack("<qq", tid, tid) + text("") + text("/") + struct.pack("<IB", 0xFFFFFFFF, 0))


def file_entry(fd, path, flags):
    return sized(struct.pack("<qQBI", fd, 0, 16, flags) + text(path) + struct.pack("<I", 6))


def connection_entry(fd, host, port):
    return sized(struct.pack("<qQB", fd, 0, 3) + bytes((10, 0, 0, host)) + bytes((10, 0, 0, 10)) + struct.pack("<HHB", port, 80, 2))


def header(tids):
    out = [block(0x0A0D0D0A, struct.pack("<IHHQ", 0x1A2B3C4D, 1, 2, 2**64 - 1)),
           block(0x201, struct.pack("<IQQ128sQQQQ", 8, 8 << 30, 32768, b"bench", 0, 0, 0, 0)),
           block(0x219, b""),
           block(0x220, sized(struct.pack("<BII", 0, 0, 0) + text("root") + text("/root") + text("/bin/bash"))),
           block(0x215, process(1, 0, "systemd") + b"".join(process(tid, 1, f"bench{place % 4}")
                                                            for place, tid in enumerate(tids)))]
    for place, tid in enumerate(tids):
        out.append(block(0x218, struct.pack("<Q", tid) + file_entry(3, "/dev/null", WRONLY) +
                         connection_entry(4, 50 + place, 40000 + place) + file_entry(5, f"/data/file{place}", RDONLY)))
    return b"".join(out)


class Pattern:
    """What each thread does, over and over: (time, block) of each event."""

    def __init__(self):
        self.random = random.Random(1)
        self.now = 0
        self.events = []
        while len(self.events) < PATTERN:
            self.step(len(self.events) % SPAN_EVERY)
        if self.inside:
            self.end_spans()
        self.period = self.now + 2000

    inside = False

    def event(self, number, *values):
        lengths = struct.pack(f"<{len(values)}H", *map(len, values))
        body = lengths + b"".join(values)
        self.events.append((self.now, block(0x216, struct.pack("<HQQIHI", 0, 0, 0, 26 + len(body), number, len(values)) + body)))

    def call(self, number, enter, leave, nanoseconds):
        self.event(number, *enter)
        self.now += nanoseconds
        self.event(number + 1, *leave)
        self.now += 1500

    def marker(self, marker):
        marker = marker.encode()
        self.call(WRITE, (i64(3), u32(len(marker))), (i64(len(marker)), marker), 900)

    def end_spans(self):
        self.marker("<:t:request.inner::")
        self.marker("<:t:request:ret=0:")
        self.inside = False

    def step(self, place):
        number = self.random
        if place < 2:
            self.marker(f">:t:request:n={len(self.events) % 997}:")
            self.marker(">:t:request.inner::")
            self.inside = True
        chance = number.random()
        if chance < .35:
            self.call(READ, (i64(5), u32(4096)), (i64(4096), b"x" * number.randrange(80)), number.randrange(800, 20000))
        elif chance < .6:
            self.call(WRITE, (i64(4), u32(512)), (i64(512), b"y" * number.randrange(80)), number.randrange(800, 20000))
        elif chance < .75:
            self.call(SEND, (i64(4), u32(900), b""), (i64(900), b"HTTP/1.1 200 OK\r\n"), number.randrange(800, 30000))
        elif chance < .9:
            path = b"/data/dir%d/f%d\0" % (number.randrange(20), number.randrange(500))
            self.call(OPEN, (path, u32(RDONLY), u32(0)), (i64(6), path, u32(RDONLY), u32(0), u32(0x801)), 4000)
            self.call(FSTAT, (i64(6),), (i64(0),), 800)
            self.call(CLOSE, (i64(6),), (i64(0),), 1200)
        else:
            self.call(FUTEX, (struct.pack("<Q", 0x7F0012345678), struct.pack("<H", 0), struct.pack("<Q", 1)), (i64(0),), 3000)
        if self.inside and len(self.events) % SPAN_EVERY > SPAN_EVERY - 12:
            self.end_spans()


def i64(value):
    return struct.pack("<q", value)


def u32(value):
    return struct.pack("<I", value)


def write(path, count):
    tids = [10000 + place for place in range(THREADS)]
    pattern = Pattern()
    order = sorted((time + 777 * thread, thread, place)
                   for thread in range(THREADS) for place, (time, _) in enumerate(pattern.events))
    patch = struct.Struct("<HQQ").pack_into
    with gzip.GzipFile(path, "wb", compresslevel=1, mtime=0) if path.endswith(".gz") else open(path, "wb") as file:
        file.write(header(tids))
        start = START
        while count > 0:
            blocks = []
            for time, thread, place in order[:count]:
                event = bytearray(pattern.events[place][1])
                patch(event, 8, thread & 7, start + time, tids[thread])
                blocks.append(event)
            file.write(b"".join(blocks))
            count -= len(blocks)
            start += pattern.period + THREADS * 777


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    write(sys.argv[1], int(sys.argv[2]) if len(sys.argv) == 3 else 3_000_000)
