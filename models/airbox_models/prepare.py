"""Prepares the pictures: `pictures.npy` (premultiplied RGBA) and `subjects.json`, from the installed packages alone."""

import dataclasses
import json

import numpy as np
import torch

from airbox_models.colour import find_body
from airbox_models.paths import data_file
from airbox_models.sources import TRAINING_STYLES, FluentRenders, IconCollection, PictureSet, Subject, read_subjects


def _straight(picture: np.ndarray) -> tuple[torch.Tensor, torch.Tensor]:
    """Splits premultiplied RGBA [H, W, 4] into straight RGB [3, H, W] and opacity [H, W], both in 0…1."""
    values = torch.from_numpy(picture.astype(np.float32) / 255).permute(2, 0, 1)
    return values[:3] / values[3:].clamp_min(1 / 255), values[3]


def prepare() -> None:
    """Writes the prepared pictures and what is known of each."""
    sets: dict[str, PictureSet] = {"3d": FluentRenders(), "flat": IconCollection("fluent-emoji-flat")}
    subjects: list[Subject] = []
    pictures: list[np.ndarray] = []
    bodies: list[dict[str, object]] = []
    for subject in read_subjects():
        for style in TRAINING_STYLES:
            picture = sets[style].picture(subject.key)
            if picture is None:
                continue
            subject.pictures[style] = len(pictures)
            pictures.append(picture)
            body = find_body(*_straight(picture))
            bodies.append({**dataclasses.asdict(body), "name": body.name})
        if "3d" in subject.pictures:
            subjects.append(subject)
    np.save(data_file("pictures.npy"), np.stack(pictures))
    content = {"subjects": [dataclasses.asdict(subject) for subject in subjects], "bodies": bodies}
    data_file("subjects.json").write_text(json.dumps(content), encoding="utf-8")
    print(f"{len(subjects)} subjects, {len(pictures)} pictures")


def load_subjects() -> list[Subject]:
    """The prepared subjects; pictures of other styles than the training styles are not in it."""
    content = json.loads(data_file("subjects.json").read_text(encoding="utf-8"))
    return [Subject(**subject) for subject in content["subjects"]]


def load_bodies() -> list[dict[str, object]]:
    """Per picture: whether its body has a hue, the body's OKLab colour, its share and its colour word."""
    bodies: list[dict[str, object]] = json.loads(data_file("subjects.json").read_text(encoding="utf-8"))["bodies"]
    return bodies


def load_pictures() -> torch.Tensor:
    """The pictures as uint8 premultiplied RGBA, [N, 4, H, W]."""
    return torch.from_numpy(np.load(data_file("pictures.npy"))).permute(0, 3, 1, 2).contiguous()
