"""Parts of the evaluation and of the pack."""

import base64
import json
from pathlib import Path

import numpy as np
import pytest
import torch

from airbox_models.evaluate import captioned_grid, held_out_pairs, main_colour, nearest_training_pictures
from airbox_models.judge import Judge, ranks
from airbox_models.pack import file_entry, fingerprint
from airbox_models.render import Renderer
from airbox_models.scenes import Scene, Sprite, is_held_out


@pytest.mark.usefixtures("work_folder")
@pytest.mark.parametrize("colour", ["red", "orange", "yellow", "green", "blue", "purple", "pink", "brown", "black"])
def test_main_colour_of_a_painted_thing(colour: str) -> None:
    scene = Scene([Sprite(0, colour, "centre")], "white", "", mirror=False)
    picture = Renderer().render([scene], torch.Generator().manual_seed(0))[0]
    assert main_colour(picture) == colour


def test_empty_picture_has_no_main_colour() -> None:
    assert not main_colour(torch.ones(3, 64, 64))


@pytest.mark.usefixtures("work_folder")
def test_pairs_of_the_evaluation_are_held_out() -> None:
    assert all(is_held_out(subject.label, colour) for subject, colour in held_out_pairs())


@pytest.mark.usefixtures("work_folder")
def test_nearest_training_picture_of_a_training_picture_is_itself() -> None:
    renderer = Renderer()
    sprite = renderer.sprite(2)
    picture = (sprite[:3] + 255 - sprite[3:]).byte().permute(1, 2, 0).numpy()
    assert np.abs(nearest_training_pictures([picture])[0].astype(int) - picture).max() <= 1


def test_rank_of_the_right_class() -> None:
    torch.manual_seed(0)
    judge = Judge(5).eval()
    pictures = torch.rand(4, 3, 192, 192)
    with torch.no_grad():
        best = judge(torch.nn.functional.interpolate(pictures, size=(64, 64), mode="area")).argmax(1)
    assert ranks(judge, pictures, best).tolist() == [0, 0, 0, 0]


def test_grid_has_room_for_every_picture_and_caption() -> None:
    sheet = captioned_grid([np.zeros((192, 192, 3), np.uint8)] * 7, ["a dog"] * 7, columns=4, side=96)
    assert sheet.size == (384, 220)


def test_fingerprint_is_the_mean_of_cells() -> None:
    picture = np.zeros((192, 192, 3), np.uint8)
    picture[:24, :24] = (255, 100, 10)
    cells = np.frombuffer(base64.b64decode(fingerprint(picture)), np.uint8).reshape(8, 8, 3)
    assert cells[0, 0].tolist() == [255, 100, 10]
    assert int(cells.sum()) == 365


def test_file_entry(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_bytes(b"abc")
    entry = file_entry(file)
    assert json.loads(json.dumps(entry)) == {
        "file": "a.txt",
        "sha256": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        "bytes": 3,
    }
