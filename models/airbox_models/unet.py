"""The denoising network: a small U-Net whose inner level is a transformer.

It keeps Stable Diffusion 1.5's contract, epsilon = unet(sample, timestep, states), with one addition: at the time steps of
the LCM grid (19, 39, … 999) it is a consistency model, after distillation. DDIM's `leading` time steps do not touch that
grid at the usual step counts, so that one file holds both the many-step and the four-step model.
"""

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from airbox_models.text_encoder import WIDTH
from airbox_models.vae import LATENT_CHANNELS, LATENT_SIZE, group_norm, zero_start

LCM_STRIDE = 20


@dataclass(frozen=True)
class UNetSize:
    """Widths and depth of the network."""

    outer: int = 128
    inner: int = 320
    depth: int = 6
    embedding: int = 256
    heads: int = 5


SIZES = {"small": UNetSize(), "base": UNetSize(outer=160, inner=384, depth=8, embedding=320, heads=6)}


def consistency_flag(timestep: Tensor) -> Tensor:
    """1 at the time steps of the LCM grid, 0 at all others; made of operations that every compiler has."""
    position = (timestep + 1) / LCM_STRIDE
    return F.relu(1 - 40 * (position - torch.floor(position + 0.5)).abs())


class ModulatedResidualBlock(nn.Module):
    """Two 3×3 convolutions around a shortcut; the embedding scales and shifts the second normalisation."""

    def __init__(self, channels_in: int, channels_out: int, embedding: int) -> None:
        super().__init__()
        self.norm1 = group_norm(channels_in)
        self.conv1 = nn.Conv2d(channels_in, channels_out, 3, padding=1)
        self.modulation = nn.Linear(embedding, 2 * channels_out)
        self.norm2 = group_norm(channels_out)
        self.conv2 = zero_start(nn.Conv2d(channels_out, channels_out, 3, padding=1))
        self.shortcut = nn.Conv2d(channels_in, channels_out, 1) if channels_in != channels_out else nn.Identity()

    def forward(self, x: Tensor, embedding: Tensor) -> Tensor:
        """[B, in, H, W] to [B, out, H, W]."""
        h = self.norm2(self.conv1(F.silu(self.norm1(x))))
        scale, shift = self.modulation(embedding)[:, :, None, None].chunk(2, 1)
        return self.shortcut(x) + self.conv2(F.silu(h * (1 + scale) + shift))


class Attention(nn.Module):
    """Multi-head attention to itself or to the text states."""

    def __init__(self, width: int, context: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.query = nn.Linear(width, width, bias=False)
        self.key = nn.Linear(context, width, bias=False)
        self.value = nn.Linear(context, width, bias=False)
        self.out = nn.Linear(width, width)

    def _split(self, x: Tensor) -> Tensor:
        return x.reshape(x.shape[0], x.shape[1], self.heads, x.shape[2] // self.heads).transpose(1, 2)

    def forward(self, x: Tensor, context: Tensor) -> Tensor:
        """[B, N, D] attends to [B, M, C]."""
        query, key, value = self._split(self.query(x)), self._split(self.key(context)), self._split(self.value(context))
        weights = (query @ key.transpose(-1, -2) * query.shape[-1] ** -0.5).softmax(-1)
        return self.out((weights @ value).transpose(1, 2).reshape(x.shape))


class TransformerBlock(nn.Module):
    """Self-attention, attention to the text and a widening layer; the embedding modulates the first and the last."""

    def __init__(self, size: UNetSize) -> None:
        super().__init__()
        width = size.inner
        self.norm1 = nn.LayerNorm(width)
        self.self_attention = Attention(width, width, size.heads)
        self.norm2 = nn.LayerNorm(width)
        self.text_attention = Attention(width, WIDTH, size.heads)
        self.norm3 = nn.LayerNorm(width)
        self.widen = nn.Linear(width, 4 * width)
        self.narrow = nn.Linear(4 * width, width)
        self.modulation = zero_start(nn.Linear(size.embedding, 4 * width))

    def forward(self, x: Tensor, states: Tensor, embedding: Tensor) -> Tensor:
        """[B, N, D] to the same shape."""
        scale1, shift1, scale2, shift2 = self.modulation(embedding)[:, None].chunk(4, -1)
        h = self.norm1(x) * (1 + scale1) + shift1
        x = x + self.self_attention(h, h)
        x = x + self.text_attention(self.norm2(x), states)
        h = self.norm3(x) * (1 + scale2) + shift2
        return x + self.narrow(F.gelu(self.widen(h), approximate="tanh"))


class UNet(nn.Module):
    """epsilon [B, 8, 12, 12] = unet(sample [B, 8, 12, 12], timestep [B], states [B, L, 384])."""

    def __init__(self, size: UNetSize) -> None:
        super().__init__()
        outer, inner, embedding = size.outer, size.inner, size.embedding
        self.time = nn.Sequential(nn.Linear(128, embedding), nn.SiLU(), nn.Linear(embedding, embedding))
        self.sentence = nn.Sequential(nn.Linear(WIDTH, embedding), nn.SiLU(), nn.Linear(embedding, embedding))
        self.consistency = nn.Parameter(torch.zeros(embedding))
        self.conv_in = nn.Conv2d(LATENT_CHANNELS, outer, 3, padding=1)
        self.outer1 = ModulatedResidualBlock(outer, outer, embedding)
        self.down = nn.Conv2d(outer, inner, 2, 2)
        self.inner1 = ModulatedResidualBlock(inner, inner, embedding)
        self.position = nn.Parameter(torch.randn(1, (LATENT_SIZE // 2) ** 2, inner) * 0.02)
        self.blocks = nn.ModuleList(TransformerBlock(size) for _ in range(size.depth))
        self.inner2 = ModulatedResidualBlock(inner, inner, embedding)
        self.up = nn.Conv2d(inner, 4 * outer, 1)
        self.outer2 = ModulatedResidualBlock(2 * outer, outer, embedding)
        self.outer3 = ModulatedResidualBlock(outer, outer, embedding)
        self.norm_out = group_norm(outer)
        self.conv_out = zero_start(nn.Conv2d(outer, LATENT_CHANNELS, 3, padding=1))
        self.register_buffer("frequencies", torch.exp(-math.log(10_000) * torch.arange(64) / 64), persistent=False)

    def forward(self, sample: Tensor, timestep: Tensor, states: Tensor) -> Tensor:
        """Predicts the noise in `sample`."""
        time = timestep.float()
        angle = time[:, None] * self.frequencies[None]
        embedding = self.time(torch.cat([angle.cos(), angle.sin()], -1)) + self.sentence(states[:, 0])
        embedding = F.silu(embedding + consistency_flag(time)[:, None] * self.consistency)
        skip = self.outer1(self.conv_in(sample), embedding)
        h = self.inner1(self.down(skip), embedding)
        tokens = h.flatten(2).transpose(1, 2) + self.position
        for block in self.blocks:
            tokens = block(tokens, states, embedding)
        h = self.inner2(h + tokens.transpose(1, 2).reshape(h.shape), embedding)
        h = self.outer2(torch.cat([F.pixel_shuffle(self.up(h), 2), skip], 1), embedding)
        h = self.outer3(h, embedding)
        return self.conv_out(F.silu(self.norm_out(h)))
