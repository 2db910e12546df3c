"""Options that hold for every test: the network is closed by `addopts` in pyproject.toml, chance is fixed here."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.internal.conjecture import providers

# No deadline and no example store: a test must give the same answer on every machine and in every run.
settings.register_profile(
    "callout",
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("callout")
# Nor numbers out of the modules that happen to be loaded: which those are depends on the tests that ran before.
providers._get_local_constants = lambda: providers._local_constants


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest ones first: at the end no worker waits for another."""
    items.sort(key=lambda item: "solver" not in item.path.parts)
