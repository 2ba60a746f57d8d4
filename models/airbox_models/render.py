"""Renders planned scenes to pictures: backgrounds, repainting, placement with small random changes."""

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from airbox_models.colour import COLOUR_NAMES, colour_targets, repaint
from airbox_models.prepare import load_bodies, load_pictures
from airbox_models.scenes import PLAIN_BACKGROUNDS, Scene
from airbox_models.sources import PICTURE_SIZE

SIZE = PICTURE_SIZE

_SLOTS: dict[str, tuple[float, float, float]] = {
    "centre": (0.0, 0.0, 0.9),
    "1/2": (-0.47, 0.06, 0.53),
    "2/2": (0.47, 0.06, 0.53),
    "1/3": (-0.5, 0.42, 0.46),
    "2/3": (0.5, 0.42, 0.46),
    "3/3": (0.0, -0.46, 0.46),
    "1/4": (-0.48, -0.48, 0.45),
    "2/4": (0.48, -0.48, 0.45),
    "3/4": (-0.48, 0.48, 0.45),
    "4/4": (0.48, 0.48, 0.45),
}
"""Centre (x, y in -1…1) and size of each place in a scene."""


Colour = tuple[int, int, int]


@dataclass(frozen=True)
class Place:
    """A painted place: a sky that changes towards the horizon, a ground, and white dots (stars or snow)."""

    zenith: Colour
    low_sky: Colour
    ground: Colour
    horizon: tuple[float, float] = (0.6, 0.75)
    dots: int = 0


_PLACES: dict[str, Place] = {
    "grass": Place((140, 205, 255), (215, 240, 255), (120, 200, 95)),
    "beach": Place((120, 200, 255), (70, 170, 225), (245, 222, 165)),
    "snow": Place((165, 195, 225), (205, 222, 240), (250, 252, 255), dots=40),
    "night": Place((14, 18, 52), (38, 44, 96), (24, 30, 60), (0.82, 0.88), dots=45),
    "sky": Place((95, 170, 250), (205, 232, 255), (205, 232, 255), (0.92, 0.98)),
    "underwater": Place((80, 190, 225), (20, 85, 160), (14, 60, 120), (0.87, 0.93)),
    "sunset": Place((120, 90, 170), (255, 165, 90), (90, 60, 90)),
}


def _uniform(generator: torch.Generator, low: float, high: float) -> float:
    return low + (high - low) * float(torch.rand((), generator=generator))


def _bands(place: Place, horizon: float) -> Tensor:
    """[3, SIZE, SIZE]: the sky above the horizon and the ground below it."""
    rows = torch.linspace(0, 1, SIZE)
    colours = torch.tensor([place.zenith, place.low_sky, place.ground]).float()
    sky = (rows / horizon).clamp(0, 1)[:, None]
    ground = torch.sigmoid((rows - horizon) * SIZE)[:, None]
    column = (colours[0] * (1 - sky) + colours[1] * sky) * (1 - ground) + colours[2] * ground
    return column.T[:, :, None].expand(3, SIZE, SIZE)


def _dots(picture: Tensor, count: int, generator: torch.Generator) -> Tensor:
    """Draws small soft white dots (stars or snow)."""
    centres = torch.rand(count, 2, generator=generator) * SIZE
    radius = 1.0 + torch.rand(count, generator=generator) * 1.5
    axis = torch.arange(SIZE).float()
    distance = (axis[None, :, None] - centres[:, 0, None, None]) ** 2 + (axis[None, None, :] - centres[:, 1, None, None]) ** 2
    light = torch.exp(-distance / radius[:, None, None] ** 2).amax(0)
    return picture + light * (252 - picture)


def paint_background(name: str, generator: torch.Generator) -> Tensor:
    """[3, SIZE, SIZE] in 0…255."""
    if name in PLAIN_BACKGROUNDS:
        return torch.tensor(PLAIN_BACKGROUNDS[name]).float()[:, None, None].expand(3, SIZE, SIZE)
    place = _PLACES[name]
    horizon = _uniform(generator, *place.horizon)
    picture = _bands(place, horizon)
    return _dots(picture, place.dots, generator) if place.dots else picture


