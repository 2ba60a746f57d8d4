"""A plan of many interfaces: the daemon's whole plan against `netplan generate` alone. And how long a change takes.

    ./airbox bench net [--interfaces 50] [--rounds 20] [--changes 5] [--json FILE]

The daemon reads the tree, edits one interface, checks, runs `netplan generate` on the files before and after, and makes both
diffs. The peer is one run of netplan on the same files, as the command (Python) and as the program behind it (C).

A change is applied, and taken back, in the Linux double (hw-tests/README.md), a whole machine under emulation; `--changes 0` leaves
that out.
"""

import argparse
import http.client
import json
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path

from daemon import Daemon
from measure import HOME, ROOT, Samples, report

GENERATORS = ("/usr/libexec/netplan/generate", "/lib/netplan/generate")


class OwnersSocket(http.client.HTTPConnection):
    """The daemon's local socket: planning is for operators, and whoever may open this is the owner."""

    def __init__(self, path: Path) -> None:
        super().__init__("localhost", timeout=120)
        self.path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(str(self.path))


def document(interfaces: int) -> str:
    lines = ["network:", "  version: 2", "  renderer: networkd", "  ethernets:"]
    for number in range(interfaces):
        lines += [
            f"    eth{number}:  # port {number}",
            "      dhcp4: no",
            "      optional: yes",
            f"      addresses: [10.{number}.0.2/24]",
            f"      nameservers: {{addresses: [10.{number}.0.1]}}",
            "      routes:",
            f"        - {{to: 172.16.{number}.0/24, via: 10.{number}.0.1}}",
        ]
    return "\n".join(lines) + "\n"


def plan(connection: OwnersSocket, settings: dict) -> dict:
    connection.request("POST", "/api/v1/network/plan", json.dumps({"settings": settings}), {"Content-Type": "application/json"})
    answer = connection.getresponse()
    body = json.loads(answer.read())
    if answer.status != 200:
        raise RuntimeError(f"the plan was refused: {body}")
    return body


def generate(command: list[str], files: Path) -> float:
    """Seconds of one run on a fresh copy, copying left out."""
    with tempfile.TemporaryDirectory() as root:
        shutil.copytree(files, Path(root) / "etc" / "netplan")
        start = time.perf_counter()
        done = subprocess.run([*command, "--root-dir", root], capture_output=True, text=True)
        seconds = time.perf_counter() - start
        if done.returncode != 0 or not list(Path(root).glob("run/systemd/network/*.network")):
            raise RuntimeError(f"{command} failed: {done.stderr}")
        return seconds


def change(rounds: int) -> dict[str, list[int]]:
    """Milliseconds until the box is reached at its new address after "apply", and at the former one after "revert"."""
    done = subprocess.run(
        ["java", f"-Dairbox.root={ROOT}", "-cp", f"{ROOT}/hw-tests/target/test-classes:{HOME}/lib/*", "io.airbox.hwtests.linux.ApplyTimes", str(rounds)],
        stdout=subprocess.PIPE, text=True, check=True,
    )
    return json.loads(done.stdout.splitlines()[-1])


def main() -> None:
    arguments = argparse.ArgumentParser(prog="airbox bench net", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--interfaces", type=int, default=50)
    arguments.add_argument("--rounds", type=int, default=20)
    arguments.add_argument("--changes", type=int, default=5, help="how often a change is applied in the Linux double")
    arguments.add_argument("--json", metavar="FILE")
    options = arguments.parse_args()

    generator = next((path for path in GENERATORS if Path(path).is_file()), None)
    if generator is None:
        raise SystemExit("airbox bench net: needs netplan; install the package netplan.io")
    ours, command, program = [], [], []
    with tempfile.TemporaryDirectory() as folder:
        tree, data = Path(folder) / "tree", Path(folder) / "data"
        files = tree / "etc" / "netplan"
        files.mkdir(parents=True)
        (files / "01-netcfg.yaml").write_text(document(options.interfaces), encoding="utf-8")
        with Daemon(str(data), 10, AIRBOX_SYSROOT=tree) as daemon:
            daemon.wait_for("/healthz")
            connection = OwnersSocket(data / "api.sock")
            connection.request("GET", "/api/v1/network")
            settings = json.loads(connection.getresponse().read())["configuration"]["settings"]
            for round_number in range(options.rounds + 1):
                settings["ethernets"]["eth0"]["mtu"] = 1400 + round_number
                start = time.perf_counter()
                made = plan(connection, settings)
                seconds = time.perf_counter() - start
                assert made["changes"] and "mtu" in made["yaml_diff"], made
                if round_number > 0:  # the first one loads classes
                    ours.append(seconds * 1e3)
                    command.append(generate(["netplan", "generate"], files) * 1e3)
                    program.append(generate([generator], files) * 1e3)
    rows = [
        ("what", "time", "ratio of the plan to it"),
        (f"plan of {options.interfaces} interfaces, over the socket", str(Samples(ours, "ms")), ""),
        ("`netplan generate`", str(Samples(command, "ms")), f"{Samples(ours, 'ms').median / Samples(command, 'ms').median:.2f}"),
        (f"`{generator}`", str(Samples(program, "ms")), f"{Samples(ours, 'ms').median / Samples(program, 'ms').median:.2f}"),
    ]
    facts = {"plan_ms": ours, "netplan_ms": command, "generate_ms": program, "interfaces": options.interfaces}
    report("network", rows, options.json, facts)
    if options.changes > 0:
        times = change(options.changes)
        rows = [
            ("in the Linux double, under emulation", "time"),
            ("apply to reachable at the new address, 2 s of it before it begins", str(Samples([ms / 1e3 for ms in times["apply"]], "s"))),
            ("take back to reachable at the former address", str(Samples([ms / 1e3 for ms in times["revert"]], "s"))),
        ]
        report("change", rows, options.json, facts | {"apply_ms": times["apply"], "revert_ms": times["revert"]})


if __name__ == "__main__":
    main()
