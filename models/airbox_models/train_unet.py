"""Trains the denoising network on epsilon prediction, with captions dropped now and then for classifier-free guidance."""

import copy
import time

import torch
from torch import Tensor, nn

from airbox_models.diffusion import TRAIN_STEPS, alphas_cumprod
from airbox_models.latents import Batches
from airbox_models.paths import run_file
from airbox_models.samples import save_sample_grid
from airbox_models.training import (
    CURVE_WINDOW,
    Curve,
    learning_rate,
    load_checkpoint,
    save_checkpoint,
    set_learning_rate,
    step_generator,
    update_average,
)
from airbox_models.unet import LCM_STRIDE, SIZES, UNet

SEED = 37
PEAK_RATE = 1e-3
WARMUP = 300
AVERAGE_DECAY = 0.999
CHECKPOINT_SECONDS = 120.0
GRID_STEPS = 500


def loss_weights(alphas: Tensor) -> Tensor:
    """Weights of the time steps: the smaller of the signal-to-noise ratio and five, over the ratio, and a floor."""
    ratio = alphas / (1 - alphas)
    return (ratio.clamp_max(5) / ratio + 0.15).float()


def noise_loss(
    network: nn.Module, latents: Tensor, states: Tensor, generator: torch.Generator, alphas: Tensor, avoid_grid: bool = False
) -> tuple[Tensor, Tensor]:
    """The weighted training loss of a batch and its plain mean squared error, on request off the LCM grid's time steps."""
    device = latents.device
    noise = torch.randn(latents.shape, generator=generator).to(device)
    steps = torch.randint(TRAIN_STEPS, (len(latents),), generator=generator).to(device)
    if avoid_grid:
        steps = torch.where((steps + 1) % LCM_STRIDE == 0, steps - 1, steps)
    alpha = alphas[steps].float()[:, None, None, None]
    with torch.autocast(device.type, dtype=torch.bfloat16):
        predicted = network(alpha.sqrt() * latents + (1 - alpha).sqrt() * noise, steps, states)
    error = ((predicted.float() - noise) ** 2).mean((1, 2, 3))
    return (error * loss_weights(alphas)[steps]).mean(), error.mean().detach()


def load_unet(name: str, device: str = "cpu") -> UNet:
    """The averaged weights of a trained network."""
    state = load_checkpoint(run_file(f"{name}.pt"), device)
    if state is None:
        raise FileNotFoundError(f"train {name} first")
    network = UNet(SIZES[state["size"]]).to(device).eval()
    network.load_state_dict(state["average"])
    return network


def train_unet(name: str, size: str, batch: int, hold: int, total: int, device: str, stop_at: int | None = None) -> None:
    """Trains until step `total`, or stops earlier at step `stop_at`; goes on from the checkpoint `name` where there is one.

    The learning rate is constant until step `hold` and falls from there to step `total`.
    """
    checkpoint = run_file(f"{name}.pt")
    torch.manual_seed(SEED)
    network = UNet(SIZES[size]).to(device)
    average = copy.deepcopy(network).eval()
    optimizer = torch.optim.AdamW(network.parameters(), lr=PEAK_RATE, betas=(0.9, 0.98), weight_decay=0.01, fused=True)
    step = 0
    if state := load_checkpoint(checkpoint, device):
        if state["size"] != size or state["batch"] != batch:
            raise ValueError(f"{checkpoint} was made with size {state['size']} and batch {state['batch']}")
        network.load_state_dict(state["network"])
        average.load_state_dict(state["average"])
        optimizer.load_state_dict(state["optimizer"])
        step = state["step"]
    curve = Curve(run_file(f"{name}.csv"), step, ("mse",), CURVE_WINDOW)
    batches = Batches(batch, device)
    alphas = alphas_cumprod().to(device)

    def save() -> None:
        state = {"network": network.state_dict(), "average": average.state_dict(), "optimizer": optimizer.state_dict()}
        save_checkpoint(checkpoint, {**state, "step": step, "size": size, "batch": batch})

    saved = time.monotonic()
    while step < min(total, stop_at or total):
        generator = step_generator(SEED, step)
        latents, states = batches.batch(step, generator)
        rate = learning_rate(step, PEAK_RATE, WARMUP, hold, total)
        set_learning_rate(optimizer, rate)
        loss, error = noise_loss(network, latents, states, generator, alphas)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        step += 1
        update_average(average, network, step, AVERAGE_DECAY)
        curve.add(step, rate, mse=error.item())
        if step % CURVE_WINDOW == 0 and time.monotonic() - saved > CHECKPOINT_SECONDS:
            save()
            saved = time.monotonic()
        if step % GRID_STEPS == 0:
            save_sample_grid(average, batches, run_file(f"{name}-{step:06d}.png"))
    save()
