"""Services and their clients for tests of loads: redis, nginx and wrk, as they are installed or, where they are not, as
test/live/fetch_loads unpacks them; a small web server and clients of our own. All of them listen on loopback only, on ports that
were free, and keep what they write in a temporary directory.

Environment: LOADS_INSTALLED=no uses nothing that is installed, LOADS_FETCH=no fetches nothing.
"""
import os
import re
import shutil
import socket
import subprocess
import time

from live import start

DIRECTORY = os.path.join(os.path.abspath(os.environ.get("O", ".output")), "loads")
USES_INSTALLED = os.environ.get("LOADS_INSTALLED") != "no"
ENVIRONMENT = dict(os.environ, LD_LIBRARY_PATH=f"{DIRECTORY}/lib")


def find(name):
    """Its path, or None."""
    installed = shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin") if USES_INSTALLED else None
    return installed or shutil.which(name, path=f"{DIRECTORY}/bin")


def fetch():
    """What is not there, where there is a network. What went wrong, or an empty text."""
    if os.environ.get("LOADS_FETCH") == "no" or all(map(find, ("redis-server", "redis-benchmark", "nginx", "wrk"))):
        return ""
    script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "fetch_loads")
    try:
        done = subprocess.run([script, DIRECTORY], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=150, check=False)
    except subprocess.TimeoutExpired:
        return "fetching takes too long"
    lines = done.stderr.strip().splitlines()
    return (lines[-1] if lines else "fetching failed") if done.returncode else ""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_listening(process, port, limit=10.0):
    end = time.monotonic() + limit
    while time.monotonic() < end and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return
        except ConnectionRefusedError:
            time.sleep(0.02)
    raise RuntimeError(f"{process.args[0]} does not listen")


class Service:
    """A process that serves a port, and those that it started."""

    def __init__(self, command, port):
        self.port = port
        self.process = start(command, env=ENVIRONMENT, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                             stderr=subprocess.DEVNULL)
        self.pid = self.process.pid
        wait_listening(self.process, port)

    def workers(self):
        with open(f"/proc/{self.pid}/task/{self.pid}/children", encoding="ascii") as file:
            return [int(word) for word in file.read().split()]

    def end(self):
        self.process.terminate()
        self.process.wait(10)


def redis(directory):
    port = free_port()
    return Service([find("redis-server"), "--port", str(port), "--bind", "127.0.0.1", "--dir", directory, "--save", "",
                    "--appendonly", "no", "--loglevel", "warning"], port)


NGINX = """
daemon off;
worker_processes 2;
user root;
pid {directory}/nginx.pid;
error_log {directory}/error.log;
events {{ worker_connections 100; }}
http {{
    log_format counted '$remote_port $request_length $bytes_sent $request_uri';
    access_log {directory}/access.log counted;
    client_body_temp_path {directory}/1;
    proxy_temp_path {directory}/2;
    fastcgi_temp_path {directory}/3;
    uwsgi_temp_path {directory}/4;
    scgi_temp_path {directory}/5;
    keepalive_requests 1000000;
    server {{
        listen 127.0.0.1:{port};
        root {directory}/root;
        location /sent/ {{ sendfile on; }}
        location /read/ {{ sendfile off; }}
        location /status {{ stub_status; }}
    }}
}}
"""


def make_pages(directory):
    """Bytes of each page, by its path."""
    pages = {}
    for place in ("sent", "read"):
        os.makedirs(f"{directory}/root/{place}")
        for size in (700, 100_000):
            pages[f"/{place}/{size}"] = size
            with open(f"{directory}/root/{place}/{size}", "wb") as file:
                file.write(b"x" * size)
    return pages


def wait_title(pid, title, limit=10.0):
    """Until a process has given itself this name."""
    end = time.monotonic() + limit
    while time.monotonic() < end:
        with open(f"/proc/{pid}/cmdline", "rb") as file:
            if title in file.read():
                return
        time.sleep(0.02)
    raise RuntimeError(f"{pid} is no {title.decode()}")


def nginx(directory):
    port = free_port()
    with open(f"{directory}/nginx.conf", "w", encoding="utf-8") as file:
        file.write(NGINX.format(directory=directory, port=port))
    server = Service([find("nginx"), "-p", directory, "-c", f"{directory}/nginx.conf", "-e", f"{directory}/error.log"], port)
    for worker in server.workers():
        wait_title(worker, b"worker process")
    return server


WEB_SERVER = """
import http.server, sys
class Handler(http.server.SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), lambda *a: Handler(*a, directory=sys.argv[2])).serve_forever()
"""


def python_server(directory):
    port = free_port()
    with open(f"{directory}/server.py", "w", encoding="ascii") as file:
        file.write(WEB_SERVER)
    return Service(["/usr/bin/python3", f"{directory}/server.py", str(port), f"{directory}/root"], port)


class Connection:
    """A client that stays connected, and counts its bytes."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.port = self.socket.getsockname()[1]
        self.sent = self.got = 0
        self.rest = b""

    def send(self, data):
        self.socket.sendall(data)
        self.sent += len(data)

    def _more(self):
        data = self.socket.recv(65536)
        if not data:
            raise RuntimeError("the service closed the connection")
        self.got += len(data)
        self.rest += data

    def until(self, end):
        while end not in self.rest:
            self._more()
        data, self.rest = self.rest.split(end, 1)
        return data

    def exactly(self, size):
        while len(self.rest) < size:
            self._more()
        data, self.rest = self.rest[:size], self.rest[size:]
        return data

    def get(self, path):
        """The body of a page."""
        self.send(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        head = self.until(b"\r\n\r\n").decode()
        return self.exactly(int(re.search(r"(?i)^content-length: *(\d+)", head, re.M)[1]))

    def redis(self, *words):
        """One command and the answer."""
        words = [word if isinstance(word, bytes) else str(word).encode() for word in words]
        self.send(b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(word), word) for word in words))
        line = self.until(b"\r\n")
        if line[:1] == b"-":
            raise RuntimeError(line.decode())
        size = int(line[1:]) if line[:1] == b"$" else -1
        return self.exactly(size + 2)[:-2] if size >= 0 else line[1:]

    def redis_counts(self):
        """The numbers of INFO."""
        return {name: int(value) for name, value in re.findall(r"^(\w+):(\d+)\r?$", self.redis("INFO", "all").decode(), re.M)}

    def close(self):
        self.socket.close()
