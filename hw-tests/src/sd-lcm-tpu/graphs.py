"""Writes one network of Stable Diffusion 1.5's borders, and little inside, as ONNX: `graphs.py ROLE HEIGHT WIDTH FILE`.

Runs in the compiler's Python. The weights come from fixed seeds, so a role has the same ones at every size, and a UNet the same ones with
and without the inputs for a ControlNet's residuals.
"""

import sys
from collections.abc import Sequence

import numpy
import onnx
from onnx import TensorProto, helper, numpy_helper

TOKENS, WIDTH, WORDS, INNER = 77, 768, 49408, 16

# channels of a ControlNet's residuals, and how much smaller than the latent they are
RESIDUALS = ((1280, 8), *((320, 1),) * 3, (320, 2), *((640, 2),) * 2, (640, 4), *((1280, 4),) * 2, *((1280, 8),) * 3)


class Graph:
    """An ONNX graph that grows node by node."""

    def __init__(self, seed: int) -> None:
        self._random = numpy.random.default_rng(seed)
        self._nodes: list[onnx.NodeProto] = []
        self._weights: list[onnx.TensorProto] = []
        self._inputs: list[onnx.ValueInfoProto] = []

    def input(self, name: str, kind: int, *shape: int) -> str:
        self._inputs.append(helper.make_tensor_value_info(name, kind, shape))
        return name

    def stored(self, values: numpy.ndarray) -> str:
        name = f"stored{len(self._weights)}"
        self._weights.append(numpy_helper.from_array(values, name))
        return name

    def weights(self, deviation: float, *shape: int) -> str:
        return self.stored((self._random.standard_normal(shape) * deviation).astype(numpy.float32))

    def node(self, operator: str, *inputs: str, **attributes: object) -> str:
        name = f"{operator.lower()}{len(self._nodes)}"
        self._nodes.append(helper.make_node(operator, inputs, [name], **attributes))
        return name

    def write(self, file: str, output: str, *shape: int) -> None:
        value = helper.make_tensor_value_info(output, TensorProto.FLOAT, shape)
        graph = helper.make_graph(self._nodes, "small", self._inputs, [value], self._weights)
        onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), file)


def text_encoder(file: str) -> None:
    graph = Graph(1)
    ids = graph.input("input_ids", TensorProto.INT64, 1, TOKENS)
    words = graph.node("Gather", graph.weights(1, WORDS, INNER), ids)
    states = graph.node("MatMul", words, graph.weights(0.25, INNER, WIDTH))
    graph.write(file, graph.node("Add", states, graph.weights(0.1, 1, TOKENS, WIDTH)), 1, TOKENS, WIDTH)


def unet(file: str, height: int, width: int, residuals: Sequence[tuple[int, int]]) -> None:
    graph = Graph(2)
    sample = graph.input("sample", TensorProto.FLOAT, 1, 4, height, width)
    timestep = graph.input("timestep", TensorProto.FLOAT, 1)
    states = graph.input("states", TensorProto.FLOAT, 1, TOKENS, WIDTH)
    total = graph.node("Conv", sample, graph.weights(0.2, 4, 4, 3, 3), kernel_shape=[3, 3], pads=[1, 1, 1, 1])
    mean = graph.node("MatMul", graph.node("ReduceMean", states, axes=[1], keepdims=0), graph.weights(0.2, WIDTH, 4))
    plane = graph.stored(numpy.array([1, -1, 1, 1], dtype=numpy.int64))
    total = graph.node("Add", total, graph.node("Reshape", mean, plane))
    time = graph.node("Mul", timestep, graph.stored(numpy.array([0.001], dtype=numpy.float32)))
    total = graph.node("Add", total, graph.node("Reshape", time, plane))
    for number, (channels, smaller) in enumerate(residuals):
        residual = graph.input(f"residual{number}", TensorProto.FLOAT, 1, channels, height // smaller, width // smaller)
        pooled = graph.node("GlobalAveragePool", residual)
        total = graph.node("Add", total, graph.node("Conv", pooled, graph.weights(0.5, 4, channels, 1, 1), kernel_shape=[1, 1]))
    graph.write(file, graph.node("Tanh", total), 1, 4, height, width)


def vae_decoder(file: str, height: int, width: int) -> None:
    graph = Graph(3)
    latent = graph.input("latent", TensorProto.FLOAT, 1, 4, height, width)
    picture = graph.node("ConvTranspose", latent, graph.weights(0.1, 4, 3, 8, 8), kernel_shape=[8, 8], strides=[8, 8])
    graph.write(file, graph.node("Tanh", picture), 1, 3, 8 * height, 8 * width)


def main() -> None:
    role, height, width, file = sys.argv[1], int(sys.argv[2]) // 8, int(sys.argv[3]) // 8, sys.argv[4]
    if role == "text_encoder":
        text_encoder(file)
    elif role == "vae_decoder":
        vae_decoder(file, height, width)
    else:
        unet(file, height, width, RESIDUALS if role == "unet_residuals" else ())


if __name__ == "__main__":
    main()
