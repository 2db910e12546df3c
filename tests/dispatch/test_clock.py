"""Business calendars: 2 March 2026 is a Monday; clocks change on 29 March and 25 October in Berlin, on 8 March and
1 November in New York."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.clock import Calendar
from dispatch.errors import InputError
from dispatch.tiers import Point, Target, Tier

HOUR_S = 3600
BERLIN, NEW_YORK, SHANGHAI = (ZoneInfo(name) for name in ("Europe/Berlin", "America/New_York", "Asia/Shanghai"))
MORNING, AFTERNOON = (time(9), time(12)), (time(13), time(17))


def _office(zone="Asia/Shanghai", **other):
    """Monday to Friday, 9-12 and 13-17: 7 hours a day."""
    return Calendar(name="office", zone=zone, hours=dict.fromkeys(range(5), (MORNING, AFTERNOON)), **other)


def _always(zone):
    """Open 00:00-24:00 on every day."""
    return Calendar(name="all", zone=zone, hours={day: ((time(0), time(0)),) for day in range(7)})


def _at(month, day, hour, minute=0, *, zone=SHANGHAI):
    return datetime(2026, month, day, hour, minute, tzinfo=zone)


@pytest.mark.parametrize(
    ("moment", "hours", "expected"),
    [
        (_at(3, 2, 9), 2, _at(3, 2, 11)),  # within the morning
        (_at(3, 2, 9), 3, _at(3, 2, 12)),  # to its very end: not the afternoon's start
        (_at(3, 2, 11), 2, _at(3, 2, 14)),  # over lunch
        (_at(3, 2, 12), 1, _at(3, 2, 14)),  # from the end of an interval
        (_at(3, 2, 12, 30), 1, _at(3, 2, 14)),  # from within lunch
        (_at(3, 2, 6), 1, _at(3, 2, 10)),  # before opening
        (_at(3, 2, 20), 1, _at(3, 3, 10)),  # after closing
        (_at(3, 2, 16), 2, _at(3, 3, 10)),  # over night
        (_at(3, 6, 16), 2, _at(3, 9, 10)),  # over the weekend
        (_at(3, 7, 10), 1, _at(3, 9, 10)),  # from a Saturday
        (_at(3, 2, 9), 35, _at(3, 6, 17)),  # a whole week of 35 hours
        (_at(3, 2, 9), 36, _at(3, 9, 10)),  # and one more
        (_at(3, 2, 12, 30), 0, _at(3, 2, 12, 30)),  # nothing to wait for: the moment itself
    ],
)
def test_opening_hours(moment, hours, expected):
    assert _office().add(moment, hours * HOUR_S) == expected


def test_holidays_do_not_count():
    calendar = _office(holidays=frozenset({date(2026, 3, 3), date(2026, 3, 4)}))
    assert calendar.add(_at(3, 2, 16), 2 * HOUR_S) == _at(3, 5, 10)
    assert calendar.add(_at(3, 3, 10), HOUR_S) == _at(3, 5, 10)


def test_seconds_count():
    assert _office().add(_at(3, 2, 11, 59), 61) == _at(3, 2, 13) + timedelta(seconds=1)


def test_a_moment_of_another_zone():
    # 02:00 UTC is 10:00 in Shanghai
    assert _office().add(datetime(2026, 3, 2, 2, tzinfo=UTC), HOUR_S) == _at(3, 2, 11)
    # 23:00 UTC on Sunday is 07:00 on Monday
    assert _office().add(datetime(2026, 3, 1, 23, tzinfo=UTC), HOUR_S) == _at(3, 2, 10)


def test_open_over_midnight():
    # 18-24 and 0-6: open for twelve hours on end
    night = Calendar(
        name="night", zone="Asia/Shanghai", hours={d: ((time(0), time(6)), (time(18), time(0))) for d in range(7)}
    )
    assert night.add(_at(3, 2, 23), 2 * HOUR_S) == _at(3, 3, 1)
    assert night.add(_at(3, 2, 20), 12 * HOUR_S) == _at(3, 3, 20)  # 4 + 6 hours until 6:00, then 18-20


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Asia/Shanghai"])
@pytest.mark.parametrize("month", [3, 10, 11])
def test_always_open_is_elapsed_time(zone, month):
    moment = datetime(2026, month, 1, 12, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    for days in (1, 10, 30):
        assert _always(zone).add(moment, days * 24 * HOUR_S) == moment + timedelta(days=days)


@pytest.mark.parametrize(
    ("zone", "day", "length_h"),
    [
        (BERLIN, (3, 29), 5),  # the hour from 2 to 3 is missing
        (BERLIN, (10, 25), 7),  # it comes twice
        (NEW_YORK, (3, 8), 5),
        (NEW_YORK, (11, 1), 7),
        (BERLIN, (3, 22), 6),
    ],
)
def test_the_day_of_a_clock_change_has_its_true_length(zone, day, length_h):
    # open on Sundays, 0-6
    calendar = Calendar(name="sunday", zone=zone.key, hours={6: ((time(0), time(6)),)})
    start = _at(*day, 0, zone=zone)
    assert calendar.add(start, length_h * HOUR_S) == _at(*day, 6, zone=zone)
    week = start + timedelta(days=7)  # wall-clock arithmetic: midnight again
    assert calendar.add(start, length_h * HOUR_S + 1).astimezone(zone) == week + timedelta(seconds=1)


def test_office_hours_over_a_clock_change_stay_local():
    # Friday 16:00 and two hours more: Monday 10:00 local, whatever the clocks did on Sunday
    office = _office("Europe/Berlin")
    assert office.add(_at(3, 27, 16, zone=BERLIN), 2 * HOUR_S) == _at(3, 30, 10, zone=BERLIN)
    assert office.add(_at(10, 23, 16, zone=BERLIN), 2 * HOUR_S) == _at(10, 26, 10, zone=BERLIN)


def test_an_interval_that_the_clock_change_skips_does_not_count():
    # 02:00-03:00 does not exist on 29 March in Berlin; the next Sunday has it
    calendar = Calendar(name="sunday", zone="Europe/Berlin", hours={6: ((time(2), time(3)),)})
    assert calendar.add(_at(3, 29, 0, zone=BERLIN), HOUR_S) == _at(4, 5, 3, zone=BERLIN)


@given(
    minute=st.integers(0, 400 * 24 * 60),
    first=st.integers(0, 200 * HOUR_S),
    second=st.integers(0, 200 * HOUR_S),
    zone=st.sampled_from(["Europe/Berlin", "America/New_York", "Asia/Shanghai"]),
)
def test_adding_in_two_steps_is_adding_at_once(minute, first, second, zone):
    calendar = _office(zone, holidays=frozenset({date(2026, 5, 1), date(2026, 12, 25)}))
    moment = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minute)
    assert calendar.add(calendar.add(moment, first), second) == calendar.add(moment, first + second)


@given(minute=st.integers(0, 400 * 24 * 60), seconds=st.integers(1, 100 * HOUR_S))
def test_the_answer_lies_in_opening_hours_and_not_before_elapsed_time(minute, seconds):
    moment = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minute)
    end = _office("Europe/Berlin").add(moment, seconds)
    assert end >= moment + timedelta(seconds=seconds)
    local = end.astimezone(BERLIN)
    assert local.weekday() < 5
    assert any(opens < local.time() <= closes for opens, closes in (MORNING, AFTERNOON))


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"zone": "Mars/Olympus"}, "calendar.zone"),
        ({"zone": ""}, "calendar.zone"),
        ({"zone": "../secret"}, "calendar.zone"),
        ({"hours": {}}, "calendar.never_open"),
        ({"hours": {0: ()}}, "calendar.never_open"),
        ({"hours": {7: (MORNING,)}}, "calendar.weekday"),
        ({"hours": {-1: (MORNING,)}}, "calendar.weekday"),
        ({"hours": {0: ((time(12), time(9)),)}}, "calendar.hours"),
        ({"hours": {0: ((time(9), time(9)),)}}, "calendar.hours"),
        ({"hours": {0: (AFTERNOON, MORNING)}}, "calendar.hours"),
        ({"hours": {0: (MORNING, (time(11), time(14)))}}, "calendar.hours"),
        ({"hours": {0: ((time(9), time(0)), AFTERNOON)}}, "calendar.hours"),
        ({"hours": {0: ((time(9), time(0)), (time(9), time(0)))}}, "calendar.hours"),
    ],
)
def test_faults(changes, rule):
    fields = {"name": "office", "zone": "Asia/Shanghai", "hours": {0: (MORNING,)}, **changes}
    with pytest.raises(InputError) as caught:
        Calendar(**fields)
    assert [fault.rule for fault in caught.value.faults] == [rule]


def test_a_calendar_that_holidays_close_for_ever():
    mondays = frozenset(date(2026, 1, 5) + timedelta(weeks=week) for week in range(53 * 6))
    calendar = Calendar(name="shut", zone="Asia/Shanghai", hours={0: (MORNING,)}, holidays=mondays)
    with pytest.raises(InputError) as caught:
        calendar.add(_at(3, 2, 9), 1)
    assert caught.value.faults[0].rule == "calendar.never_open"


def test_deadlines_of_a_problem_run_on_the_clock_of_their_target(line):
    # opened on Monday at 16:00: 8 hours always = midnight; 8 office hours = 1 + 7 = Tuesday 17:00
    tier = Tier(
        name="mixed",
        level=1,
        weight=1,
        targets=(
            Target(name="respond", within_s=8 * HOUR_S, point=Point.START),
            Target(name="solve", within_s=8 * HOUR_S, point=Point.FINISH, clock="office"),
        ),
    )
    problem = line.solo(
        [line.ticket("x", 20, tier="mixed", opened=16 * 60)], world={"tiers": (tier,), "calendars": (_office(),)}
    )
    assert [due.due_s for due in problem.deadlines["x"]] == [24 * HOUR_S, (24 + 17) * HOUR_S]
