"""The day under way over HTTP: changes with their price, appointments, warnings, and the rest of the day again."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from api.service.security.roles import Role

DAY = {"start": "2026-03-02T00:00:00+08:00", "end": "2026-03-03T00:00:00+08:00"}
TEN = datetime(2026, 3, 2, 2, tzinfo=UTC)
"""Ten o'clock in the town."""


@pytest.fixture
def in_force(boss, phones, make_plan, publish, clock):
    """A plan in force; it is before eight o'clock in the town."""
    clock.at = datetime(2026, 3, 1, 22, tzinfo=UTC)
    plan = make_plan()
    assert publish(plan).status_code == 200
    return plan


@pytest.fixture
def phones(client, boss, sign_in, town):
    town["tickets"][2]["excluded"] = ["Ann"]  # so both have a route
    assert client.post("/v1/imports", json=town, headers=boss).status_code == 200
    return {name: sign_in(Role.TECHNICIAN, technician=name) for name in ("Ann", "Bo")}


@pytest.fixture
def change(client, boss):
    def send(plan, *, accept=False, expect=200, **words):
        headers = dict(boss)
        if accept:
            headers["If-Match"] = client.get(f"/v1/plans/{plan}", headers=boss).headers["ETag"]
        answer = client.post(f"/v1/plans/{plan}/changes", json={"accept": accept, **words}, headers=headers)
        assert answer.status_code == expect, answer.text
        return answer.json()

    return send


def _stops(client, phone):
    return client.get("/v1/me/route", params=DAY, headers=phone).json()["stops"]


def _owner(client, phones, ticket):
    (name,) = [who for who, phone in phones.items() if ticket in {stop["ticket"] for stop in _stops(client, phone)}]
    return name


def test_a_move_says_its_price_and_changes_nothing_until_it_is_accepted(client, in_force, phones, change, boss):
    before = _owner(client, phones, "T4")
    after = {"Ann": "Bo", "Bo": "Ann"}[before]
    seen = change(in_force, kind="move", ticket="T4", shift=f"{after}-mon")
    assert seen["violations"] == []
    assert seen["total_cents"] == sum(seen["difference_cents"].values())
    assert seen["technician"] == after
    assert _owner(client, phones, "T4") == before
    done = change(in_force, kind="move", ticket="T4", shift=f"{after}-mon", accept=True)
    assert done["published"]["moved"] == 1
    assert _owner(client, phones, "T4") == after
    head = client.get(f"/v1/plans/{done['plan']}", headers=boss).json()
    assert (head["state"], head["follows"]) == ("published", in_force)
    assert client.get(f"/v1/plans/{in_force}", headers=boss).json()["state"] == "superseded"


def test_a_move_that_breaks_a_rule_says_which_and_is_refused(in_force, change):
    seen = change(in_force, kind="move", ticket="T1", shift="Bo-mon")
    assert [one["code"] for one in seen["violations"]] == ["skill_level"]
    refused = change(in_force, kind="move", ticket="T1", shift="Bo-mon", accept=True, expect=409)
    assert refused["code"] == "change.infeasible"
    assert refused["violations"] == seen["violations"]


def test_two_dispatchers_move_one_visit_and_one_is_told(client, in_force, boss, change):
    tag = client.get(f"/v1/plans/{in_force}", headers=boss).headers["ETag"]
    body = {"kind": "remove", "ticket": "T5", "accept": True}
    first, second = (
        client.post(f"/v1/plans/{in_force}/changes", json=body, headers=boss | {"If-Match": tag}) for _ in range(2)
    )
    assert (first.status_code, second.status_code) == (200, 412)


def test_what_is_under_way_can_not_be_moved(client, in_force, phones, change):
    stop = _stops(client, phones["Bo"])[0]
    event = {"id": "event-0001", "visit": stop["visit"], "kind": "started", "at": "2026-03-02T08:30:00+08:00"}
    assert client.post("/v1/me/events", json={"events": [event]}, headers=phones["Bo"]).status_code == 200
    refused = change(in_force, kind="move", ticket=stop["ticket"], shift="Ann-mon", expect=409)
    assert refused["code"] == "visit.fixed"


