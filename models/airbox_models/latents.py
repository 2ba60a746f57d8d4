"""Turns planned scenes into normalised latents and caption states: the batches of the diffusion model."""

import torch
from torch import Tensor

from airbox_models.paths import run_file
from airbox_models.prepare import load_subjects
from airbox_models.render import Renderer
from airbox_models.scenes import load_pool
from airbox_models.text_encoder import LENGTH, WIDTH, CaptionStates
from airbox_models.train_vae import Autoencoder, load_autoencoder
from airbox_models.training import load_checkpoint, save_checkpoint, step_generator
from airbox_models.words import EVERYDAY

SEED = 23
EMPTY_SHARE = 0.1
STEPS_PER_BLOCK = 8
USES_PER_BLOCK = 4
"""Each rendered scene is used this often, with other noise, within a block of steps: rendering and encoding cost time."""
EVERYDAY_WEIGHT = 2.5
"""How much more often scenes that hold an everyday thing are drawn from the pool."""


class Batches:
    """Batches by step count: the same step always gives the same latents, captions, noise and time steps."""

    def __init__(self, batch: int, device: str) -> None:
        self._batch = batch
        self._device = device
        self._renderer = Renderer(device)
        self._pool = load_pool()
        self._captions = CaptionStates()
        self._autoencoder: Autoencoder = load_autoencoder(device)
        everyday = {row for subject in load_subjects() if subject.label in EVERYDAY for row in subject.pictures.values()}
        chosen = [any(sprite.picture in everyday for sprite in scene.sprites) for scene in self._pool]
        self._weights = 1 + (EVERYDAY_WEIGHT - 1) * torch.tensor(chosen).float()
        self._block = -1
        self._latents = torch.empty(0)
        self._scenes: list[int] = []
        self.mean, self.deviation = self._statistics()
        self.empty = torch.zeros(LENGTH, WIDTH, device=device)
        self.empty[: len(self._captions.empty)] = self._captions.empty.to(device)

    def _statistics(self) -> tuple[Tensor, Tensor]:
        """Mean and deviation of each latent channel, over 960 scenes; computed once and kept."""
        file = run_file("latents.pt")
        if (state := load_checkpoint(file, self._device)) is None:
            generator = step_generator(SEED, 0)
            parts = [self._encode(list(range(start, start + 96)), generator) for start in range(0, 960, 96)]
            latents = torch.cat(parts)
            state = {"mean": latents.mean((0, 2, 3), keepdim=True), "deviation": latents.std((0, 2, 3), keepdim=True)}
            save_checkpoint(file, state)
        return state["mean"], state["deviation"]

    @torch.no_grad()
    def _encode(self, scenes: list[int], generator: torch.Generator) -> Tensor:
        pictures = self._renderer.render([self._pool[index % len(self._pool)] for index in scenes], generator)
        with torch.autocast(self._device, dtype=torch.bfloat16):
            return self._autoencoder.encoder(pictures)[0].float()

    def _load_block(self, block: int) -> None:
        generator = step_generator(SEED, -1 - block)
        count = self._batch * STEPS_PER_BLOCK // USES_PER_BLOCK
        self._scenes = torch.multinomial(self._weights, count, replacement=True, generator=generator).tolist()
        self._latents = (self._encode(self._scenes, generator) - self.mean) / self.deviation
        self._block = block

    def rendered(self, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        """Pictures of the first scenes of the pool, and their normalised latents."""
        pictures = self._renderer.render(self._pool[: self._batch], generator)
        with torch.no_grad():
            latents = self._autoencoder.encoder(pictures)[0]
        return pictures, (latents - self.mean) / self.deviation

    def batch(self, step: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        """Latents [B, 8, 12, 12] and states [B, 32, 384] of a step; some of the states are those of the empty prompt."""
        if self._block != step // STEPS_PER_BLOCK:
            self._load_block(step // STEPS_PER_BLOCK)
        first = step % STEPS_PER_BLOCK * self._batch % len(self._scenes)
        rows = slice(first, first + self._batch)
        captions = [int(self._captions.caption_of_scene[scene]) for scene in self._scenes[rows]]
        states = self._captions.batch(captions).to(self._device)
        states = torch.nn.functional.pad(states, (0, 0, 0, LENGTH - states.shape[1]))
        states[(torch.rand(self._batch, generator=generator) < EMPTY_SHARE).to(self._device)] = self.empty
        return self._latents[rows], states
