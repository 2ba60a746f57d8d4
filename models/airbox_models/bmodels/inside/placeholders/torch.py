"""Stands for PyTorch, of which the compiler's ONNX importer uses one thing: turning a value into an array."""

from typing import Any

import numpy as np


class _Tensor:
    def __init__(self, values: Any) -> None:
        self._values = np.asarray(values)

    def numpy(self) -> np.ndarray:
        return self._values


def tensor(values: Any) -> _Tensor:
    """The values as something that has `numpy()`."""
    return _Tensor(values)
