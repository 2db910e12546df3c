from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.roads.maxspeed import limit_kmh


@pytest.mark.parametrize(
    ("value", "kmh"),
    [
        ("50", 50.0),
        ("50 km/h", 50.0),
        ("30 mph", 48.28032),
        ("30mph", 48.28032),
        ("5 knots", 9.26),
        ("12.5", 12.5),
        ("walk", 7.0),
        ("none", 130.0),
        ("DE:urban", 50.0),
        ("RO:rural", 90.0),
        ("DE:rural", 100.0),
        ("CH:rural", 80.0),
        ("DE:zone:30", 30.0),
        ("DE:zone30", 30.0),
        ("FR:30", 30.0),
        ("BR:urban", 60.0),
        ("GB:nsl_single", 96.56064),
        ("AT:living_street", 20.0),
        ("80; 50", 50.0),
        ("50|30", 30.0),
        ("signals; 60", 60.0),
    ],
)
def test_limits_of_each_form_are_read(value: str, kmh: float) -> None:
    assert limit_kmh(value) == pytest.approx(kmh)


@pytest.mark.parametrize(
    "value",
    ["", "signals", "variable", "fifty", "0", "-50", "5000", "50 furlongs", "DE:unknown", "implicit", "50 @ (Mo-Fr)"],
)
def test_a_value_without_a_meaning_is_no_limit(value: str) -> None:
    assert limit_kmh(value) is None


@given(st.text(max_size=20))
def test_any_text_gives_none_or_a_speed_that_can_be_driven(value: str) -> None:
    limit = limit_kmh(value)
    assert limit is None or 0 < limit <= 200


@given(st.integers(1, 200), st.integers(1, 200))
def test_of_several_values_the_lowest_holds(first: int, second: int) -> None:
    assert limit_kmh(f"{first};{second}") == min(first, second)
