"""What the training loops share: everything depends on the seed and the step count alone, so that a run can be resumed."""

import csv
import math
import os
import time
from pathlib import Path
from typing import Any

import torch
from torch import nn

CURVE_WINDOW = 50
"""Steps per row of a training curve. Checkpoints are written at the end of a window, so that a resumed curve is whole."""


def step_generator(seed: int, step: int) -> torch.Generator:
    """The source of all random numbers of one step. It depends on the step count, not on what ran before."""
    return torch.Generator().manual_seed((seed * 1_000_003 + step) & 0x7FFF_FFFF_FFFF)


def learning_rate(step: int, peak: float, warmup: int, hold: int, total: int) -> float:
    """Linear warm-up, a plateau until step `hold`, then a half cosine down to 2 % at step `total`."""
    if step < warmup:
        return peak * (step + 1) / warmup
    if step < hold:
        return peak
    progress = min(1.0, (step - hold) / max(1, total - hold))
    return peak * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * progress)))


def set_learning_rate(optimizer: torch.optim.Optimizer, rate: float) -> None:
    """Sets the learning rate of every parameter group."""
    for group in optimizer.param_groups:
        group["lr"] = rate


@torch.no_grad()
def update_average(average: nn.Module, module: nn.Module, step: int, decay: float) -> None:
    """Moves the averaged weights towards the trained ones; early on faster, so that the start is forgotten."""
    weight = 1 - min(decay, (step + 1) / (step + 20))
    torch._foreach_lerp_(list(average.parameters()), list(module.parameters()), weight)


def save_checkpoint(file: Path, state: dict[str, Any]) -> None:
    """Writes a checkpoint so that the file is whole at any time."""
    temporary = file.with_suffix(".part")
    torch.save(state, temporary)
    os.replace(temporary, file)


def load_checkpoint(file: Path, device: str = "cpu") -> dict[str, Any] | None:
    """Reads a checkpoint, or None when there is none."""
    if not file.exists():
        return None
    state: dict[str, Any] = torch.load(file, map_location=device, weights_only=True)
    return state


class Curve:
    """The training curve as a CSV file: one row per window of steps."""

    def __init__(self, file: Path, step: int, columns: tuple[str, ...], window: int) -> None:
        self._file = file
        self._columns = columns
        self._window = window
        self._sums = dict.fromkeys(columns, 0.0)
        self._start = time.monotonic()
        self._keep_rows_until(step)

    def _keep_rows_until(self, step: int) -> None:
        """Drops rows that a resumed run is going to write again."""
        rows = []
        if self._file.exists():
            with self._file.open(newline="", encoding="utf-8") as text:
                rows = [row for row in list(csv.reader(text))[1:] if int(row[0]) <= step]
        with self._file.open("w", newline="", encoding="utf-8") as text:
            csv.writer(text, lineterminator="\n").writerows([("step", *self._columns, "learning_rate", "steps_per_second"), *rows])

    def add(self, step: int, rate: float, **values: float) -> None:
        """Counts the values of the step that ended; writes a row at the end of a window."""
        for column, value in values.items():
            self._sums[column] += value
        if step % self._window:
            return
        speed = self._window / (time.monotonic() - self._start)
        self._start = time.monotonic()
        means = [f"{self._sums[column] / self._window:.5f}" for column in self._columns]
        with self._file.open("a", newline="", encoding="utf-8") as text:
            csv.writer(text, lineterminator="\n").writerow((step, *means, f"{rate:.2e}", f"{speed:.3f}"))
        print(f"step {step}", *(f"{c} {m}" for c, m in zip(self._columns, means, strict=True)), f"{rate:.1e} {speed:.2f}/s", flush=True)
        self._sums = dict.fromkeys(self._columns, 0.0)
