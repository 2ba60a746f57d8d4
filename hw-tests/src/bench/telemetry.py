"""Telemetry: what it costs to look at all sensors, how fast alarms go to the disk and to a broker, and a thousand boxes at one broker.

    ./airbox bench telemetry [--only cost|outbox|fleet] [--machine load] [--warm-up 60] [--stretches 10] [--seconds 60]
                             [--rounds 5] [--written 2000] [--drained 20000] [--boxes 1000] [--interval 10] [--steady 60] [--away 5] [--alarms 20]
                             [--json FILE]

cost: a process of its own does what the daemon's telemetry does once in a second, on the recorded tree of a machine: reads and parses all files, keeps every
look in memory and minutes on the disk, integrates the power and asks the thermal policy. Processor time is the whole process's, the JVM's own housekeeping
included; allocation is that of all its threads. The tree's files are on a disk and answer at once: a real controller's are slower, but cost waiting, not work.

outbox: alarms written one by one, each on the disk before the next, beside plain appends of as many bytes with an fsync each to the same disk; and a full outbox
drained to Mosquitto, from the connect on, beside Paho alone with the same messages from memory.

fleet: that many boxes, each the daemon's own publisher with the layouts json and sparkplug and an outbox of its own, in one process against one Mosquitto. They
are started one after the other; then tell their states, and alarms on boxes by chance; then the broker is stopped and started again.
"""

import argparse
import subprocess
import tempfile
from pathlib import Path

from measure import HOME, ROOT, Samples, report

# as bin/airbox runs the daemon
JVM = ["java", "-XX:+UseSerialGC", "-Xms16m", "-Xmx256m"]
# six threads for each of two connections of each box
FLEET_JVM = ["java", "-XX:+UseSerialGC", "-Xmx3g", "-Xss256k"]
CLASSES = f"{ROOT}/hw-tests/target/test-classes:{ROOT}/power-monitor/target/test-classes:{HOME}/lib/*"
BOXES = ROOT / "power-monitor" / "src" / "test" / "box"


def lines(jvm: list[str], program: str, *arguments: object) -> list[list[str]]:
    """The words of each line that a program of ours prints."""
    command = [*jvm, "-Dtinylog.level=off", "-cp", CLASSES, f"io.airbox.hwtests.bench.{program}", *map(str, arguments)]
    output = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    return [line.split() for line in output.splitlines()]


def cost(options: argparse.Namespace) -> tuple[list[tuple[str, ...]], dict]:
    found = lines(JVM, "TelemetryCost", BOXES / options.machine, options.warm_up, options.stretches, options.seconds)
    stretches = [tuple(map(int, words)) for words in found]
    shares = [cpu / looks / 1e7 for looks, cpu, _, _ in stretches]
    allocated = [size / looks / 1024 for looks, _, size, _ in stretches]
    readings = stretches[-1][3]
    rows = [
        (f"processor time, {readings} readings of the tree {options.machine!r} once in a second", f"{Samples(shares, '% of one core', 2)}", "≤ 0.5 %"),
        ("allocated by a look", f"{Samples(allocated, 'kB')}", ""),
    ]
    return rows, {"cpu_percent": shares, "allocated_kb": allocated, "readings": readings}


def outbox(options: argparse.Namespace) -> tuple[list[tuple[str, ...]], dict]:
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        found = lines(JVM, "OutboxSpeed", folder, options.rounds, options.written, options.drained)
    rows, facts = [], {}
    for what, shown, peer in (
        ("written", f"alarms written to the outbox, {options.written} one by one", "appends with an fsync"),
        ("drained", f"{options.drained} alarms drained to Mosquitto", "Paho alone"),
    ):
        ours = [float(words[1]) for words in found if words[0] == what]
        theirs = [float(words[2]) for words in found if words[0] == what]
        ratios = [our / their for our, their in zip(ours, theirs)]
        rows.append((shown, f"{Samples(ours, '/s', 0)}", f"{Samples(ratios, '×', 2)} {peer}, {Samples(theirs, '/s', 0)}"))
        facts[what] = {"ours_per_second": ours, "peer_per_second": theirs}
    return rows, facts


def fleet(options: argparse.Namespace) -> tuple[list[tuple[str, ...]], dict]:
    found = lines(FLEET_JVM, "SimulatedFleet", BOXES / options.machine, options.boxes, options.interval, options.steady, options.away, options.alarms)
    figures = {words[0]: [float(word) for word in words[1:]] for words in found}
    rate, broker, boxes = figures["steady"]
    promised, lost, invented, repeated = map(int, figures["alarms"])
    back = figures["back"]
    rows = [
        (f"{options.boxes} boxes started, {options.boxes * 2} connections", f"{figures['opened'][0] / 1e3:.1f} s", ""),
        ("from a box's start to its birth at the host", f"{Samples(figures['born'], 'ms', 0)}", ""),
        (f"messages at the host, states every {options.interval} s", f"{rate:.0f}/s; broker {broker:.0%}, boxes {boxes:.0%} of a core", f"{options.boxes * 2 / options.interval:.0f}/s or more"),
        (f"broker away for {options.away} s: half, nine tenths, all boxes born again after", ", ".join(f"{back[round(share * (len(back) - 1))] / 1e3:.1f} s" for share in (0.5, 0.9, 1)), ""),
        (f"alarms that were promised, {options.alarms}/s", f"{promised}: {lost} lost, {invented} invented, {repeated} told twice under their id", "0 lost, 0 invented"),
    ]  # fmt: skip
    return rows, figures


PARTS = {"cost": cost, "outbox": outbox, "fleet": fleet}


def main() -> None:
    parser = argparse.ArgumentParser(prog="airbox bench telemetry", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", choices=PARTS, help="one part")
    parser.add_argument("--machine", default="load", help="a folder of power-monitor/src/test/box")
    parser.add_argument("--warm-up", type=int, default=60)
    parser.add_argument("--stretches", type=int, default=10)
    parser.add_argument("--seconds", type=int, default=60, help="of a stretch")
    parser.add_argument("--folder", type=Path, default=ROOT / "hw-tests" / "target", help="on the disk to write to")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--written", type=int, default=2000, help="records in a round")
    parser.add_argument("--drained", type=int, default=20000, help="records in a round")
    parser.add_argument("--boxes", type=int, default=1000)
    parser.add_argument("--interval", type=int, default=10, help="seconds between two states of a box")
    parser.add_argument("--steady", type=int, default=60, help="seconds for which messages are counted")
    parser.add_argument("--away", type=int, default=5, help="seconds without a broker")
    parser.add_argument("--alarms", type=int, default=20, help="in a second, of all boxes")
    parser.add_argument("--json", metavar="FILE", help="write the figures there too")
    options = parser.parse_args()
    rows, facts = [("what", "figure", "aim or peer")], {}
    for name in [options.only] if options.only else PARTS:
        found, facts[name] = PARTS[name](options)
        rows += found
    report("telemetry", rows, options.json, facts)


if __name__ == "__main__":
    main()
