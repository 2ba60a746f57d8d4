"""Consistency distillation: teaches the network to jump to the clean picture at the time steps of the LCM grid.

The teacher is the finished network with classifier-free guidance. The student starts as its copy and keeps learning plain
noise prediction at all other time steps, so that one network serves the many-step and the four-step presets.
"""

import copy
import time
from typing import Any

import torch
from torch import Tensor, nn

from airbox_models.diffusion import alphas_cumprod, lcm_boundary, predict_clean
from airbox_models.latents import Batches
from airbox_models.paths import run_file
from airbox_models.samples import save_lcm_grid, save_sample_grid
from airbox_models.train_unet import load_unet, noise_loss
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

SEED = 53
PEAK_RATE = 2e-4
WARMUP = 100
GUIDANCE = 3.0
TARGET_DECAY = 0.95
AVERAGE_DECAY = 0.995
HUBER = 0.03
CHECKPOINT_SECONDS = 120.0
GRID_STEPS = 250


def pseudo_huber(difference: Tensor) -> Tensor:
    """Squares small differences and takes large ones as they are."""
    return (difference**2 + HUBER**2).sqrt().mean() - HUBER


def consistency(network: nn.Module, sample: Tensor, steps: Tensor, states: Tensor, alphas: Tensor) -> Tensor:
    """The network's clean latent for `sample`, with the boundary weights of LCM."""
    with torch.autocast(sample.device.type, dtype=torch.bfloat16):
        noise = network(sample, steps, states).float()
    skip, out = (weight[:, None, None, None] for weight in lcm_boundary(steps))
    return skip * sample + out * predict_clean(sample, noise, alphas[steps].float()[:, None, None, None])


@torch.no_grad()
def teacher_jump(teacher: nn.Module, sample: Tensor, steps: Tensor, states: Tensor, empty: Tensor, alphas: Tensor) -> Tensor:
    """One guided DDIM step along the LCM grid; from its first time step to the clean latent."""
    both = torch.cat([empty.expand_as(states), states])
    with torch.autocast(sample.device.type, dtype=torch.bfloat16):
        unguided, asked = teacher(torch.cat([sample, sample]), torch.cat([steps, steps]), both).float().chunk(2)
    noise = unguided + GUIDANCE * (asked - unguided)
    clean = predict_clean(sample, noise, alphas[steps].float()[:, None, None, None])
    before = steps - LCM_STRIDE
    alpha = torch.where(before < 0, 1.0, alphas[before.clamp_min(0)]).float()[:, None, None, None]
    return alpha.sqrt() * clean + (1 - alpha).sqrt() * noise


@torch.no_grad()
def consistency_target(target: nn.Module, sample: Tensor, steps: Tensor, states: Tensor, alphas: Tensor) -> Tensor:
    """What the student should say: the slower network's clean latent one grid step on, or that latent itself at the end."""
    clean = consistency(target, sample, steps.clamp_min(LCM_STRIDE - 1), states, alphas)
    return torch.where((steps < 0)[:, None, None, None], sample, clean)


def distill(teacher_name: str, name: str, batch: int, total: int, device: str, stop_at: int | None = None) -> None:
    """Distils `teacher_name` into `name` until step `total`; goes on from the checkpoint where there is one."""
    teacher = load_unet(teacher_name, device)
    size = (load_checkpoint(run_file(f"{teacher_name}.pt"), device) or {})["size"]
    torch.manual_seed(SEED)
    student = UNet(SIZES[size]).to(device)
    student.load_state_dict(teacher.state_dict())
    average, target = copy.deepcopy(student).eval(), copy.deepcopy(student).eval()
    optimizer = torch.optim.AdamW(student.parameters(), lr=PEAK_RATE, betas=(0.9, 0.98), weight_decay=0.0, fused=True)
    checkpoint = run_file(f"{name}.pt")
    modules: dict[str, Any] = {"network": student, "average": average, "target": target, "optimizer": optimizer}
    step = 0
    if state := load_checkpoint(checkpoint, device):
        for key, module in modules.items():
            module.load_state_dict(state[key])
        step = state["step"]
    curve = Curve(run_file(f"{name}.csv"), step, ("consistency", "mse"), CURVE_WINDOW)
    batches = Batches(batch, device)
    alphas = alphas_cumprod().to(device)
    grid = torch.arange(LCM_STRIDE - 1, len(alphas), LCM_STRIDE)

    def save() -> None:
        state = {key: module.state_dict() for key, module in modules.items()}
        save_checkpoint(checkpoint, {**state, "step": step, "size": size, "batch": batch})

    saved = time.monotonic()
    while step < min(total, stop_at or total):
        generator = step_generator(SEED, step)
        latents, states = batches.batch(step, generator)
        rate = learning_rate(step, PEAK_RATE, WARMUP, total // 2, total)
        set_learning_rate(optimizer, rate)
        noise = torch.randn(latents.shape, generator=generator).to(device)
        steps = grid[torch.randint(len(grid), (batch,), generator=generator)].to(device)
        alpha = alphas[steps].float()[:, None, None, None]
        sample = alpha.sqrt() * latents + (1 - alpha).sqrt() * noise
        before = teacher_jump(teacher, sample, steps, states, batches.empty, alphas)
        wanted = consistency_target(target, before, steps - LCM_STRIDE, states, alphas)
        distance = pseudo_huber(consistency(student, sample, steps, states, alphas) - wanted)
        plain, error = noise_loss(student, latents, states, generator, alphas, avoid_grid=True)
        optimizer.zero_grad(set_to_none=True)
        (distance + plain).backward()
        nn.utils.clip_grad_norm_(student.parameters(), 1.0)
        optimizer.step()
        step += 1
        update_average(target, student, step, TARGET_DECAY)
        update_average(average, student, step, AVERAGE_DECAY)
        curve.add(step, rate, consistency=distance.item(), mse=error.item())
        if step % CURVE_WINDOW == 0 and time.monotonic() - saved > CHECKPOINT_SECONDS:
            save()
            saved = time.monotonic()
        if step % GRID_STEPS == 0:
            save_sample_grid(average, batches, run_file(f"{name}-{step:06d}-ddim.png"))
            save_lcm_grid(average, batches, run_file(f"{name}-{step:06d}-lcm.png"))
    save()
