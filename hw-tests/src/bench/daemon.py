"""The daemon by itself: start to ready, memory and CPU when idle, 1,000 queued and cancelled jobs, 200 event streams.

    ./airbox bench daemon [--jobs 1000] [--streams 200] [--idle 20] [--json FILE]
"""

import argparse
import http.client
import json
import os
import re
import socket
import subprocess
import tempfile
import time
from pathlib import Path

from measure import HOME, Samples, children, report, resident_mb

TICK = os.sysconf("SC_CLK_TCK")


class Daemon:
    """`airbox run` on a free port with a data folder of its own; settings are named as in the environment."""

    def __init__(self, folder: str, queue_limit: int, **settings: object) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        # guests, as whom the jobs are asked for, have half of the places
        limits = {"AIRBOX_JOBS_QUEUE_LIMIT": 2 * queue_limit, "AIRBOX_JOBS_OWNER_LIMIT": queue_limit}
        settings = {"AIRBOX_HTTPS_PORT": 0, "AIRBOX_ACCESS_GUEST_JOBS_PER_MINUTE": 10_000} | limits | settings
        environment = dict(os.environ, **{key: str(value) for key, value in settings.items()})
        self.started = time.perf_counter()
        self.process = subprocess.Popen(
            [str(HOME / "bin" / "airbox"), "run", "--port", str(self.port), "--data", folder],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment,
        )  # fmt: skip

    def request(self, method: str, path: str, body: dict | None = None) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        headers = {"Content-Type": "application/json"} if body is not None else {}
        connection.request(method, path, json.dumps(body) if body is not None else None, headers)
        answer = connection.getresponse()
        data = answer.read()
        connection.close()
        return answer.status, data

    def wait_for(self, path: str) -> float:
        """Seconds from the start of the program until the path answers 200."""
        while time.perf_counter() - self.started < 60:
            try:
                if self.request("GET", path)[0] == 200:
                    return time.perf_counter() - self.started
            except OSError:
                pass
            if self.process.poll() is not None:
                raise RuntimeError(f"the daemon ended with {self.process.returncode}")
            time.sleep(0.005)
        raise RuntimeError(f"{path} was not ready within 60 s")

    def cpu_seconds(self) -> float:
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICK

    def __enter__(self) -> "Daemon":
        return self

    def __exit__(self, *_) -> None:
        self.process.terminate()
        self.process.wait(timeout=30)


def open_stream(port: int, path: str) -> socket.socket:
    stream = socket.create_connection(("127.0.0.1", port))
    stream.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAccept: text/event-stream\r\n\r\n".encode())
    return stream


def queue_and_cancel(daemon: Daemon, jobs: int) -> tuple[float, float]:
    """Queues jobs and cancels them all; seconds for each half."""
    start = time.perf_counter()
    ids = []
    for seed in range(jobs):
        status, body = daemon.request("POST", "/api/v1/jobs", {"prompt": "a red apple", "seed": seed})
        assert status == 202, (status, body)
        ids.append(json.loads(body)["id"])
    queued = time.perf_counter() - start
    start = time.perf_counter()
    for job in reversed(ids):
        status, body = daemon.request("POST", f"/api/v1/jobs/{job}/cancel")
        assert status in (200, 409), (status, body)
    return queued, time.perf_counter() - start


def listen(daemon: Daemon, streams: int) -> tuple[float, float, int]:
    """Many listeners to one job: seconds until all have seen its end, MB more while they listen, events seen in all."""
    before = resident_mb(daemon.process.pid)
    _, body = daemon.request("POST", "/api/v1/jobs", {"prompt": "a red apple", "seed": 1, "steps": 50, "count": 4})
    path = json.loads(body)["links"]["events"]
    start = time.perf_counter()
    sockets = [open_stream(daemon.port, path) for _ in range(streams)]
    during = resident_mb(daemon.process.pid)
    events = 0
    for stream in sockets:
        stream.settimeout(60)
        text = b""
        while not re.search(rb'"status":"completed"', text):
            chunk = stream.recv(65536)
            if not chunk:
                raise RuntimeError("a stream ended before its job: " + text[-300:].decode())
            text += chunk
        events += text.count(b"event: job")
        stream.close()
    return time.perf_counter() - start, during - before, events


def main() -> None:
    arguments = argparse.ArgumentParser(prog="airbox bench daemon", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--jobs", type=int, default=1000)
    arguments.add_argument("--streams", type=int, default=200)
    arguments.add_argument("--idle", type=float, default=20, help="seconds to watch an idle daemon")
    arguments.add_argument("--starts", type=int, default=5)
    arguments.add_argument("--json", metavar="FILE")
    options = arguments.parse_args()

    health, ready = [], []
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(options.starts):
            with Daemon(folder, options.jobs + 10) as daemon:
                health.append(daemon.wait_for("/healthz") * 1e3)
                ready.append(daemon.wait_for("/readyz") * 1e3)
        with Daemon(folder, options.jobs + 10) as daemon:
            daemon.wait_for("/readyz")
            time.sleep(2)
            idle_rss = resident_mb(daemon.process.pid)
            worker_rss = sum(resident_mb(child) for child in children(daemon.process.pid))
            cpu = daemon.cpu_seconds()
            time.sleep(options.idle)
            idle_cpu = 100 * (daemon.cpu_seconds() - cpu) / options.idle
            queued, cancelled = queue_and_cancel(daemon, options.jobs)
            after_jobs = resident_mb(daemon.process.pid)
            seconds, more, events = listen(daemon, options.streams)
    rows = [
        ("what", "figure"),
        ("start to /healthz", str(Samples(health, "ms"))),
        ("start to /readyz", str(Samples(ready, "ms"))),
        ("resident memory, idle", f"{idle_rss:.0f} MB (its worker, pack not yet used: {worker_rss:.0f} MB)"),
        ("CPU, idle", f"{idle_cpu:.2f} % of one core"),
        (f"{options.jobs} jobs queued, then cancelled", f"{queued:.2f} s ({1e3 * queued / options.jobs:.2f} ms each), {cancelled:.2f} s; resident memory after: {after_jobs:.0f} MB"),
        (f"{options.streams} event streams on one job", f"{events} job events in {seconds:.1f} s, {more:+.0f} MB while they listen"),
    ]
    facts = {"healthz_ms": health, "readyz_ms": ready, "idle_mb": idle_rss, "worker_mb": worker_rss, "idle_cpu_percent": idle_cpu,
             "queue_s": queued, "cancel_s": cancelled, "after_jobs_mb": after_jobs, "streams_s": seconds, "streams_mb": more, "events": events}  # fmt: skip
    report("daemon", rows, options.json, facts)


if __name__ == "__main__":
    main()
