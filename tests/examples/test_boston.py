"""A day of real tickets: imported by the example script, planned, checked and reported."""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from api.cli.app import app
from api.inputs import faults, read
from dispatch.places import Place
from examples import boston_311
from examples.boston_311 import DATA, END, START, build, choose, make_ticket, moment, tier_of

needs_data = pytest.mark.skipif(not DATA.is_file(), reason="the Boston tickets are not here")


def row(**changes: object) -> Mapping[str, Any]:
    """A request in the form of the data, opened on Monday at 10:00 with a target 26 hours and 20 minutes later."""
    opened = datetime(2014, 3, 17, 14, tzinfo=UTC)

    def milliseconds(after: timedelta) -> int:
        return int((opened + after).timestamp() * 1000)

    base = {
        "CASE_ENQUIRY_ID": 101001049540,
        "OPEN_DT": milliseconds(timedelta()),
        "TARGET_DT": milliseconds(timedelta(hours=26, minutes=20)),
        "CLOSED_DT": milliseconds(timedelta(hours=80)),
        "REASON": "Housing",
        "TYPE": "Plumbing",
        "LATITUDE": 42.3781,
        "LONGITUDE": -71.0581,
        "Geocoded_Location": "(42.3781, -71.0581)",
    }
    return base | changes


def later(**span: float) -> int:
    """Milliseconds of a moment so long after the opening of :func:`row`."""
    return int((datetime(2014, 3, 17, 14, tzinfo=UTC) + timedelta(**span)).timestamp() * 1000)


def test_ticket_takes_opening_target_and_position_from_the_data() -> None:
    ticket = make_ticket(row())
    assert ticket.id == "101001049540"
    assert ticket.opened_s == -21 * 3600  # Monday 10:00 against Tuesday 07:00, New York
    assert ticket.place == Place(id="101001049540", lat=42.3781, lon=-71.0581)
    assert (ticket.skills, ticket.duration_s) == ({"inspection": 2}, 40 * 60)
    assert ticket.windows == ()


def test_target_is_rounded_down_to_the_hour() -> None:
    tier = tier_of(row())
    assert [(target.within_s, target.point) for target in tier.targets] == [(26 * 3600, "finish")]


@pytest.mark.parametrize(("target", "name"), [(None, "none"), (later(days=30), "later")])
def test_targets_that_do_not_bind_this_plan(target: int | None, name: str) -> None:
    assert (tier_of(row(TARGET_DT=target)).name, tier_of(row(TARGET_DT=target)).targets) == (name, ())


def test_nobody_comes_before_the_call() -> None:
    opened = later(hours=23)  # Tuesday 09:00, two hours into the horizon
    (window,) = make_ticket(row(OPEN_DT=opened)).windows
    assert window.start_s == 2 * 3600
    assert window.end_s > boston_311.second(END)  # it may also be served on a later day


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"OPEN_DT": later(hours=26.5)}, "opened later"),
        ({"CLOSED_DT": later(hours=20)}, "closed before the horizon"),
        ({"Geocoded_Location": "(0, 0)"}, "no position"),
        ({"REASON": "Notification"}, "asks for no visit"),
    ],
)
def test_requests_that_are_left_out(change: dict[str, object], reason: str) -> None:
    chosen, left = choose([row(**change), row()])
    assert (len(chosen), left) == (1, {reason: 1})


@needs_data
def test_deadlines_are_those_of_the_city() -> None:
    """At most an hour early, never late; every ticket due within the horizon has one."""
    problem, _ = build(DATA)
    with gzip.open(DATA, "rt", encoding="utf-8") as file:
        rows = {str(one["CASE_ENQUIRY_ID"]): one for one in json.load(file)}
    bound = 0
    for ticket in problem.tickets:
        target = rows[ticket.id]["TARGET_DT"]
        deadlines = problem.deadlines[ticket.id]
        assert bool(deadlines) == (target is not None and moment(target) <= END)
        for deadline in deadlines:
            early = moment(target) - problem.instant(deadline.due_s)
            assert timedelta(0) <= early < timedelta(hours=1)
            bound += 1
    assert bound >= 20
    assert problem.start == START


@needs_data
def test_import_plan_check_report(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder, plan, page, lines = (tmp_path / name for name in ("day", "plan.json", "report.html", "routes.geojson"))
    boston_311.main([str(DATA), str(folder)])
    said = capsys.readouterr().out
    assert faults(folder) == []
    problem = read(folder)
    assert problem == build(DATA)[0]
    assert f"{len(problem.tickets)} tickets" in said
    assert len(problem.tickets) >= 250

    runner = CliRunner()
    outputs = ["--out", str(plan), "--html", str(page), "--geojson", str(lines)]
    made = runner.invoke(app, ["plan", str(folder), *outputs, "--engine", "greedy", "--iterations", "1000", "--quiet"])
    assert made.exit_code == 0, made.output
    checked = runner.invoke(app, ["check", str(folder), str(plan)])
    assert checked.exit_code == 0, checked.output

    document = json.loads(plan.read_text(encoding="utf-8"))
    assert document["kpis"]["tickets"] == len(problem.tickets)
    assert document["kpis"]["served"] >= 150
    assert problem.tickets[0].id in page.read_text(encoding="utf-8")
    assert json.loads(lines.read_text(encoding="utf-8"))["type"] == "FeatureCollection"
