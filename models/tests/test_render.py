"""Rendered scenes."""

import pytest
import torch

from airbox_models.render import Renderer, paint_background
from airbox_models.scenes import PLACES, PLAIN_BACKGROUNDS, Scene, Sprite


def scene(*sprites: Sprite, background: str = "white") -> Scene:
    return Scene(list(sprites), background, "", mirror=True)


@pytest.mark.parametrize("background", [*PLAIN_BACKGROUNDS, *PLACES])
def test_every_background_can_be_painted(background: str) -> None:
    picture = paint_background(background, torch.Generator().manual_seed(0))
    assert picture.shape == (3, 192, 192)
    assert float(picture.min()) >= 0
    assert float(picture.max()) < 255.01


@pytest.mark.usefixtures("work_folder")
def test_same_generator_state_gives_same_pictures_and_another_one_differs() -> None:
    renderer, scenes = Renderer(), [scene(Sprite(0, "", "centre"))]
    first, again = (renderer.render(scenes, torch.Generator().manual_seed(4)) for _ in range(2))
    other = renderer.render(scenes, torch.Generator().manual_seed(5))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


@pytest.mark.usefixtures("work_folder")
def test_two_things_stand_left_and_right_in_their_colours() -> None:
    pair = scene(Sprite(0, "blue", "1/2"), Sprite(2, "", "2/2"), background="black")
    picture = Renderer().render([pair], torch.Generator().manual_seed(0))[0]
    left, right = picture[:, 96, 51], picture[:, 96, 141]
    assert left[2] > left[0] + 0.5
    assert float(right.std()) < 0.05
    assert float(right.mean()) > 0
