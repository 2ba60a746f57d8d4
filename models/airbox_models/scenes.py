"""Plans scenes: which things, in which colours, on which background, and the caption that says so.

A pool of planned scenes is drawn once from a seed. Placement, size, tilt and mirroring are drawn anew each time that a
scene is rendered (`render.py`).
"""

import dataclasses
import hashlib
import json
import random
from collections import Counter
from dataclasses import dataclass

from airbox_models.colour import COLOUR_NAMES
from airbox_models.paths import data_file
from airbox_models.prepare import load_bodies, load_subjects
from airbox_models.sources import Subject

PLAIN_BACKGROUNDS: dict[str, tuple[int, int, int]] = {
    "white": (255, 255, 255),
    "pink": (255, 200, 215),
    "red": (235, 90, 85),
    "orange": (255, 205, 150),
    "yellow": (255, 240, 160),
    "green": (185, 232, 180),
    "blue": (175, 213, 255),
    "purple": (218, 195, 250),
    "grey": (190, 192, 198),
    "black": (28, 28, 34),
}
"""Backgrounds of one colour, by the word used in captions."""

PLACES: dict[str, tuple[str, ...]] = {
    "grass": ("on the grass", "in a meadow", "in the garden"),
    "beach": ("on the beach", "at the seaside"),
    "snow": ("in the snow", "in winter"),
    "night": ("at night", "under the stars"),
    "sky": ("in the sky", "in front of the blue sky"),
    "underwater": ("under water", "in the sea"),
    "sunset": ("at sunset", "in the evening"),
}
"""Painted places, with the phrases that ask for them."""

NUMBERS = {2: "two", 3: "three", 4: "four"}
HELD_OUT_SHARE = 8
"""One in this many colour × subject pairs is kept out of training."""

_STYLE_PREFIXES = {
    "3d": ("3d ", "a 3d render of ", "a 3d icon of ", "3d icon of "),
    "flat": ("flat ", "a flat drawing of ", "a flat icon of ", "flat icon of "),
}
_STYLE_SUFFIXES = {"3d": (", 3d", ", 3d style"), "flat": (", flat", ", flat style", ", flat design")}
_PLAIN_PREFIXES = ("a picture of ", "an icon of ", "a drawing of ", "an illustration of ", "a photo of ", "cute ", "a cute ", "emoji of ")
_VOWELS = frozenset("aeiou")
_COLOUR_WORDS = frozenset(COLOUR_NAMES) | {"grey", "gray", "golden", "silver", "violet"}


@dataclass
class Sprite:
    """One picture in a scene."""

    picture: int
    colour: str
    """Colour word to paint the body in, or an empty string for its own colours."""
    slot: str
    """`centre`, or `N/M`: the N-th of M places."""


@dataclass
class Scene:
    """A planned scene with its caption."""

    sprites: list[Sprite]
    background: str
    caption: str
    mirror: bool
    """Whether the pictures may be mirrored: not where they hold letters or numbers."""


def is_held_out(label: str, colour: str) -> bool:
    """Whether this colour × subject pair is kept out of training, for the evaluation."""
    digest = hashlib.sha256(f"{label}|{colour}".encode()).digest()
    return digest[0] % HELD_OUT_SHARE == 0


def with_article(phrase: str) -> str:
    """`phrase` with `a` or `an`, unless it is a plural or has an article."""
    first = phrase.split(maxsplit=1)[0]
    if first in {"a", "an", "the", "two", "three", "four"} or (phrase.endswith("s") and not phrase.endswith(("ss", "us"))):
        return phrase
    return f"{'an' if first[0] in _VOWELS and first not in {'one', 'ufo', 'unicorn'} else 'a'} {phrase}"


def plural(phrase: str) -> str:
    """A simple English plural."""
    irregular = {"mouse": "mice", "fish": "fish", "sheep": "sheep", "deer": "deer", "wolf": "wolves", "goose": "geese", "leaf": "leaves"}
    *before, last = phrase.split()
    if last in irregular:
        return " ".join([*before, irregular[last]])
    if last.endswith(("us", "ss", "x", "ch", "sh")):
        last += "es"
    elif last.endswith("s"):
        return phrase
    elif last.endswith("y") and last[-2:-1] not in _VOWELS:
        last = last[:-1] + "ies"
    else:
        last += "s"
    return " ".join([*before, last])


