#!/usr/bin/python3
"""A bounded load for service.py: a few clients, each at a fixed pace, most requests cheap, now and then the big file."""
import argparse
import http.client
import os
import random
import signal
import threading
import time

CLIENTS = 8
BIG_FILE_EVERY = 4.0  # seconds, on average
BANDWIDTH = 350e6  # bytes per second that a client takes


def choose(rate):
    if random.random() < 1 / (rate * BIG_FILE_EVERY):
        return "/download/4"
    return random.choices((f"/fib/{random.randint(8, 20)}", f"/empty/{random.randint(1, 1000)}",
                           f"/download/{random.randint(1, 3)}"), (60, 34, 6))[0]


def client(port, rate, end):
    connection = None
    buffer = bytearray(1 << 20)
    pace = CLIENTS / rate
    due = time.monotonic() + random.random() * pace
    while due < end:
        time.sleep(max(0.0, due - time.monotonic()))
        due = max(due + pace * random.uniform(0.5, 1.5), time.monotonic())
        try:
            if connection is None or random.random() < 0.02:
                if connection:
                    connection.close()
                connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
            connection.request("GET", choose(rate))
            response = connection.getresponse()
            start, received = time.monotonic(), 0
            while size := response.readinto(buffer):
                received += size
                time.sleep(max(0.0, start + received / BANDWIDTH - time.monotonic()))
        except (OSError, http.client.HTTPException):
            if connection:
                connection.close()
            connection = None
            due = time.monotonic() + 0.5


def main():
    options = argparse.ArgumentParser(description="A bounded load for service.py.")
    options.add_argument("--port", type=int, default=8888)
    options.add_argument("--rate", type=float, default=150, help="requests per second, 1 to 1000 (150)")
    options.add_argument("--seconds", type=float, default=3600, help="stop after so long, at most an hour")
    options.add_argument("--with-parent", action="store_true", help="stop when the parent process ends")
    options = options.parse_args()
    rate = min(max(options.rate, 1), 1000)
    end = time.monotonic() + min(options.seconds, 3600)
    for stop in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(stop, lambda *_: os._exit(0))
    for _ in range(CLIENTS):
        threading.Thread(target=client, args=(options.port, rate, end), daemon=True).start()
    parent = os.getppid()
    while time.monotonic() < end and not (options.with_parent and os.getppid() != parent):
        time.sleep(0.5)


if __name__ == "__main__":
    main()
