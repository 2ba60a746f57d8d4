"""What the edge of the daemon costs: cached reads against a bare Vert.x server, what access and TLS add to a job, memory of those who only hold a connection.

    ./airbox bench http [--rounds 7] [--seconds 5] [--jobs 200] [--idle 2000] [--listeners 500] [--json FILE]

Needs wrk. The bare server runs with the daemon's own JVM options, and answers with as many bytes.
"""

import argparse
import http.client
import json
import re
import resource
import shutil
import socket
import ssl
import statistics
import subprocess
import tempfile
import time
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path

from daemon import Daemon, open_stream
from measure import HOME, ROOT, LineServer, Samples, report, resident_mb

UNITS = {"us": 1e-3, "ms": 1.0, "s": 1e3, "m": 60e3}
PROMPT = "a red apple"
WARM_UP = 20


class SocketConnection(http.client.HTTPConnection):
    """HTTP over a Unix socket."""

    def __init__(self, path: str) -> None:
        super().__init__("localhost", timeout=60)
        self.path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(self.path)


def ask(connection: http.client.HTTPConnection, method: str, path: str, body: dict | None = None, key: str | None = None) -> tuple[int, bytes]:
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    if body is not None:
        headers["Content-Type"] = "application/json"
    connection.request(method, path, json.dumps(body) if body is not None else None, headers)
    answer = connection.getresponse()
    return answer.status, answer.read()


@dataclass
class Box:
    """A claimed daemon, a user's key, and one picture of that user."""

    daemon: Daemon
    folder: str
    https_port: int = 0
    trust: ssl.SSLContext = field(default_factory=ssl.create_default_context)
    key: str = ""
    picture: str = ""

    def prepare(self) -> None:
        self.https_port = self.find_https()
        pem = json.loads(self.daemon.request("GET", "/api/v1/certificate")[1])["pem"]
        self.trust = ssl.create_default_context(cadata=pem)
        with closing(self.on_socket()) as owner:
            expect(201, ask(owner, "POST", "/api/v1/claim", {"passphrase": "a passphrase for the bench"}))
            self.key = json.loads(expect(201, ask(owner, "POST", "/api/v1/keys", {"name": "bench", "role": "user"})))["key"]
        with closing(self.on_tls()) as user:
            job, _ = make(user, self.key, 1)
            self.picture = f"/api/v1/pictures/{job}-0.png"

    def find_https(self) -> int:
        for _ in range(300):
            url = json.loads(expect(200, self.daemon.request("GET", "/api/v1/session")))["https"]
            if url:
                return int(url.rstrip("/").rsplit(":", 1)[1])
            time.sleep(0.1)
        raise RuntimeError("the daemon serves no HTTPS")

    def plain(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.daemon.port, timeout=60)

    def on_tls(self) -> http.client.HTTPConnection:
        return http.client.HTTPSConnection("127.0.0.1", self.https_port, timeout=60, context=self.trust)

    def on_socket(self) -> http.client.HTTPConnection:
        return SocketConnection(f"{self.folder}/api.sock")


def expect(status: int, answer: tuple[int, bytes]) -> bytes:
    if answer[0] != status:
        raise RuntimeError(f"HTTP {answer[0]} instead of {status}: {answer[1][:300]!r}")
    return answer[1]


def make(connection: http.client.HTTPConnection, key: str | None, seed: int) -> tuple[str, float]:
    """Has a picture made: its job, and the milliseconds that asking for it and fetching it took, without the making."""
    start = time.perf_counter()
    answer = ask(connection, "POST", "/api/v1/jobs", {"prompt": PROMPT, "seed": seed, "steps": 1, "preview": False}, key)
    asking = time.perf_counter() - start
    job = json.loads(expect(202, answer))["id"]
    while True:
        state = json.loads(expect(200, ask(connection, "GET", f"/api/v1/jobs/{job}", key=key)))["status"]
        if state == "completed":
            break
        if state not in ("queued", "running"):
            raise RuntimeError(f"job {job} is {state}")
        time.sleep(0.01)
    start = time.perf_counter()
    expect(200, ask(connection, "GET", f"/api/v1/pictures/{job}-0.png", key=key))
    return job, (asking + time.perf_counter() - start) * 1e3


@dataclass
class Load:
    """What wrk found."""

    per_second: float
    p99_ms: float


def load(url: str, seconds: float, connections: int, headers: dict[str, str]) -> Load:
    command = ["wrk", "--threads", "1", "--connections", str(connections), "--duration", f"{max(1, round(seconds))}s", "--latency"]
    for name, value in headers.items():
        command += ["--header", f"{name}: {value}"]
    text = subprocess.run([*command, url], check=True, capture_output=True, text=True).stdout
    if "Non-2xx" in text or "Socket errors" in text:
        raise RuntimeError(f"{url} did not answer everything:\n{text}")
    late = re.search(r"99%\s+([0-9.]+)(us|ms|s|m)\b", text)
    rate = re.search(r"Requests/sec:\s+([0-9.]+)", text)
    return Load(float(rate[1]), float(late[1]) * UNITS[late[2]])


