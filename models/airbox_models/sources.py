"""Reads the picture packages and their names: one `Subject` per thing and one picture per thing and style."""

import io
import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import numpy as np
import resvg_py
from PIL import Image

from airbox_models.paths import node_modules
from airbox_models.words import EVERYDAY, EVERYDAY_NAMES, HELD_OUT_WORDS

PICTURE_SIZE = 192

TRAINING_STYLES = ("3d", "flat")
"""The styles trained on; the index of a style is its number in the prepared data."""

JUDGE_COLLECTIONS = ("noto", "noto-v1", "twemoji", "openmoji", "emojione", "fxemoji")
"""Picture sets that no generator sees: the independent classifier of the evaluation is trained on them."""

_GROUPS = {0: "faces", 1: "people", 3: "nature", 4: "food", 5: "places", 6: "activities", 7: "objects"}
_GROUP_WEIGHT = {"faces": 0.5, "people": 0.25, "nature": 1.2, "food": 1.0, "places": 0.8, "activities": 0.8, "objects": 0.6}
_CLOCK = re.compile(r"o’clock|-thirty")
_COLOURABLE_GROUPS = frozenset({"nature", "food", "places", "activities", "objects"})


@dataclass
class Subject:
    """A thing that can be asked for."""

    key: str
    """Unicode code points in hexadecimal, joined by dashes, without variation selectors."""
    label: str
    names: list[str]
    tags: list[str]
    group: str
    weight: float
    colourable: bool
    pictures: dict[str, int] = field(default_factory=dict)
    """Style name to row of the picture array."""


def normal_key(code_points: str) -> str:
    """The key of an emoji: lower case, without the variation selector."""
    return code_points.lower().replace("-fe0f", "")


def _clean(text: str) -> str:
    text = text.replace("_", " ").replace("“", "").replace("”", "").replace("’", "'").lower()
    return re.sub(r"\s+", " ", text).strip()


def _names(label: str, library_name: str | None) -> list[str]:
    names = [label]
    if label.endswith(" face") and label.count(" ") == 1:
        names.append(label.removesuffix(" face"))
    names.extend(EVERYDAY_NAMES.get(label, ()))
    if library_name and library_name not in names:
        names.append(library_name)
    return [name for name in names if not HELD_OUT_WORDS & set(name.split())]


def read_subjects(packages: Path | None = None) -> list[Subject]:
    """All things of the name package that are neither flags, symbols nor skin tones, in its order."""
    packages = packages or node_modules()
    entries = json.loads((packages / "emojibase-data/en/data.json").read_text(encoding="utf-8"))
    library = json.loads((packages / "emojilib/dist/emoji-en-US.json").read_text(encoding="utf-8"))
    subjects = []
    for entry in entries:
        group = _GROUPS.get(entry.get("group"))
        if group is None:
            continue
        label = _clean(entry["label"])
        tags = [_clean(tag) for tag in entry.get("tags", [])]
        tags = [tag for tag in tags if re.fullmatch(r"[a-z][a-z \-]+", tag) and not HELD_OUT_WORDS & set(tag.split())]
        library_names = [_clean(name) for name in library.get(entry["emoji"], [])[:1]]
        weight = _GROUP_WEIGHT[group] * (3.0 if label in EVERYDAY else 1.0)
        if _CLOCK.search(entry["label"]):
            weight = 0.05
        subjects.append(
            Subject(
                key=normal_key(entry["hexcode"]),
                label=label,
                names=_names(label, library_names[0] if library_names else None) or [label],
                tags=tags,
                group=group,
                weight=weight,
                colourable=group in _COLOURABLE_GROUPS or label.endswith("heart"),
            )
        )
    return subjects


def _premultiplied(image: Image.Image, size: int) -> np.ndarray:
    return np.asarray(image.convert("RGBa").resize((size, size), Image.Resampling.LANCZOS))


class PictureSet(Protocol):
    """A set of pictures by emoji."""

    def picture(self, key: str, size: int = PICTURE_SIZE) -> np.ndarray | None:
        """The picture as premultiplied RGBA, or None when the set has none."""


class FluentRenders:
    """The three-dimensional pictures: one WebP file per emoji."""

    def __init__(self, packages: Path | None = None) -> None:
        folder = (packages or node_modules()) / "@lobehub/fluent-emoji-3d/assets"
        self._files = {normal_key(file.stem): file for file in folder.glob("*.webp")}

    def picture(self, key: str, size: int = PICTURE_SIZE) -> np.ndarray | None:
        """The picture as premultiplied RGBA, or None when the set has none."""
        file = self._files.get(key)
        return None if file is None else _premultiplied(Image.open(file), size)


class IconCollection:
    """A picture set in Iconify's format: a JSON file of SVG bodies and one of code points."""

    def __init__(self, name: str, packages: Path | None = None) -> None:
        folder = (packages or node_modules()) / "@iconify-json" / name
        collection = json.loads((folder / "icons.json").read_text(encoding="utf-8"))
        self._icons = collection["icons"]
        self._aliases = collection.get("aliases", {})
        self._width = collection.get("width", 16)
        self._height = collection.get("height", 16)
        characters = json.loads((folder / "chars.json").read_text(encoding="utf-8"))
        self._names = {normal_key(code): icon for code, icon in characters.items()} or self._names_like(folder.parent)

    def _names_like(self, collections: Path) -> dict[str, str]:
        """Icon names by code points for a set without them: icons called as in Noto Emoji, hyphens or not."""
        noto = json.loads((collections / "noto" / "chars.json").read_text(encoding="utf-8"))
        ours = {name.replace("-", ""): name for name in (*self._aliases, *self._icons)}
        names = {normal_key(code): ours.get(icon.replace("-", "")) for code, icon in noto.items()}
        return {key: name for key, name in names.items() if name is not None}

    def picture(self, key: str, size: int = PICTURE_SIZE) -> np.ndarray | None:
        """The picture as premultiplied RGBA, or None when the set has none."""
        name = self._names.get(key)
        while name in self._aliases:
            name = self._aliases[name]["parent"]
        icon = self._icons.get(name)
        if icon is None:
            return None
        width, height = icon.get("width", self._width), icon.get("height", self._height)
        left, top = icon.get("left", 0), icon.get("top", 0)
        svg = (
            '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
            f'width="{size}" height="{size}" viewBox="{left} {top} {width} {height}">{icon["body"]}</svg>'
        )
        png = resvg_py.svg_to_bytes(svg_string=svg, width=size, height=size, skip_system_fonts=True)
        return _premultiplied(Image.open(io.BytesIO(bytes(png))), size)
