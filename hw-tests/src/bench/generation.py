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
# threads that spin go on for a while after a run and would slow the next program down
SETTLE = 0.2
HERE = Path(__file__).resolve().parent


def ours(options: argparse.Namespace, steps: int, cfg: float) -> list[str]:
    return [
        "env", "MALLOC_ARENA_MAX=2", "MALLOC_TRIM_THRESHOLD_=131072",  # as bin/airbox sets them
        "java", "-XX:+UseSerialGC", "-Xms16m", "-Xmx512m", "-Xss4m",  # as WorkerOptions sets them
        "-cp", f"{ROOT}/hw-tests/target/test-classes:{HOME}/lib/*",
        "io.airbox.hwtests.bench.PictureServer", str(PACK), str(options.threads), str(steps), str(cfg),
        str(ROOT / "hw-tests" / "target" / "natives"),
    ]  # fmt: skip


def theirs(options: argparse.Namespace, steps: int, cfg: float, *more: str) -> list[str]:
    return [
        sys.executable, str(HERE / "peer.py"), str(PACK), "--threads", str(options.threads), "--steps", str(steps), "--cfg", str(cfg), *more,
    ]  # fmt: skip


def warm(options: argparse.Namespace, steps: int, cfg: float) -> dict:
    """Pictures from programs that take turns, after three each to warm up."""
    with (
        LineServer(ours(options, steps, cfg)) as our,
        LineServer(theirs(options, steps, cfg)) as peer,
        LineServer(theirs(options, steps, cfg, "--no-spinning")) as calm,
    ):
        servers = {"ours": our, "peer": peer, "calm": calm}
        for server in servers.values():
            for i in range(3):
                server.ask(f"{i}\t{PROMPTS[0]}")
        millis: dict[str, list[float]] = {name: [] for name in servers}
        outside = []
        for i in range(options.pictures):
            # a prompt never seen before: the text encoder runs on all sides
            line = f"{i}\t{PROMPTS[i % len(PROMPTS)]} number {i}"
            names = list(servers)
            for name in names[i % 3 :] + names[: i % 3]:
                time.sleep(SETTLE)
                answer = servers[name].ask(line)
                millis[name].append(answer[0] / 1e6)
                if name == "ours":
                    outside.append(100 * (answer[0] - answer[1]) / answer[0])
        run: dict = {name: Samples(values, "ms") for name, values in millis.items()}
        run["overhead"] = Samples(outside, "%")
        run["rss"] = {name: server.resident_mb() for name, server in servers.items()}
        return run


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
    rows: list[tuple[str, ...]] = [("what", "ours", "Python, its defaults", "ratio", "Python, threads that do not spin (as ours)", "ratio")]
    for name, run in (("picture, DDIM 20 steps, CFG 3", twenty), ("picture, DDIM 8 steps, CFG 3", eight)):
        mine = run["ours"].median
        rows.append((name, str(run["ours"]), str(run["peer"]), f"{mine / run['peer'].median:.2f}", str(run["calm"]), f"{mine / run['calm'].median:.2f}"))
    rows.append(("cold start to a PNG, 20 steps", str(start["ours"]), str(start["peer"]), f"{start['ours'].median / start['peer'].median:.2f}", "", ""))
    rss = twenty["rss"]
    rows.append(("resident memory after the 20-step pictures", f"{rss['ours']:.0f} MB", f"{rss['peer']:.0f} MB", f"{rss['ours'] / rss['peer']:.2f}", f"{rss['calm']:.0f} MB", f"{rss['ours'] / rss['calm']:.2f}"))
    rows.append(("outside the networks, 8 steps", str(eight["overhead"]), "", "", "", ""))
    rows.append(("outside the networks, 20 steps", str(twenty["overhead"]), "", "", "", ""))
    facts = {"warm20": vars_of(twenty), "warm8": vars_of(eight), "cold": vars_of(start)}
    report("generation", rows, options.json, facts)


def vars_of(run: dict) -> dict:
    return {key: value.values if isinstance(value, Samples) else value for key, value in run.items()}


if __name__ == "__main__":
    main()
