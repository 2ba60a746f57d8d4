"""Training parts: schedules, averages, checkpoints and curves; resuming gives what not stopping gives."""

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from airbox_models import train_unet as training_of_unet
from airbox_models import train_vae as training_of_vae
from airbox_models.paths import data_file, run_file
from airbox_models.scenes import load_pool, plan_pool
from airbox_models.train_unet import train_unet
from airbox_models.train_vae import Autoencoder, train_vae
from airbox_models.training import Curve, learning_rate, load_checkpoint, save_checkpoint, step_generator, update_average
from airbox_models.unet import SIZES, UNetSize


def test_learning_rate_rises_holds_and_falls() -> None:
    rates = [learning_rate(step, 1.0, warmup=10, hold=50, total=100) for step in range(101)]
    assert rates[0] == pytest.approx(0.1)
    assert rates[10:50] == [1.0] * 40
    assert rates[75] == pytest.approx(0.51)
    assert rates[100] == pytest.approx(0.02)


def test_random_numbers_depend_on_the_step_alone() -> None:
    assert torch.equal(torch.rand(3, generator=step_generator(1, 7)), torch.rand(3, generator=step_generator(1, 7)))
    assert not torch.equal(torch.rand(3, generator=step_generator(1, 7)), torch.rand(3, generator=step_generator(1, 8)))


def test_average_moves_towards_the_weights() -> None:
    average, module = nn.Linear(1, 1), nn.Linear(1, 1)
    nn.init.zeros_(average.weight)
    nn.init.ones_(module.weight)
    update_average(average, module, step=10_000, decay=0.9)
    assert float(average.weight) == pytest.approx(0.1)


def test_checkpoint_is_read_as_written_and_leaves_no_part(tmp_path: Path) -> None:
    file = tmp_path / "run.pt"
    assert load_checkpoint(file) is None
    save_checkpoint(file, {"step": 3, "weights": {"a": torch.ones(2)}})
    state = load_checkpoint(file)
    assert state is not None
    assert state["step"] == 3
    assert [entry.name for entry in tmp_path.iterdir()] == ["run.pt"]


def test_resumed_curve_drops_rows_that_are_written_again(tmp_path: Path) -> None:
    file = tmp_path / "curve.csv"
    curve = Curve(file, 0, ("mse",), 1)
    for step in (1, 2, 3):
        curve.add(step, 0.1, mse=float(step))
    Curve(file, 2, ("mse",), 1).add(3, 0.1, mse=9.0)
    assert [line.split(",")[:2] for line in file.read_text().splitlines()[1:]] == [["1", "1.00000"], ["2", "2.00000"], ["3", "9.00000"]]


@pytest.fixture
def trainable(work_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A work folder that the denoising network can be trained in: scenes, random caption states, an untrained autoencoder."""
    plan_pool(30, seed=1)
    captions = len(load_pool())
    starts = np.arange(captions + 1) * 4
    np.save(data_file("captions.npy"), np.random.default_rng(0).standard_normal((captions * 4, 384)).astype(np.float16))
    empty = np.zeros((2, 384), np.float32)
    np.savez(data_file("captions.npz"), starts=starts, caption_of_scene=np.arange(captions), empty=empty)
    torch.manual_seed(0)
    save_checkpoint(run_file("vae.pt"), {"average": Autoencoder().state_dict()})
    monkeypatch.setitem(SIZES, "tiny", UNetSize(outer=16, inner=32, depth=1, embedding=32, heads=2))
    monkeypatch.setattr(training_of_unet, "CURVE_WINDOW", 2)
    return work_folder


def _losses(file: Path) -> list[list[str]]:
    return [line.split(",")[:2] for line in file.read_text().splitlines()]


@pytest.mark.usefixtures("trainable")
def test_resumed_training_gives_the_same_losses_and_weights() -> None:
    train_unet("whole", "tiny", 4, hold=10, total=12, device="cpu")
    train_unet("parts", "tiny", 4, hold=10, total=12, device="cpu", stop_at=6)
    train_unet("parts", "tiny", 4, hold=10, total=12, device="cpu")
    assert _losses(run_file("parts.csv")) == _losses(run_file("whole.csv"))
    whole, parts = load_checkpoint(run_file("whole.pt")), load_checkpoint(run_file("parts.pt"))
    assert whole is not None
    assert parts is not None
    assert all(torch.equal(whole["average"][name], parts["average"][name]) for name in whole["average"])


@pytest.mark.usefixtures("trainable")
def test_checkpoint_of_another_size_is_refused() -> None:
    train_unet("run", "tiny", 4, hold=1, total=1, device="cpu")
    with pytest.raises(ValueError, match="batch 4"):
        train_unet("run", "tiny", 8, hold=1, total=2, device="cpu")


@pytest.mark.usefixtures("work_folder")
def test_autoencoder_freezes_its_encoder_for_the_last_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training_of_vae, "BATCH", 2)
    plan_pool(24, seed=1)
    train_vae(total=4, device="cpu", stop_at=1)
    frozen = load_checkpoint(run_file("vae.pt"))
    train_vae(total=4, device="cpu")
    done = load_checkpoint(run_file("vae.pt"))
    assert frozen is not None
    assert done is not None
    encoder = [name for name in done["average"] if name.startswith("encoder.")]
    assert all(torch.equal(frozen["average"][name], done["average"][name]) for name in encoder)
    assert not torch.equal(frozen["average"]["decoder.layers.0.weight"], done["average"]["decoder.layers.0.weight"])
