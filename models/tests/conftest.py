"""Small prepared data, so that the tests need no downloaded package and no trained weights."""

import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest

from airbox_models.colour import BodyColour
from airbox_models.sources import PICTURE_SIZE, Subject


def disc(colour: tuple[int, int, int], radius: float) -> np.ndarray:
    """A filled disc as premultiplied RGBA."""
    axis = np.linspace(-1, 1, PICTURE_SIZE)
    inside = (axis[:, None] ** 2 + axis[None] ** 2 < radius**2)[..., None]
    return np.where(inside, np.array([*colour, 255], np.uint8), np.uint8(0))


@pytest.fixture
def work_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A work folder with two subjects: a red ball and a grey stone."""
    monkeypatch.setenv("AIRBOX_MODELS_HOME", str(tmp_path))
    (tmp_path / "data").mkdir()
    colours = ((220, 40, 40), (200, 30, 30), (150, 150, 150), (140, 140, 140))
    np.save(tmp_path / "data" / "pictures.npy", np.stack([disc(colour, 0.7) for colour in colours]))
    subjects = [
        Subject("1f534", "ball", ["ball", "toy ball"], ["round", "toy"], "activities", 1.0, True, {"3d": 0, "flat": 1}),
        Subject("1faa8", "stone", ["stone"], ["boulder"], "nature", 1.0, True, {"3d": 2, "flat": 3}),
    ]
    red = BodyColour(True, (0.58, 0.2, 0.11), 1.0)
    grey = BodyColour(False, (0.67, 0.0, 0.0), 1.0)
    bodies = [{**asdict(body), "name": body.name} for body in (red, red, grey, grey)]
    content = {"subjects": [asdict(subject) for subject in subjects], "bodies": bodies}
    (tmp_path / "data" / "subjects.json").write_text(json.dumps(content), encoding="utf-8")
    return tmp_path
