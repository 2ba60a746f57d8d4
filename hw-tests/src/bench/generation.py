"""Time per picture, cold start and memory, ours against Python on the same graphs, in interleaved runs.

    ./airbox bench generation [--pictures 20] [--cold 5] [--threads 2] [--json FILE]
"""

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from measure import HOME, PACK, ROOT, LineServer, Samples, report

PROMPTS = ("a red apple", "a cat", "a sailing boat", "a banana on a dark background", "a penguin")
HERE = Path(__file__).resolve().parent


def ours(options: argparse.Namespace, steps: int, cfg: float) -> list[str]:
    return [
        "java", "-XX:+UseSerialGC", "-Xmx256m",
        "-cp", f"{ROOT}/hw-tests/target/test-classes:{HOME}/lib/*",
        "io.airbox.hwtests.bench.PictureServer", str(PACK), str(options.threads), str(steps), str(cfg),
        str(ROOT / "hw-tests" / "target" / "natives"),
    ]  # fmt: skip


def theirs(options: argparse.Namespace, steps: int, cfg: float) -> list[str]:
    return [sys.executable, str(HERE / "peer.py"), str(PACK), "--threads", str(options.threads), "--steps", str(steps), "--cfg", str(cfg)]


def warm(options: argparse.Namespace, steps: int, cfg: float) -> dict:
    """Pictures from two programs that take turns, after three each to warm up."""
    with LineServer(ours(options, steps, cfg)) as a, LineServer(theirs(options, steps, cfg)) as b:
        for i in range(3):
            a.ask(f"{i}\t{PROMPTS[0]}")
            b.ask(f"{i}\t{PROMPTS[0]}")
        total, outside, peer = [], [], []
        for i in range(options.pictures):
            # a prompt never seen before: the text encoder runs on both sides
            line = f"{i}\t{PROMPTS[i % len(PROMPTS)]} number {i}"
            for side in (("a", "b") if i % 2 == 0 else ("b", "a")):
                if side == "a":
                    nanos, network = a.ask(line)
                    total.append(nanos / 1e6)
                    outside.append(100 * (nanos - network) / nanos)
                else:
                    peer.append(b.ask(line)[0] / 1e6)
        return {
            "ours": Samples(total, "ms"),
            "peer": Samples(peer, "ms"),
            "overhead": Samples(outside, "%"),
            "ours_rss": a.resident_mb(),
            "peer_rss": b.resident_mb(),
        }


def cold(options: argparse.Namespace) -> dict:
    """From the start of the program to a PNG on disk, programs in turn."""
    ours_s, peer_s = [], []
    with tempfile.TemporaryDirectory() as folder:
        ours_command = [
            str(HOME / "bin" / "airbox"), "generate", "a red apple", "-o", f"{folder}/ours.png", "--seed", "7",
            "--preset", "quality", "--steps", "20", "--cfg", "3", "--data", f"{folder}/data",
        ]  # fmt: skip
        peer_command = [*theirs(options, 20, 3.0), "--once", f"{folder}/peer.png"]
        for i in range(options.cold + 1):
            for command, samples in ((ours_command, ours_s), (peer_command, peer_s)):
                start = time.perf_counter()
                subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                if i > 0:  # the first of each fills the page cache
                    samples.append((time.perf_counter() - start) * 1e3)
    return {"ours": Samples(ours_s, "ms"), "peer": Samples(peer_s, "ms")}


def main() -> None:
    arguments = argparse.ArgumentParser(prog="airbox bench generation", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--pictures", type=int, default=20, help="measured pictures of each program")
    arguments.add_argument("--cold", type=int, default=5, help="measured cold starts of each program")
    arguments.add_argument("--threads", type=int, default=2, help="threads of ONNX Runtime, both programs")
    arguments.add_argument("--json", metavar="FILE", help="write the figures there too")
    options = arguments.parse_args()

    twenty, eight, start = warm(options, 20, 3.0), warm(options, 8, 3.0), cold(options)
    rows: list[tuple[str, ...]] = [("what", "ours", "Python, onnxruntime + numpy", "ratio of medians")]
    for name, run in (("picture, DDIM 20 steps, CFG 3", twenty), ("picture, DDIM 8 steps, CFG 3", eight), ("cold start to a PNG, 20 steps", start)):
        rows.append((name, str(run["ours"]), str(run["peer"]), f"{run['ours'].median / run['peer'].median:.2f}"))
    rows.append(("resident memory after the 20-step pictures", f"{twenty['ours_rss']:.0f} MB", f"{twenty['peer_rss']:.0f} MB", f"{twenty['ours_rss'] / twenty['peer_rss']:.2f}"))
    rows.append(("outside the networks, 8 steps", str(eight["overhead"]), "", ""))
    rows.append(("outside the networks, 20 steps", str(twenty["overhead"]), "", ""))
    facts = {"warm20": vars_of(twenty), "warm8": vars_of(eight), "cold": vars_of(start)}
    report("generation", rows, options.json, facts)


def vars_of(run: dict) -> dict:
    return {key: value.values if isinstance(value, Samples) else value for key, value in run.items()}


if __name__ == "__main__":
    main()
