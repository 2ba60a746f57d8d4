"""Trains the autoencoder on rendered scenes."""

import copy
import time
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor, nn

from airbox_models.paths import run_file
from airbox_models.render import Renderer
from airbox_models.scenes import load_pool
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
from airbox_models.vae import Decoder, Encoder

SEED = 11
BATCH = 12
START_RATE, START_STEPS = 1.5e-3, 700
PEAK_RATE = 5e-4
KL_WEIGHT = 2e-4
ENCODER_SHARE = 0.45
CHECKPOINT_SECONDS = 120.0


def reconstruction_loss(output: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
    """The training loss (differences, their gradients, a coarse copy, squares) and the plain mean absolute difference."""
    difference = output - target
    absolute = difference.abs().mean()
    edges = (difference[..., 1:] - difference[..., :-1]).abs().mean() + (difference[..., 1:, :] - difference[..., :-1, :]).abs().mean()
    coarse = F.avg_pool2d(difference, 4).abs().mean()
    return absolute + 0.7 * edges + 0.5 * coarse + 0.5 * (difference**2).mean(), absolute.detach()


def picture_grid(pictures: Tensor, columns: int) -> Image.Image:
    """Pictures [N, 3, H, W] in -1…1 as one picture; missing cells are white."""
    blank = torch.ones(-len(pictures) % columns, *pictures.shape[1:])
    pictures = torch.cat([pictures.clamp(-1, 1).cpu(), blank])
    rows = [torch.cat(list(pictures[start : start + columns]), 2) for start in range(0, len(pictures), columns)]
    return Image.fromarray(((torch.cat(rows, 1).permute(1, 2, 0) + 1) * 127.5).round().byte().numpy())


class Autoencoder(nn.Module):
    """Encoder and decoder, trained together."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder = Encoder()
        self.decoder = Decoder()


def load_autoencoder(device: str = "cpu") -> Autoencoder:
    """The averaged weights of the trained autoencoder."""
    state = load_checkpoint(run_file("vae.pt"), device)
    if state is None:
        raise FileNotFoundError("train the autoencoder first")
    autoencoder = Autoencoder().to(device).eval()
    autoencoder.load_state_dict(state["average"])
    return autoencoder


def train_vae(total: int, device: str, stop_at: int | None = None) -> None:
    """Trains until step `total`, or stops earlier at step `stop_at`; goes on from the checkpoint where there is one.

    The encoder is trained in the first 45 % of the steps. Then its averaged weights are frozen, so that the diffusion model
    can be trained on its latents, and only the decoder is trained further, on latents with a little noise.
    """
    checkpoint = run_file("vae.pt")
    torch.manual_seed(SEED)
    model = Autoencoder().to(device)
    average = copy.deepcopy(model).eval()
    optimizer = torch.optim.AdamW(model.parameters(), lr=START_RATE, betas=(0.9, 0.99), weight_decay=1e-4, fused=True)
    step = 0
    if state := load_checkpoint(checkpoint, device):
        model.load_state_dict(state["model"])
        average.load_state_dict(state["average"])
        optimizer.load_state_dict(state["optimizer"])
        step = state["step"]
    encoder_steps = int(ENCODER_SHARE * total)
    curve = Curve(run_file("vae.csv"), step, ("l1", "kl"), CURVE_WINDOW)
    renderer, pool = Renderer(device), load_pool()
    saved = time.monotonic()
    while step < min(total, stop_at or total):
        generator = step_generator(SEED, step)
        chosen = torch.randint(len(pool), (BATCH,), generator=generator).tolist()
        pictures = renderer.render([pool[index] for index in chosen], generator)
        peak = START_RATE if step < START_STEPS else PEAK_RATE
        rate = learning_rate(step, peak, warmup=100, hold=int(0.5 * total), total=total)
        set_learning_rate(optimizer, rate)
        train_encoder = step < encoder_steps
        with torch.autocast(device, dtype=torch.bfloat16):
            with torch.set_grad_enabled(train_encoder):
                mean, log_variance = model.encoder(pictures)
            mean, log_variance = mean.float(), log_variance.float().clamp(-12, 8)
            noise = torch.randn(mean.shape, generator=generator).to(device)
            deviation = (log_variance / 2).exp() if train_encoder else torch.full_like(mean, 0.1)
            output = model.decoder(mean + noise * deviation)
        loss, absolute = reconstruction_loss(output.float(), pictures)
        kl = 0.5 * (mean**2 + log_variance.exp() - 1 - log_variance).mean()
        if train_encoder:
            loss = loss + KL_WEIGHT * kl
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        step += 1
        update_average(average.decoder, model.decoder, step, 0.995)
        if train_encoder:
            update_average(average.encoder, model.encoder, step, 0.995)
        if step == encoder_steps:
            model.encoder.load_state_dict(average.encoder.state_dict())
        curve.add(step, rate, l1=absolute.item(), kl=kl.item())
        if step % CURVE_WINDOW == 0 and time.monotonic() - saved > CHECKPOINT_SECONDS:
            _save(checkpoint, model, average, optimizer, step, renderer)
            saved = time.monotonic()
    _save(checkpoint, model, average, optimizer, step, renderer)


def _save(checkpoint: Path, model: Autoencoder, average: Autoencoder, optimizer: Any, step: int, renderer: Renderer) -> None:
    state = {"model": model.state_dict(), "average": average.state_dict(), "optimizer": optimizer.state_dict(), "step": step}
    save_checkpoint(checkpoint, state)
    with torch.no_grad():
        pictures = renderer.render(load_pool()[:24], torch.Generator().manual_seed(1))
        output = average.decoder(average.encoder(pictures)[0])
    rows = torch.stack([pictures.unflatten(0, (-1, 12)), output.unflatten(0, (-1, 12))], 1).flatten(0, 2)
    picture_grid(rows, 12).save(run_file(f"vae-{step:06d}.png"))
