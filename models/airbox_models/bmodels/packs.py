"""Reads the pack that is to be compiled and writes the pack that has both engines' files."""

import hashlib
import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from airbox_models.bmodels.networks import ROLES, Compiled, Manifest
from airbox_models.bmodels.toolchain import COMPILER, BModelError

ENGINE = "bm1684x"
_SOURCE = "onnx"


def sha256(file: Path) -> str:
    """The SHA-256 of a file in hexadecimal digits."""
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def read_manifest(pack: Path) -> dict[str, Any]:
    """The pack's manifest, once it is sure that there is something to compile and that it is what the manifest says."""
    place = pack / "pack.json"
    try:
        manifest = json.loads(place.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise BModelError(f"{pack} is no model pack: it has no pack.json (airbox models import writes one)") from error
    except ValueError as error:
        raise BModelError(f"{place} is not valid JSON: {error}") from error
    if _SOURCE not in manifest.get("engines", {}):
        raise BModelError(f"{place} names no ONNX files (/engines/{_SOURCE}); bmodels are compiled from those")
    for role in compiled_roles(manifest):
        source = manifest["engines"][_SOURCE]["roles"][role]
        for entry in (source, *source.get("data", [])):
            _require_unchanged(pack, entry)
    return manifest


def _require_unchanged(pack: Path, entry: Mapping[str, Any]) -> None:
    file = pack / entry["file"]
    if not file.is_file():
        raise BModelError(f"{file} is missing, pack.json names it")
    digest = sha256(file)
    if digest != entry["sha256"]:
        raise BModelError(f"{file} has the SHA-256 {digest}, pack.json says {entry['sha256']}; it was changed after pack.json was written")


def compiled_roles(manifest: Manifest) -> list[str]:
    """The roles of the pack that can be compiled."""
    there = manifest["engines"][_SOURCE]["roles"]
    return [role for role in ROLES if role in there]


def left_out_roles(manifest: Manifest) -> list[str]:
    """The roles of the pack that have no recipe."""
    return sorted(set(manifest["engines"][_SOURCE]["roles"]) - set(ROLES))


def graph(pack: Path, manifest: Manifest, role: str) -> Path:
    """The ONNX graph of a role."""
    return (pack / manifest["engines"][_SOURCE]["roles"][role]["file"]).resolve()


def with_engine(manifest: Manifest, compiled: Mapping[str, Compiled], precisions: Mapping[str, str]) -> dict[str, Any]:
    """The manifest with the chip's files beside the others."""
    used = sorted({precisions[role] for role in compiled})
    kinds = used[0] if len(used) == 1 else ", ".join(f"{role} {precisions[role]}" for role in compiled)
    roles = {
        role: {"file": f"{role}.bmodel", "sha256": sha256(made.file), "bytes": made.file.stat().st_size, "memory": made.memory}
        for role, made in compiled.items()
    }
    engines = {**manifest["engines"], ENGINE: {"compiler": f"{COMPILER}, {kinds}", "roles": roles}}
    return {**manifest, "engines": engines}


def write_pack(pack: Path, out: Path, manifest: Manifest, compiled: Mapping[str, Compiled]) -> None:
    """Writes a new pack folder: the files of `pack`, the bmodels and the manifest. It appears whole or not at all."""
    part = out.with_name(f"{out.name}.part")
    if part.exists():
        shutil.rmtree(part)
    shutil.copytree(pack, part)
    for role, made in compiled.items():
        shutil.copyfile(made.file, part / f"{role}.bmodel")
    (part / "pack.json").write_text(json.dumps(manifest, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    for file in [*part.rglob("*"), part]:
        _sync(file)
    part.rename(out)
    _sync(out.parent)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
