"""The noise schedule and the samplers, with the numerics that the service uses."""

from collections.abc import Callable

import torch
from torch import Tensor

TRAIN_STEPS = 1000
BETA_START, BETA_END = 0.00085, 0.012
LCM_ORIGINAL_STEPS = 50
LCM_SIGMA_DATA = 0.5
LCM_TIME_SCALE = 10.0

Denoiser = Callable[[Tensor, int], Tensor]
"""Noise prediction for a latent batch at one time step, guidance included."""


def alphas_cumprod() -> Tensor:
    """The 1,000 products of the scaled-linear schedule, in float64."""
    betas = torch.linspace(BETA_START**0.5, BETA_END**0.5, TRAIN_STEPS, dtype=torch.float64) ** 2
    return torch.cumprod(1 - betas, 0)


def leading_steps(count: int) -> list[int]:
    """`leading` time steps with an offset of one, noisiest first."""
    stride = TRAIN_STEPS // count
    return [index * stride + 1 for index in reversed(range(count))]


def lcm_steps(count: int) -> list[int]:
    """The time steps of the LCM sampler, noisiest first."""
    stride = TRAIN_STEPS // LCM_ORIGINAL_STEPS
    origin = [index * stride - 1 for index in range(LCM_ORIGINAL_STEPS, 0, -1)]
    return [origin[index * LCM_ORIGINAL_STEPS // count] for index in range(count)]


def predict_clean(sample: Tensor, noise: Tensor, alpha: Tensor | float) -> Tensor:
    """The clean latent that `noise` implies."""
    alpha = torch.as_tensor(alpha)
    return (sample - (1 - alpha).sqrt() * noise) / alpha.sqrt()


def ddim(denoiser: Denoiser, sample: Tensor, count: int) -> Tensor:
    """DDIM with `leading` time steps."""
    alphas = alphas_cumprod().to(sample.device)
    for step in leading_steps(count):
        noise = denoiser(sample, step)
        before = step - TRAIN_STEPS // count
        alpha, alpha_before = alphas[step].float(), alphas[max(before, 0)].float()
        clean = predict_clean(sample, noise, alpha)
        sample = alpha_before.sqrt() * clean + (1 - alpha_before).sqrt() * noise
    return sample


def lcm_boundary(step: Tensor | int) -> tuple[Tensor, Tensor]:
    """Weights of the sample and of the clean latent in the consistency function."""
    time = torch.as_tensor(step, dtype=torch.float32) * LCM_TIME_SCALE
    return LCM_SIGMA_DATA**2 / (time**2 + LCM_SIGMA_DATA**2), time / (time**2 + LCM_SIGMA_DATA**2).sqrt()


def lcm(denoiser: Denoiser, sample: Tensor, count: int, generator: torch.Generator) -> Tensor:
    """The LCM sampler: jumps to the clean latent and adds fresh noise."""
    alphas = alphas_cumprod().to(sample.device)
    steps = lcm_steps(count)
    for index, step in enumerate(steps):
        skip, out = lcm_boundary(step)
        clean = out * predict_clean(sample, denoiser(sample, step), alphas[step].float()) + skip * sample
        if index + 1 == len(steps):
            return clean
        alpha = alphas[steps[index + 1]].float()
        fresh = torch.randn(sample.shape, generator=generator).to(sample.device)
        sample = alpha.sqrt() * clean + (1 - alpha).sqrt() * fresh
    return sample
