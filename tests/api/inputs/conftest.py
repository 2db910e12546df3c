"""The tiny example as a folder that tests may break."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from api import inputs
from dispatch.errors import Fault

ROOT = Path(__file__).parents[3]


@pytest.fixture
def root() -> Path:
    """Top of the project."""
    return ROOT


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """A copy of the example folder."""
    return Path(shutil.copytree(ROOT / "docs/examples/tiny", tmp_path / "tiny"))


@pytest.fixture
def broken(tiny: Path) -> Callable[..., list[Fault]]:
    """Replace text in files of the example, ``(file, old, new)`` each, and return the faults."""

    def run(*edits: tuple[str, str, str]) -> list[Fault]:
        for file, old, new in edits:
            text = (tiny / file).read_text(encoding="utf-8")
            assert old in text, f"{file} of the example no longer holds {old!r}"
            (tiny / file).write_text(text.replace(old, new, 1), encoding="utf-8")
        return inputs.faults(tiny)

    return run
