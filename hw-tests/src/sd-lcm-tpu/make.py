"""Makes a tree of SD-lcm-tpu with networks of next to no weights: `PYTHONPATH=models make.py OUT`, which must not exist.

The compiler is called as SD-lcm-tpu's converter calls it: one bmodel per size, joined by model_tool, a network's name that tells whether an LCM
LoRA was fused. In OUT: tokenizer/, models/basic/today (a UNet with the inputs for residuals, two sizes), models/basic/older (one size, no
residuals, no VAE) and onnx/, the same networks for ONNX Runtime.
"""

import fcntl
import json
import shutil
import sys
from pathlib import Path

from airbox_models.bmodels.toolchain import Toolchain, provide, run, say_on_stderr
from airbox_models.paths import work_dir

_FOLDER = Path(__file__).resolve().parent
_SMALL = (64, 64)

# The larger first: where a later stage needs more memory for activations, the simulator's libbmrt moves that of the earlier ones, whose
# instructions then miss it: they compute nonsense or end the process. simulator.c has no cure, since it happens within one network. libbmrt's
# public source, whose releases a box has, takes the largest stage's need before it lays out any.
_BOTH = ((64, 128), _SMALL)


class Maker:
    """Compiles in a work folder."""

    def __init__(self, toolchain: Toolchain, work: Path) -> None:
        self._toolchain = toolchain
        self._environment = toolchain.environment()
        self._work = work

    def graph(self, role: str, size: tuple[int, int], file: Path) -> None:
        """Writes a network as ONNX."""
        command = [str(self._toolchain.python), str(_FOLDER / "graphs.py"), role, *map(str, size), str(file)]
        self._run(command, f"writing {role}")

    def compile(self, role: str, network: str, precision: str, out: Path, sizes: tuple[tuple[int, int], ...]) -> None:
        """Writes a bmodel with a stage for each size (height, width)."""
        tool = self._toolchain.tool
        stages = []
        for size in sizes:
            folder = self._work / f"{role}-{size[0]}-{size[1]}"
            folder.mkdir()
            self.graph(role, size, folder / "graph.onnx")
            source = ("--model_name", network, "--model_def", str(folder / "graph.onnx"))
            self._run(tool("model_transform.py", *source, "--mlir", "top.mlir"), f"reading {role}", folder)
            target = ("--quantize", precision, "--chip", "bm1684x", "--model", "stage.bmodel", "--skip_validation")
            self._run(tool("model_deploy.py", "--mlir", "top.mlir", *target), f"compiling {role}", folder)
            stages.append(folder / "stage.bmodel")
        out.parent.mkdir(parents=True, exist_ok=True)
        if len(stages) == 1:
            shutil.move(stages[0], out)
        else:
            self._run(self._toolchain.program("model_tool", "--combine", *map(str, stages), "-o", str(out)), f"joining {role}")

    def _run(self, command: list[str], what: str, folder: Path | None = None) -> None:
        run(command, self._work / "log.txt", what, self._environment, folder or self._work)


def _tokenizer(folder: Path) -> None:
    """CLIP's two files without its merges: every character is a token."""
    printable = [*range(ord("!"), ord("~") + 1), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    symbols = [chr(value) for value in printable] + [chr(0x100 + index) for index in range(0x100 - len(printable))]
    words = [*symbols, *(f"{symbol}</w>" for symbol in symbols)]
    vocabulary = {word: index for index, word in enumerate(words)} | {"<|startoftext|>": 49406, "<|endoftext|>": 49407}
    folder.mkdir()
    (folder / "vocab.json").write_text(json.dumps(vocabulary), encoding="utf-8")
    (folder / "merges.txt").write_text("#version: 0.2\n", encoding="utf-8")


def main() -> None:
    """Runs the command."""
    out = Path(sys.argv[1]).absolute()
    cache = work_dir() / "tpu-compiler"
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / ".lock").open("w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        toolchain = provide(cache, say_on_stderr)
    part = out.with_name(f"{out.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    work = part / "work"
    work.mkdir(parents=True)
    maker = Maker(toolchain, work)
    today, older, onnx = part / "models/basic/today", part / "models/basic/older", part / "onnx"
    maker.compile("text_encoder", "sdv15_te", "F32", today / "sdv15_text.bmodel", (_SMALL,))
    maker.compile("unet_residuals", "sdv15_unet_fuse", "F16", today / "sdv15_unet_multisize.bmodel", _BOTH)
    maker.compile("vae_decoder", "sdv15_vd", "F16", today / "sdv15_vd_multisize.bmodel", _BOTH)
    maker.compile("unet", "unet", "F16", older / "unet_1_1684x_F16.bmodel", (_SMALL,))
    shutil.copy(today / "sdv15_text.bmodel", older / "te_f32.bmodel")
    _tokenizer(part / "tokenizer")
    onnx.mkdir()
    for role in ("text_encoder", "unet", "vae_decoder"):
        maker.graph(role, _SMALL, onnx / f"{role}.onnx")
    shutil.copytree(part / "tokenizer", onnx / "tokenizer")
    shutil.rmtree(work)
    part.rename(out)


if __name__ == "__main__":
    main()