def test_a_pin_stays_with_the_ticket(client, in_force, phones, boss, change, make_plan):
    owner = _owner(client, phones, "T5")
    change(in_force, kind="pin", ticket="T5", accept=True)
    fields = client.get("/v1/tickets/T5", headers=boss).json()
    assert fields["pin_technicians"] == [owner]
    assert "pin_start" in fields
    again = client.get(f"/v1/plans/{make_plan()}", headers=boss).json()["plan"]
    (held,) = [route["technician"] for route in again["routes"] for s in route["stops"] if s.get("ticket") == "T5"]
    assert held == owner
    change(in_force, kind="release", ticket="T5", accept=True)
    assert "pin_technicians" not in client.get("/v1/tickets/T5", headers=boss).json()


def _emergency(client, boss, town, name="E1"):
    fields = {k: v for k, v in town["tickets"][2].items() if k != "id"}
    answer = client.put(f"/v1/tickets/{name}", json=fields, headers=boss)
    assert answer.status_code == 201, answer.text


def test_an_emergency_gets_a_price_then_a_place(client, in_force, phones, boss, town, change, clock):
    clock.at = TEN
    _emergency(client, boss, town)
    seen = change(in_force, kind="move", ticket="E1")
    assert seen["difference_cents"]["unserved"] < 0
    assert seen["start"] >= "2026-03-02T10:00:00+08:00"
    done = change(in_force, kind="move", ticket="E1", accept=True)
    assert done["published"]["added"] == 1
    assert _owner(client, phones, "E1") == seen["technician"]


def test_appointments_are_in_the_rest_of_the_day_and_cheapest_first(client, in_force, boss, town, clock):
    clock.at = TEN
    _emergency(client, boss, town)
    answer = client.post(f"/v1/plans/{in_force}/slots", json={"ticket": "E1", "length_min": 60}, headers=boss)
    offers = answer.json()["offers"]
    assert offers
    assert [one["cost_cents"] for one in offers] == sorted(one["cost_cents"] for one in offers)
    assert all("2026-03-02T10:00:00+08:00" <= one["first"] <= one["start"] <= one["last"] for one in offers)


def test_warnings_name_promises_by_probability(client, in_force, boss):
    found = client.get(f"/v1/plans/{in_force}/warnings", params={"least": 0}, headers=boss).json()["warnings"]
    odds = [one["probability"] for one in found]
    assert odds == sorted(odds, reverse=True)
    assert all(0 < one <= 1 for one in odds)


def test_the_rest_of_the_day_goes_on_without_a_sick_technician(
    client, in_force, phones, boss, town, clock, store, settings, publish, work_off
):
    clock.at = datetime(2026, 3, 2, 0, 30, tzinfo=UTC)
    mine = _stops(client, phones["Bo"])
    event = {"id": "event-0001", "visit": mine[0]["visit"], "kind": "started", "at": "2026-03-02T08:20:00+08:00"}
    assert client.post("/v1/me/events", json={"events": [event]}, headers=phones["Bo"]).status_code == 200
    tag = client.get("/v1/shifts/Bo-mon", headers=boss).headers["ETag"]
    shorter = {"technician": "Bo", "start": "2026-03-02T08:00:00+08:00", "end": "2026-03-02T09:30:00+08:00"}
    answer = client.put("/v1/shifts/Bo-mon", json=shorter, headers=boss | {"If-Match": tag})
    assert answer.status_code == 200, answer.text
    job = client.post(
        f"/v1/plans/{in_force}/replan",
        json={"engine": "greedy", "iterations": 20, "budget": {"most_moved": 0}},
        headers=boss,
    )
    assert job.status_code == 202, job.text
    work_off()
    plan = client.get(job.headers["Location"], headers=boss).json()["plan"]
    read = client.get(f"/v1/plans/{plan}", headers=boss).json()
    assert read["follows"] == in_force
    assert all(one["forced"] for one in read["outcome"]["moves"])
    assert publish(plan).status_code == 200
    assert _stops(client, phones["Bo"])[0]["visit"] == mine[0]["visit"]
    served = {stop["ticket"] for phone in phones.values() for stop in _stops(client, phone)}
    assert served | {one["ticket"] for one in read["plan"]["unserved"]} == {f"T{k}" for k in range(1, 6)}


