"""Runs a bmodel on the vendor's simulator and its ONNX graph in ONNX Runtime on the same made-up inputs; prints how close they are.

`compare.py BMODEL GRAPH SHAPES`, SHAPES as JSON. Among the libraries' lines it prints `cosine similarity NUMBER` of the first outputs.
"""

import json
import sys

import numpy as np
import onnxruntime
import pyruntime_bm

_WHOLE = {"tensor(int64)": np.int64, "tensor(int32)": np.int32}
_LARGEST_ID = 1000


def _made_up(kind: str, shape: list[int], generator: np.random.Generator) -> np.ndarray:
    if kind in _WHOLE:
        return generator.integers(1, _LARGEST_ID, shape).astype(_WHOLE[kind])
    return generator.standard_normal(shape).astype(np.float32)


def main() -> None:
    """See the module."""
    bmodel, graph, shapes = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
    session = onnxruntime.InferenceSession(graph, providers=["CPUExecutionProvider"])
    generator = np.random.default_rng(0)
    inputs = session.get_inputs()
    values = [_made_up(info.type, shape, generator) for info, shape in zip(inputs, shapes)]  # noqa: B905 (Python 3.10)
    expected = session.run(None, {info.name: value for info, value in zip(inputs, values)})[0]  # noqa: B905
    model = pyruntime_bm.Model(bmodel)
    network = model.Net(model.networks[0])
    for tensor, value in zip(network.inputs, values):  # noqa: B905
        tensor.data[:] = value.astype(tensor.data.dtype).reshape(tensor.data.shape)
    network.forward()
    given = np.array(network.outputs[0].data, np.float64).ravel()
    wanted = expected.astype(np.float64).ravel()
    print("\ncosine similarity", float(given @ wanted / (np.linalg.norm(given) * np.linalg.norm(wanted))), flush=True)


if __name__ == "__main__":
    main()
