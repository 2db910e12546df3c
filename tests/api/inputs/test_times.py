"""Times: offsets, zones, daylight saving, breaks at times of day."""

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from api import inputs
from api.inputs.times import TimeFault, Times

BERLIN = ZoneInfo("Europe/Berlin")  # in 2026 forward on 29 March at 02:00, back on 25 October at 03:00


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("2026-03-29T02:00", "time.impossible"),
        ("2026-03-29T02:59:59", "time.impossible"),
        ("2026-10-25T02:00", "time.ambiguous"),
        ("2026-10-25T02:59:59", "time.ambiguous"),
        ("2026-13-01T00:00", "time.impossible"),
        ("2026-03-01T24:00", "time.impossible"),
        ("2026-03-01T09:00+25:00", "time.impossible"),
        ("1026-03-01T09:00Z", "time.range"),
        ("2026-W10-1", "time.format"),
        ("20260301T0900Z", "time.format"),
        ("٢٠٢٦-03-01T09:00Z", "time.format"),
        ("2026/3/1 9:00", "time.excel"),
        ("3/1/26", "time.excel"),
        ("1.3.2026 09:00", "time.excel"),
        ("2026-3-1 9:00", "time.excel"),
        ("2026年3月1日 9:00", "time.excel"),
        ("1-Mar-26 9:00 AM", "time.excel"),
        ("46082", "time.excel"),
        ("46082.375", "time.excel"),
    ],
)
def test_faults(text: str, rule: str) -> None:
    with pytest.raises(TimeFault) as caught:
        Times(BERLIN, datetime(2026, 3, 1, tzinfo=UTC)).second(text)
    assert caught.value.rule == rule


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2026-03-29T01:59", "2026-03-29T00:59Z"),
        ("2026-03-29T03:00", "2026-03-29T01:00Z"),
        ("2026-10-25T01:59", "2026-10-24T23:59Z"),
        ("2026-10-25T03:00", "2026-10-25T02:00Z"),
        ("2026-10-25T02:30+02:00", "2026-10-25T00:30Z"),
        ("2026-10-25T02:30+01:00", "2026-10-25T01:30Z"),
        ("2026-03-29 01:59:30", "2026-03-29T00:59:30Z"),
        ("2026-03-29t01:59z", "2026-03-29T01:59Z"),
    ],
)
def test_local_times_around_the_change(text: str, utc: str) -> None:
    times = Times(BERLIN, datetime(2026, 3, 1, tzinfo=UTC))
    assert times.second(text) == (datetime.fromisoformat(utc) - datetime(2026, 3, 1, tzinfo=UTC)).total_seconds()


def plan(folder: Path, day: str, next_day: str, shift: str, *, zone: str = "Europe/Berlin") -> Path:
    """An input with one shift and no ticket."""
    (folder / "plan.toml").write_text(f'[plan]\nstart = {day}\nend = "{next_day}"\nzone = "{zone}"\n', encoding="utf-8")
    (folder / "technicians.csv").write_text("id\na\n", encoding="utf-8")
    (folder / "shifts.csv").write_text(f"technician,start,end,breaks\na,{shift}\n", encoding="utf-8")
    (folder / "tickets.csv").write_text("id,place,duration_min,tier\n", encoding="utf-8")
    return folder


def test_a_day_of_23_hours(tmp_path: Path) -> None:
    """TOML's own date-time works too. 09:00 local is 8 hours after midnight on the day that clocks go forward."""
    folder = plan(
        tmp_path, "2026-03-29T00:00:00", "2026-03-30T00:00", "2026-03-29T09:00,2026-03-29T17:00,12:00-13:00/30"
    )
    problem = inputs.read(folder)
    assert problem.end_s == 23 * 3600
    assert problem.start.tzinfo == BERLIN
    (shift,) = problem.shifts
    assert (shift.start_s, shift.end_s) == (8 * 3600, 16 * 3600)
    assert (shift.breaks[0].earliest_s, shift.breaks[0].latest_s, shift.breaks[0].duration_s) == (
        11 * 3600,
        12 * 3600,
        1800,
    )


@pytest.mark.parametrize(
    ("breaks", "hours"),
    [
        ("23:00-23:30/30", (23, 23.5)),
        ("23:30-00:30/30", (23.5, 24.5)),
        ("02:00-03:00/30", (26, 27)),
        ("2026-01-13T01:00/2026-01-13T02:00/30", (25, 26)),
        ("01:00-02:00/30; 22:30-23:00/15", (22.5, 23)),
    ],
)
def test_breaks_of_a_night_shift(tmp_path: Path, breaks: str, hours: tuple[float, float]) -> None:
    folder = plan(tmp_path, '"2026-01-12T00:00"', "2026-01-14T00:00", f"2026-01-12T22:00,2026-01-13T06:00,{breaks}")
    first = inputs.read(folder).shifts[0].breaks[0]
    assert (first.earliest_s / 3600, first.latest_s / 3600) == hours


def test_a_break_that_the_clocks_skip(tmp_path: Path) -> None:
    folder = plan(
        tmp_path, '"2026-03-29T00:00"', "2026-03-30T00:00", "2026-03-29T01:00,2026-03-29T09:00,02:15-02:45/15"
    )
    assert [(f.file, f.row, f.field, f.rule) for f in inputs.faults(folder)] == [
        ("shifts.csv", 2, "breaks", "time.impossible")
    ]


def test_without_a_zone_breaks_follow_the_offset_of_the_shift(tmp_path: Path) -> None:
    folder = plan(
        tmp_path,
        '"2026-01-12T00:00Z"',
        "2026-01-13T00:00Z",
        "2026-01-12T08:00+05:30,2026-01-12T16:00+05:30,12:00-13:00/30",
    )
    text = (folder / "plan.toml").read_text(encoding="utf-8")
    (folder / "plan.toml").write_text(text.replace('zone = "Europe/Berlin"\n', ""), encoding="utf-8")
    (shift,) = inputs.read(folder).shifts
    assert (shift.start_s, shift.breaks[0].earliest_s) == (9000, 6 * 3600 + 1800)  # 02:30 and 06:30 in UTC