def test_after_a_visit_that_failed_comes_another(client, in_force, phones, boss, clock, change):
    clock.at = TEN
    stop = _stops(client, phones["Bo"])[0]
    event = {"id": "event-0001", "visit": stop["visit"], "kind": "failed", "at": "2026-03-02T09:00:00+08:00"}
    assert client.post("/v1/me/events", json={"events": [event]}, headers=phones["Bo"]).status_code == 200
    done = change(in_force, kind="move", ticket=stop["ticket"], accept=True)
    assert done["published"]["added"] == 1
    states = [
        one["state"] for phone in phones.values() for one in _stops(client, phone) if one["ticket"] == stop["ticket"]
    ]
    assert sorted(states) == ["failed", "planned"]


@pytest.mark.parametrize(
    ("words", "status", "code"),
    [
        ({"kind": "move", "ticket": "nothing", "shift": "Ann-mon"}, 422, "input.invalid"),
        ({"kind": "move", "ticket": "T1", "shift": "nothing"}, 422, "input.invalid"),
        ({"kind": "move", "ticket": "T1", "shift": "Ann-mon", "position": 99}, 422, "input.invalid"),
        ({"kind": "move", "ticket": "T1", "shift": "Ann-mon", "role": 1}, 422, "input.invalid"),
        ({"kind": "dance", "ticket": "T1"}, 422, "request.invalid"),
    ],
)
def test_a_change_that_makes_no_sense_is_refused(in_force, change, words, status, code):
    assert change(in_force, expect=status, **words)["code"] == code


def test_a_superseded_plan_can_not_be_changed(in_force, change):
    change(in_force, kind="remove", ticket="T5", accept=True)
    assert change(in_force, kind="remove", ticket="T4", expect=409)["code"] == "plan.state"


def test_a_plan_of_a_part_of_the_time_leaves_the_rest_alone(
    client, in_force, phones, boss, town, clock, work_off, publish, change
):
    """Today's plan stays in force when tomorrow's is published, and goes on without touching it."""
    two_days = {"start": DAY["start"], "end": "2026-03-04T00:00:00+08:00"}
    town["shifts"] = [
        {
            "id": f"{name}-tue",
            "technician": name,
            "start": "2026-03-03T08:00:00+08:00",
            "end": "2026-03-03T18:00:00+08:00",
        }
        for name in phones
    ]
    town["plan"] = two_days
    tuesday = {"start": "2026-03-03T09:00:00+08:00", "end": "2026-03-03T17:00:00+08:00"}
    town["tickets"] = [town["tickets"][2] | {"id": f"D{k}", "windows": [tuesday]} for k in range(2)]
    assert client.post("/v1/imports", json=town, headers=boss).status_code == 200

    def plan(**span):
        order = span | {"engine": "greedy", "iterations": 10}
        job = client.post("/v1/plans", json=order, headers=boss)
        work_off()
        return client.get(job.headers["Location"], headers=boss).json()["plan"]

    both = plan(**two_days)
    assert publish(both).status_code == 200
    tomorrow = plan(start="2026-03-03T00:00:00+08:00", end="2026-03-04T00:00:00+08:00")
    counts = publish(tomorrow).json()
    assert counts == {"added": 0, "moved": 0, "retimed": 0, "removed": 0, "same": 2}
    states = {one["id"]: one["state"] for one in client.get("/v1/plans", headers=boss).json()["items"]}
    assert (states[both], states[tomorrow]) == ("published", "published")
    done = change(both, kind="remove", ticket="T5", accept=True)
    assert done["published"]["removed"] == 1
    stops = [
        s
        for phone in phones.values()
        for s in client.get("/v1/me/route", params=two_days, headers=phone).json()["stops"]
    ]
    assert sorted(stop["ticket"] for stop in stops) == ["D0", "D1", "T1", "T2", "T3", "T4"]
