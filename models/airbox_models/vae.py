"""The autoencoder: 192×192 RGB pictures to 8×12×12 latents and back."""

import torch.nn.functional as F
from torch import Tensor, nn

LATENT_CHANNELS = 8
LATENT_SIZE = 12
DOWNSCALE = 16


def group_norm(channels: int) -> nn.GroupNorm:
    """The normalisation of the convolution blocks."""
    return nn.GroupNorm(8, channels, eps=1e-5)


def zero_start(layer: nn.Conv2d | nn.Linear) -> nn.Conv2d | nn.Linear:
    """A layer that says zero until it has learnt something."""
    for parameter in layer.parameters():
        nn.init.zeros_(parameter)
    return layer


class ResidualBlock(nn.Module):
    """Two 3×3 convolutions around a shortcut. The second one starts at zero."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.norm1 = group_norm(channels)
        self.conv1 = nn.Conv2d(channels, channels, 3, padding=1)
        self.norm2 = group_norm(channels)
        self.conv2 = zero_start(nn.Conv2d(channels, channels, 3, padding=1))

    def forward(self, x: Tensor) -> Tensor:
        """[B, C, H, W] to the same shape."""
        h = self.conv1(F.silu(self.norm1(x)))
        return x + self.conv2(F.silu(self.norm2(h)))


class Upsample(nn.Sequential):
    """Doubles the resolution by a convolution and a pixel shuffle."""

    def __init__(self, channels_in: int, channels_out: int, kernel: int = 3) -> None:
        super().__init__(nn.Conv2d(channels_in, 4 * channels_out, kernel, padding=kernel // 2), nn.PixelShuffle(2))


class Encoder(nn.Module):
    """Pictures in -1…1 to mean and log-variance of the latents."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.PixelUnshuffle(8),
            nn.Conv2d(192, 128, 3, padding=1),
            ResidualBlock(128),
            nn.Conv2d(128, 192, 3, stride=2, padding=1),
            ResidualBlock(192),
            group_norm(192),
            nn.SiLU(),
            nn.Conv2d(192, 2 * LATENT_CHANNELS, 3, padding=1),
        )

    def forward(self, picture: Tensor) -> tuple[Tensor, Tensor]:
        """[B, 3, 192, 192] to two tensors [B, 8, 12, 12]."""
        mean, log_variance = self.layers(picture).chunk(2, 1)
        return mean, log_variance


class Decoder(nn.Module):
    """Latents to pictures in -1…1."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(LATENT_CHANNELS, 192, 3, padding=1),
            ResidualBlock(192),
            ResidualBlock(192),
            Upsample(192, 96),
            ResidualBlock(96),
            ResidualBlock(96),
            Upsample(96, 48),
            ResidualBlock(48),
            Upsample(48, 24),
            ResidualBlock(24),
            group_norm(24),
            nn.SiLU(),
            Upsample(24, 3),
        )

    def forward(self, latent: Tensor) -> Tensor:
        """[B, 8, 12, 12] to [B, 3, 192, 192]."""
        return self.layers(latent)


class ScaledDecoder(nn.Module):
    """The decoder that ships: takes latents of zero mean and unit deviation per channel."""

    def __init__(self, decoder: Decoder, mean: Tensor, deviation: Tensor) -> None:
        super().__init__()
        self.decoder = decoder
        self.register_buffer("mean", mean)
        self.register_buffer("deviation", deviation)

    def forward(self, latent: Tensor) -> Tensor:
        """[B, 8, 12, 12] normalised latents to [B, 3, 192, 192]."""
        return self.decoder(latent * self.deviation + self.mean)
