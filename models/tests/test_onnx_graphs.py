"""Traced graphs and small storage of their weights."""

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from torch import nn

from airbox_models.onnx_graphs import shrink_weights, to_onnx


def _run(model: onnx.ModelProto, values: np.ndarray) -> np.ndarray:
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    return session.run(None, {session.get_inputs()[0].name: values})[0]


@pytest.mark.parametrize(("int8", "ratio", "error"), [(False, 0.55, 1e-3), (True, 0.32, 0.03)])
def test_shrunk_graph_is_smaller_and_says_nearly_the_same(int8: bool, ratio: float, error: float) -> None:
    torch.manual_seed(0)
    module = nn.Sequential(nn.Conv2d(8, 64, 3), nn.SiLU(), nn.Flatten(), nn.Linear(64 * 36, 100))
    example = torch.randn(2, 8, 8, 8)
    model = to_onnx(module, {"picture": example}, "scores")
    shrunk = shrink_weights(model, int8=int8)
    assert len(shrunk.SerializeToString()) < ratio * len(model.SerializeToString())
    before, after = _run(model, example.numpy()), _run(shrunk, example.numpy())
    assert np.abs(after - before).max() < error * np.abs(before).max()
