"""The TPU's bindings without a TPU: what a call costs against C, copies, leaks, and Java's work per denoising step.

    ./airbox bench tpu [--only calls|copies|endurance|step] [--rounds 20] [--launches 1000] [--cycles 200] [--json FILE]

calls and copies compare with tpu_peer.c, which makes the same calls, on a libsophon compiled here whose launches do nothing (src/libsophon); copies
also on the vendor's simulator. endurance loads, launches and unloads on the fake driver, whose books must agree with the ledger,
and on the simulator, which ends with 255 when a buffer is left. step is JMH with the garbage collector's profiler.
"""

import argparse
import json
import os
import shutil
import subprocess
import tempfile
from contextlib import ExitStack
from pathlib import Path

from measure import HOME, PACK, ROOT, LineServer, Samples, report

HERE = Path(__file__).resolve().parent
STUB = ROOT / "hw-tests" / "src" / "libsophon"
# as WorkerOptions sets them
JVM = ["java", "-XX:+UseSerialGC", "-Xms16m", "-Xmx512m", "-Xss4m"]
CLASSES = f"{ROOT}/hw-tests/target/test-classes:{ROOT}/sophon-jni/target/test-classes:{HOME}/lib/*"
SIZES = (64 << 10, 1 << 20, 16 << 20)
PART = 256 << 20  # bytes that one measurement copies


def stub(folder: Path) -> Path:
    """Compiles the stand-in and returns where its libraries lie."""
    subprocess.run([str(STUB / "build"), str(folder)], check=True)
    return (folder / "opt/sophon/libsophon-current").resolve() / "lib"


