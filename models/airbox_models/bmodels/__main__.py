"""Compiles a model pack's ONNX networks into bmodels for the TPU of the AirBox (BM1684X).

Writes a new pack folder that holds the files of both engines. The compiler (384 MB to download, 1.2 GB unpacked) is set up once in
the folder that --cache names. Needed: Linux on x86-64 with glibc 2.34 or newer, Python 3.11, Maven, 3 GB of disk.
"""

import argparse
import fcntl
import os
import shutil
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from airbox_models.bmodels.networks import PRECISIONS, ROLES, Compiler
from airbox_models.bmodels.packs import compiled_roles, graph, left_out_roles, read_manifest, with_engine, write_pack
from airbox_models.bmodels.toolchain import COMPILER, BModelError, Say, provide, say_on_stderr
from airbox_models.paths import work_dir

_EXAMPLES = """examples:
  the built-in pack, for box and laptop
    python3 -m airbox_models.bmodels --pack default --out /tmp/airbox-emoji
  a pack of your own, each network tried on the vendor's simulator (minutes, or hours for a Stable Diffusion UNet)
    airbox models import my-pack
    python3 -m airbox_models.bmodels --pack my-pack --out my-pack-tpu --check
  Stable Diffusion 1.5: its text encoder in F32, and both passes of guidance in one launch
    python3 -m airbox_models.bmodels --pack sd15 --out sd15-tpu --precision text_encoder=F32 --batches 1 2
"""


def _precision(text: str) -> tuple[str, str]:
    role, _, kind = text.partition("=")
    if role not in ROLES or kind not in PRECISIONS:
        raise argparse.ArgumentTypeError(f"'{text}' is not ROLE=TYPE with ROLE of {', '.join(ROLES)} and TYPE of {', '.join(PRECISIONS)}")
    return role, kind


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python3 -m airbox_models.bmodels", description=__doc__, epilog=_EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pack", type=Path, required=True, metavar="DIR", help="the pack; its pack.json names the ONNX files")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="the new pack; must not exist yet")
    parser.add_argument(
        "--precision",
        type=_precision,
        action="append",
        default=[],
        metavar="ROLE=TYPE",
        help=f"TYPE: {', '.join(PRECISIONS)}; F16 when not given",
    )
    parser.add_argument(
        "--batches", type=int, nargs="+", choices=(1, 2), default=[1], help="the UNet's batches; each is a stage with weights of its own"
    )
    parser.add_argument("--check", action="store_true", help="run every network on the vendor's simulator and compare it with ONNX Runtime")
    parser.add_argument(
        "--cache", type=Path, metavar="DIR", help="for the compiler and its work files; default: ~/.cache/airbox-models/tpu-compiler"
    )
    return parser


@contextmanager
def _locked(cache: Path, say: Say) -> Iterator[IO[str]]:
    """Holds the lock of the cache: one run at a time, and what lies there half-done is nobody's."""
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / ".lock").open("w", encoding="ascii") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"waiting for another run that uses {cache}")
            fcntl.flock(lock, fcntl.LOCK_EX)
        # a step that outlives a killed run holds the lock on until it ends, so nothing is cleared under its hands
        os.set_inheritable(lock.fileno(), True)
        for left in cache.iterdir():
            if left.name == "work" or left.name.endswith(".part"):
                shutil.rmtree(left)
        yield lock


def compile_pack(pack: Path, out: Path, cache: Path, precisions: dict[str, str], batches: Sequence[int], check: bool, say: Say) -> None:
    """Compiles a pack. The work files of a run that failed stay in `cache/work` until the next."""
    if out.exists():
        raise BModelError(f"{out} exists already; name a folder that does not, or remove it")
    if not out.absolute().parent.is_dir():
        raise BModelError(f"{out.absolute().parent} does not exist; make it, or name another folder")
    manifest = read_manifest(pack)
    for role in left_out_roles(manifest):
        say(f"{role} is left out: there is no recipe for it")
    with _locked(cache, say):
        toolchain = provide(cache, say)
        work = cache / "work"
        work.mkdir()
        began = time.monotonic()
        say(f"compiling with {COMPILER}")
        compiler = Compiler(toolchain, work, say, check)
        kinds = {role: precisions.get(role, PRECISIONS[0]) for role in compiled_roles(manifest)}
        compiled = {role: compiler.compile(manifest, role, graph(pack, manifest, role), kind, batches) for role, kind in kinds.items()}
        write_pack(pack, out, with_engine(manifest, compiled, kinds), compiled)
        shutil.rmtree(work)
        say(f"wrote {out} ({time.monotonic() - began:.0f} s)")


def main() -> None:
    """Runs the command."""
    arguments = _parser().parse_args()
    cache = (arguments.cache or work_dir() / "tpu-compiler").absolute()
    batches = sorted(set(arguments.batches))
    try:
        compile_pack(arguments.pack, arguments.out, cache, dict(arguments.precision), batches, arguments.check, say_on_stderr)
    except BModelError as error:
        sys.exit(f"airbox_models.bmodels: {error}")


if __name__ == "__main__":
    main()
