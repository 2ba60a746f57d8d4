"""Compiling for the TPU: shapes, manifests, errors; the compiler itself runs in the suites of hw-tests."""

import fcntl
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from airbox_models.bmodels.__main__ import compile_pack
from airbox_models.bmodels.networks import Compiled, Input, device_bytes, stages
from airbox_models.bmodels.packs import read_manifest, sha256, with_engine, write_pack
from airbox_models.bmodels.toolchain import BModelError, obstacle, run
from airbox_models.paths import MODELS_DIR

UNET = [Input("sample", (None, 4, None, None)), Input("timestep", (None,)), Input("states", (None, None, 384))]


def _manifest(**changes: Any) -> dict[str, Any]:
    manifest = {
        "text": {"length": 32, "width": 384, "max_chunks": 1},
        "latent": {"channels": 4, "downscale": 8},
        "guidance": {"mode": "cfg", "batch": 2},
        "sizes": [{"width": 96, "height": 64}],
    }
    return {**manifest, **changes}


def test_stages_have_one_entry_per_size_chunk_count_and_batch() -> None:
    manifest = _manifest(
        sizes=[{"width": 96, "height": 64}, {"width": 64, "height": 64}], text={"length": 32, "width": 384, "max_chunks": 2}
    )
    made = stages(manifest, "unet", UNET, [1, 2])
    assert len(made) == len(set(made)) == 8
    assert made[0] == ((1, 4, 8, 12), (1,), (1, 32, 384))
    assert made[-1] == ((2, 4, 8, 8), (2,), (2, 64, 384))
    assert stages(manifest, "vae_decoder", [Input("latent", (1, 4, None, None))], [1, 2]) == [((1, 4, 8, 12),), ((1, 4, 8, 8),)]
    assert stages(manifest, "vae_encoder", [Input("rgb", (1, 3, None, None))], [1]) == [((1, 3, 64, 96),), ((1, 3, 64, 64),)]
    assert stages(manifest, "text_encoder", [Input("ids", (1, None))], [1]) == [((1, 32),)]


def test_timestep_and_guidance_follow_graph_and_manifest() -> None:
    one = [UNET[0], Input("timestep", (1,)), UNET[2], Input("scale", (None, 256))]
    embedded = _manifest(guidance={"mode": "embedded", "batch": 1})
    assert stages(embedded, "unet", one, [1]) == [((1, 4, 8, 12), (1,), (1, 32, 384), (1, 256))]
    assert stages(_manifest(), "unet", [UNET[0], Input("timestep", (1,)), UNET[2]], [2])[0][1] == (1,)


@pytest.mark.parametrize(
    ("inputs", "words"),
    [
        (UNET[:2], "has 2 inputs (sample, timestep), pack.json asks for 3"),
        ([UNET[0], Input("timestep", ()), UNET[2]], "timestep is a scalar"),
        (
            [UNET[0], UNET[1], Input("states", (None, 77, 768))],
            r"states of unet is [None, 77, 768] (None is free), pack.json asks for [1, 32, 384]",
        ),
    ],
)
def test_a_graph_that_does_not_fit_the_manifest_is_named(inputs: list[Input], words: str) -> None:
    with pytest.raises(BModelError) as error:
        stages(_manifest(), "unet", inputs, [1])
    assert words in str(error.value)


def test_device_bytes_are_read_from_the_compilers_tool() -> None:
    text = "host mem size: 7\ndevice mem size: 22407296 (weight: 21901312, instruct: 194688, runtime: 311296)\n"
    assert device_bytes(text) == 22407296
    with pytest.raises(BModelError, match="no device memory: none"):
        device_bytes("none")


@pytest.mark.parametrize(
    ("machine", "words"),
    [
        (("Linux", "x86_64", ("glibc", "2.36")), None),
        (("Linux", "x86_64", ("glibc", "2.31")), "this is glibc 2.31"),
        (("Linux", "x86_64", ("", "")), "this is another libc"),
        (("Linux", "aarch64", ("glibc", "2.36")), "this is Linux on aarch64"),
        (("Darwin", "x86_64", ("", "")), "this is Darwin on x86_64"),
    ],
)
def test_machines_without_a_compiler_hear_why(machine: tuple[str, str, tuple[str, str]], words: str | None) -> None:
    reason = obstacle(*machine)
    assert reason is None if words is None else reason is not None and words in reason


def _pack(folder: Path) -> Path:
    folder.mkdir()
    roles = {}
    for role in ("text_encoder", "unet", "vae_decoder", "controlnet"):
        (folder / f"{role}.onnx").write_bytes(role.encode())
        roles[role] = {"file": f"{role}.onnx", "sha256": sha256(folder / f"{role}.onnx"), "bytes": len(role)}
    manifest = {**_manifest(), "title": "Bücher", "engines": {"onnx": {"compiler": "", "roles": roles}}}
    (folder / "pack.json").write_text(json.dumps(manifest), encoding="utf-8")
    return folder


