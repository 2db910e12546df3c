"""Any problem, written as folder or JSON, reads back equal, and its JSON fits the published schema."""

import json
from datetime import UTC, date, datetime, time, timedelta, timezone
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

import hypothesis.strategies as st
import jsonschema
import pytest
from hypothesis import given, settings

from api import inputs
from dispatch.clock import Calendar
from dispatch.errors import UsageError
from dispatch.places import Place
from dispatch.problem import Assignment, Problem
from dispatch.technicians import Break, ServiceCentre, Shift, Technician
from dispatch.tickets import After, Pin, Ticket, Window
from dispatch.tiers import DEFAULT_TIERS, Point, Target, Tier
from dispatch.weights import Weights

VALIDATOR = jsonschema.Draft202012Validator(inputs.json_schema())
DAY_S = 86_400
NAMES = [
    "a",
    "Li Ming",
    "李明",
    "O'Brien",
    'say "hi"',
    "a, b",
    "x/y",
    "7",
    "#1",
    "=1+1",
    "café",
    "home",
    "place:x",
    "名 字",
    "a\\b",
    "𠮷",
]
STARTS = [
    datetime(2026, 3, 2, tzinfo=ZoneInfo("Asia/Shanghai")),
    datetime(2026, 3, 28, 12, tzinfo=ZoneInfo("Europe/Berlin")),  # clocks go forward in the night
    datetime(2026, 10, 24, 12, tzinfo=ZoneInfo("Europe/Berlin")),  # clocks go back in the night
    datetime(2026, 3, 2, 8, 30, 15, 250_000, tzinfo=timezone(timedelta(hours=5, minutes=45))),
    datetime(2026, 3, 2, tzinfo=UTC),
    datetime(1910, 1, 2, tzinfo=ZoneInfo("Europe/Amsterdam")),  # its offset was no whole minute
]
names = st.sampled_from(NAMES)
seconds = st.integers(0, 3 * DAY_S)
counts = st.dictionaries(names, st.integers(0, 9), max_size=2)
levels = st.dictionaries(names, st.integers(1, 5), max_size=2)
kinds = st.frozensets(names, max_size=2)
degrees = st.floats(0, 1, allow_nan=False)


def maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | strategy


@st.composite
def problems(draw: st.DrawFn) -> Problem:
    """Small problems that use every field of the domain."""
    known = {
        name: Place(id=name, lat=22 + draw(degrees), lon=113 + draw(degrees)) if draw(st.booleans()) else Place(id=name)
        for name in NAMES
    }
    places = st.sampled_from(list(known.values()))
    centres = tuple(
        ServiceCentre(
            id=name,
            place=draw(places),
            restock_s=draw(seconds),
            parts=draw(maybe(kinds)),
            tools=draw(maybe(kinds)),
            coverage_m=draw(maybe(seconds)),
            coverage_s=draw(maybe(seconds)),
        )
        for name in draw(st.lists(names, unique=True, max_size=2))
    )
    technicians = []
    for name in draw(st.lists(names, unique=True, min_size=1, max_size=3)):
        centre = draw(maybe(st.sampled_from(centres))) if centres else None
        base = draw(maybe(places) if centre is None else st.sampled_from([centre.place, None, draw(places)]))
        technicians.append(
            Technician(
                id=name,
                name=draw(st.just("") | names),
                skills=draw(levels),
                base=base,
                centre_id=centre.id if centre else None,
                duration_percent=draw(st.dictionaries(names | st.just("*"), st.integers(1, 1000), max_size=2)),
                profile=draw(names),
                stock=draw(counts),
                tools=draw(kinds),
                max_distance_m=draw(maybe(seconds)) if base else None,
                max_drive_s=draw(maybe(seconds)) if base else None,
                max_leg_m=draw(maybe(seconds)),
                max_leg_s=draw(maybe(seconds)),
            )
        )
    shifts = []
    for technician in technicians:
        times = sorted(draw(st.lists(seconds, unique=True, max_size=6)))
        for number in range(0, len(times) - 2, 3):
            start_s, regular_end_s, end_s = times[number : number + 3]
            first = draw(seconds)
            shifts.append(
                Shift(
                    id=f"{technician.id}#{draw(st.sampled_from([number // 3 + 1, number + 7]))}",
                    technician_id=technician.id,
                    start_s=start_s,
                    regular_end_s=regular_end_s,
                    end_s=end_s,
                    start_place=draw(maybe(places)),
                    end_place=draw(maybe(places)),
                    breaks=(
                        Break(earliest_s=first, latest_s=first + 60, duration_s=1),
                        Break(earliest_s=first + 61, latest_s=first + 61, duration_s=90),
                    )[: draw(st.integers(0, 2))],
                )
            )
    calendar = Calendar(
        name="office",
        zone="Asia/Shanghai",
        holidays=draw(st.frozensets(st.just(date(2026, 5, 1)))),
        hours={0: ((time(9), time(12)), (time(13, 0, 30), time(0))), 5: ((time(0), time(0)),), 6: ()},
    )
    tiers = draw(
        st.sampled_from(
            [
                DEFAULT_TIERS,
                (
                    Tier(name="basic", level=-1, weight=1),
                    Tier(
                        name="vip",
                        level=9,
                        weight=10**9,
                        targets=(
                            Target(name="a", within_s=1, point=Point.FINISH, clock="office"),
                            Target(name="b", within_s=12_345, point=Point.START),
                        ),
                    ),
                ),
            ]
        )
    )
    ids = draw(st.lists(names, unique=True, max_size=4))
    people = st.frozensets(st.sampled_from([technician.id for technician in technicians]), max_size=2)
    tickets = []
    for number, name in enumerate(ids):
        excluded = draw(people)
        pin = None
        if shifts and draw(st.booleans()):  # one pinned visit of no length: it fits any shift without overlap
            shift = draw(st.sampled_from(shifts))
            pin = Pin(technician_ids=(shift.technician_id,), start_s=draw(maybe(st.just(shift.start_s))))
        tickets.append(
            Ticket(
                id=name,
                place=draw(places),
                duration_s=0 if pin else draw(seconds),
                tier=draw(st.sampled_from([tier.name for tier in tiers])),
                opened_s=draw(st.integers(-30 * DAY_S, 3 * DAY_S)),
                windows=tuple(
                    Window(start_s=a, end_s=a + b) for a, b in draw(st.lists(st.tuples(seconds, seconds), max_size=2))
                ),
                skills={} if pin else draw(levels),
                parts=draw(counts),
                tools=draw(kinds),
                required=frozenset() if pin else draw(people) - excluded,
                preferred=draw(people) - excluded,
                excluded=frozenset() if pin else excluded,
                crew=() if pin else tuple(draw(st.lists(levels, max_size=2))),
                after=tuple(
                    After(
                        ticket_id=other,
                        min_gap_s=draw(st.integers(-90, 90)),
                        max_gap_s=draw(maybe(st.integers(90, 9000))),
                        point=draw(st.sampled_from(Point)),
                    )
                    for other in draw(st.sets(st.sampled_from(ids[:number]), max_size=2))
                )
                if number
                else (),
                pin=pin,
                unserved_cents=draw(maybe(seconds)),
            )
        )
    baseline = tuple(
        Assignment(ticket_id=name, role=draw(st.integers(0, 2)), technician_id=technicians[0].id, start_s=draw(seconds))
        for name in draw(st.lists(names, max_size=2))
    )
    return Problem(
        start=draw(st.sampled_from(STARTS)),
        end_s=3 * DAY_S,
        tickets=tuple(tickets),
        technicians=tuple(technicians),
        shifts=tuple(shifts),
        centres=centres,
        tiers=tiers,
        calendars=(calendar,),
        baseline=baseline,
        weights=draw(st.builds(Weights, breach_cents=st.integers(0, 10**9), change_tolerance_s=st.integers(0, 10**9))),
    )


