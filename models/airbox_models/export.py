"""Exports the trained networks to the files of the pack."""

import shutil

import onnx
import torch
from torch import Tensor

from airbox_models.latents import Batches
from airbox_models.onnx_graphs import shrink_weights, to_onnx
from airbox_models.paths import MODELS_DIR, export_file, run_file
from airbox_models.text_encoder import LENGTH, WIDTH, source_folder
from airbox_models.train_unet import load_unet
from airbox_models.train_vae import load_autoencoder
from airbox_models.training import load_checkpoint, step_generator
from airbox_models.vae import DOWNSCALE, LATENT_CHANNELS, LATENT_SIZE, ScaledDecoder


def latent_statistics() -> tuple[Tensor, Tensor]:
    """Mean and deviation of each latent channel, as the training used them."""
    state = load_checkpoint(run_file("latents.pt"))
    if state is None:
        raise FileNotFoundError("train the denoising network first")
    return state["mean"], state["deviation"]


def export_networks(name: str, int8: bool) -> None:
    """Writes `unet.onnx` and `vae_decoder.onnx`; the text encoder has been written before the training."""
    latent = torch.randn(2, LATENT_CHANNELS, LATENT_SIZE, LATENT_SIZE)
    unet_inputs = {"sample": latent, "timestep": torch.tensor([501, 1]), "states": torch.randn(2, LENGTH, WIDTH)}
    unet = to_onnx(load_unet(name), unet_inputs, "prediction")
    onnx.save(shrink_weights(unet, int8=int8), export_file("unet.onnx"))
    decoder = ScaledDecoder(load_autoencoder().decoder, *latent_statistics())
    onnx.save(shrink_weights(to_onnx(decoder, {"latent": latent}, "picture"), int8=False), export_file("vae_decoder.onnx"))
    shutil.copyfile(source_folder() / "tokenizer.json", export_file("tokenizer.json"))
    shutil.copyfile(MODELS_DIR / "NOTICE.md", export_file("NOTICE.md"))


def preview_matrix() -> tuple[Tensor, Tensor]:
    """The linear map from a latent cell to the mean colour (0…1) of its pixels that fits rendered scenes best."""
    batches = Batches(96, "cpu")
    pictures, latents = batches.rendered(step_generator(0, 0))
    colours = torch.nn.functional.avg_pool2d((pictures + 1) / 2, DOWNSCALE).movedim(1, -1).flatten(0, 2)
    cells = latents.movedim(1, -1).flatten(0, 2)
    solution = torch.linalg.lstsq(torch.cat([cells, torch.ones(len(cells), 1)], 1), colours).solution
    return solution[:-1].T, solution[-1]