def test_the_new_pack_has_both_engines_and_replaces_what_a_killed_run_left(tmp_path: Path) -> None:
    pack, out = _pack(tmp_path / "pack"), tmp_path / "out"
    (tmp_path / "out.part").mkdir()
    (tmp_path / "out.part" / "half").touch()
    made = tmp_path / "unet.bmodel"
    made.write_bytes(b"code of the chip")
    manifest = read_manifest(pack)
    compiled = {"unet": Compiled(made, 42)}
    write_pack(pack, out, with_engine(manifest, compiled, {"unet": "F16"}), compiled)
    written = json.loads((out / "pack.json").read_text(encoding="utf-8"))
    assert written["title"] == "Bücher"
    assert written["engines"]["onnx"] == manifest["engines"]["onnx"]
    entry = {"file": "unet.bmodel", "sha256": sha256(made), "bytes": 16, "memory": 42}
    assert written["engines"]["bm1684x"] == {"compiler": "tpu-mlir 1.30.2, F16", "roles": {"unet": entry}}
    assert (out / "unet.bmodel").read_bytes() == made.read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "pack", "unet.bmodel"]
    assert not (out / "half").exists()


def test_the_compiler_line_tells_mixed_precisions(tmp_path: Path) -> None:
    (tmp_path / "a").touch()
    compiled = {role: Compiled(tmp_path / "a", 1) for role in ("text_encoder", "unet")}
    made = with_engine({"engines": {}}, compiled, {"text_encoder": "F32", "unet": "F16"})
    assert made["engines"]["bm1684x"]["compiler"] == "tpu-mlir 1.30.2, text_encoder F32, unet F16"


def _spoil(pack: Path, what: str) -> None:
    manifest = json.loads((pack / "pack.json").read_text(encoding="utf-8"))
    if what == "no manifest":
        (pack / "pack.json").unlink()
    elif what == "broken manifest":
        (pack / "pack.json").write_text("{", encoding="utf-8")
    elif what == "no ONNX":
        (pack / "pack.json").write_text(json.dumps({**manifest, "engines": {}}), encoding="utf-8")
    elif what == "changed":
        (pack / "unet.onnx").write_bytes(b"other")
    else:
        (pack / "unet.onnx").unlink()


@pytest.mark.parametrize(
    ("what", "words"),
    [
        ("no manifest", "has no pack.json"),
        ("broken manifest", "is not valid JSON"),
        ("no ONNX", "names no ONNX files"),
        ("changed", "was changed after pack.json was written"),
        ("missing", "unet.onnx is missing"),
    ],
)
def test_a_pack_that_cannot_be_compiled_is_refused_before_anything_is_fetched(tmp_path: Path, what: str, words: str) -> None:
    pack = _pack(tmp_path / "pack")
    _spoil(pack, what)
    with pytest.raises(BModelError, match=words):
        compile_pack(pack, tmp_path / "out", tmp_path / "cache", {}, [1], False, print)
    assert not (tmp_path / "cache").exists()


def test_an_existing_folder_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    with pytest.raises(BModelError, match="exists already"):
        compile_pack(_pack(tmp_path / "pack"), tmp_path / "out", tmp_path / "cache", {}, [1], False, print)
    with pytest.raises(BModelError, match="nowhere does not exist"):
        compile_pack(tmp_path / "pack", tmp_path / "nowhere" / "out", tmp_path / "cache", {}, [1], False, print)


def test_a_failed_step_shows_its_last_lines_and_its_log(tmp_path: Path) -> None:
    log = tmp_path / "log.txt"
    with pytest.raises(BModelError) as error:
        run([sys.executable, "-c", "print('out of luck'); raise SystemExit(3)"], log, "compiling unet")
    assert "compiling unet failed: python" in str(error.value)
    assert "ended with 3" in str(error.value)
    assert "  out of luck" in str(error.value)
    assert str(log) in str(error.value)
    with pytest.raises(BModelError, match="cannot be started"):
        run([str(tmp_path / "none")], log, "compiling unet")


def test_a_second_run_waits_and_clears_what_a_killed_one_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pack, cache = _pack(tmp_path / "pack"), tmp_path / "cache"
    cache.mkdir()
    (cache / "work").mkdir()
    (cache / "tool.part").mkdir()
    (cache / "tool").mkdir()
    holder = (
        "import fcntl, sys; lock = open(sys.argv[1], 'w'); fcntl.flock(lock, fcntl.LOCK_EX); print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen([sys.executable, "-c", holder, str(cache / ".lock")], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as killed:
        assert killed.stdout is not None
        killed.stdout.readline()
        said: list[str] = []

        def say(line: str) -> None:
            said.append(line)
            if line.startswith("waiting"):
                killed.kill()

        monkeypatch.setattr("airbox_models.bmodels.toolchain.platform.machine", lambda: "mips")
        with pytest.raises(BModelError, match="mips"):
            compile_pack(pack, tmp_path / "out", cache, {}, [1], False, say)
    assert said == ["controlnet is left out: there is no recipe for it", f"waiting for another run that uses {cache}"]
    assert sorted(path.name for path in cache.iterdir()) == [".lock", "tool"]
    with (cache / ".lock").open("w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_it_runs_on_the_standard_library_alone() -> None:
    command = [
        sys.executable,
        "-I",
        "-S",
        "-c",
        f"import sys; sys.path.insert(0, {str(MODELS_DIR)!r}); import airbox_models.bmodels.__main__",
    ]
    subprocess.run(command, check=True, timeout=60)