def wire_size(connection: http.client.HTTPConnection, path: str, headers: dict[str, str]) -> int:
    """Bytes of a reply on the wire."""
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    body = answer.read()
    if answer.status not in (200, 304):
        raise RuntimeError(f"{path}: HTTP {answer.status} {body[:300]!r}")
    head = f"HTTP/1.1 {answer.status} {answer.reason}\r\n" + "".join(f"{name}: {value}\r\n" for name, value in answer.getheaders())
    return len(head) + 2 + len(body)


class Hello(LineServer):
    """The bare server, in a JVM like the daemon's, with a certificate of the same kind."""

    def __init__(self, box: Box) -> None:
        words = Path(f"/proc/{box.daemon.process.pid}/cmdline").read_text().rstrip("\0").split("\0")
        options = [word for word in words[1 : words.index("-cp")] if "SharedArchiveFile" not in word]
        path = f"{HOME}/lib/*:{ROOT}/hw-tests/target/test-classes"
        store = f"{box.folder}/hello.p12"
        subprocess.run([
            str(Path(words[0]).with_name("keytool")), "-genkeypair", "-keystore", store, "-storepass", "changeit", "-alias", "hello", "-keyalg", "EC",
            "-groupname", "secp256r1", "-dname", "CN=localhost",
        ], check=True, capture_output=True)  # fmt: skip
        super().__init__([words[0], *options, "-cp", path, "io.airbox.hwtests.bench.HelloServer", store])
        self.http_port, self.https_port = self.ask("ports")


@dataclass
class Read:
    """A read that both servers are asked for."""

    name: str
    path: str
    headers: dict[str, str]


def reads(box: Box, options: argparse.Namespace) -> list[dict]:
    """Requests per second and lateness, ours and the bare server's in turns."""
    picture = {"Authorization": f"Bearer {box.key}", "If-None-Match": f'"{Path(box.picture).stem}"'}
    found = []
    with Hello(box) as hello:
        for read in (Read("status", "/api/v1/status", {}), Read("picture that the client has, by key", box.picture, picture)):
            with closing(box.plain()) as connection:
                size = wire_size(connection, read.path, read.headers)
            for scheme, our_port, their_port in (("HTTP", box.daemon.port, hello.http_port), ("TLS", box.https_port, hello.https_port)):
                start = "https" if scheme == "TLS" else "http"
                ours, bare = f"{start}://127.0.0.1:{our_port}{read.path}", f"{start}://127.0.0.1:{their_port}/{size}"
                pairs = []
                for turn in range(options.rounds + 1):
                    pair = load(ours, options.seconds, options.connections, read.headers), load(bare, options.seconds, options.connections, {})
                    if turn > 0:  # the first warms both
                        pairs.append(pair)
                found.append({
                    "read": read.name, "scheme": scheme, "bytes": size,
                    "ours": [pair[0].per_second for pair in pairs], "bare": [pair[1].per_second for pair in pairs],
                    "ours_p99_ms": [pair[0].p99_ms for pair in pairs], "bare_p99_ms": [pair[1].p99_ms for pair in pairs],
                })  # fmt: skip
    return found


def jobs(box: Box, count: int) -> dict[str, list[float]]:
    """Milliseconds of asking for a picture and fetching it, per way in, in turns."""
    ways = {
        "socket": (box.on_socket, None, True),
        "plain HTTP, guest": (box.plain, None, True),
        "TLS, key": (box.on_tls, box.key, True),
        "TLS, key, a new connection each time": (box.on_tls, box.key, False),
    }
    times: dict[str, list[float]] = {name: [] for name in ways}
    with ExitStack() as stack:
        kept = {name: stack.enter_context(closing(way())) for name, (way, _, keeps) in ways.items() if keeps}
        for seed in range(count + WARM_UP):
            for name, (way, key, _) in ways.items():
                with ExitStack() as turn:
                    connection = kept.get(name) or turn.enter_context(closing(way()))
                    _, took = make(connection, key, seed)
                if seed >= WARM_UP:
                    times[name].append(took)
    return times


def heap_kb(pid: int) -> int:
    """Kilobytes of live objects."""
    subprocess.run(["jcmd", str(pid), "GC.run"], check=True, capture_output=True)
    text = subprocess.run(["jcmd", str(pid), "GC.heap_info"], check=True, capture_output=True, text=True).stdout
    return sum(int(kb) for kb in re.findall(r"(?:generation|def new).*?used (\d+)K", text))


def holding(box: Box, count: int, open_one) -> dict:
    """Memory of the daemon per held connection: resident, and live on the heap."""
    pid = box.daemon.process.pid
    heap, resident = heap_kb(pid), resident_mb(pid)
    held = [open_one() for _ in range(count)]
    time.sleep(1)
    heap_more, resident_more = heap_kb(pid) - heap, resident_mb(pid) - resident
    for connection in held:
        connection.close()
    time.sleep(2)
    return {"count": count, "heap_kb_each": heap_more / count, "resident_kb_each": resident_more * 1e3 / count}


