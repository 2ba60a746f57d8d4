"""Evaluates the exported pack: what it draws, how often it obeys, and what it copies. Writes figures and grids.

All prompts are wordings that training does not use. Nothing is picked by hand: the lists and the seeds are fixed.
"""

import json
import random
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image, ImageDraw
from torch import Tensor

from airbox_models.colour import COLOUR_NAMES, colour_targets, repaint, srgb_to_oklab
from airbox_models.judge import load_judge, ranks
from airbox_models.paths import run_file
from airbox_models.pipeline import Pipeline
from airbox_models.prepare import load_bodies, load_pictures, load_subjects
from airbox_models.scenes import is_held_out, with_article
from airbox_models.sources import Subject
from airbox_models.words import EVERYDAY

EVERYDAY_PROMPTS = (
    *("a dog", "a cat", "a car", "a house", "a tree", "a flower", "the sun", "a fish", "a bird", "a butterfly"),
    *("an apple", "a banana", "a pizza", "an ice cream", "a birthday cake", "a ball", "a train", "an airplane", "a boat", "a rocket"),
    *("a dinosaur", "a unicorn", "a dragon", "a robot", "a frog", "a rabbit", "a horse", "a teddy bear", "a snowman", "a rainbow"),
)
"""Thirty everyday things that a child would ask for."""

OBEYING_PROMPTS = (
    *("a red car", "a green car", "a frog on a pink background", "a cat and a red apple", "two dogs", "three yellow ducks"),
    *(
        "a penguin in the snow",
        "a fox at night",
        "a blue elephant on a yellow background",
        "a flat cat",
        "a purple dragon and a castle",
        "a shark under water",
    ),
)
"""Colours, backgrounds, places, numbers, styles and compositions."""

UNSEEN_PROMPTS = ("a puppy", "a kitten", "a bunny", "a lorry", "a pony", "a cheeseburger", "a motorbike", "my little piglet")
"""Words that no training caption holds."""

JUDGED_WORDING = "please draw {} for me"
COLOUR_WORDING = "i would like {}, please"
COLOUR_PAIRS = 100
SEED = 2026


def to_tensor(picture: np.ndarray) -> Tensor:
    """uint8 [H, W, 3] to [1, 3, H, W] in -1…1."""
    return torch.from_numpy(picture.astype(np.float32)).permute(2, 0, 1)[None] / 127.5 - 1