class Planner:
    """Draws scenes from a seed."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._subjects = load_subjects()
        self._bodies = load_bodies()
        self._weights = [subject.weight for subject in self._subjects]
        self._pair_weights = [
            subject.weight if subject.group in {"nature", "food", "activities", "objects", "places"} else 0.05 for subject in self._subjects
        ]
        self._tag_use = Counter(tag for subject in self._subjects for tag in set(subject.tags))

    def scene(self) -> Scene:
        """The next scene."""
        kind = self._random.random()
        if kind < 0.74:
            return self._single()
        return self._pair() if kind < 0.94 else self._several()

    def _style(self) -> str:
        return "3d" if self._random.random() < 0.75 else "flat"

    def _subject(self, weights: list[float], style: str) -> Subject:
        while True:
            subject = self._random.choices(self._subjects, weights)[0]
            if style in subject.pictures:
                return subject

    def _colour(self, subject: Subject, style: str, chance: float) -> tuple[str, str]:
        """A colour to paint the subject in, and the colour word for the caption; both may be empty."""
        body = self._bodies[subject.pictures[style]]
        named = _COLOUR_WORDS & set(subject.label.split())
        if not subject.colourable or named or float(str(body["share"])) < 0.25:
            return "", ""
        roll = self._random.random()
        if roll < chance:
            colour = self._random.choice(COLOUR_NAMES)
            if not is_held_out(subject.label, colour):
                return colour, colour
        natural = str(body["name"])
        if roll > 1 - chance / 2 and natural and not is_held_out(subject.label, natural):
            return "", natural
        return "", ""

    def _background(self, plain: float) -> tuple[str, str]:
        """A background and the words for it, which are empty for most white ones."""
        roll = self._random.random()
        if roll < plain:
            return "white", self._random.choice((" on a white background", "")) if self._random.random() < 0.1 else ""
        if roll < plain + (1 - plain) * 0.7:
            name = self._random.choice(list(PLAIN_BACKGROUNDS))
            words = f" on {with_article(name)} background"
            return name, self._random.choice((words, words, f", {name} background"))
        name = self._random.choice(list(PLACES))
        return name, " " + self._random.choice(PLACES[name])

    def _dress(self, phrase: str, style: str) -> str:
        """Adds words of the style, or other words that change nothing."""
        roll = self._random.random()
        if roll < (0.15 if style == "3d" else 0.7):
            if self._random.random() < 0.6:
                return self._prefixed(self._random.choice(_STYLE_PREFIXES[style]), phrase)
            return phrase + self._random.choice(_STYLE_SUFFIXES[style])
        if roll > 0.85:
            return self._prefixed(self._random.choice(_PLAIN_PREFIXES), phrase)
        return phrase

    @staticmethod
    def _prefixed(prefix: str, phrase: str) -> str:
        """Puts a prefix before a phrase; an adjective takes the place of the phrase's article."""
        return prefix + (phrase if prefix.endswith("of ") else phrase.removeprefix("a ").removeprefix("an "))

    def _single(self) -> Scene:
        style = self._style()
        subject = self._subject(self._weights, style)
        paint, word = self._colour(subject, style, 0.35)
        background, place = self._background(0.55)
        name = subject.names[0] if self._random.random() < 0.6 else self._random.choice(subject.names)
        rare = [tag for tag in subject.tags if self._tag_use[tag] <= 2 and tag not in _COLOUR_WORDS]
        if not word and rare and self._random.random() < 0.12:
            name = self._random.choice(rare)
        phrase = f"{word} {name}" if word else name
        if self._random.random() < 0.6:
            phrase = with_article(phrase)
        tags = [tag for tag in subject.tags if tag != name and tag not in _COLOUR_WORDS]
        extra = ", " + self._random.choice(tags) if tags and not word and not place and self._random.random() < 0.1 else ""
        caption = self._dress(phrase, style) + extra + place
        mirror = subject.group in {"nature", "food", "places"}
        return Scene([Sprite(subject.pictures[style], paint, "centre")], background, caption, mirror)

    def _pair(self) -> Scene:
        style = self._style()
        phrases, sprites = [], []
        for place in ("1/2", "2/2"):
            subject = self._subject(self._pair_weights, style)
            paint, word = self._colour(subject, style, 0.4)
            name = self._random.choice(subject.names)
            phrases.append(with_article(f"{word} {name}" if word else name))
            sprites.append(Sprite(subject.pictures[style], paint, place))
        joint = self._random.choice((" and ", " and ", " and ", " with ", " next to "))
        background, words = self._background(0.7)
        return Scene(sprites, background, self._dress(joint.join(phrases), style) + words, mirror=False)

    def _several(self) -> Scene:
        style = self._style()
        subject = self._subject(self._pair_weights, style)
        paint, word = self._colour(subject, style, 0.3)
        number = self._random.choice((2, 2, 3, 3, 4))
        name = plural(self._random.choice(subject.names))
        sprites = [Sprite(subject.pictures[style], paint, f"{place}/{number}") for place in range(1, number + 1)]
        background, words = self._background(0.7)
        phrase = f"{NUMBERS[number]} {word} {name}" if word else f"{NUMBERS[number]} {name}"
        return Scene(sprites, background, self._dress(phrase, style) + words, mirror=False)


def plan_pool(count: int, seed: int) -> None:
    """Writes a pool of planned scenes."""
    planner = Planner(seed)
    scenes = [dataclasses.asdict(planner.scene()) for _ in range(count)]
    data_file("scenes.json").write_text(json.dumps(scenes), encoding="utf-8")
    captions = {scene["caption"] for scene in scenes}
    print(f"{count} scenes, {len(captions)} captions")


def load_pool() -> list[Scene]:
    """The pool of planned scenes."""
    scenes = json.loads(data_file("scenes.json").read_text(encoding="utf-8"))
    return [Scene(**{**scene, "sprites": [Sprite(**sprite) for sprite in scene["sprites"]]}) for scene in scenes]
