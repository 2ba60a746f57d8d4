"""What the benchmarks share: child processes, memory, statistics, tables."""

import json
import os
import platform
import statistics
import subprocess
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
HOME = ROOT / "appliance-daemon" / "target" / "airbox"
PACK = ROOT / "models" / "default"


def resident_mb(pid: int) -> float:
    """Resident memory of a process in MB (10^6 bytes), from /proc."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024 / 1e6
    raise ValueError(f"process {pid} has no VmRSS")


def children(pid: int) -> list[int]:
    """Process ids of the direct children."""
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return [int(child) for task in tasks for child in (task / "children").read_text().split()]


@dataclass
class Samples:
    """Repeated measurements of one thing, in one unit."""

    values: list[float]
    unit: str
    digits: int = 1

    @property
    def median(self) -> float:
        return statistics.median(self.values)

    def __str__(self) -> str:
        low, mid, high = min(self.values), self.median, max(self.values)
        d = self.digits
        return f"{mid:.{d}f} {self.unit} ({low:.{d}f}…{high:.{d}f}, n={len(self.values)})"


class LineServer:
    """A child that answers each line on its stdin with one line on its stdout, or where libraries print there on descriptor 3."""

    def __init__(self, command: list[str], *, third: bool = False, **environment: str) -> None:
        if third:
            command = ["sh", "-c", 'exec "$@" 3>&1 1>&2', "sh", *command]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=dict(os.environ, **environment))
        self._expect_ready()

    def _expect_ready(self) -> None:
        line = self.process.stdout.readline()
        if line.strip() != "ready":
            self.process.kill()
            raise RuntimeError(f"{self.process.args}: expected 'ready', got {line!r}")

    def ask(self, line: str) -> list[int]:
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            raise RuntimeError(f"{self.process.args} ended with {self.process.wait()}")
        return [int(word) for word in answer.split()]

    def resident_mb(self) -> float:
        return resident_mb(self.process.pid)

    def close(self) -> None:
        self.process.stdin.close()
        self.process.wait(timeout=30)

    def __enter__(self) -> "LineServer":
        return self

    def __exit__(self, *_) -> None:
        self.close()


def machine() -> str:
    """One line that says where figures were taken."""
    model = "unknown processor"
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.split(":", 1)[1].strip()
            break
    cores = sum(1 for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("processor"))
    return f"{model}, {cores} cores, Linux {platform.release()}, {platform.machine()}"


def report(title: str, rows: list[tuple[str, ...]], as_json: str | None, facts: dict) -> None:
    """Prints a Markdown table; with a path, writes the facts there as JSON too."""
    print(f"## {title}\n\n{machine()}\n")
    header, *body = rows
    print("| " + " | ".join(header) + " |")
    print("|" + "---|" * len(header))
    for row in body:
        print("| " + " | ".join(row) + " |")
    print()
    if as_json:
        Path(as_json).write_text(json.dumps(facts, indent=2) + "\n", encoding="utf-8")
