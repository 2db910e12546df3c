"""Worlds of the domain's tests: the line, the day that the checker's tests break, random crowded days."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dispatch.plan import Remedy
from dispatch.problem import Problem
from dispatch.replan import Report
from dispatch.travel import TravelMatrix
from tests.dispatch import phone_reports
from tests.dispatch.checked_day import Day, make_day
from tests.dispatch.crowded_day import crowded_day
from tests.dispatch.line import Line
from tests.dispatch.remedied import remedied


@pytest.fixture(scope="session")
def line() -> type[Line]:
    return Line


@pytest.fixture(scope="session")
def day() -> Day:
    return make_day()


@pytest.fixture(scope="session")
def apply_remedy() -> Callable[[Problem, str, Remedy], Problem]:
    return remedied


@pytest.fixture(scope="session")
def reports_until() -> Callable[..., list[Report]]:
    return phone_reports.reports_until


@pytest.fixture(scope="session")
def crowded() -> Callable[..., tuple[Problem, TravelMatrix]]:
    return crowded_day
