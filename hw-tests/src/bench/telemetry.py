"""Telemetry: what it costs to look at all sensors once in a second.

    ./airbox bench telemetry [--machine load] [--warm-up 60] [--stretches 10] [--seconds 60] [--json FILE]

A process of its own does what the daemon's telemetry does, on the recorded tree of a machine: reads and parses all files, keeps every look in memory and minutes
on the disk, integrates the power and asks the thermal policy. Processor time is the whole process's, the JVM's own housekeeping included; allocation is
that of all its threads. The tree's files are on a disk and answer at once: a real controller's are slower, but cost waiting, not work.
"""

import argparse
import subprocess

from measure import HOME, ROOT, Samples, report

# as bin/airbox runs the daemon
JVM = ["java", "-XX:+UseSerialGC", "-Xms16m", "-Xmx256m"]
CLASSES = f"{ROOT}/hw-tests/target/test-classes:{HOME}/lib/*"


def main() -> None:
    parser = argparse.ArgumentParser(prog="airbox bench telemetry", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--machine", default="load", help="a folder of power-monitor/src/test/box")
    parser.add_argument("--warm-up", type=int, default=60)
    parser.add_argument("--stretches", type=int, default=10)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--json", metavar="FILE", help="write the figures there too")
    options = parser.parse_args()
    box = ROOT / "power-monitor" / "src" / "test" / "box" / options.machine
    command = [*JVM, "-cp", CLASSES, "io.airbox.hwtests.bench.TelemetryCost", str(box), *(str(n) for n in (options.warm_up, options.stretches, options.seconds))]
    lines = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()
    stretches = [tuple(map(int, line.split())) for line in lines]
    shares = [cpu / looks / 1e7 for looks, cpu, _, _ in stretches]
    allocated = [size / looks / 1024 for looks, _, size, _ in stretches]
    readings = stretches[-1][3]
    report(
        "telemetry",
        [
            ("what", "figure", "aim"),
            (f"processor time, {readings} readings of the tree {options.machine!r} once in a second", f"{Samples(shares, '% of one core', 2)}", "≤ 0.5 %"),
            ("allocated by a look", f"{Samples(allocated, 'kB')}", ""),
        ],
        options.json,
        {"cpu_percent": shares, "allocated_kb": allocated, "readings": readings},
    )  # fmt: skip


if __name__ == "__main__":
    main()
