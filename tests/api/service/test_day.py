"""From a document into the database, and back to the day that is planned."""

from __future__ import annotations

import copy
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import select

from api.inputs import from_json, to_json
from api.service.days.day import among, document_of, without
from api.service.days.importing import import_document
from api.service.store.audits import Author
from api.service.store.tables import Absence, Audit, Ticket
from dispatch.errors import InputError

BOSS = Author(user_id="boss", at=datetime(2026, 3, 1, tzinfo=UTC))
START = datetime.fromisoformat("2026-03-02T00:00:00+08:00")
END = START + timedelta(days=1)


def _import(store, document):
    with store.writing() as session:
        return import_document(session, document, BOSS)


def _day(store, **more):
    with store.reading() as session:
        return document_of(session, START, END, **more)


def test_the_day_that_comes_out_is_the_one_that_went_in(store, town):
    counts = _import(store, town)
    assert counts["tickets"] == {"added": 5, "changed": 0, "same": 0}
    assert to_json(from_json(_day(store)).problem) == to_json(from_json(town).problem)


def test_importing_again_changes_nothing(store, town):
    _import(store, town)
    assert all(one["added"] == one["changed"] == 0 for one in _import(store, town).values())


def test_what_changed_is_counted_versioned_and_recorded(store, town):
    _import(store, town)
    changed = copy.deepcopy(town)
    changed["tickets"][0]["duration_min"] = 45
    assert _import(store, changed)["tickets"] == {"added": 0, "changed": 1, "same": 4}
    with store.reading() as session:
        assert session.get(Ticket, "T1").version == 2
        entry = session.exec(select(Audit).where(Audit.action == "change")).one()
    assert (entry.kind, entry.object_id, entry.user_id) == ("ticket", "T1", "boss")
    assert (entry.before["duration_min"], entry.after["duration_min"]) == (30, 45)


def test_a_fault_changes_nothing_at_all(store, town):
    town["tickets"][3]["duration_min"] = -1
    town["tickets"][4]["tier"] = "platinum"
    with pytest.raises(InputError) as error:
        _import(store, town)
    assert len(error.value.faults) == 2
    assert _day(store)["tickets"] == []


def test_a_travel_source_of_the_document_is_not_followed(store, town):
    """A server that fetched what a document names would be everybody's proxy."""
    _import(store, town | {"travel": {"source": "osrm:http://127.0.0.1:9"}})
    assert "travel" not in _day(store)


def test_only_open_tickets_and_the_own_centres_are_planned(store, town):
    _import(store, town)
    with store.writing() as session:
        session.get(Ticket, "T2").state = "done"
    assert [one["id"] for one in _day(store)["tickets"]] == ["T1", "T3", "T4", "T5"]
    assert _day(store, centres=frozenset({"elsewhere"}))["technicians"] == []
    assert len(_day(store, centres=frozenset({"C"}))["shifts"]) == 2


def test_absences_shorten_shifts(store, town):
    _import(store, town)
    with store.writing() as session:
        times = {"starts_at": START + timedelta(hours=7), "ends_at": START + timedelta(hours=13)}
        session.add(Absence(id="ill", technician_id="Ann", **times))
        times = {"starts_at": START, "ends_at": END}
        session.add(Absence(id="away", technician_id="Bo", **times))
    (shift,) = _day(store)["shifts"]
    assert shift["technician"] == "Ann"
    assert datetime.fromisoformat(shift["start"]) == START + timedelta(hours=13)
    from_json(_day(store))


def test_a_ticket_is_planned_with_those_who_are_there():
    item = {
        "id": "T",
        "required": ["Ann", "Cy"],
        "preferred": ["Cy"],
        "excluded": ["Bo", "Cy"],
    }
    here = among(item, {"Ann", "Bo"})
    assert here == {"id": "T", "required": ["Ann"], "preferred": [], "excluded": ["Bo"]}
    assert among(item, {"Bo"}) is None
    assert among({"id": "T", "pin_technicians": ["Ann", "Cy"]}, {"Ann"}) is None


def _at(hour):
    return datetime(2026, 3, 2, tzinfo=UTC) + timedelta(hours=hour)


@pytest.mark.parametrize(
    ("absences", "left"),
    [
        ([], (8, 18)),
        ([(0, 9)], (9, 18)),
        ([(17, 20)], (8, 17)),
        ([(10, 11)], (11, 18)),
        ([(15, 16)], (8, 15)),
        ([(10, 11), (14, 15)], (11, 14)),
        ([(0, 24)], None),
        ([(8, 12), (12, 18)], None),
        ([(18, 20)], (8, 18)),
    ],
)
def test_the_longest_part_of_a_shift_is_left(absences, left):
    rest = {"earliest": _at(12).isoformat(), "latest": _at(13).isoformat(), "duration_min": 30}
    item = {"id": "s", "regular_end": _at(16).isoformat(), "breaks": [rest]}
    made = without(item, (_at(8), _at(18)), [(_at(a), _at(b)) for a, b in absences])
    if left is None:
        assert made is None
        return
    assert (made["start"], made["end"]) == (_at(left[0]).isoformat(), _at(left[1]).isoformat())
    assert _at(left[0]) <= datetime.fromisoformat(made["regular_end"]) <= _at(left[1])
    assert ("breaks" in made) == (left[0] <= 12 and left[1] >= 13)