def _placement(slot: str, mirrored: bool, generator: torch.Generator) -> Tensor:
    """The affine map [2, 3] from picture to sprite coordinates: the slot's place, a little shifted, scaled and tilted."""
    x, y, size = _SLOTS[slot]
    if slot == "centre":
        size = _uniform(generator, 0.78, 1.0)
        play = 1.02 - size
    else:
        size *= _uniform(generator, 0.9, 1.05)
        play = 0.04
    x += _uniform(generator, -play, play)
    y += _uniform(generator, -play, play)
    angle = _uniform(generator, -0.12, 0.12)
    side = -1.0 if mirrored else 1.0
    turn = torch.tensor([[side * math.cos(angle), side * math.sin(angle)], [-math.sin(angle), math.cos(angle)]]) / size
    return torch.cat([turn, -turn @ torch.tensor([[x], [y]])], 1)


class Renderer:
    """Renders batches of scenes. The same scenes and generator state give the same pictures."""

    def __init__(self, device: str = "cpu") -> None:
        bodies = load_bodies()
        self._device = device
        self._pictures = load_pictures().to(device)
        self._chromatic = torch.tensor([bool(body["chromatic"]) for body in bodies], device=device)
        self._body = torch.tensor([body["lab"] for body in bodies], device=device)
        self._targets = colour_targets().to(device)

    def sprite(self, picture: int, colour: str = "") -> Tensor:
        """One picture as premultiplied RGBA [4, SIZE, SIZE] in 0…255, repainted where a colour is given."""
        return self._sprites([picture], [colour])[0]

    def _sprites(self, rows_of_pictures: list[int], colours: list[str]) -> Tensor:
        pictures = torch.tensor(rows_of_pictures, device=self._device)
        sprites = self._pictures[pictures].float()
        painted = [index for index, colour in enumerate(colours) if colour]
        if painted:
            rows = torch.tensor(painted, device=self._device)
            target = self._targets[torch.tensor([COLOUR_NAMES.index(colours[index]) for index in painted])]
            alpha = sprites[rows, 3:].clamp_min(1)
            straight = (sprites[rows, :3] / alpha).clamp(0, 1)
            new = repaint(straight, self._chromatic[pictures[rows]], self._body[pictures[rows]], target)
            sprites[rows, :3] = new * sprites[rows, 3:]
        return sprites

    def render(self, scenes: list[Scene], generator: torch.Generator) -> Tensor:
        """Pictures [B, 3, SIZE, SIZE] in -1…1."""
        canvas = torch.stack([paint_background(scene.background, generator) for scene in scenes]).to(self._device)
        owners = [(row, sprite) for row, scene in enumerate(scenes) for sprite in scene.sprites]
        sprites = self._sprites([sprite.picture for _, sprite in owners], [sprite.colour for _, sprite in owners])
        mirrored = [scene.mirror and _uniform(generator, 0, 1) < 0.35 for scene in scenes]
        moves = torch.stack([_placement(sprite.slot, mirrored[row], generator) for row, sprite in owners]).to(self._device)
        small = torch.tensor([sprite.slot != "centre" for _, sprite in owners], device=self._device)
        layers = torch.empty_like(sprites)
        for reduction, chosen in ((1, ~small), (2, small)):
            if chosen.any():
                source = F.avg_pool2d(sprites[chosen], reduction)
                grid = F.affine_grid(moves[chosen], [len(source), 4, SIZE, SIZE], align_corners=False)
                layers[chosen] = F.grid_sample(source, grid, align_corners=False)
        for (row, _), layer in zip(owners, layers, strict=True):
            canvas[row].mul_(1 - layer[3:] / 255).add_(layer[:3])
        return canvas.clamp_(0, 255).div_(127.5).sub_(1)
