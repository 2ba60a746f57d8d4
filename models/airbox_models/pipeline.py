"""Draws pictures with the exported files alone, by ONNX Runtime and the service's numerics."""

import numpy as np
import onnxruntime
import torch
from torch import Tensor

from airbox_models.diffusion import Denoiser, ddim, lcm
from airbox_models.paths import export_file
from airbox_models.text_encoder import ShippedTextEncoder
from airbox_models.vae import LATENT_CHANNELS, LATENT_SIZE


def session(file: str, threads: int) -> onnxruntime.InferenceSession:
    """Loads one exported graph."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    return onnxruntime.InferenceSession(str(export_file(file)), options, providers=["CPUExecutionProvider"])


class Pipeline:
    """Prompts to pictures, one random generator per picture."""

    def __init__(self, threads: int = 1) -> None:
        self._text = ShippedTextEncoder(threads)
        self._unet = session("unet.onnx", threads)
        self._decoder = session("vae_decoder.onnx", threads)
        self._empty = self._text.states([""])

    def _noise(self, sample: np.ndarray, step: int, states: np.ndarray) -> np.ndarray:
        steps = np.full(len(sample), step, np.int64)
        return self._unet.run(None, {"sample": sample.astype(np.float32), "timestep": steps, "states": states})[0]

    def _denoiser(self, states: np.ndarray, guidance: float) -> Denoiser:
        def plain(sample: Tensor, step: int) -> Tensor:
            return torch.from_numpy(self._noise(sample.numpy(), step, states))

        def guided(sample: Tensor, step: int) -> Tensor:
            both = np.concatenate([self._empty, states])
            unguided, asked = np.split(self._noise(np.concatenate([sample.numpy()] * 2), step, both), 2)
            return torch.from_numpy(unguided + guidance * (asked - unguided))

        return guided if guidance > 1 else plain

    def draw(self, prompt: str, seed: int, sampler: str = "ddim", steps: int = 8, guidance: float = 3.0) -> np.ndarray:
        """One picture as uint8 RGB [192, 192, 3]."""
        generator = torch.Generator().manual_seed(seed)
        sample = torch.randn(1, LATENT_CHANNELS, LATENT_SIZE, LATENT_SIZE, generator=generator)
        denoiser = self._denoiser(self._text.states([prompt]), guidance)
        latent = ddim(denoiser, sample, steps) if sampler == "ddim" else lcm(denoiser, sample, steps, generator)
        picture = self._decoder.run(None, {"latent": latent.numpy().astype(np.float32)})[0][0]
        return ((picture.clip(-1, 1) + 1) * 127.5).round().astype(np.uint8).transpose(1, 2, 0)
