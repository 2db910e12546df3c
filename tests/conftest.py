"""Options that hold for every test: the network is closed by `addopts` in pyproject.toml, chance is fixed here."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

# No deadline and no example store: a test must give the same answer on every machine and in every run.
settings.register_profile(
    "callout",
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("callout")
