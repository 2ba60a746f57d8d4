"""Colours: OKLab conversions, the colour words, finding a picture's main colour and painting it in another one."""

from dataclasses import dataclass

import torch
from torch import Tensor

OBJECT_COLOURS: dict[str, tuple[int, int, int]] = {
    "red": (222, 45, 50),
    "orange": (246, 140, 35),
    "yellow": (250, 210, 60),
    "green": (75, 175, 80),
    "blue": (50, 120, 230),
    "purple": (140, 80, 210),
    "pink": (248, 135, 185),
    "brown": (135, 88, 58),
    "black": (48, 48, 54),
    "white": (244, 244, 244),
}
"""Colour words for things, with the sRGB colour that the thing's body is moved to."""

COLOUR_NAMES: tuple[str, ...] = tuple(OBJECT_COLOURS)

_TO_LMS = torch.tensor(
    [[0.4122214708, 0.5363325363, 0.0514459929], [0.2119034982, 0.6806995451, 0.1073969566], [0.0883024619, 0.2817188376, 0.6299787005]]
)
_TO_LAB = torch.tensor(
    [[0.2104542553, 0.7936177850, -0.0040720468], [1.9779984951, -2.4285922050, 0.4505937099], [0.0259040371, 0.7827717662, -0.8086757660]]
)


def _apply(matrix: Tensor, image: Tensor) -> Tensor:
    return torch.einsum("ij,...jhw->...ihw", matrix.to(image.device), image)


def srgb_to_oklab(image: Tensor) -> Tensor:
    """[..., 3, H, W] sRGB in 0…1 to OKLab."""
    linear = torch.where(image <= 0.04045, image / 12.92, ((image.clamp_min(0) + 0.055) / 1.055) ** 2.4)
    return _apply(_TO_LAB, _apply(_TO_LMS, linear).clamp_min(0) ** (1 / 3))


def oklab_to_srgb(lab: Tensor) -> Tensor:
    """[..., 3, H, W] OKLab to sRGB, clipped to 0…1."""
    linear = _apply(torch.linalg.inv(_TO_LMS), _apply(torch.linalg.inv(_TO_LAB), lab) ** 3).clamp(0, 1)
    return torch.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear.clamp_min(1e-8) ** (1 / 2.4) - 0.055)


def colour_targets() -> Tensor:
    """[colours, 3] OKLab values of the colour words, in the order of COLOUR_NAMES."""
    rgb = torch.tensor(list(OBJECT_COLOURS.values())).float() / 255
    return srgb_to_oklab(rgb[:, :, None, None])[:, :, 0, 0]


def _smooth_step(value: Tensor, low: float, high: float) -> Tensor:
    position = ((value - low) / (high - low)).clamp(0, 1)
    return position * position * (3 - 2 * position)


@dataclass
class BodyColour:
    """The main colour of a picture: what `repaint` moves to another colour."""

    chromatic: bool
    """Whether the body has a hue; a grey, white or black body has none."""
    lab: tuple[float, float, float]
    share: float
    """Part of the opaque area that belongs to the body."""

    @property
    def name(self) -> str:
        """The nearest colour word, or an empty string where none fits."""
        distance = (colour_targets() - torch.tensor(self.lab)).norm(dim=1)
        nearest = int(distance.argmin())
        return COLOUR_NAMES[nearest] if float(distance[nearest]) < 0.13 else ""


def _hue_vector(lab: Tensor) -> tuple[Tensor, Tensor]:
    chroma = (lab[..., 1, :, :] ** 2 + lab[..., 2, :, :] ** 2).sqrt()
    return chroma, lab[..., 1:, :, :] / chroma.clamp_min(1e-6).unsqueeze(-3)


def body_mask(lab: Tensor, chromatic: Tensor, body: Tensor) -> Tensor:
    """Soft mask [B, H, W] of the pixels that belong to bodies of OKLab colour `body` [B, 3]."""
    chroma, direction = _hue_vector(lab)
    hue = body[:, 1:] / body[:, 1:].norm(dim=1, keepdim=True).clamp_min(1e-6)
    likeness = (direction * hue[:, :, None, None]).sum(1)
    coloured = _smooth_step(chroma, 0.03, 0.07) * _smooth_step(likeness, 0.55, 0.85)
    grey = (1 - _smooth_step(chroma, 0.04, 0.09)) * _smooth_step(lab[:, 0], 0.25, 0.42)
    return torch.where(chromatic[:, None, None], coloured, grey)


def find_body(rgb: Tensor, alpha: Tensor) -> BodyColour:
    """Finds the main colour of one picture, [3, H, W] sRGB in 0…1 with its opacity [H, W]."""
    lab = srgb_to_oklab(rgb)
    chroma, direction = _hue_vector(lab)
    opaque = (alpha > 0.5).float()
    area = opaque.sum().clamp_min(1)
    coloured = opaque * _smooth_step(chroma, 0.03, 0.07)
    angle = torch.atan2(direction[1], direction[0])
    bins = ((angle + torch.pi) / (2 * torch.pi) * 36).long().clamp(0, 35)
    histogram = torch.zeros(36).index_add_(0, bins.flatten(), coloured.flatten())
    smoothed = histogram + 0.7 * (histogram.roll(1) + histogram.roll(-1)) + 0.3 * (histogram.roll(2) + histogram.roll(-2))
    peak = (smoothed.argmax().float() + 0.5) / 36 * 2 * torch.pi - torch.pi
    chromatic = bool(coloured.sum() > 0.3 * area)
    guess = torch.stack([torch.tensor(0.6), 0.1 * peak.cos(), 0.1 * peak.sin()])
    mask = body_mask(lab[None], torch.tensor([chromatic]), guess[None])[0] * opaque
    total = mask.sum().clamp_min(1)
    mean = (lab * mask).sum((1, 2)) / total
    return BodyColour(chromatic, (float(mean[0]), float(mean[1]), float(mean[2])), float(total / area))


def repaint(rgb: Tensor, chromatic: Tensor, body: Tensor, target: Tensor) -> Tensor:
    """Moves the bodies of pictures [B, 3, H, W] (sRGB, 0…1) from their colours to `target` [B, 3] (OKLab); shading is kept."""
    lab = srgb_to_oklab(rgb)
    mask = body_mask(lab, chromatic, body)[:, None]
    chroma, _ = _hue_vector(lab)
    body_chroma = body[:, 1:].norm(dim=1)[:, None, None]
    strength = torch.where(chromatic[:, None, None], (chroma / body_chroma.clamp_min(0.02)).clamp(0.3, 1.4), torch.ones_like(chroma))
    lightness = target[:, 0, None, None] + 0.75 * (lab[:, 0] - body[:, 0, None, None])
    planes = target[:, 1:, None, None] * strength[:, None]
    painted = torch.cat([lightness.clamp(0.05, 1)[:, None], planes], 1)
    return oklab_to_srgb(lab + mask * (painted - lab))
