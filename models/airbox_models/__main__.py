"""The commands: `python -m airbox_models COMMAND`; `--help` lists them."""

import argparse

import torch

from airbox_models.distill import distill
from airbox_models.prepare import prepare
from airbox_models.scenes import plan_pool
from airbox_models.text_encoder import encode_captions, export_text_encoder
from airbox_models.train_unet import train_unet
from airbox_models.train_vae import train_vae
from airbox_models.unet import SIZES


def main() -> None:
    """Runs one command."""
    parser = argparse.ArgumentParser(prog="airbox_models", description=__doc__)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("prepare", help="read the picture packages")
    plan = commands.add_parser("plan", help="plan the pool of scenes and captions")
    plan.add_argument("--count", type=int, default=80_000)
    vae = commands.add_parser("vae", help="train the autoencoder")
    vae.add_argument("--steps", type=int, default=5_000)
    vae.add_argument("--stop-at", type=int)
    commands.add_parser("text", help="export the text encoder and encode all captions with it")
    unet = commands.add_parser("unet", help="train the denoising network")
    unet.add_argument("--name", default="unet")
    unet.add_argument("--size", choices=sorted(SIZES), default="small")
    unet.add_argument("--batch", type=int, default=48)
    unet.add_argument("--hold", type=int, default=24_000)
    unet.add_argument("--steps", type=int, default=40_000)
    unet.add_argument("--stop-at", type=int)
    lcm = commands.add_parser("distill", help="distil the trained network into one with a four-step mode")
    lcm.add_argument("--teacher", default="unet")
    lcm.add_argument("--name", default="distilled")
    lcm.add_argument("--batch", type=int, default=32)
    lcm.add_argument("--steps", type=int, default=4_000)
    lcm.add_argument("--stop-at", type=int)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    if arguments.command == "prepare":
        prepare()
    elif arguments.command == "plan":
        plan_pool(arguments.count, seed=1)
    elif arguments.command == "vae":
        train_vae(arguments.steps, arguments.device, arguments.stop_at)
    elif arguments.command == "text":
        export_text_encoder()
        encode_captions(arguments.threads)
    elif arguments.command == "unet":
        a = arguments
        train_unet(a.name, a.size, a.batch, a.hold, a.steps, a.device, a.stop_at)
    elif arguments.command == "distill":
        a = arguments
        distill(a.teacher, a.name, a.batch, a.steps, a.device, a.stop_at)


if __name__ == "__main__":
    main()
