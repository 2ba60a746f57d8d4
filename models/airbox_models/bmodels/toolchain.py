"""The vendor's compiler in a folder of its own: the wheel `tpu-mlir`, what it imports, and the CPython 3.10 that it needs.

CPython 3.10 is the one that the JavaCPP presets publish as a Maven artefact for x86-64: unpacked, it runs from any folder and
brings pip. Everything is pinned and held to its SHA-256. ADR 6 tells why from there.
"""

import hashlib
import os
import platform
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

COMPILER = "tpu-mlir 1.30.2"
DOWNLOAD_MB = 384
_DISK_BYTES = 3_000_000_000

_FOLDER = Path(__file__).resolve().parent
_REQUIREMENTS = _FOLDER / "requirements.txt"
_INSIDE = _FOLDER / "inside"

_COPY_GOAL = "org.apache.maven.plugins:maven-dependency-plugin:3.11.0:copy"
_PYTHON_ARTEFACT = "org.bytedeco:cpython:3.10.8-1.5.8:jar:linux-x86_64"
_PYTHON_JAR = "cpython-3.10.8-1.5.8-linux-x86_64.jar"
_PYTHON_SHA256 = "2f101b1aa06effdbda3c318c1728b13f22b571707c7b7704abaf5d19a33aa981"
_PYTHON_PREFIX = "org/bytedeco/cpython/linux-x86_64/"
_GLIBC = (2, 34)

# An older libc than the machine's: with it, every program of the compiler ends with a segmentation fault.
_OLD_LIBC = ("libc.so.6", "libm.so.6", "libpthread.so.0", "libgcc_s.so.1")

Say = Callable[[str], None]


class BModelError(Exception):
    """Something is missing or failed; the text says what, where and what to try."""


@dataclass(frozen=True)
class Toolchain:
    """The compiler, ready to run."""

    folder: Path

    @property
    def python(self) -> Path:
        """CPython 3.10."""
        return self.folder / "python" / "bin" / "python3.10"

    @property
    def compiler(self) -> Path:
        """The unpacked wheel: `TPUC_ROOT` of the vendor's documentation."""
        return self.folder / "site" / "tpu_mlir"

    def environment(self) -> dict[str, str]:
        """The environment that the compiler's programs run in."""
        root = self.compiler
        paths = (_INSIDE / "placeholders", self.folder / "site", root, root / "python", root / "customlayer" / "python")
        return {
            **_without_python_settings(os.environ),
            "TPUC_ROOT": str(root),
            "PATH": os.pathsep.join([str(root / "bin"), str(self.python.parent), os.environ.get("PATH", os.defpath)]),
            # the simulator looks for its parts, and these for theirs, along the loader's path
            "LD_LIBRARY_PATH": os.pathsep.join([str(root / "lib"), str(root / "lib" / "third_party")]),
            "PYTHONPATH": os.pathsep.join(map(str, paths)),
            "OMP_NUM_THREADS": os.environ.get("OMP_NUM_THREADS", str(os.cpu_count() or 1)),
        }

    def script(self, name: str, *arguments: str) -> list[str]:
        """The command line of one of our scripts for the compiler's Python."""
        return [str(self.python), str(_INSIDE / name), *arguments]

    def tool(self, name: str, *arguments: str) -> list[str]:
        """The command line of one of the compiler's Python programs."""
        return [str(self.python), str(self.compiler / "python" / "tools" / name), *arguments]

    def program(self, name: str, *arguments: str) -> list[str]:
        """The command line of one of the compiler's native programs."""
        return [str(self.compiler / "bin" / name), *arguments]


def _without_python_settings(environment: Mapping[str, str]) -> dict[str, str]:
    """A virtual environment that we run in must not leak into another Python."""
    return {name: value for name, value in environment.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}


def recipe() -> str:
    """Names everything that decides what the compiler makes of a graph; another recipe, another name."""
    digest = hashlib.sha256()
    for file in sorted(_FOLDER.rglob("*")):
        if file.suffix in {".py", ".txt"}:
            digest.update(f"{file.relative_to(_FOLDER)}\0".encode())
            digest.update(file.read_bytes())
    return digest.hexdigest()[:12]


def _toolchain_name() -> str:
    content = _REQUIREMENTS.read_bytes() + Path(__file__).read_bytes()
    return f"{COMPILER.replace(' ', '-')}-{hashlib.sha256(content).hexdigest()[:12]}"


def obstacle(system: str, machine: str, libc: tuple[str, str]) -> str | None:
    """Why the compiler cannot run on such a machine; None where it can."""
    if (system, machine) != ("Linux", "x86_64"):
        return f"the compiler is built for Linux on x86-64, this is {system} on {machine}; bmodels made there run on every box"
    name, version = libc
    numbers = tuple(int(number) for number in version.split(".")[:2]) if version else ()
    if name != "glibc" or numbers < _GLIBC:
        found = f"{name or 'another libc'} {version}".rstrip()
        return f"the compiler needs glibc {_GLIBC[0]}.{_GLIBC[1]} (Debian 12, Ubuntu 22.04 or newer), this is {found}"
    return None


