"""docs/coverage.md: its example runs, and it names every file and every error code."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "coverage.md").read_text(encoding="utf-8")
SOURCES = sorted((ROOT / "geo" / "coverage").glob("*.py"))


def test_the_example_prints_what_it_says(capsys: pytest.CaptureFixture[str]) -> None:
    (example,) = re.findall(r"```python\n(.*?)```", PAGE, flags=re.DOTALL)

    exec(compile(example, "docs/coverage.md", "exec"), {})

    assert capsys.readouterr().out.splitlines() == re.findall(r"print\(.*\)  # (.*)", example)


@pytest.mark.parametrize("library", ["h3", "scipy", "shapely"])
def test_a_missing_library_is_one_clear_line(library: str) -> None:
    """A fresh process in which the library can't be found."""
    script = f"import sys; sys.modules[{library!r}] = None; import geo.registry; import geo.coverage"

    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT, check=False)

    last = done.stderr.strip().splitlines()[-1]
    assert "UnavailableError" in last
    assert f"the library {library} is not installed; run: pip install 'callout[roads]'" in last


def test_every_file_is_named() -> None:
    assert set(re.findall(r"`(\w+\.py)`", PAGE)) == {source.name for source in SOURCES} - {"__init__.py"}


def test_every_error_code_is_named() -> None:
    texts = "".join(source.read_text(encoding="utf-8") for source in SOURCES)
    raised = set(re.findall(r"(?:reject\(|rule=|\()\s*\"(coverage\.\w+)\"", texts)) - {"coverage.assignment"}

    assert raised == set(re.findall(r"`(coverage\.\w+)`", PAGE))
