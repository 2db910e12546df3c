"""Events of a phone: any order, any repetition, one result; what was done is never refused."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.service.phone.events import STATE, STEP, Report, outcome_of, parts_of, state_of

BEGIN = datetime(2026, 3, 2, tzinfo=UTC)
KINDS = sorted([*STEP, "parts_used", "note", "rating", "signature"])
one_report = st.tuples(
    st.sampled_from(KINDS),
    st.integers(0, 5).map(lambda minute: BEGIN + timedelta(minutes=minute)),
    st.text("abcdef", min_size=1, max_size=3),
)
# One id is one event: a phone never gives an id to two.
reports = st.lists(one_report, max_size=8, unique_by=lambda one: one[2])


@given(reports, st.data())
def test_order_and_repetition_make_no_difference(given_reports, data):
    again = data.draw(st.permutations(given_reports))
    twice = data.draw(st.lists(st.sampled_from(given_reports), max_size=5)) if given_reports else []
    assert state_of(given_reports, "planned") == state_of([*again, *twice], "planned")


@given(reports, one_report)
def test_a_report_never_takes_a_visit_back(given_reports, more):
    """A later end may replace an end; nothing else leads from a further state to an earlier one."""
    step = {"planned": 0} | {STATE[kind]: far for kind, far in STEP.items()}
    assert step[state_of([*given_reports, more], "planned")] >= step[state_of(given_reports, "planned")]


@pytest.mark.parametrize("order", list(itertools.permutations(["en_route", "arrived", "started", "finished"])))
def test_a_visit_reported_in_any_order_is_done(order):
    at = {
        kind: BEGIN + timedelta(minutes=minute)
        for minute, kind in enumerate(["en_route", "arrived", "started", "finished"])
    }
    assert state_of([(kind, at[kind], kind) for kind in order], "planned") == "done"


def test_of_two_ends_the_one_that_happened_last_counts():
    early, late = BEGIN, BEGIN + timedelta(minutes=9)
    assert state_of([("failed", late, "b"), ("finished", early, "a")], "planned") == "failed"
    assert state_of([("failed", early, "b"), ("finished", late, "a")], "planned") == "done"


@pytest.mark.parametrize("standing", ["planned", "removed"])
def test_what_is_no_step_leaves_the_state(standing):
    assert state_of([("note", BEGIN, "a"), ("rating", BEGIN, "b")], standing) == standing


@pytest.mark.parametrize(
    ("kind", "known", "own", "removed", "outcome"),
    [
        ("finished", True, True, False, "accepted"),
        ("finished", True, False, False, "late_news"),  # given to a colleague meanwhile: it counts, and is told
        ("finished", True, True, True, "late_news"),  # taken out meanwhile
        ("parts_used", True, False, False, "late_news"),
        ("note", True, False, False, "accepted"),
        ("note", True, True, True, "accepted"),
        ("finished", False, False, False, "unknown_visit"),
        ("note", False, False, False, "unknown_visit"),
    ],
)
def test_conflicts(kind, known, own, removed, outcome):
    assert outcome_of(kind, known=known, own=own, removed=removed) == outcome


def test_parts_add_up():
    def used(name, parts):
        return Report(id=name, visit_id="v", kind="parts_used", happened_at=BEGIN, payload={"parts": parts})

    note = Report(id="n", visit_id="v", kind="note", happened_at=BEGIN, payload={"parts": {"fuse": 9}})
    assert parts_of([used("a", {"fuse": 1, "rope": 2}), used("b", {"fuse": 2}), note]) == {"fuse": 3, "rope": 2}
