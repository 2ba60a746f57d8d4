"""Cards: verifying a package against md5sum and gzip -t, writing an image against mtools and dd, reading a transcript of the console.

    ./airbox bench flash [--only verify|image|console] [--megabytes 1000] [--transcript 100] [--rounds 5] [--folder DIR] [--json FILE]

The package is made of this machine's own programs, in chunks of 98 MiB as a box's root file system comes. Needs three times its size
in DIR (default: the system's folder for temporary files). Programs take turns; files are in the system's cache.
"""

import argparse
import os
import shutil
import struct
import subprocess
import tempfile
import time
import zlib
from pathlib import Path

from measure import HOME, ROOT, Samples, report

AIRBOX = str(HOME / "bin" / "airbox")
CAPTURE = ROOT / "flasher/src/test/resources/io/airbox/flasher/watch/ok.console"
SECTORS = 200704
CHUNK = SECTORS * 512
DISTINCT = 3
START = 8192


def script(name: str, text: str) -> bytes:
    """A U-Boot script as mkimage makes it."""
    body = struct.pack(">II", len(text), 0) + text.encode()
    fields = [0x27051956, 0, 0, len(body), 0, 0, zlib.crc32(body)]
    tail = struct.pack(">BBBB32s", 5, 22, 6, 0, name.encode())
    fields[1] = zlib.crc32(struct.pack(">7I", *fields) + tail)
    return struct.pack(">7I", *fields) + tail + body