def simulator() -> tuple[Path, Path]:
    """Fetches the vendor's simulator; its libraries and a bmodel that it runs."""
    lines = subprocess.run([*JVM, "-cp", CLASSES, "io.airbox.hwtests.tpu.Simulator"], check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()
    return Path(lines[0]), Path(lines[1])


def peer(folder: Path, libraries: Path, bmodel: Path) -> list[str]:
    """The command of the C program, linked to these libraries."""
    program = folder / f"peer-{libraries.parent.name}"
    names = [libraries / name for name in ("libbmrt.so", "libbmlib.so", "libbmrt.so.1.0", "libbmlib.so.0")]
    subprocess.run(
        ["gcc", "-std=gnu11", "-O2", "-Wall", "-Wextra", "-Werror", f"-I{STUB}", "-o", str(program), str(HERE / "tpu_peer.c"),
         *(str(name) for name in names if name.exists()), f"-Wl,-rpath,{libraries}", "-Wl,--allow-shlib-undefined"], check=True)  # fmt: skip
    return [str(program), str(bmodel)]


def ours(libraries: Path, bmodel: Path, transfer: str) -> list[str]:
    return [*JVM, "-cp", CLASSES, "io.airbox.hwtests.bench.TpuCalls", str(libraries), str(bmodel), transfer]


def calls(options: argparse.Namespace, folder: Path) -> tuple[list[tuple[str, ...]], dict]:
    """Sequences of calls as a denoising step makes them, in turns."""
    libraries, bmodel, n = stub(folder / "stub"), folder / "unet.bmodel", 5000
    with ExitStack() as stack:
        our = stack.enter_context(LineServer(ours(libraries, bmodel, "COPY"), third=True, TPU_STUB_IDLE="1"))
        their = stack.enter_context(LineServer(peer(folder, libraries, bmodel), third=True, TPU_STUB_IDLE="1"))
        for _ in range(4):
            our.ask(f"calls 0 {n}")
        mine, c, extra, allocated = [], [], [], []
        for _ in range(options.rounds):
            answer, theirs = our.ask(f"calls 0 {n}"), their.ask(f"calls 0 {n}")
            mine.append(answer[0] / n / 1e3)
            c.append(theirs[0] / n / 1e3)
            extra.append(mine[-1] - c[-1])
            allocated.append(answer[1] / n)
    rows = [
        ("call sequence of a step (2 inputs of 64 KiB and 4 B, launch, wait, 64 KiB back)", str(Samples(mine, "µs")), str(Samples(c, "µs")), f"{Samples(extra, 'µs')} more", "≤ 20 µs more"),
        ("allocated by it", f"{Samples(allocated, 'bytes')}", "", "", "0"),
    ]
    return rows, {"ours_us": mine, "c_us": c, "extra_us": extra, "allocated": allocated}


def copies(options: argparse.Namespace, folder: Path) -> tuple[list[tuple[str, ...]], dict]:
    """Copies to the device and back, in turns with C."""
    rows, facts = [], {}
    stub_libraries, (simulator_libraries, bmodel) = stub(folder / "stub"), simulator()
    cases = [
        ("stand-in", stub_libraries, folder / "unet.bmodel", "COPY", "copies", {}),
        ("stand-in, mapped", stub_libraries, folder / "unet.bmodel", "MAPPED", "mapped", {}),
        ("simulator", simulator_libraries, bmodel, "COPY", "copies", {"LD_LIBRARY_PATH": str(simulator_libraries)}),
    ]
    for title, libraries, model, transfer, word, environment in cases:
        with ExitStack() as stack:
            our = stack.enter_context(LineServer(ours(libraries, model, transfer), third=True, **environment))
            their = stack.enter_context(LineServer(peer(folder, libraries, model), third=True, **environment))
            for size in SIZES:
                line = f"{word} {size} {max(4, min(PART // size, 2000))}"
                our.ask(line), their.ask(line)
                there, back, speeds = [], [], []
                for _ in range(options.rounds):
                    mine, c = our.ask(line), their.ask(line)
                    there.append(c[0] / mine[0])
                    back.append(c[1] / mine[1])
                    speeds.append(size * int(line.split()[2]) / mine[0])
                rows.append((f"copies of {size >> 10} KiB, {title}", f"{Samples(speeds, 'GB/s')} there", "", f"there {Samples(there, '×', 2)}, back {Samples(back, '×', 2)}", "≥ 0.95 ×"))
                facts[f"{title} {size}"] = {"there": there, "back": back, "gb_per_s": speeds}
    return rows, facts


def endurance(options: argparse.Namespace, folder: Path) -> tuple[list[tuple[str, ...]], dict]:
    """Launches and cycles of loading, with what is left of them."""
    libraries, bmodel = simulator()
    pack = [PACK / f"{role}.bmodel" for role in ("text_encoder", "unet", "vae_decoder")]
    pack = [file for file in pack if file.exists()]
    # the network that is launched is the one that simulator.c hides
    several = separate_runtimes(folder, libraries, bmodel) if pack else libraries
    cases = [
        ("driver's fake", ["fake"], options.launches, options.cycles, []),
        ("simulator", [str(libraries)], options.launches, 0, [bmodel]),
        ("simulator", [str(several)], 0, options.cycles, pack or [bmodel]),
    ]
    rows, facts = [], {}
    for title, driver, launches, cycles, bmodels in cases:
        command = [*JVM, "-cp", CLASSES, "io.airbox.hwtests.bench.TpuEndurance", *driver, str(launches), str(cycles), *map(str, bmodels)]
        done = subprocess.run(
            ["sh", "-c", 'exec "$@" 3>&1 1>&2', "sh", *command],
            stdout=subprocess.PIPE, text=True, env=dict(os.environ, LD_LIBRARY_PATH=str(libraries)))  # fmt: skip
        left = {0: "nothing left", 255: "A BUFFER WAS LEFT"}.get(done.returncode, f"ENDED WITH {done.returncode}")
        for what, count, early, half, late in (line.split() for line in done.stdout.splitlines()):
            warming = (int(half) - int(early)) / 1024
            grown = (int(late) - int(half)) / 1024
            held = f"{left}; resident memory {warming:+.1f} MB from a tenth to the half, {grown:+.1f} MB in the second half"
            rows.append((f"{count} {what}, {title}", held, "", "", "nothing left, flat"))
            facts[f"{title} {what}"] = {"count": int(count), "early_kb": int(early), "half_kb": int(half), "late_kb": int(late), "exit": done.returncode}
        if done.returncode:
            rows.append((title, left, "", "", "nothing left"))
    return rows, facts


def separate_runtimes(folder: Path, libraries: Path, bmodel: Path) -> Path:
    """The simulator's libraries behind src/libsophon/simulator.c, which more than one network at a time needs."""
    shim = folder / "simulator"
    shim.mkdir()
    shutil.copy(libraries / "libbmlib.so.0", shim)
    subprocess.run(
        ["gcc", "-std=gnu11", "-O2", "-shared", "-fPIC", f'-DFIRST_BMODEL="{bmodel}"', "-o", str(shim / "libbmrt.so"), str(STUB / "simulator.c"),
         "-Wl,--no-as-needed", str(libraries / "libbmrt.so.1.0")], check=True)  # fmt: skip
    return shim


def step(_: argparse.Namespace, folder: Path) -> tuple[list[tuple[str, ...]], dict]:
    """Java's work per denoising step, by JMH."""
    module, result = ROOT / "generation", folder / "step.json"
    classes = module / "target" / "test-classes"
    subprocess.run(
        ["mvn", "-q", "-B", "-Dgates=off", "test-compile", "dependency:build-classpath", "-pl", "sophon-jni,generation", "-Dmdep.outputFile=target/classpath"],
        cwd=ROOT, check=True)  # fmt: skip
    path = f"{classes}:{module}/target/classes:{(module / 'target' / 'classpath').read_text().strip()}"
    subprocess.run(
        ["java", "-cp", path, "io.airbox.generation.DenoisingStepBench", str(stub(folder / "stub")), str(result)],
        check=True, stdout=subprocess.DEVNULL, env=dict(os.environ, TPU_STUB_IDLE="1"))  # fmt: skip
    facts = json.loads(result.read_text())
    rows = []
    for run in facts:
        time, allocated = run["primaryMetric"], run["secondaryMetrics"]["gc.alloc.rate.norm"]
        rows.append((f"step at 512×512, {run['params']['kind']}, network of {run['params']['type']}",
                     f"{time['score']:.0f} ± {time['scoreError']:.0f} µs, {min(min(fork) for fork in allocated['rawData']):.1f} bytes allocated", "", "", "≤ 1000 µs, 0 bytes"))  # fmt: skip
    return rows, {"jmh": facts}


def main() -> None:
    arguments = argparse.ArgumentParser(prog="airbox bench tpu", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--only", choices=("calls", "copies", "endurance", "step"), action="append", help="some of it; may be repeated")
    arguments.add_argument("--rounds", type=int, default=20, help="measurements of each program")
    arguments.add_argument("--launches", type=int, default=1000)
    arguments.add_argument("--cycles", type=int, default=200, help="times that the pack is loaded and unloaded")
    arguments.add_argument("--json", metavar="FILE", help="write the figures there too")
    options = arguments.parse_args()

    rows: list[tuple[str, ...]] = [("what", "ours", "C", "ours against it", "aim")]
    facts: dict = {}
    with tempfile.TemporaryDirectory() as name:
        for part in (calls, copies, endurance, step):
            if not options.only or part.__name__ in options.only:
                more, facts[part.__name__] = part(options, Path(name))
                rows += more
    report("tpu", rows, options.json, facts)


if __name__ == "__main__":
    main()
