"""Tickets after others that are not planned with them: the gap stays, or the ticket waits."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from api.inputs import from_json
from api.service.days.day import document_of
from api.service.days.importing import import_document
from api.service.store.audits import Author
from api.service.store.tables import Event, Plan, Ticket, Visit

BOSS = Author(user_id="boss", at=datetime(2026, 3, 1, tzinfo=UTC))
START = datetime.fromisoformat("2026-03-02T00:00:00+08:00")
END = START + timedelta(days=1)


def _hour(hour):
    return START + timedelta(hours=hour)


@pytest.fixture
def tie(lite, town):
    """Import the town with one ticket after another; then what became of the earlier one."""

    def make(*, state="open", visited=None, told=(), gap=None, **more):
        town["tickets"][1] |= {"after": [{"ticket": "T1", **(gap or {})}], **more}
        town["tickets"][2] |= {"after": [{"ticket": "T2"}]}
        with lite.writing() as session:
            import_document(session, town, BOSS)
            earlier = session.get(Ticket, "T1")
            earlier.state = state
            if state == "open":  # it is another day's
                earlier.opened_at = END
            if visited is None:
                return
            times = {"starts_at": _hour(-14), "ends_at": END, "created_at": BOSS.at}
            session.add(Plan(id="p", state="published", problem={}, result={}, **times))
            session.flush()
            begins = {"arrives_at": _hour(-8), "starts_at": _hour(-8), "finishes_at": _hour(-7)}
            ids = {"id": "v", "plan_id": "p", "ticket_id": "T1", "technician_id": "Ann", "shift_id": "s"}
            session.add(Visit(**ids, position=0, state=visited, **begins))
            for kind, hour in told:
                moments = {"happened_at": _hour(hour), "received_at": _hour(hour)}
                ids = {"id": f"event-{kind}", "technician_id": "Ann", "visit_id": "v"}
                session.add(Event(**ids, kind=kind, outcome="accepted", **moments))

    return make


def _planned(store, **more):
    with store.reading() as session:
        document = document_of(session, START, END, **more)
    from_json(document, name="day")  # a job can read it
    return {item["id"]: item for item in document["tickets"]}


def _windows(item):
    return [
        tuple((datetime.fromisoformat(one[end]) - START) / timedelta(hours=1) for end in ("start", "end"))
        for one in item["windows"]
    ]


DONE = {"state": "done", "visited": "done"}
GAP = {"min_gap_min": 600, "max_gap_min": 1200}


@pytest.mark.parametrize(
    ("earlier", "windows"),
    [
        ({**DONE, "gap": GAP}, [(3, 13)]),  # as planned, where nothing was reported
        ({**DONE, "gap": GAP, "told": [("started", -9), ("finished", -6)]}, [(4, 14)]),
        ({**DONE, "gap": {**GAP, "point": "start"}, "told": [("started", -9), ("finished", -6)]}, [(1, 11)]),
        ({"visited": "planned", "gap": GAP}, [(3, 13)]),  # open, and another day's
    ],
)
def test_the_gap_to_a_ticket_outside_is_a_window(lite, tie, earlier, windows):
    tie(**earlier)
    found = _planned(lite)
    assert "T1" not in found
    assert _windows(found["T2"]) == windows
    assert found["T2"]["after"] == []
    assert found["T3"]["after"] == [{"ticket": "T2"}]


def test_own_windows_are_cut_and_a_gap_that_is_over_leaves_none(lite, tie):
    own = [{"start": _hour(first).isoformat(), "end": _hour(last).isoformat()} for first, last in ((1, 5), (9, 20))]
    tie(**DONE, gap=GAP, windows=own)
    assert _windows(_planned(lite)["T2"]) == [(3, 5), (9, 13)]


def test_a_gap_that_no_window_meets_can_not_be_planned_and_still_be_read(lite, tie):
    own = [{"start": _hour(15).isoformat(), "end": _hour(16).isoformat()}]
    tie(**DONE, gap=GAP, windows=own)
    ((first, last),) = _windows(_planned(lite)["T2"])
    assert first == last < 0


def test_a_least_gap_alone_has_no_end(lite, tie):
    tie(**DONE, gap={"min_gap_min": 600})
    ((first, last),) = _windows(_planned(lite)["T2"])
    assert first == 3
    assert last > 24


def test_nobody_waits_for_what_was_cancelled_or_closed_by_hand(lite, tie):
    tie(state="cancelled", gap=GAP)
    assert _planned(lite)["T2"].get("windows") is None
    with lite.writing() as session:
        session.get(Ticket, "T1").state = "done"
    assert _planned(lite)["T2"].get("windows") is None


def test_who_comes_after_an_open_ticket_that_nobody_visits_waits_and_so_do_the_next(lite, tie):
    tie(gap=GAP)
    assert sorted(_planned(lite)) == ["T4", "T5"]
    assert sorted(_planned(lite, to_plan=False)) == ["T2", "T3", "T4", "T5"]


def test_a_ticket_after_one_that_only_others_may_serve_does_not_spoil_the_plan(lite, tie, town):
    town["tickets"][0]["pin_technicians"] = ["Cy"]
    town["technicians"].append({**town["technicians"][0], "id": "Cy", "centre": "D"})
    town["shifts"].append({**town["shifts"][0], "id": "Cy-mon", "technician": "Cy"})
    town["centres"].append({"id": "D", "lat": 31.3, "lon": 121.5})
    tie()
    with lite.writing() as session:
        session.get(Ticket, "T1").opened_at = START
    assert sorted(_planned(lite, centres=frozenset({"C"}))) == ["T4", "T5"]
