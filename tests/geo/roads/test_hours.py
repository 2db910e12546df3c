"""Speeds by the hour of the day: who leaves later never arrives earlier."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.errors import InputError
from geo.roads.hours import EXAMPLE_HOURS, HOUR_MS, HOURS, HourSpeeds, arrival_ms
from geo.roads.network import RoadNetwork
from geo.roads.router import RoadRouter


def speeds(**rows: list[int]) -> HourSpeeds:
    return HourSpeeds(name="test", percent={name: tuple(row) for name, row in rows.items()})


FLAT = speeds(other=[100] * 24)
rows = st.lists(st.integers(5, 150), min_size=24, max_size=24)
parts = st.lists(st.tuples(st.sampled_from(["primary", "residential"]), st.integers(0, 3 * HOUR_MS)), max_size=6)
times = st.integers(0, 2 * HOURS * HOUR_MS)


@given(primary=rows, other=rows, way=parts, one=times, later=st.integers(0, 2 * HOUR_MS))
def test_nobody_overtakes(
    primary: list[int], other: list[int], way: list[tuple[str, int]], one: int, later: int
) -> None:
    table = speeds(primary=primary, other=other)

    assert arrival_ms(way, one, table) <= arrival_ms(way, one + later, table)


@given(row=rows, way=parts, departure=times)
def test_a_way_in_two_halves_takes_as_long(row: list[int], way: list[tuple[str, int]], departure: int) -> None:
    table = speeds(other=row)
    middle = len(way) // 2

    assert arrival_ms(way[middle:], arrival_ms(way[:middle], departure, table), table) == arrival_ms(
        way, departure, table
    )


@given(way=parts, departure=times)
def test_free_flow_takes_the_time_of_free_flow(way: list[tuple[str, int]], departure: int) -> None:
    assert arrival_ms(way, departure, FLAT) == departure + sum(travel_ms for _, travel_ms in way)


def test_a_border_of_hours_by_hand() -> None:
    table = speeds(other=[100] * 8 + [50] + [100] * 15)
    hour_way = [("primary", HOUR_MS)]

    assert arrival_ms(hour_way, 7 * HOUR_MS + HOUR_MS // 2, table) == 9 * HOUR_MS  # half at 100 %, half at 50 %
    assert arrival_ms(hour_way, 8 * HOUR_MS, table) == 9 * HOUR_MS + HOUR_MS // 2
    assert arrival_ms(hour_way, 23 * HOUR_MS + HOUR_MS // 2, table) == 24 * HOUR_MS + HOUR_MS // 2


def test_a_table_of_travel_times_would_let_one_overtake() -> None:
    """Why speeds are changed and not times: the hour of departure alone makes waiting pay."""
    table = speeds(other=[100] * 8 + [50] + [100] * 15)
    end_of_slow_hour = 9 * HOUR_MS - 1

    by_departure = end_of_slow_hour + 2 * HOUR_MS  # all of the way at the speed of the hour of departure
    assert by_departure > 9 * HOUR_MS + HOUR_MS
    assert arrival_ms([("primary", HOUR_MS)], end_of_slow_hour, table) <= 9 * HOUR_MS + HOUR_MS


def test_an_hour_slows_the_edges_of_its_classes(grid: RoadNetwork) -> None:
    slow = speeds(primary=[100] * 8 + [30] + [100] * 15, other=[100] * 24)

    travel_ms = slow.travel_ms(grid, 8)

    primary = np.array(grid.classes)[grid.road_class[grid.piece]] == "primary"
    assert set(travel_ms[primary].tolist()) == {16_667}  # 5 s / 0.3, rounded up
    assert (travel_ms[~primary] == grid.travel_ms[~primary]).all()
    assert (slow.travel_ms(grid, 9) == grid.travel_ms).all()


def test_ways_avoid_what_is_slow_at_that_hour(
    grid: RoadNetwork, router_of: Callable[..., RoadRouter], at: Callable[..., tuple[np.ndarray, np.ndarray]]
) -> None:
    slow = speeds(primary=[100] * 8 + [20] + [100] * 15, other=[100] * 24)
    free, busy = router_of(grid), router_of(grid, travel_ms=slow.travel_ms(grid, 8))
    ends = free.index.snap(*at((1.5, 0), (1.5, 3)))

    by_day, by_peak = free.way(ends), busy.way(ends)

    assert by_day is not None
    assert by_peak is not None
    assert by_day.travel_s == 5 + 3 * 5 + 5
    assert by_peak.travel_s == 5 + 3 * 10 + 5
    # The way found for one hour, driven wholly in that hour, takes what the matrix of the hour says.
    on_primary = 3 * 25
    assert by_day.arrival_s(8 * 3600, slow) == 8 * 3600 + 10 + on_primary
    assert by_day.arrival_s(0, slow) == by_day.travel_s


def test_a_table_is_read(tmp_path: Path) -> None:
    (tmp_path / "speeds.toml").write_text(f"primary = {[60] * 24}\nother = {[90] * 24}\n")

    table = HourSpeeds.from_toml(tmp_path / "speeds.toml")

    assert (table.of("primary")[0], table.of("track")[23]) == (60, 90)
    assert table.name.startswith("speeds.toml sha256=")
    assert str(tmp_path) not in table.name


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        ("primary = [1, 2]", ["hours.other", "hours.count", "hours.percent"]),
        ("other = 5", ["hours.count"]),
        (f"other = {[100] * 23 + [0]}", ["hours.percent"]),
        (f"other = {[100] * 23 + [151]}", ["hours.percent"]),
        (f"other = {[100] * 23 + [99.5]}", ["hours.percent"]),
        ("other = [", ["hours.file"]),
        ("\xff", ["hours.file"]),
    ],
)
def test_a_wrong_table_is_refused(text: str, rules: list[str], tmp_path: Path) -> None:
    (tmp_path / "speeds.toml").write_bytes(text.encode("latin-1"))

    with pytest.raises(InputError) as caught:
        HourSpeeds.from_toml(tmp_path / "speeds.toml")

    assert [fault.rule for fault in caught.value.faults] == rules


def test_a_missing_table_and_a_wrong_hour_are_refused(tmp_path: Path, grid: RoadNetwork) -> None:
    with pytest.raises(InputError, match=r"hours\.file"):
        HourSpeeds.from_toml(tmp_path / "none.toml")
    for hour in (-1, 24):
        with pytest.raises(InputError, match=r"hours\.hour"):
            EXAMPLE_HOURS.travel_ms(grid, hour)