def captioned_grid(pictures: list[np.ndarray], captions: list[str], columns: int, side: int = 128) -> Image.Image:
    """Pictures with their prompts below them."""
    text_height = 14
    rows = -(-len(pictures) // columns)
    sheet = Image.new("RGB", (columns * side, rows * (side + text_height)), "white")
    pen = ImageDraw.Draw(sheet)
    for index, (picture, caption) in enumerate(zip(pictures, captions, strict=True)):
        left, top = index % columns * side, index // columns * (side + text_height)
        sheet.paste(Image.fromarray(picture).resize((side, side), Image.Resampling.LANCZOS), (left, top))
        pen.text((left + 3, top + side + 1), caption[: side // 6], fill=(40, 40, 40))
    return sheet


def on_white(pictures: Tensor) -> Tensor:
    """Premultiplied RGBA uint8 [N, 4, H, W] on white, in -1…1."""
    values = pictures.float()
    return (values[:, :3] + 255 - values[:, 3:]) / 127.5 - 1


def judged_share(pipeline: Pipeline, sampler: str, steps: int, guidance: float) -> dict[str, Any]:
    """How often the independent classifier names the thing: in our pictures and in the real ones of the style trained on."""
    judge, labels = load_judge()
    by_label = {subject.label: subject for subject in load_subjects()}
    subjects = [by_label[label] for label in labels]
    classes = torch.arange(len(labels))
    pictures = load_pictures()
    real = ranks(judge, on_white(pictures[[subject.pictures["3d"] for subject in subjects]]), classes)
    drawn = torch.cat(
        [
            to_tensor(pipeline.draw(JUDGED_WORDING.format(with_article(subject.label)), SEED + number, sampler, steps, guidance))
            for number, subject in enumerate(subjects)
        ]
    )
    ours = ranks(judge, drawn, classes)
    result: dict[str, Any] = {"things": len(labels)}
    for name, best in (("top1", 1), ("top5", 5)):
        share_real, share_ours = float((real < best).float().mean()), float((ours < best).float().mean())
        result[name] = {"real": share_real, "ours": share_ours, "ratio": share_ours / max(share_real, 1e-9)}
    return result


def held_out_pairs(count: int = COLOUR_PAIRS) -> list[tuple[Subject, str]]:
    """Colour × subject pairs that training never shows together, for things whose body can be painted; drawn by a fixed seed."""
    bodies = load_bodies()
    pairs = [
        (subject, colour)
        for subject in load_subjects()
        if subject.label in EVERYDAY and subject.colourable and not set(COLOUR_NAMES) & set(subject.label.split())
        if float(str(bodies[subject.pictures["3d"]]["share"])) >= 0.25
        for colour in COLOUR_NAMES
        if is_held_out(subject.label, colour)
    ]
    return random.Random(SEED).sample(pairs, min(count, len(pairs)))


def main_colour(picture: Tensor) -> str:
    """The colour word of most of a thing's pixels, [3, H, W] in -1…1: what differs from the border's colour is the thing.

    Dark, white and grey pixels are outlines, eyes, wheels or light as a rule: they count only where they cover two thirds.
    """
    lab = srgb_to_oklab(((picture + 1) / 2).clamp(0, 1))
    border = torch.cat([lab[:, :3].flatten(1), lab[:, -3:].flatten(1)], 1).median(1).values
    thing = (lab - border[:, None, None]).norm(dim=0) > 0.08
    pixels = lab[:, thing].T
    if len(pixels) < 50:
        return ""
    nearest = torch.cdist(pixels, colour_targets()).argmin(1)
    counts = torch.bincount(nearest, minlength=len(COLOUR_NAMES)).float() / len(pixels)
    neutral = [COLOUR_NAMES.index("black"), COLOUR_NAMES.index("white")]
    if float(counts[neutral].max()) < 2 / 3:
        counts[neutral] = 0
    return COLOUR_NAMES[int(counts.argmax())]


def _ground_for(colour: str) -> str:
    """The background to ask for: one that the thing's colour stands out from."""
    return "blue" if colour == "white" else "white"


def colours_obeyed(pipeline: Pipeline, sampler: str, steps: int, guidance: float) -> tuple[dict[str, Any], list[np.ndarray], list[str]]:
    """How often unseen colour × subject pairs get their colour; also for the painted real pictures, and without a colour word."""
    pictures, bodies, targets = load_pictures(), load_bodies(), colour_targets()
    pairs = held_out_pairs()
    drawn, prompts, hits, painted_hits, plain_hits = [], [], 0, 0, 0
    for number, (subject, colour) in enumerate(pairs):
        ground = f" on a {_ground_for(colour)} background"
        prompt = COLOUR_WORDING.format(with_article(f"{colour} {subject.label}") + ground)
        picture = pipeline.draw(prompt, SEED + number, sampler, steps, guidance)
        hits += main_colour(to_tensor(picture)[0]) == colour
        plain = pipeline.draw(COLOUR_WORDING.format(with_article(subject.label) + ground), SEED + number, sampler, steps, guidance)
        plain_hits += main_colour(to_tensor(plain)[0]) == colour
        row = subject.pictures["3d"]
        sprite = pictures[row].float() / 255
        body = torch.tensor(bodies[row]["lab"])[None]
        straight = (sprite[:3] / sprite[3:].clamp_min(1 / 255))[None]
        painted = repaint(straight, torch.tensor([bool(bodies[row]["chromatic"])]), body, targets[None, COLOUR_NAMES.index(colour)])[0]
        behind = torch.tensor((175, 213, 255) if colour == "white" else (255, 255, 255)).float()[:, None, None] / 255
        painted_hits += main_colour((painted * sprite[3:] + (1 - sprite[3:]) * behind) * 2 - 1) == colour
        drawn.append(picture)
        prompts.append(f"{colour} {subject.label}")
    count = len(pairs)
    shares = {
        "pairs": count,
        "ours": hits / count,
        "painted_real_pictures": painted_hits / count,
        "without_colour_word": plain_hits / count,
    }
    return shares, drawn, prompts


def nearest_training_pictures(drawn: list[np.ndarray]) -> list[np.ndarray]:
    """For each picture the training picture (in its own colours, on white) with the smallest distance at 24×24 pixels."""
    real = on_white(load_pictures())
    small = F.interpolate(real, size=(24, 24), mode="area").flatten(1)
    result = []
    for picture in drawn:
        query = F.interpolate(to_tensor(picture), size=(24, 24), mode="area").flatten(1)
        nearest = int(torch.cdist(query, small).argmin())
        result.append(((real[nearest].clamp(-1, 1) + 1) * 127.5).round().byte().permute(1, 2, 0).numpy())
    return result


def seed_variety(pipeline: Pipeline, prompts: tuple[str, ...], sampler: str, steps: int, guidance: float) -> float:
    """Mean absolute difference (0…255) between the pictures of two seeds."""
    pairs = [[pipeline.draw(prompt, seed, sampler, steps, guidance).astype(np.float32) for seed in (1, 2)] for prompt in prompts]
    return float(np.mean([np.abs(first - second).mean() for first, second in pairs]))


def draw_grids(pipeline: Pipeline, folder: Path, name: str, sampler: str, steps: int, guidance: float) -> None:
    """Writes the grids of the card with fixed prompts and seeds."""
    folder.mkdir(parents=True, exist_ok=True)
    everyday = [pipeline.draw(prompt, seed, sampler, steps, guidance) for seed in (1, 2) for prompt in EVERYDAY_PROMPTS]
    captioned_grid(everyday, list(EVERYDAY_PROMPTS) * 2, 10).save(folder / f"everyday-{name}.png", optimize=True)
    others = OBEYING_PROMPTS + UNSEEN_PROMPTS
    pictures = [pipeline.draw(prompt, seed, sampler, steps, guidance) for prompt in others for seed in (1, 2)]
    captioned_grid(pictures, [prompt for prompt in others for _ in (1, 2)], 10).save(folder / f"obeying-{name}.png", optimize=True)
    if name == "quality":
        first = everyday[: len(EVERYDAY_PROMPTS)]
        beside = [picture for pair in zip(first, nearest_training_pictures(first), strict=True) for picture in pair]
        captions = [text for prompt in EVERYDAY_PROMPTS for text in (prompt, "nearest real")]
        captioned_grid(beside, captions, 10, side=96).save(folder / "nearest.png", optimize=True)


def evaluate(preset: str) -> None:
    """Writes the figures and the grids of one preset."""
    sampler, steps, guidance = {"quality": ("ddim", 8, 3.0), "fast": ("lcm", 4, 1.0)}[preset]
    pipeline = Pipeline(threads=1)
    folder = run_file("evaluation")
    draw_grids(pipeline, folder, preset, sampler, steps, guidance)
    shares, drawn, prompts = colours_obeyed(pipeline, sampler, steps, guidance)
    captioned_grid(drawn, prompts, 10, side=96).save(folder / f"colours-{preset}.png", optimize=True)
    figures = {
        "preset": {"sampler": sampler, "steps": steps, "cfg": guidance},
        "classifier": judged_share(pipeline, sampler, steps, guidance),
        "colours": shares,
        "seed_variety": seed_variety(pipeline, EVERYDAY_PROMPTS, sampler, steps, guidance),
    }
    text = json.dumps(figures, indent=1)
    (folder / f"figures-{preset}.json").write_text(text + "\n", encoding="utf-8")
    print(text)
