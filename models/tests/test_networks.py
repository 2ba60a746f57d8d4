"""Shapes and special properties of the networks."""

import torch

from airbox_models.text_encoder import TextEncoder
from airbox_models.unet import UNet, UNetSize, consistency_flag
from airbox_models.vae import Decoder, Encoder, ScaledDecoder

TINY = UNetSize(outer=16, inner=32, depth=1, embedding=32, heads=2)


def test_consistency_flag_marks_the_lcm_grid_alone() -> None:
    flags = consistency_flag(torch.arange(1000).float())
    assert flags.nonzero().flatten().tolist() == list(range(19, 1000, 20))
    assert flags.unique().tolist() == [0.0, 1.0]


def test_unet_keeps_the_shape_and_starts_at_zero() -> None:
    network = UNet(TINY)
    noise = network(torch.randn(3, 8, 12, 12), torch.tensor([1, 500, 999]), torch.randn(3, 32, 384))
    assert noise.shape == (3, 8, 12, 12)
    assert float(noise.abs().max()) == 0


def test_autoencoder_shapes() -> None:
    mean, log_variance = Encoder()(torch.zeros(2, 3, 192, 192))
    assert mean.shape == log_variance.shape == (2, 8, 12, 12)
    assert Decoder()(mean).shape == (2, 3, 192, 192)


def test_scaled_decoder_undoes_the_normalisation() -> None:
    decoder, latent = Decoder().eval(), torch.randn(1, 8, 12, 12)
    mean, deviation = torch.full((1, 8, 1, 1), 0.5), torch.full((1, 8, 1, 1), 2.0)
    scaled = ScaledDecoder(decoder, mean, deviation)
    assert torch.allclose(scaled((latent - mean) / deviation), decoder(latent), atol=1e-5)


def test_text_states_do_not_depend_on_the_padding() -> None:
    torch.manual_seed(0)
    encoder = TextEncoder().eval()
    short, long = torch.tensor([[101, 3899, 102, 0]]), torch.tensor([[101, 3899, 102, 0, 0, 0, 0]])
    with torch.no_grad():
        first, second = encoder(short), encoder(long)
    assert torch.allclose(first[0, :3], second[0, :3], atol=1e-5)
    assert float(second[0, 3:].abs().max()) == 0
