"""What a pack says of its networks: which shapes each has to be compiled for, and the compilation itself."""

import itertools
import json
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from airbox_models.bmodels.toolchain import BModelError, Say, Toolchain, run

ROLES = ("text_encoder", "unet", "vae_decoder", "vae_encoder")
PRECISIONS = ("F16", "BF16", "F32")
_LEAST_SIMILARITY = 0.99
_GUIDANCE_NUMBERS = 256
_RGB = 3

Shape = tuple[int, ...]
Stage = tuple[Shape, ...]
"""The shapes of a network's inputs, in order: the chip's code is made for fixed shapes, a bmodel holds one stage per choice."""

Manifest = Mapping[str, Any]


@dataclass(frozen=True)
class Input:
    """An input of an ONNX graph; an axis is None where the graph leaves it free."""

    name: str
    axes: tuple[int | None, ...]


@dataclass(frozen=True)
class Compiled:
    """A bmodel and the bytes that it takes on the device, as the compiler reckons."""

    file: Path
    memory: int


def graph_inputs(toolchain: Toolchain, graph: Path, log: Path) -> list[Input]:
    """The inputs of an ONNX graph."""
    text = run(toolchain.script("describe.py", str(graph)), log, f"reading {graph.name}", toolchain.environment())
    return [Input(item["name"], tuple(item["axes"])) for item in json.loads(text.strip().splitlines()[-1])]


def stages(manifest: Manifest, role: str, inputs: Sequence[Input], batches: Sequence[int]) -> list[Stage]:
    """The stages that a role needs: one per picture size, number of text chunks and batch, as far as its inputs depend on them."""
    text, latent = manifest["text"], manifest["latent"]
    sizes = [(size["height"], size["width"]) for size in manifest["sizes"]]
    cells = [(latent["channels"], height // latent["downscale"], width // latent["downscale"]) for height, width in sizes]
    if role == "text_encoder":
        wanted: list[Stage] = [((1, text["length"]),)]
    elif role == "vae_decoder":
        wanted = [((1, *cell),) for cell in cells]
    elif role == "vae_encoder":
        wanted = [((1, _RGB, *size),) for size in sizes]
    else:
        extra = [_GUIDANCE_NUMBERS] if manifest["guidance"]["mode"] == "embedded" else []
        chunks = range(1, text["max_chunks"] + 1)
        wanted = [
            ((batch, *cell), _timestep(inputs, batch), (batch, count * text["length"], text["width"]), *((batch, width) for width in extra))
            for cell, count, batch in itertools.product(cells, chunks, batches)
        ]
    for stage in wanted:
        _require_fit(role, inputs, stage)
    return wanted


def _timestep(inputs: Sequence[Input], batch: int) -> Shape:
    axes = inputs[1].axes if len(inputs) > 1 else (None,)
    if not axes:
        raise BModelError("the UNet's timestep is a scalar, which the compiler does not take; export the graph with a timestep of one axis")
    return (axes[0] or batch,)


def _require_fit(role: str, inputs: Sequence[Input], stage: Stage) -> None:
    if len(inputs) != len(stage):
        names = ", ".join(value.name for value in inputs)
        raise BModelError(f"the graph of {role} has {len(inputs)} inputs ({names}), pack.json asks for {len(stage)}")
    for value, shape in zip(inputs, stage, strict=True):
        fits = len(value.axes) == len(shape) and all(axis in (None, wanted) for axis, wanted in zip(value.axes, shape, strict=True))
        if not fits:
            raise BModelError(f"{value.name} of {role} is {list(value.axes)} (None is free), pack.json asks for {list(shape)}")


def device_bytes(info: str) -> int:
    """The device memory that `model_tool --info` prints."""
    found = re.search(r"^device mem size: (\d+)", info, re.MULTILINE)
    if found is None:
        raise BModelError(f"model_tool --info names no device memory: {info.strip()[-200:]}")
    return int(found.group(1))


class Compiler:
    """Compiles networks in a work folder, which keeps logs and everything in between."""

    def __init__(self, toolchain: Toolchain, work: Path, say: Say, check: bool) -> None:
        self._toolchain = toolchain
        self._environment = toolchain.environment()
        self._work = work
        self._say = say
        self._check = check

    def compile(self, manifest: Manifest, role: str, graph: Path, precision: str, batches: Sequence[int]) -> Compiled:
        """Makes the bmodel of one role, all its stages in one file."""
        folder = self._work / role
        folder.mkdir()
        log = folder / "log.txt"
        inputs = graph_inputs(self._toolchain, graph, log)
        wanted = stages(manifest, role, inputs, batches)
        made = [self._stage(role, graph, stage, precision, folder / f"stage{index}") for index, stage in enumerate(wanted)]
        if len(made) == 1:
            return made[0]
        whole = folder / f"{role}.bmodel"
        joining = self._toolchain.program("model_tool", "--combine", *(str(stage.file) for stage in made), "-o", str(whole))
        self._run(joining, folder, f"joining {role}")
        return Compiled(whole, sum(stage.memory for stage in made))

    def _stage(self, role: str, graph: Path, stage: Stage, precision: str, folder: Path) -> Compiled:
        folder.mkdir()
        began = time.monotonic()
        shapes = json.dumps([list(shape) for shape in stage])
        what = f"compiling {role} for {shapes}"
        tool = self._toolchain.tool
        source = ("--model_name", role, "--model_def", str(graph), "--input_shapes", shapes)
        self._run(tool("model_transform.py", *source, "--mlir", "top.mlir"), folder, what)
        target = ("--quantize", precision, "--chip", "bm1684x", "--model", f"{role}.bmodel", "--skip_validation")
        self._run(tool("model_deploy.py", "--mlir", "top.mlir", *target), folder, what)
        made = folder / f"{role}.bmodel"
        memory = device_bytes(self._run(self._toolchain.program("model_tool", "--info", str(made)), folder, what))
        size = f"{made.stat().st_size / 1e6:.1f} MB, {memory / 1e6:.1f} MB on the device"
        self._say(f"  {role} {shapes} {precision}: {size}, {time.monotonic() - began:.0f} s")
        if self._check:
            self._compare(role, graph, made, shapes, folder)
        return Compiled(made, memory)

    def _compare(self, role: str, graph: Path, made: Path, shapes: str, folder: Path) -> None:
        began = time.monotonic()
        text = self._run(self._toolchain.script("compare.py", str(made), str(graph), shapes), folder, f"running {role} on the simulator")
        similarity = float(next(line for line in text.splitlines() if line.startswith("cosine similarity ")).split()[-1])
        self._say(f"    on the simulator: cosine similarity to ONNX Runtime {similarity:.6f}, {time.monotonic() - began:.0f} s")
        if not similarity >= _LEAST_SIMILARITY:
            wanted = f"wanted is {_LEAST_SIMILARITY} or more; try --precision {role}=F32"
            raise BModelError(f"{role} gives other results on the chip: cosine similarity {similarity:.4f}, {wanted}")

    def _run(self, command: list[str], folder: Path, what: str) -> str:
        return run(command, folder / "log.txt", what, self._environment, folder)
