"""Planned scenes: captions, colours kept out, reproducibility."""

from pathlib import Path

import pytest

from airbox_models.colour import COLOUR_NAMES
from airbox_models.scenes import Planner, is_held_out, load_pool, plan_pool, plural, with_article


@pytest.mark.parametrize(
    ("phrase", "expected"),
    [
        ("dog", "a dog"),
        ("orange cat", "an orange cat"),
        ("unicorn", "a unicorn"),
        ("cherries", "cherries"),
        ("an apple", "an apple"),
        ("bus", "a bus"),
    ],
)
def test_article(phrase: str, expected: str) -> None:
    assert with_article(phrase) == expected


@pytest.mark.parametrize(
    ("phrase", "expected"),
    [
        ("dog", "dogs"),
        ("red bus", "red buses"),
        ("butterfly", "butterflies"),
        ("mouse", "mice"),
        ("monkey", "monkeys"),
        ("glasses", "glasses"),
    ],
)
def test_plural(phrase: str, expected: str) -> None:
    assert plural(phrase) == expected


def test_about_an_eighth_of_the_pairs_is_held_out() -> None:
    pairs = [is_held_out(f"thing {number}", colour) for number in range(100) for colour in COLOUR_NAMES]
    assert 0.09 < sum(pairs) / len(pairs) < 0.16


def test_same_seed_gives_same_scenes(work_folder: Path) -> None:
    first = [Planner(5).scene() for _ in range(1)]
    one, other = Planner(5), Planner(5)
    assert [one.scene() for _ in range(50)] == [other.scene() for _ in range(50)]
    assert first[0] == Planner(5).scene()
    assert work_folder.exists()


@pytest.mark.usefixtures("work_folder")
def test_held_out_pairs_are_never_planned() -> None:
    planner = Planner(1)
    labels = {0: "ball", 1: "ball", 2: "stone", 3: "stone"}
    painted = {(labels[sprite.picture], sprite.colour) for _ in range(3000) for sprite in planner.scene().sprites if sprite.colour}
    assert painted
    assert not [pair for pair in painted if is_held_out(*pair)]


@pytest.mark.usefixtures("work_folder")
def test_pool_is_read_as_it_was_written() -> None:
    plan_pool(40, seed=3)
    planner = Planner(3)
    assert load_pool() == [planner.scene() for _ in range(40)]


@pytest.mark.usefixtures("work_folder")
def test_caption_names_colour_place_and_number() -> None:
    planner = Planner(2)
    scenes = [planner.scene() for _ in range(400)]
    for scene in scenes:
        for sprite in scene.sprites:
            assert sprite.colour in scene.caption
    assert any(len(scene.sprites) == 3 and "three" in scene.caption for scene in scenes)
    assert any(scene.background == "night" and ("night" in scene.caption or "stars" in scene.caption) for scene in scenes)
