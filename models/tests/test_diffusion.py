"""The schedule and the samplers against published values."""

import pytest
import torch

from airbox_models.diffusion import alphas_cumprod, ddim, lcm, lcm_boundary, lcm_steps, leading_steps, predict_clean


def test_schedule_is_stable_diffusions() -> None:
    alphas = alphas_cumprod()
    expected = {0: 0.99915, 499: 0.27766965, 999: 0.00466010}
    for step, alpha in expected.items():
        assert float(alphas[step]) == pytest.approx(alpha, rel=1e-5)


def test_time_steps() -> None:
    assert leading_steps(4) == [751, 501, 251, 1]
    assert leading_steps(20)[:2] == [951, 901]
    assert lcm_steps(4) == [999, 759, 499, 259]
    assert lcm_steps(8) == [999, 879, 759, 639, 499, 379, 259, 139]


@pytest.mark.parametrize("count", [4, 5, 7, 8, 9, 10, 20, 25, 40, 50])
def test_usual_leading_steps_never_touch_the_lcm_grid(count: int) -> None:
    assert not [step for step in leading_steps(count) if (step + 1) % 20 == 0]


def test_lcm_jump() -> None:
    alpha = alphas_cumprod()[999]
    clean = predict_clean(torch.tensor(1.0), torch.tensor(0.5), alpha)
    assert float(clean) == pytest.approx(7.34149293, rel=1e-5)
    skip, out = lcm_boundary(999)
    assert float(out * clean + skip) == pytest.approx(7.34149292, rel=1e-5)


def test_samplers_recover_the_latent_of_a_perfect_denoiser() -> None:
    wanted = torch.randn(2, 8, 12, 12, generator=torch.Generator().manual_seed(0))
    alphas = alphas_cumprod()

    def perfect(sample: torch.Tensor, step: int) -> torch.Tensor:
        alpha = alphas[step].float()
        return (sample - alpha.sqrt() * wanted) / (1 - alpha).sqrt()

    start = torch.randn(wanted.shape, generator=torch.Generator().manual_seed(1))
    assert torch.allclose(ddim(perfect, start, 10), wanted, atol=0.15)
    assert torch.allclose(lcm(perfect, start, 4, torch.Generator().manual_seed(2)), wanted, atol=1e-3)