def run(command: Sequence[str], log: Path, what: str, environment: Mapping[str, str] | None = None, folder: Path | None = None) -> str:
    """Runs a command, its output appended to a log; returns that output or fails with its last lines."""
    with log.open("ab+") as output:
        start = output.seek(0, os.SEEK_END)
        try:
            # the open files that are inheritable (the lock of the cache) go along
            options: dict[str, Any] = {"env": environment, "cwd": folder, "close_fds": False}
            code = subprocess.run(command, stdout=output, stderr=subprocess.STDOUT, check=False, **options).returncode
        except OSError as error:
            raise BModelError(f"{what} failed: {command[0]} cannot be started: {error}") from error
        output.seek(start)
        text = output.read().decode(errors="replace")
    if code != 0:
        last = "\n".join(f"  {line}" for line in text.strip().splitlines()[-15:])
        raise BModelError(f"{what} failed: {Path(command[0]).name} ended with {code}; its last lines (all in {log}):\n{last}")
    return text


def provide(cache: Path, say: Say) -> Toolchain:
    """The toolchain below `cache`, set up when it is not there yet; it appears whole or not at all, and older ones go.

    The caller holds the lock of `cache`.
    """
    folder = cache / _toolchain_name()
    if folder.is_dir():
        return Toolchain(folder)
    reason = obstacle(platform.system(), platform.machine(), platform.libc_ver())
    if reason:
        raise BModelError(reason)
    free = shutil.disk_usage(cache).free
    if free < _DISK_BYTES:
        raise BModelError(f"{cache} has {free // 1_000_000} MB free; setting up the compiler takes {_DISK_BYTES // 1_000_000} MB")
    say(f"setting up {COMPILER} in {folder} ({DOWNLOAD_MB} MB to download, once)")
    part = cache / f"{folder.name}.part"
    part.mkdir()
    _install_python(part, say)
    _install_packages(part, say)
    _try_out(Toolchain(part))
    os.sync()
    part.rename(folder)
    for other in cache.glob("tpu-mlir-*"):
        if other != folder:
            shutil.rmtree(other)
    return Toolchain(folder)


def _install_python(part: Path, say: Say) -> None:
    say("  CPython 3.10.8 (25 MB)")
    if shutil.which("mvn") is None:
        raise BModelError("mvn is not installed; Maven fetches the Python that the compiler needs (apt install maven)")
    copy = ["mvn", "-q", "-B", _COPY_GOAL, f"-Dartifact={_PYTHON_ARTEFACT}", f"-DoutputDirectory={part}"]
    # away from any pom.xml, whose settings are for something else
    run(copy, part / "maven.log", f"fetching {_PYTHON_ARTEFACT}", folder=part)
    jar = part / _PYTHON_JAR
    digest = hashlib.sha256(jar.read_bytes()).hexdigest()
    if digest != _PYTHON_SHA256:
        raise BModelError(f"{_PYTHON_ARTEFACT} has the SHA-256 {digest}, pinned is {_PYTHON_SHA256}: not the file that it should be")
    target = part / "python"
    with zipfile.ZipFile(jar) as archive:
        for entry in archive.infolist():
            name = entry.filename.removeprefix(_PYTHON_PREFIX)
            wanted = name.startswith(("bin/", "lib/")) or (".so" in name and "/" not in name)
            if name != entry.filename and wanted and not entry.is_dir():
                file = target / name
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(archive.read(entry))
    jar.unlink()
    for program in (target / "bin").iterdir():
        program.chmod(0o755)


def _install_packages(part: Path, say: Say) -> None:
    say("  compiler and packages (359 MB)")
    scratch = part / "tmp"
    scratch.mkdir()
    pip = [str(Toolchain(part).python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-cache-dir", "--no-compile"]
    pins = ["--no-deps", "--require-hashes", "--only-binary=:all:", f"--requirement={_REQUIREMENTS}", f"--target={part / 'site'}"]
    # pip unpacks in a scratch folder first, and /tmp may be small
    environment = {**_without_python_settings(os.environ), "TMPDIR": str(scratch), "PIP_ROOT_USER_ACTION": "ignore"}
    run([*pip, *pins], part / "pip.log", "installing the compiler", environment)
    shutil.rmtree(scratch)
    compiler = Toolchain(part).compiler
    for name in _OLD_LIBC:
        (compiler / "lib" / "third_party" / name).unlink()
    for program in (compiler / "bin").iterdir():
        program.chmod(0o755)


def _try_out(toolchain: Toolchain) -> None:
    log = toolchain.folder / "try.log"
    run([str(toolchain.python), "-c", "import pymlir"], log, "trying the compiler", toolchain.environment())
    run(toolchain.program("tpuc-opt", "--version"), log, "trying the compiler", toolchain.environment())


def say_on_stderr(line: str) -> None:
    """Progress goes where no data goes."""
    print(line, file=sys.stderr, flush=True)
