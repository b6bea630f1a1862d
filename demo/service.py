#!/usr/bin/python3
"""A small web service that traces itself, for spantop to watch.

    /fib/N       the Nth Fibonacci number, computed the slow way
    /empty/N     nothing
    /download/N  file N of four (any other N: one at random); three are of 1 MB, the fourth of 512 MB

Each request is a trace (fib_handler, empty_handler, download_handler) with one span for the headers, one for the
body, and within the body one for the function that does the work, with its argument and its result.
"""
import argparse
import http.server
import os
import random
import shutil
import signal
import sys
import tempfile
import threading
import time

from spans import span

MEGABYTE = 1 << 20
CHUNK = 256 << 10
MOST_FIB = 25
FIB_WIDTH = 10


def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


def make_files(directory):
    """The four files, of real bytes, so that reading them is real work. The big one takes at most a quarter of what is
    free."""
    free = shutil.disk_usage(directory).free // MEGABYTE
    block = os.urandom(MEGABYTE)
    for i, megabytes in enumerate((1, 1, 1, max(1, min(512, free // 4))), 1):
        with open(os.path.join(directory, f"blob.bin.{i}"), "wb", buffering=0) as file:
            for _ in range(megabytes):
                file.write(block)


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self):
        kind, _, number = self.path.strip("/").partition("/")
        handle = {"fib": self.fib, "empty": self.empty, "download": self.download}.get(kind)
        if handle is None or not (number.isascii() and number.isdigit() and len(number) < 10):
            self.send_error(404, "try /fib/N, /empty/N or /download/N")
            return
        with span(f"{kind}_handler", n=number):
            handle(int(number))

    def headers_in_span(self, tags, size, kind="text/plain"):
        with span(tags):
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(size))
            self.end_headers()

    def fib(self, n):
        n = min(n, MOST_FIB)
        self.headers_in_span("fib_handler.fib_headers", FIB_WIDTH + 1)
        with span("fib_handler.fib_write"):
            with span("fib_handler.fib_write.fib", n=n) as result:
                result["ret"] = fib(n)
            self.wfile.write(f"{result['ret']:{FIB_WIDTH}}\n".encode())

    def empty(self, n):
        self.headers_in_span("empty_handler.empty_headers", 0)
        with span("empty_handler.empty_write"):
            with span("empty_handler.empty_write.do_empty_write", n=n) as result:
                result["ret"] = 0

    def download(self, n):
        name = f"blob.bin.{n if 1 <= n <= 4 else random.randint(1, 4)}"
        path = os.path.join(self.server.directory, name)
        self.headers_in_span("download_handler.download_headers", os.path.getsize(path), "application/octet-stream")
        with span("download_handler.download_write"):
            with span("download_handler.download_write.do_download_write", n=path) as result:
                result["ret"] = self.send_file(path)

    def send_file(self, path):
        sent = 0
        with open(path, "rb", buffering=0) as file:
            while chunk := file.read(CHUNK):
                self.wfile.write(chunk)
                sent += len(chunk)
        return sent

    def handle_one_request(self):
        try:
            super().handle_one_request()
        except ConnectionError:
            self.close_connection = True

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request, client_address):
        pass


def stop_with_parent():
    """The demo must not outlive the command that started it, however that ended."""
    parent = os.getppid()
    while os.getppid() == parent:
        time.sleep(0.5)
    os.kill(os.getpid(), signal.SIGTERM)


def stop(*_):
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    sys.exit(0)


def main():
    options = argparse.ArgumentParser(description="A small web service that traces itself.")
    options.add_argument("--port", type=int, default=8888)
    options.add_argument("--with-parent", action="store_true", help="stop when the parent process ends")
    options = options.parse_args()
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGHUP, stop)
    try:
        server = Server(("127.0.0.1", options.port), Handler)
    except (OSError, OverflowError) as error:
        sys.exit(f"service.py: cannot listen on 127.0.0.1:{options.port}: {error}")
    if options.with_parent:
        threading.Thread(target=stop_with_parent, daemon=True).start()
    with tempfile.TemporaryDirectory(prefix="demo.") as server.directory:
        make_files(server.directory)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            pass


if __name__ == "__main__":
    main()