def memory(box: Box, options: argparse.Namespace) -> dict[str, dict]:
    def quiet() -> socket.socket:
        return socket.create_connection(("127.0.0.1", box.daemon.port))

    def secure() -> socket.socket:
        return box.trust.wrap_socket(socket.create_connection(("127.0.0.1", box.https_port)), server_hostname="127.0.0.1")

    holding(box, min(100, options.idle), quiet)  # what the first connections bring with them stays
    found = {"idle connection, HTTP": holding(box, options.idle, quiet), "idle connection, TLS": holding(box, options.idle, secure)}
    # a job that waits behind a long one, so that its listeners hear nothing
    long_job = {"prompt": PROMPT, "steps": 150, "count": 10, "preview": False}
    submitted = [json.loads(expect(202, box.daemon.request("POST", "/api/v1/jobs", long_job)))["id"] for _ in range(2)]
    path = f"/api/v1/jobs/{submitted[1]}/events"

    def listener() -> socket.socket:
        stream = open_stream(box.daemon.port, path)
        stream.settimeout(60)
        if not stream.recv(12).startswith(b"HTTP/1.1 200"):
            raise RuntimeError("an event stream was refused")
        return stream

    found["listener to a job's events, HTTP"] = holding(box, options.listeners, listener)
    for job in reversed(submitted):
        box.daemon.request("POST", f"/api/v1/jobs/{job}/cancel")
    return found


def percentile(values: list[float], part: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))]


def main() -> None:
    arguments = argparse.ArgumentParser(prog="airbox bench http", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--rounds", type=int, default=7, help="measured pairs of runs of each read")
    arguments.add_argument("--seconds", type=float, default=5, help="of one run")
    arguments.add_argument("--connections", type=int, default=16, help="of wrk")
    arguments.add_argument("--jobs", type=int, default=200, help="pictures asked for on each way in")
    arguments.add_argument("--idle", type=int, default=2000, help="idle connections")
    arguments.add_argument("--listeners", type=int, default=500, help="listeners to events")
    arguments.add_argument("--json", metavar="FILE")
    options = arguments.parse_args()
    if not shutil.which("wrk"):
        raise SystemExit("wrk is missing: apt install wrk")
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))

    room = options.idle + options.listeners + 1000
    settings = {
        "AIRBOX_HTTP_CONNECTIONS_LIMIT": room, "AIRBOX_HTTP_CONNECTIONS_ADDRESS_LIMIT": room,
        "AIRBOX_HTTP_IDLE_TIMEOUT": "1h", "AIRBOX_HTTP_READ_TIMEOUT": "10m",
    }  # fmt: skip
    with tempfile.TemporaryDirectory() as folder, Daemon(folder, 64, **settings) as daemon:
        daemon.wait_for("/readyz")
        box = Box(daemon, folder)
        box.prepare()
        read, job, held = reads(box, options), jobs(box, options.jobs), memory(box, options)

    report("cached reads", read_rows(read), None, {})
    report("asking for a picture and fetching it", job_rows(job), None, {})
    report("memory of those who wait", memory_rows(held), options.json, {"reads": read, "jobs_ms": job, "memory": held})


def read_rows(found: list[dict]) -> list[tuple[str, ...]]:
    rows = [("read", "over", "bytes", "requests/s", "bare Vert.x", "ratio", "p99", "bare Vert.x p99")]
    for row in found:
        ratios = [ours / bare for ours, bare in zip(row["ours"], row["bare"])]
        rows.append((
            row["read"], row["scheme"], str(row["bytes"]), f"{statistics.median(row['ours']):.0f}", f"{statistics.median(row['bare']):.0f}",
            str(Ratio(ratios)), str(Samples(row["ours_p99_ms"], "ms")), str(Samples(row["bare_p99_ms"], "ms")),
        ))  # fmt: skip
    return rows


class Ratio(Samples):
    """Ratios of pairs."""

    def __init__(self, values: list[float]) -> None:
        super().__init__(values, "")

    def __str__(self) -> str:
        return f"{self.median:.2f} ({min(self.values):.2f}…{max(self.values):.2f})"


def job_rows(times: dict[str, list[float]]) -> list[tuple[str, ...]]:
    rows = [("way in", "median", "p99", "p99 more than on the socket")]
    base = percentile(times["socket"], 0.99)
    for name, values in times.items():
        late = percentile(values, 0.99)
        more = "" if name == "socket" else f"{late - base:+.1f} ms"
        rows.append((name, f"{statistics.median(values):.1f} ms", f"{late:.1f} ms (n={len(values)})", more))
    return rows


def memory_rows(found: dict[str, dict]) -> list[tuple[str, ...]]:
    rows = [("what", "how many", "heap each", "resident each")]
    for name, row in found.items():
        rows.append((name, str(row["count"]), f"{row['heap_kb_each']:.1f} kB", f"{row['resident_kb_each']:.1f} kB"))
    return rows


if __name__ == "__main__":
    main()
