"""The extra of roads: what it holds, and whether it is there."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from geo import extras


def test_the_libraries_are_those_of_the_project_file() -> None:
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8"))["project"]

    assert set(extras.LIBRARIES) <= set(project["optional-dependencies"])
    for extra, libraries in extras.LIBRARIES.items():
        assert {line.partition(">=")[0] for line in project["optional-dependencies"][extra]} == set(libraries)


def test_an_extra_is_installed_when_all_of_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    assert extras.installed("roads")

    monkeypatch.setattr(extras, "find_spec", lambda name: None if name == "h3" else object())

    assert not extras.installed("roads")
