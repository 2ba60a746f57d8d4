"""Sample grids during training, with a fixed list of prompts."""

from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor, nn

from airbox_models.diffusion import Denoiser, ddim, lcm
from airbox_models.latents import Batches
from airbox_models.text_encoder import ShippedTextEncoder
from airbox_models.train_vae import load_autoencoder, picture_grid
from airbox_models.vae import LATENT_CHANNELS, LATENT_SIZE

GRID_PROMPTS = (
    "a dog",
    "a cat",
    "a car",
    "a house",
    "a tree",
    "a sunflower",
    "a fish",
    "a butterfly",
    "a banana",
    "a pizza",
    "a rocket",
    "a dinosaur",
    "a unicorn",
    "a robot",
    "a frog on a pink background",
    "a red car",
    "a green car",
    "a blue cat",
    "a cat and a red apple",
    "three yellow ducks",
    "a penguin in the snow",
    "a fox at night",
    "a flat rabbit",
    "a puppy",
)
"""Prompts of the grids that are written while training: single things, colours, places, compositions, a held-out word."""


def guided(network: nn.Module, states: Tensor, empty: Tensor, scale: float) -> Denoiser:
    """A denoiser with classifier-free guidance against the empty prompt."""

    def denoise(sample: Tensor, step: int) -> Tensor:
        steps = torch.full((2 * len(sample),), step, device=sample.device)
        both = torch.cat([empty.expand_as(states), states])
        with torch.autocast(sample.device.type, dtype=torch.bfloat16):
            unguided, asked = network(torch.cat([sample, sample]), steps, both).float().chunk(2)
        return unguided + scale * (asked - unguided)

    return denoise


def unguided(network: nn.Module, states: Tensor) -> Denoiser:
    """A denoiser without guidance, as the four-step preset uses it."""

    def denoise(sample: Tensor, step: int) -> Tensor:
        with torch.autocast(sample.device.type, dtype=torch.bfloat16):
            return network(sample, torch.full((len(sample),), step, device=sample.device), states).float()

    return denoise


def _draw(batches: Batches, file: Path, sampler: Callable[[Tensor, Tensor, torch.Generator], Tensor]) -> None:
    """Draws the fixed prompts with two seeds each and writes them as one picture."""
    device = batches.mean.device
    states = torch.from_numpy(ShippedTextEncoder().states(list(GRID_PROMPTS))).to(device)
    decoder = load_autoencoder(str(device)).decoder
    rows = []
    for seed in (1, 2):
        generator = torch.Generator().manual_seed(seed)
        noise = torch.randn(len(states), LATENT_CHANNELS, LATENT_SIZE, LATENT_SIZE, generator=generator)
        latents = sampler(noise.to(device), states, generator)
        rows.append(decoder(latents * batches.deviation + batches.mean).unflatten(0, (2, 12)))
    picture_grid(torch.stack(rows, 1).flatten(0, 2), 12).save(file)


@torch.no_grad()
def save_sample_grid(network: nn.Module, batches: Batches, file: Path, scale: float = 3.0, count: int = 8) -> None:
    """The fixed prompts by DDIM with guidance."""
    _draw(batches, file, lambda noise, states, _: ddim(guided(network, states, batches.empty, scale), noise, count))


@torch.no_grad()
def save_lcm_grid(network: nn.Module, batches: Batches, file: Path, count: int = 4) -> None:
    """The fixed prompts by LCM without guidance."""
    _draw(batches, file, lambda noise, states, generator: lcm(unguided(network, states), noise, count, generator))
