"""Databases that are killed with their processes, and the service's own fixtures for what runs in this process."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.api.service.conftest import (  # noqa: F401  (fixtures)
    boss,
    cheap_hashes,
    client,
    clock,
    lite,
    make_plan,
    migrated_file,
    migrated_name,
    postgres,
    publish,
    routes,
    settings,
    sign_in,
    store,
    town,
    work_off,
)
from tests.postgres import database

LONGEST = ("test_whole_day", "test_ray", "test_kills")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest begin first; a worker is given two at a time, so a short one goes between."""
    own = [item for item in items if Path(__file__).parent in item.path.parents]
    others = [item for item in items if item not in own]
    long = sorted((item for item in own if item.path.stem in LONGEST), key=lambda item: LONGEST.index(item.path.stem))
    short = [item for item in own if item.path.stem not in LONGEST]
    mixed = [item for pair in zip(long, short, strict=False) for item in pair]
    items[:] = [*mixed, *long[len(short) :], *short[len(long) :], *others]


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Address of an empty database of either kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/callout.sqlite"
        return
    with database(request.getfixturevalue("postgres")) as made:
        yield made