def package(folder: Path, megabytes: int) -> Path:
    """A package whose chunks hold this machine's programs."""
    files = folder / "sdcard"
    files.mkdir()
    source = subprocess.Popen(["tar", "-C", "/", "-cf", "-", "usr/lib", "usr/bin", "usr/share"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    chunks = []
    for number in range(DISTINCT):
        data = source.stdout.read(CHUNK)
        raw = folder / "raw"
        raw.write_bytes(data.ljust(CHUNK, b"\0"))
        chunks.append(folder / f"chunk-{number}.gz")
        with chunks[-1].open("wb") as out:
            subprocess.run(["gzip", "-6", "-n", "-c", str(raw)], stdout=out, check=True)
        raw.unlink()
    source.kill()
    source.wait()
    mean = sum(chunk.stat().st_size for chunk in chunks) / DISTINCT
    count = max(1, round(megabytes * 1e6 / mean))
    lines = []
    for i in range(1, count + 1):
        name = f"rootfs.{i}-of-{count}.gz"
        shutil.copyfile(chunks[i % DISTINCT], files / name)
        lines += [
            f"load mmc 1:1 ${{ramdisk_addr_r}} //{name}",
            f"unzip ${{ramdisk_addr_r}} ${{unzip_addr}} {CHUNK:#010x}",
            f"mmc write ${{unzip_addr}} {START + (i - 1) * SECTORS:#010x} {SECTORS:#010x}",
        ]
    for chunk in chunks:
        chunk.unlink()
    (files / "boot_emmc-rootfs.scr").write_bytes(script("rootfs", "\n".join(lines) + "\n"))
    for name, inner in (("boot_emmc", "boot_emmc-rootfs"), ("boot", "boot_emmc")):
        first = "mmc dev 0\n" if name == "boot_emmc" else ""
        (files / f"{name}.scr").write_bytes(script(name, f"{first}load mmc 1:1 ${{scriptaddr}} //{inner}.scr\nsource ${{scriptaddr}}\n"))
    (files / "BOOT").touch()
    (files / "fip.bin").write_bytes(os.urandom(1 << 20))
    sums = subprocess.run(["md5sum", *sorted(path.name for path in files.iterdir())], cwd=files, stdout=subprocess.PIPE, check=True)
    (files / "md5.txt").write_bytes(sums.stdout)
    return files


def timed(command: list[str], fine: tuple[int, ...] = (0, 9)) -> tuple[float, float]:
    """Seconds, and the most memory that it had, in MB."""
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    said = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in fine:
        raise RuntimeError(f"{command}: {process.returncode}: {said.decode(errors='replace')}")
    return time.perf_counter() - started, usage.ru_maxrss * 1024 / 1e6


def both(files: Path) -> float:
    """md5sum and gzip -t side by side: the time of the slower."""
    chunks = sorted(path.name for path in files.glob("*.gz"))
    started = time.perf_counter()
    programs = [
        subprocess.Popen(["md5sum", "--quiet", "-c", "md5.txt"], cwd=files),
        subprocess.Popen(["gzip", "-t", *chunks], cwd=files),
    ]
    for program in programs:
        if program.wait():
            raise RuntimeError(f"{program.args[0]} failed")
    return time.perf_counter() - started


def verify(options: argparse.Namespace, files: Path) -> tuple[list[tuple[str, ...]], dict]:
    both(files)
    ours, theirs, ratios, memory = [], [], [], []
    for _ in range(options.rounds):
        seconds, megabytes = timed([AIRBOX, "flash", "verify", str(files)])
        ours.append(seconds)
        memory.append(megabytes)
        theirs.append(both(files))
        ratios.append(ours[-1] / theirs[-1])
    size = sum(path.stat().st_size for path in files.iterdir())
    rows = [(f"verify {size / 1e6:.0f} MB of package", str(Samples(ours, "s", 2)), f"`md5sum` ∥ `gzip -t`: {Samples(theirs, 's', 2)}", str(Samples(ratios, "×", 2)), "≤ 1.1 ×")]
    rows.append(("its most memory", str(Samples(memory, "MB", 0)), "", "", ""))
    return rows, {"verify_s": ours, "peers_s": theirs, "ratio": ratios, "memory_mb": memory}


def mtools(files: Path, image: Path, size: int) -> float:
    """The same card by mkfs.fat and mcopy."""
    started = time.perf_counter()
    with image.open("wb") as out:
        out.truncate(size)
        out.write(bytes(446) + struct.pack("<B3sB3sII", 0, b"\xfe\xff\xff", 0x0C, b"\xfe\xff\xff", START, size // 512 - START) + bytes(48) + b"\x55\xaa")
    path = dict(os.environ, PATH=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
    subprocess.run(["mkfs.fat", "-F", "32", "--offset", str(START), str(image), str((size - START * 512) // 1024)], check=True, stdout=subprocess.DEVNULL, env=path)
    subprocess.run(["mcopy", "-i", f"{image}@@{START * 512}", *sorted(str(path) for path in files.iterdir()), "::"], check=True)
    fsync(image)
    return time.perf_counter() - started


def fsync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDWR)
    os.fsync(descriptor)
    os.close(descriptor)


def image(options: argparse.Namespace, files: Path) -> tuple[list[tuple[str, ...]], dict]:
    folder = files.parent
    ours, tools, copies = [], [], []
    mine, theirs, copy = folder / "ours.img", folder / "theirs.img", folder / "copy.img"
    for _ in range(options.rounds):
        mine.unlink(missing_ok=True)
        ours.append(timed([AIRBOX, "flash", "prepare", str(files), str(mine), "--no-verify"])[0])
        theirs.unlink(missing_ok=True)
        tools.append(mtools(files, theirs, mine.stat().st_size))
        copy.unlink(missing_ok=True)
        copies.append(timed(["dd", f"if={mine}", f"of={copy}", "bs=1M", "conv=fsync,sparse", "status=none"])[0])
    subprocess.run(["cmp", str(mine), str(copy)], check=True)
    for path in (mine, theirs, copy):
        path.unlink()
    rows = [
        ("image of the package, each chunk checked", str(Samples(ours, "s", 2)), f"`mkfs.fat`, `mcopy`, fsync: {Samples(tools, 's', 2)}", f"{Samples(ours, 's').median / Samples(tools, 's').median:.2f} ×", ""),
        ("", "", f"`dd` of the finished image: {Samples(copies, 's', 2)}", f"{Samples(ours, 's').median / Samples(copies, 's').median:.2f} ×", ""),
    ]
    return rows, {"image_s": ours, "mtools_s": tools, "dd_s": copies}


def console(options: argparse.Namespace, folder: Path) -> tuple[list[tuple[str, ...]], dict]:
    capture = CAPTURE.read_bytes()
    sizes = {"small": len(capture), "tenth": options.transcript * 100_000, "whole": options.transcript * 1_000_000}
    speeds, seconds, memory = [], [], {name: [] for name in sizes}
    for name, size in sizes.items():
        (folder / name).write_bytes((capture * (size // len(capture) + 1))[:size])
    for _ in range(options.rounds):
        took = {}
        for name in sizes:
            took[name], megabytes = timed([AIRBOX, "flash", "analyze", str(folder / name)], fine=(0, 1, 9))
            memory[name].append(megabytes)
        seconds.append(took["whole"])
        speeds.append((sizes["whole"] - sizes["small"]) / 1e6 / (took["whole"] - took["small"]))
    rows = [
        (f"transcript of {options.transcript} MB, flash after flash", str(Samples(seconds, "s", 2)), "", f"{Samples(speeds, 'MB/s', 0)} without the program's start", "≥ 50 MB/s"),
        ("its most memory", str(Samples(memory["whole"], "MB", 0)), f"a tenth of it: {Samples(memory['tenth'], 'MB', 0)}", "", "flat"),
    ]
    return rows, {"console_s": seconds, "mb_per_s": speeds, "memory_mb": memory}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", choices=("verify", "image", "console"))
    parser.add_argument("--megabytes", type=int, default=1000)
    parser.add_argument("--transcript", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--folder")
    parser.add_argument("--json")
    options = parser.parse_args()
    rows: list[tuple[str, ...]] = [("what", "ours", "peer", "ratio", "aim")]
    facts: dict = {}
    with tempfile.TemporaryDirectory(dir=options.folder) as name:
        folder = Path(name)
        files = package(folder, options.megabytes) if options.only != "console" else folder
        for step, run in (("verify", verify), ("image", image)):
            if options.only in (None, step):
                more, measured = run(options, files)
                rows += more
                facts |= measured
        if options.only in (None, "console"):
            more, measured = console(options, folder)
            rows += more
            facts |= measured
    report("flash", rows, options.json, facts)


if __name__ == "__main__":
    main()
