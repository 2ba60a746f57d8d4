"""Consistency distillation on networks whose answer is known."""

import torch
from torch import Tensor, nn

from airbox_models.diffusion import alphas_cumprod
from airbox_models.distill import consistency, consistency_target, pseudo_huber, teacher_jump

WANTED = torch.randn(4, 8, 12, 12, generator=torch.Generator().manual_seed(0))
ALPHAS = alphas_cumprod()


class Perfect(nn.Module):
    """Knows the clean latents."""

    def forward(self, sample: Tensor, steps: Tensor, states: Tensor) -> Tensor:
        alpha = ALPHAS[steps].float()[:, None, None, None]
        wanted = WANTED.repeat(len(sample) // len(WANTED), 1, 1, 1)
        return (sample - alpha.sqrt() * wanted) / (1 - alpha).sqrt() + 0 * states.mean()


def _noised(steps: Tensor) -> tuple[Tensor, Tensor]:
    noise = torch.randn(WANTED.shape, generator=torch.Generator().manual_seed(1))
    alpha = ALPHAS[steps].float()[:, None, None, None]
    return alpha.sqrt() * WANTED + (1 - alpha).sqrt() * noise, noise


STEPS = torch.tensor([19, 39, 519, 999])
STATES, EMPTY = torch.zeros(4, 32, 384), torch.zeros(32, 384)


def test_teacher_jumps_along_the_path_of_the_same_noise() -> None:
    sample, noise = _noised(STEPS)
    before = teacher_jump(Perfect(), sample, STEPS, STATES, EMPTY, ALPHAS)
    assert torch.allclose(before[0], WANTED[0], atol=1e-2)
    alpha = ALPHAS[499].float()
    assert torch.allclose(before[2], alpha.sqrt() * WANTED[2] + (1 - alpha).sqrt() * noise[2], atol=1e-2)


def test_target_is_the_clean_latent_at_every_step() -> None:
    sample, _ = _noised(STEPS)
    before = teacher_jump(Perfect(), sample, STEPS, STATES, EMPTY, ALPHAS)
    assert torch.allclose(consistency_target(Perfect(), before, STEPS - 20, STATES, ALPHAS), WANTED, atol=2e-2)
    assert torch.allclose(consistency(Perfect(), sample, STEPS, STATES, ALPHAS), WANTED, atol=2e-2)


def test_huber_is_zero_without_a_difference_and_linear_far_away() -> None:
    assert float(pseudo_huber(torch.zeros(3))) == 0
    assert abs(float(pseudo_huber(torch.full((3,), 10.0))) - 9.97) < 1e-2
