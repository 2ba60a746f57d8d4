"""Where the work files lie: everything that is not source is kept outside the repository."""

import os
from pathlib import Path

PACKAGE_DIR = Path(__file__).resolve().parent
MODELS_DIR = PACKAGE_DIR.parent


def work_dir() -> Path:
    """The folder of all work files: AIRBOX_MODELS_HOME, or a folder in the user's cache."""
    configured = os.environ.get("AIRBOX_MODELS_HOME")
    folder = Path(configured) if configured else Path.home() / ".cache" / "airbox-models"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def node_modules() -> Path:
    """The folder into which npm has installed the picture packages."""
    return work_dir() / "npm" / "node_modules"


def data_file(name: str) -> Path:
    """A prepared data file."""
    folder = work_dir() / "data"
    folder.mkdir(exist_ok=True)
    return folder / name


def run_file(name: str) -> Path:
    """A file of the training runs: a checkpoint, a curve or a sample grid."""
    file = work_dir() / "runs" / name
    file.parent.mkdir(parents=True, exist_ok=True)
    return file


def export_file(name: str) -> Path:
    """A file of the exported pack."""
    folder = work_dir() / "export"
    folder.mkdir(exist_ok=True)
    return folder / name
