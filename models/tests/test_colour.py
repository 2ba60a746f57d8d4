"""Colours: conversions, finding bodies, repainting."""

import pytest
import torch

from airbox_models.colour import COLOUR_NAMES, colour_targets, find_body, oklab_to_srgb, repaint, srgb_to_oklab


def test_oklab_of_white_and_of_red_are_the_published_ones() -> None:
    rgb = torch.tensor([[1.0, 1.0, 1.0], [1.0, 0.0, 0.0]])[:, :, None, None]
    lab = srgb_to_oklab(rgb)[:, :, 0, 0]
    assert lab[0].tolist() == pytest.approx([1.0, 0.0, 0.0], abs=1e-3)
    assert lab[1].tolist() == pytest.approx([0.62796, 0.22486, 0.12585], abs=1e-3)


def test_conversion_there_and_back_changes_nothing() -> None:
    rgb = torch.rand(2, 3, 8, 8, generator=torch.Generator().manual_seed(0))
    assert torch.allclose(oklab_to_srgb(srgb_to_oklab(rgb)), rgb, atol=2e-3)


def _picture(colour: tuple[float, float, float]) -> torch.Tensor:
    picture = torch.full((3, 16, 16), 0.05)
    picture[:, 2:14, 2:14] = torch.tensor(colour)[:, None, None]
    return picture


@pytest.mark.parametrize(("colour", "name"), [((0.86, 0.16, 0.17), "red"), ((0.2, 0.47, 0.9), "blue"), ((0.95, 0.95, 0.95), "white")])
def test_body_colour_is_found_and_named(colour: tuple[float, float, float], name: str) -> None:
    assert find_body(_picture(colour), torch.ones(16, 16)).name == name


@pytest.mark.parametrize("target", COLOUR_NAMES)
def test_repainted_body_has_the_asked_colour_and_the_rest_stays(target: str) -> None:
    picture = _picture((0.86, 0.16, 0.17))
    body = find_body(picture, torch.ones(16, 16))
    wanted = colour_targets()[COLOUR_NAMES.index(target)]
    painted = repaint(picture[None], torch.tensor([body.chromatic]), torch.tensor([body.lab]), wanted[None])[0]
    assert (srgb_to_oklab(painted)[:, 8, 8] - wanted).norm() < 0.05
    assert torch.allclose(painted[:, 0, 0], picture[:, 0, 0], atol=0.02)
