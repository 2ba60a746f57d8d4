"""Traces networks to ONNX (opset 17) and stores their weights small: as int8 with scales, or as fp16.

Only the storage changes. Each weight is turned back to fp32 by nodes that depend on constants alone, so an engine does
it once, when it loads the graph, and computes in fp32 (or in whatever its compiler chooses).
"""

import tempfile
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import Tensor, nn

OPSET = 17
_SMALLEST_HALF = 256
_SMALLEST_INT8 = 4096


Axes = dict[str, dict[int, str]]


def to_onnx(module: nn.Module, inputs: dict[str, Tensor], output: str, axes: Axes | None = None) -> onnx.ModelProto:
    """Traces a network with named inputs; the first axis of all of them is free unless `axes` says otherwise."""
    free = axes or {name: {0: "batch"} for name in (*inputs, output)}
    with tempfile.TemporaryDirectory() as folder, torch.no_grad():
        file = str(Path(folder) / "graph.onnx")
        names = list(inputs)
        torch.onnx.export(
            module.eval(), tuple(inputs.values()), file, input_names=names, output_names=[output], dynamic_axes=free, opset_version=OPSET
        )
        return onnx.load(file)


def _quantise(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Symmetric int8 with one scale per slice of the first or second axis, whichever loses less."""
    best: tuple[float, np.ndarray, np.ndarray] | None = None
    for axis in (0, 1):
        others = tuple(index for index in range(values.ndim) if index != axis)
        scale = np.maximum(np.abs(values).max(axis=others, keepdims=True) / 127, 1e-12).astype(np.float32)
        whole = np.clip(np.round(values / scale), -127, 127).astype(np.int8)
        error = float(np.square(whole * scale - values).sum())
        if best is None or error < best[0]:
            best = (error, whole, scale)
    assert best is not None
    return best[1], best[2]


def shrink_weights(model: onnx.ModelProto, int8: bool) -> onnx.ModelProto:
    """Returns the graph with fp16 weights; matrices and kernels are int8 if asked for."""
    shrunk = onnx.ModelProto()
    shrunk.CopyFrom(model)
    graph = shrunk.graph
    restore = []
    for tensor in list(graph.initializer):
        if tensor.data_type != TensorProto.FLOAT:
            continue
        values = numpy_helper.to_array(tensor)
        name = tensor.name
        if int8 and values.ndim >= 2 and values.size >= _SMALLEST_INT8:
            whole, scale = _quantise(values)
            stored = [numpy_helper.from_array(whole, f"{name}_int8"), numpy_helper.from_array(scale, f"{name}_scale")]
            restore.append(helper.make_node("Cast", [f"{name}_int8"], [f"{name}_whole"], to=TensorProto.FLOAT))
            restore.append(helper.make_node("Mul", [f"{name}_whole", f"{name}_scale"], [name]))
        elif values.size >= _SMALLEST_HALF:
            stored = [numpy_helper.from_array(values.astype(np.float16), f"{name}_half")]
            restore.append(helper.make_node("Cast", [f"{name}_half"], [name], to=TensorProto.FLOAT))
        else:
            continue
        graph.initializer.remove(tensor)
        graph.initializer.extend(stored)
    nodes = [*restore, *graph.node]
    del graph.node[:]
    graph.node.extend(nodes)
    onnx.checker.check_model(shrunk)
    return shrunk
