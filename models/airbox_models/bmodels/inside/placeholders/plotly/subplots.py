"""See the package."""

from typing import NoReturn


def make_subplots(**_: object) -> NoReturn:
    """Not there."""
    raise NotImplementedError("plotly is not part of this toolchain")
