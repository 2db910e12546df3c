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


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Address of an empty database of either kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/callout.sqlite"
        return
    with database(request.getfixturevalue("postgres")) as made:
        yield made
