"""Prints the inputs of an ONNX graph as JSON: name and axes (null where free)."""

import json
import sys

import onnx


def main() -> None:
    """`describe.py GRAPH`."""
    graph = onnx.load(sys.argv[1], load_external_data=False).graph
    stored = {tensor.name for tensor in graph.initializer}
    inputs = []
    for value in graph.input:
        if value.name not in stored:
            tensor = value.type.tensor_type
            axes = [axis.dim_value if axis.HasField("dim_value") else None for axis in tensor.shape.dim]
            inputs.append({"name": value.name, "axes": axes})
    print(json.dumps(inputs))


if __name__ == "__main__":
    main()
