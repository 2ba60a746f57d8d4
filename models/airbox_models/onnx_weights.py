"""Stores the weights of an ONNX graph small: as int8 with scales, or as fp16.

Only the storage changes. Each weight is turned back to fp32 by nodes that depend on constants alone, so an engine does
it once, when it loads the graph, and computes in fp32 (or in whatever its compiler chooses).
"""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

_SMALLEST_HALF = 256
_SMALLEST_INT8 = 4096


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
