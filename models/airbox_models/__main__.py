"""The commands: `python -m airbox_models COMMAND`; `--help` lists them."""

import argparse

import torch

from airbox_models.distill import distill
from airbox_models.evaluate import evaluate
from airbox_models.export import export_networks
from airbox_models.judge import train_judge
from airbox_models.pack import write_pack
from airbox_models.prepare import prepare
from airbox_models.scenes import plan_pool
from airbox_models.text_encoder import encode_captions, export_text_encoder
from airbox_models.train_unet import train_unet
from airbox_models.train_vae import train_vae
from airbox_models.unet import SIZES

POOL_SEED = 1


def _prepare(_: argparse.Namespace) -> None:
    prepare()


def _plan(arguments: argparse.Namespace) -> None:
    plan_pool(arguments.count, POOL_SEED)


def _text(arguments: argparse.Namespace) -> None:
    export_text_encoder()
    encode_captions(arguments.threads)


def _vae(arguments: argparse.Namespace) -> None:
    train_vae(arguments.steps, arguments.device, arguments.stop_at)


def _unet(arguments: argparse.Namespace) -> None:
    a = arguments
    train_unet(a.name, a.size, a.batch, a.hold, a.steps, a.device, a.stop_at)


def _distill(arguments: argparse.Namespace) -> None:
    a = arguments
    distill(a.teacher, a.name, a.batch, a.steps, a.device, a.stop_at)


def _export(arguments: argparse.Namespace) -> None:
    export_networks(arguments.name, arguments.int8)
    write_pack(arguments.version, arguments.four_step)


def _judge(_: argparse.Namespace) -> None:
    train_judge()


def _evaluate(arguments: argparse.Namespace) -> None:
    evaluate(arguments.preset)


def _parser() -> argparse.ArgumentParser:
    epilog = "For the TPU there is a command of its own: python -m airbox_models.bmodels --help"
    parser = argparse.ArgumentParser(prog="airbox_models", description=__doc__, epilog=epilog)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    commands = parser.add_subparsers(dest="command", required=True)

    commands.add_parser("prepare", help="read the picture packages").set_defaults(run=_prepare)

    plan = commands.add_parser("plan", help="plan the pool of scenes and captions")
    plan.add_argument("--count", type=int, default=80_000)
    plan.set_defaults(run=_plan)

    commands.add_parser("text", help="export the text encoder and encode all captions with it").set_defaults(run=_text)

    vae = commands.add_parser("vae", help="train the autoencoder")
    vae.add_argument("--steps", type=int, default=4_000)
    vae.add_argument("--stop-at", type=int)
    vae.set_defaults(run=_vae)

    unet = commands.add_parser("unet", help="train the denoising network")
    unet.add_argument("--name", default="unet")
    unet.add_argument("--size", choices=sorted(SIZES), default="small")
    unet.add_argument("--batch", type=int, default=32)
    unet.add_argument("--hold", type=int, default=24_000, help="step at which the learning rate begins to fall")
    unet.add_argument("--steps", type=int, default=40_000)
    unet.add_argument("--stop-at", type=int)
    unet.set_defaults(run=_unet)

    distillation = commands.add_parser("distill", help="distil the trained network into one with a four-step mode")
    distillation.add_argument("--teacher", default="unet")
    distillation.add_argument("--name", default="distilled")
    distillation.add_argument("--batch", type=int, default=32)
    distillation.add_argument("--steps", type=int, default=4_000)
    distillation.add_argument("--stop-at", type=int)
    distillation.set_defaults(run=_distill)

    export = commands.add_parser("export", help="export a trained network to ONNX and write the pack")
    export.add_argument("--name", default="distilled")
    export.add_argument("--int8", action=argparse.BooleanOptionalAction, default=True, help="store the network's weights as int8")
    export.add_argument("--four-step", action=argparse.BooleanOptionalAction, default=True, help="whether the network was distilled")
    export.add_argument("--version", default="1.0.0")
    export.set_defaults(run=_export)

    commands.add_parser("judge", help="train the evaluation's classifier").set_defaults(run=_judge)

    evaluation = commands.add_parser("evaluate", help="evaluate the exported pack")
    evaluation.add_argument("--preset", choices=("quality", "fast"), default="quality")
    evaluation.set_defaults(run=_evaluate)
    return parser


def main() -> None:
    """Runs one command."""
    arguments = _parser().parse_args()
    torch.set_num_threads(arguments.threads)
    arguments.run(arguments)


if __name__ == "__main__":
    main()