@given(problems())
@settings(max_examples=60)
def test_json_round_trip(problem: Problem) -> None:
    text = json.dumps(inputs.to_json(problem), ensure_ascii=False)
    document = json.loads(text)
    VALIDATOR.validate(document)
    again = inputs.from_json(document).problem
    assert again == problem
    assert again.start.utcoffset() == problem.start.utcoffset()
    assert json.dumps(inputs.to_json(again), ensure_ascii=False) == text


@given(problems())
@settings(max_examples=60)
def test_folder_round_trip(problem: Problem) -> None:
    with TemporaryDirectory() as name:
        inputs.write_folder(problem, Path(name))
        assert inputs.read(Path(name)) == problem


def test_travel_settings_are_written_too(tiny: Path, tmp_path: Path) -> None:
    day = inputs.read_day(tiny)
    assert day.travel.profiles
    inputs.write_folder(day.problem, tmp_path / "copy", travel=day.travel)
    assert inputs.read_day(tmp_path / "copy") == day
    assert inputs.from_json(inputs.to_json(day.problem, travel=day.travel)) == day


def test_writing_over_an_older_input_leaves_nothing_of_it(tiny: Path) -> None:
    problem = inputs.read(tiny)
    assert problem.centres
    bare = Problem(start=problem.start, end_s=problem.end_s, tickets=(), technicians=(), shifts=())
    inputs.write_folder(bare, tiny)
    assert inputs.read(tiny) == bare
    assert not (tiny / "centres.csv").exists()


def test_an_interrupted_write_leaves_the_old_file(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    problem, before = inputs.read(tiny), sorted(path.name for path in tiny.iterdir())

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", interrupt)
    with pytest.raises(KeyboardInterrupt):
        inputs.write_folder(problem.replace(tickets=()), tiny)
    assert sorted(path.name for path in tiny.iterdir()) == before
    assert inputs.read(tiny) == problem


@pytest.mark.parametrize("name", ["a;b", "x; y", "a|b", " a", "全角；"])
def test_names_that_csv_cannot_hold(tiny: Path, tmp_path: Path, name: str) -> None:
    """JSON holds them; the folder format says so instead of writing something else."""
    problem = inputs.read(tiny)
    ticket = problem.tickets[2]
    changed = problem.with_ticket(
        Ticket(id=ticket.id, place=ticket.place, duration_s=60, tier="basic", crew=({name: 1},))
    )
    assert inputs.from_json(inputs.to_json(changed)).problem == changed
    with pytest.raises(UsageError) as caught:
        inputs.write_folder(changed, tmp_path / "out")
    assert caught.value.code == "input.unwritable"
    assert not (tmp_path / "out").exists()
