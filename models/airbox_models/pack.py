"""Writes `pack.json` and `vocabulary.json` for the exported files."""

import base64
import hashlib
import json
import multiprocessing
import re
from pathlib import Path
from typing import Any

import numpy as np
import torch

from airbox_models.colour import COLOUR_NAMES
from airbox_models.diffusion import BETA_END, BETA_START, TRAIN_STEPS
from airbox_models.export import preview_matrix
from airbox_models.onnx_graphs import OPSET
from airbox_models.paths import export_file
from airbox_models.pipeline import Pipeline, session
from airbox_models.prepare import load_subjects
from airbox_models.sources import PICTURE_SIZE
from airbox_models.text_encoder import BEGIN, END, LENGTH, PAD, WIDTH
from airbox_models.vae import DOWNSCALE, LATENT_CHANNELS, LATENT_SIZE
from airbox_models.words import EVERYDAY, HELD_OUT_WORDS

SELF_TEST = {"prompt": "a red apple", "seed": 7, "preset": "quality", "steps": 8}
SELF_TEST_TOLERANCE = 8.0
CELLS = 8
ROLES = {"text_encoder": "text_encoder.onnx", "unet": "unet.onnx", "vae_decoder": "vae_decoder.onnx"}


def file_entry(file: Path) -> dict[str, Any]:
    """A file's name, hash and size."""
    content = file.read_bytes()
    return {"file": file.name, "sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}


def fingerprint(picture: np.ndarray) -> str:
    """A picture averaged to 8×8 cells, RGB, row by row, in base64."""
    height, width, _ = picture.shape
    cells = picture.astype(np.float64).reshape(CELLS, height // CELLS, CELLS, width // CELLS, 3).mean((1, 3))
    return base64.b64encode(cells.round().astype(np.uint8).tobytes()).decode()


def _example_inputs(role: str) -> dict[str, np.ndarray]:
    latent = np.zeros((2, LATENT_CHANNELS, LATENT_SIZE, LATENT_SIZE), np.float32)
    if role == "text_encoder":
        return {"ids": np.full((1, LENGTH), END, np.int64)}
    if role == "unet":
        return {"sample": latent, "timestep": np.array([1, 1]), "states": np.zeros((2, LENGTH, WIDTH), np.float32)}
    return {"latent": latent[:1]}


def _resident_bytes() -> int:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * 4096


def _measure(role: str, queue: "multiprocessing.Queue[int]") -> None:
    before = _resident_bytes()
    graph = session(ROLES[role], threads=1)
    graph.run(None, _example_inputs(role))
    queue.put(_resident_bytes() - before)


def measured_memory(role: str) -> int:
    """Bytes that a process grows by when it loads and runs one graph, rounded up to a million."""
    context = multiprocessing.get_context("spawn")
    queue: multiprocessing.Queue[int] = context.Queue()
    process = context.Process(target=_measure, args=(role, queue))
    process.start()
    used = queue.get(timeout=120)
    process.join()
    return -(-used // 1_000_000) * 1_000_000


def vocabulary() -> dict[str, list[str]]:
    """What the model knows: everyday things first, then the others by name; and all words that lead to one of them.

    The words are those of names and keywords, with the held-out ones: the text encoder puts them beside what it has seen.
    """
    subjects = [subject for subject in load_subjects() if subject.weight >= 0.5]
    everyday = {name for subject in subjects if subject.label in EVERYDAY for name in subject.names}
    others = {name for subject in subjects for name in subject.names} - everyday
    phrases = [phrase for subject in subjects for phrase in (subject.label, *subject.names, *subject.tags)]
    words = {word for phrase in [*phrases, *HELD_OUT_WORDS] for word in re.findall(r"[^\W\d_]{2,}", phrase.lower())}
    return {
        "subjects": [*sorted(everyday), *sorted(others)],
        "words": sorted(words),
        "colours": list(COLOUR_NAMES),
        "styles": ["3d", "flat"],
    }


def _presets(four_step: bool) -> list[dict[str, Any]]:
    quality = {
        "id": "quality",
        "title": {"en": "Quality", "zh": "高质量"},
        "sampler": "ddim",
        "spacing": "leading",
        "steps": {"default": 8, "min": 4, "max": 50},
        "cfg": {"default": 3.0, "min": 1.0, "max": 7.0},
        "negative": True,
    }
    fast = {
        "id": "fast",
        "title": {"en": "Fast", "zh": "快速"},
        "sampler": "lcm",
        "spacing": "lcm",
        "steps": {"default": 4, "min": 1, "max": 8},
        "cfg": {"default": 1.0, "min": 1.0, "max": 1.0},
        "negative": False,
    }
    return [quality, fast] if four_step else [quality]


def write_pack(version: str, four_step: bool) -> None:
    """Writes `pack.json`; the exported files have to be there."""
    export_file("vocabulary.json").write_text(json.dumps(vocabulary(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    matrix, bias = preview_matrix()
    roles = {role: {**file_entry(export_file(file)), "memory": measured_memory(role)} for role, file in ROLES.items()}
    picture = Pipeline().draw(str(SELF_TEST["prompt"]), int(str(SELF_TEST["seed"])), "ddim", int(str(SELF_TEST["steps"])))
    pack = {
        "format": 1,
        "name": "airbox-emoji",
        "version": version,
        "title": "AirBox Emoji",
        "description": "Small pictures of everyday things, trained by the AirBox project.",
        "family": "sd15",
        "licence": {"spdx": "Apache-2.0 AND MIT", "notice": "NOTICE.md", "commercial": True},
        "text": {
            "tokenizer": file_entry(export_file("tokenizer.json")),
            "length": LENGTH,
            "width": WIDTH,
            "begin": BEGIN,
            "end": END,
            "pad": PAD,
            "max_chunks": 1,
            "weighting": False,
        },
        "latent": {
            "channels": LATENT_CHANNELS,
            "downscale": DOWNSCALE,
            "scale": 1.0,
            "shift": 0.0,
            "preview": {
                "matrix": [[round(float(value), 4) for value in row] for row in matrix],
                "bias": [round(float(value), 4) for value in bias],
            },
        },
        "schedule": {
            "train_steps": TRAIN_STEPS,
            "beta_start": BETA_START,
            "beta_end": BETA_END,
            "betas": "scaled_linear",
            "prediction": "epsilon",
        },
        "guidance": {"mode": "cfg", "batch": 2},
        "sizes": [{"width": PICTURE_SIZE, "height": PICTURE_SIZE}],
        "presets": _presets(four_step),
        "engines": {"onnx": {"compiler": f"torch {torch.__version__.split('+')[0]}, opset {OPSET}", "roles": roles}},
        "self_test": {
            **SELF_TEST,
            "width": PICTURE_SIZE,
            "height": PICTURE_SIZE,
            "fingerprint": fingerprint(picture),
            "tolerance": SELF_TEST_TOLERANCE,
        },
        "vocabulary": file_entry(export_file("vocabulary.json")),
    }
    export_file("pack.json").write_text(json.dumps(pack, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
