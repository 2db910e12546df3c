"""A day over HTTP: import, plan, publish, the phone's route and reports; and everything that can go wrong."""

from __future__ import annotations

import re

import pytest
from sqlmodel import select

from api.service.security.devices import add_device
from api.service.security.roles import RIGHTS, Right, Role
from api.service.store.tables import Event, Plan, Ticket, User, UserCentre, VanStock, Visit

DAY = {"start": "2026-03-02T00:00:00+08:00", "end": "2026-03-03T00:00:00+08:00"}
ORDER = DAY | {"engine": "greedy", "iterations": 10}


@pytest.fixture
def ann(sign_in, boss, client, town):
    """Ann's phone; the town is imported."""
    answer = client.post("/v1/imports", json=town, headers=boss)
    assert answer.status_code == 200, answer.text
    return sign_in(Role.TECHNICIAN, technician="Ann")


def _route(client, phone, **more):
    return client.get("/v1/me/route", params=DAY, headers=phone | more)


def _report(client, phone, *events, **more):
    body = {"events": [{"at": "2026-03-02T09:00:00+08:00"} | event for event in events]}
    return client.post("/v1/me/events", json=body, headers=phone | more)


def test_a_day_from_import_to_the_last_report(client, ann, boss, make_plan, publish, store):
    counts = publish(make_plan())
    assert counts.json() == {"added": 5, "moved": 0, "retimed": 0, "removed": 0, "same": 0}
    route = _route(client, ann)
    stops = route.json()["stops"]
    assert {"T1", "T2"} <= {stop["ticket"] for stop in stops}
    assert [stop["starts_at"] for stop in stops] == sorted(stop["starts_at"] for stop in stops)
    assert stops[0]["navigation"].startswith("geo:31.2")
    unchanged = _route(client, ann, **{"If-None-Match": route.headers["ETag"]})
    assert (unchanged.status_code, unchanged.content) == (304, b"")

    visit = stops[0]["visit"]
    steps = [
        {"id": f"event-{kind}", "visit": visit, "kind": kind, "at": f"2026-03-02T09:0{minute}:00+08:00"}
        for minute, kind in enumerate(["en_route", "arrived", "started", "finished"])
    ]
    parts = {"id": "event-parts", "visit": visit, "kind": "parts_used", "payload": {"parts": {"rope": 2}}}
    outcomes = {event["id"]: "accepted" for event in [*steps, parts]}
    assert _report(client, ann, *reversed(steps), parts).json() == {"outcomes": outcomes}
    assert _report(client, ann, parts, *steps).json() == {"outcomes": outcomes}  # a phone that saw no answer
    changed = _route(client, ann, **{"If-None-Match": route.headers["ETag"]})
    assert changed.status_code == 200
    assert changed.json()["stops"][0]["state"] == "done"
    with store.reading() as session:
        assert session.get(Ticket, stops[0]["ticket"]).state == "done"
        assert session.get(VanStock, ("Ann", "rope")).count == -2
        assert len(session.exec(select(Event)).all()) == 5


def test_a_new_plan_keeps_what_is_done_and_tells_what_moved(client, ann, make_plan, publish, store, boss, town):
    publish(make_plan())
    before = {stop["ticket"]: stop for stop in _route(client, ann).json()["stops"]}
    done = before["T1"]["visit"]
    _report(client, ann, {"id": "event-done", "visit": done, "kind": "finished"})
    town["tickets"] = [town["tickets"][1] | {"duration_min": 50}]
    client.post("/v1/imports", json=town, headers=boss)
    counts = publish(make_plan()).json()
    assert counts["added"] == 0
    after = {stop["ticket"]: stop for stop in _route(client, ann).json()["stops"]}
    assert after["T1"] == before["T1"] | {"state": "done"}
    assert after["T2"]["visit"] == before["T2"]["visit"], "the phone still knows the visit"
    with store.reading() as session:
        assert session.exec(select(Plan.state).order_by(Plan.created_at)).all() == ["superseded", "published"]
        tickets = session.exec(select(Visit.ticket_id).where(Visit.state != "removed")).all()
    assert sorted(tickets) == ["T1", "T2", "T3", "T4", "T5"]


def test_a_plan_is_published_once_by_whoever_knows_its_version(client, ann, boss, make_plan, publish):
    plan = make_plan()
    path = f"/v1/plans/{plan}/publish"
    assert client.post(path, headers=boss).json()["code"] == "version.missing"
    stale = client.post(path, headers=boss | {"If-Match": '"other"'})
    assert (stale.status_code, stale.json()["code"]) == (412, "version.stale")
    assert publish(plan).status_code == 200
    assert publish(plan).json()["code"] == "plan.state"


def test_a_plan_whose_ticket_was_served_meanwhile_is_not_published(client, ann, make_plan, publish, store):
    plan = make_plan()
    with store.writing() as session:
        session.get(Ticket, "T3").state = "cancelled"
    answer = publish(plan)
    assert (answer.status_code, answer.json()["code"]) == (409, "plan.outdated")
    assert answer.json()["tickets"] == ["T3"]
    assert _route(client, ann).json()["stops"] == []


@pytest.fixture
def two_centres(client, boss, ann, town):
    """Cy of another centre, beside Ann and Bo, and a ticket for Cy alone."""
    town["centres"].append({"id": "D", "lat": 31.3, "lon": 121.5})
    town["technicians"].append({"id": "Cy", "skills": {"network": 3}, "centre": "D"})
    town["shifts"].append(town["shifts"][0] | {"id": "Cy-mon", "technician": "Cy"})
    town["tickets"].append(town["tickets"][2] | {"id": "T6", "required": ["Cy"]})
    assert client.post("/v1/imports", json=town, headers=boss).status_code == 200


def _in_force(store):
    with store.reading() as session:
        visits = session.exec(select(Visit).where(Visit.state != "removed")).all()
        published = session.exec(select(Plan.id).where(Plan.state == "published")).all()
    return {visit.ticket_id: visit.technician_id for visit in visits}, published


def test_a_plan_of_one_centre_leaves_the_others_alone(client, two_centres, make_plan, publish, store):
    publish(make_plan())
    before, _ = _in_force(store)
    assert before["T6"] == "Cy"
    part = make_plan(centre="C")
    assert publish(part).status_code == 200
    after, published = _in_force(store)
    assert after.keys() == before.keys()
    kept = {ticket for ticket, owner in before.items() if owner == "Cy"}
    assert kept <= {ticket for ticket, owner in after.items() if owner == "Cy"}
    assert len(published) == 2
    whole = make_plan()
    publish(whole)
    assert _in_force(store)[1] == [whole]


def test_a_ticket_is_never_given_to_two_centres(client, two_centres, make_plan, publish, store):
    one, other = make_plan(centre="C"), make_plan(centre="D")
    assert publish(one).status_code == 200
    answer = publish(other)
    assert (answer.status_code, answer.json()["code"]) == (409, "plan.outdated")
    again = make_plan(centre="D")
    assert publish(again).status_code == 200
    owners, _ = _in_force(store)
    assert owners["T6"] == "Cy"
    with store.reading() as session:
        tickets = session.exec(select(Visit.ticket_id).where(Visit.state != "removed")).all()
    assert len(tickets) == len(set(tickets)) == 6


def test_who_is_limited_to_a_centre_plans_that_one(client, two_centres, store, settings, sign_in):
    sign_in(Role.PLANNER)
    with store.writing() as session:
        user = session.exec(select(User).where(User.role == "planner")).one()
        session.add(UserCentre(user_id=user.id, centre_id="D"))
    login = {"login": user.login, "password": "a password of tests"}
    limited = {"Authorization": f"Bearer {client.post('/v1/auth/login', json=login).json()['access_token']}"}
    for centre in (None, "C"):
        answer = client.post("/v1/plans", json=ORDER | {"centre": centre}, headers=limited)
        assert (answer.status_code, answer.json()["code"]) == (403, "auth.centre")
    assert client.post("/v1/plans", json=ORDER | {"centre": "D"}, headers=limited).status_code == 202


def test_two_plans_are_compared(client, ann, boss, make_plan):
    one, other = make_plan(), make_plan()
    seen = client.get(f"/v1/plans/{one}/compare/{other}", headers=boss).json()
    assert set(seen["cost_cents"].values()) == {0}
    assert seen["moved"] == []


def test_pages_of_plans(client, ann, boss, make_plan):
    made = [make_plan() for _ in range(3)]
    page = client.get("/v1/plans", params={"limit": 2}, headers=boss).json()
    rest = client.get("/v1/plans", params={"limit": 2, "before": page["next"]}, headers=boss).json()
    assert [one["id"] for one in page["items"] + rest["items"]] == made[::-1]
    assert rest["next"] is None


def test_a_repeated_write_is_done_once(client, ann, boss, store):
    key = {"Idempotency-Key": "order-0001"}
    first = client.post("/v1/plans", json=ORDER, headers=boss | key)
    again = client.post("/v1/plans", json=ORDER, headers=boss | key)
    assert (again.status_code, again.json()) == (first.status_code, first.json())
    assert again.headers["Location"] == first.headers["Location"]
    other = client.post("/v1/plans", json=ORDER | {"seed": 2}, headers=boss | key)
    assert (other.status_code, other.json()["code"]) == (409, "idempotency.reused")


def test_a_colleagues_visit_is_late_news_and_a_strangers_event_stays_his(client, ann, sign_in, make_plan, publish):
    publish(make_plan())
    bo = sign_in(Role.TECHNICIAN, technician="Bo")
    visit = _route(client, ann).json()["stops"][0]["visit"]
    event = {"id": "event-bo-1", "visit": visit, "kind": "finished"}
    assert _report(client, bo, event).json()["outcomes"] == {"event-bo-1": "late_news"}
    assert _route(client, ann).json()["stops"][0]["state"] == "done"
    assert _report(client, ann, event).json()["outcomes"] == {"event-bo-1": "not_yours"}
    unknown = _report(client, ann, event | {"id": "event-xyz", "visit": "nothing"})
    assert unknown.json()["outcomes"] == {"event-xyz": "unknown_visit"}


def test_a_device_token_serves_the_phone_and_nothing_else(client, ann, store, clock):
    with store.writing() as session:
        user = session.exec(select(User).where(User.technician_id == "Ann")).one()
        _, token = add_device(session, user, name="phone", now=clock())
    phone = {"Authorization": f"Bearer {token}"}
    assert _route(client, phone).status_code == 200
    assert client.get("/v1/plans", headers=phone).status_code == 403
    assert _route(client, {"Authorization": f"Bearer {token}x"}).json()["code"] == "auth.device"


def test_faults_of_an_import_come_back_as_a_list(client, boss, town):
    town["tickets"][0]["tier"] = "platinum"
    town["tickets"][1]["duration_min"] = -5
    answer = client.post("/v1/imports", json=town, headers=boss)
    assert answer.status_code == 422
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "input.invalid"
    assert {fault["field"] for fault in answer.json()["faults"]} == {"tickets[0].tier", "tickets[1].duration_min"}


def test_a_plan_that_searches_too_long_is_refused(client, boss):
    answer = client.post("/v1/plans", json=DAY | {"seconds": 61}, headers=boss)
    assert (answer.status_code, answer.json()["faults"][0]["rule"]) == (422, "plan.limits")


ROUTES = [
    ("POST", "/v1/imports", Right.WRITE),
    ("POST", "/v1/imports/x", Right.WRITE),
    ("GET", "/v1/exports/x", Right.READ),
    ("POST", "/v1/plans", Right.PLAN),
    ("GET", "/v1/plans", Right.READ),
    ("GET", "/v1/plans/x", Right.READ),
    ("GET", "/v1/plans/x/compare/x", Right.PLAN),
    ("POST", "/v1/plans/x/publish", Right.PUBLISH),
    ("POST", "/v1/plans/x/changes", Right.PUBLISH),
    ("POST", "/v1/plans/x/slots", Right.PUBLISH),
    ("GET", "/v1/plans/x/warnings", Right.READ),
    ("GET", "/v1/plans/x/explanations", Right.READ),
    ("GET", "/v1/coverage", Right.READ),
    ("POST", "/v1/plans/x/replan", Right.PLAN),
    ("GET", "/v1/jobs", Right.PLAN),
    ("GET", "/v1/jobs/x", Right.PLAN),
    ("POST", "/v1/jobs/x/cancel", Right.PLAN),
    ("GET", "/v1/me/route", Right.OWN_ROUTE),
    ("POST", "/v1/me/events", Right.OWN_ROUTE),
    ("GET", "/v1/me/stream", Right.OWN_ROUTE),
    ("POST", "/v1/me/photos", Right.OWN_ROUTE),
    ("GET", "/v1/me/photos/x", Right.OWN_ROUTE),
    ("PUT", "/v1/me/photos/x/pieces/x", Right.OWN_ROUTE),
    ("GET", "/v1/visits/x/photos", Right.READ),
    ("GET", "/v1/photos/x", Right.READ),
    ("GET", "/v1/kpis", Right.READ),
    ("POST", "/v1/tickets/x/complaints", Right.WRITE),
    ("PUT", "/v1/tickets/x/state", Right.WRITE),
    ("PUT", "/v1/tickets/x/customer", Right.WRITE),
    ("GET", "/v1/absences", Right.READ),
    ("PUT", "/v1/absences/x", Right.WRITE),
    ("DELETE", "/v1/absences/x", Right.WRITE),
    ("GET", "/v1/customers", Right.CUSTOMERS),
    ("GET", "/v1/customers/x", Right.CUSTOMERS),
    ("PUT", "/v1/customers/x", Right.CUSTOMERS),
    ("GET", "/v1/customers/x/export", Right.ERASE),
    ("POST", "/v1/customers/x/erase", Right.ERASE),
    ("GET", "/v1/users", Right.USERS),
    ("POST", "/v1/users", Right.USERS),
    ("GET", "/v1/users/x", Right.USERS),
    ("PUT", "/v1/users/x", Right.USERS),
    ("POST", "/v1/users/x/password", Right.USERS),
    ("GET", "/v1/users/x/devices", Right.USERS),
    ("POST", "/v1/users/x/devices", Right.USERS),
    ("DELETE", "/v1/devices/x", Right.USERS),
    ("GET", "/v1/audit", Right.AUDIT),
]
for _kind in ("centres", "technicians", "shifts", "tickets"):
    ROUTES += [("GET", f"/v1/{_kind}", Right.READ), ("GET", f"/v1/{_kind}/x", Right.READ)]
    ROUTES += [("PUT", f"/v1/{_kind}/x", Right.WRITE), ("DELETE", f"/v1/{_kind}/x", Right.WRITE)]
for _kind in ("skills", "parts"):
    ROUTES += [("GET", f"/v1/{_kind}", Right.READ), ("PUT", f"/v1/{_kind}/x", Right.WRITE)]
    ROUTES += [("DELETE", f"/v1/{_kind}/x", Right.WRITE)]
ROUTES += [("GET", "/v1/technicians/x/stock", Right.READ), ("PUT", "/v1/technicians/x/stock", Right.WRITE)]
OPEN = {("POST", "/v1/auth/login"), ("POST", "/v1/auth/refresh"), ("POST", "/v1/auth/logout")}


def test_each_route_is_open_to_the_roles_of_its_right_and_to_nobody_else(client, sign_in, boss, ann):
    """An allowed caller gets past 401 and 403, whatever comes then."""
    callers = {Role.DISPATCHER: boss, Role.TECHNICIAN: ann}
    callers |= {role: sign_in(role) for role in (Role.ADMIN, Role.PLANNER)}
    assert set(callers) == set(Role)
    for method, path, right in ROUTES:
        assert client.request(method, path, json={}).status_code == 401, (method, path)
        for role, headers in callers.items():
            if path.endswith("/stream") and role is Role.TECHNICIAN:
                continue  # it would not end; tests of the stream open it
            status = client.request(method, path, headers=headers, json={}).status_code
            assert (status == 403) == (right not in RIGHTS[role]), (role, method, path, status)


def test_no_route_is_forgotten_in_the_table(client):
    paths = client.get("/v1/openapi.json").json()["paths"]
    told = {(method.upper(), path) for path, methods in paths.items() if path.startswith("/v1") for method in methods}
    table = {(method, path) for method, path, _ in ROUTES}
    known = {(method, re.sub(r"\{[^}]+\}", "x", path)) for method, path in told}
    assert known - OPEN == table


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        ("GET", "/v1/nothing", b"", 404, "http.404"),
        ("PUT", "/v1/plans", b"", 405, "http.405"),
        ("POST", "/v1/auth/login", b"{", 422, "request.invalid"),
        ("POST", "/v1/auth/login", b"\xff\xfe", 422, "request.invalid"),
        ("POST", "/v1/auth/login", b'{"login": "x"}', 422, "request.invalid"),
        ("POST", "/v1/auth/login", b'{"login": "x", "password": "y"}', 401, "auth.login"),
        ("POST", "/v1/auth/refresh", b'{"refresh_token": "y"}', 401, "auth.refresh"),
        ("POST", "/v1/auth/login", b" " * 10_001, 413, "request.too_large"),
    ],
)
def test_rubbish_gets_a_problem(client, method, path, body, status, code):
    answer = client.request(method, path, content=body, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_a_body_that_hides_its_length_is_not_read_to_the_end(client):
    pieces = iter([b'{"login": "', *[b"x" * 1_000] * 11])
    answer = client.post("/v1/auth/login", content=pieces, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (413, "request.too_large")


def test_every_answer_is_guarded(client):
    answer = client.get("/health")
    assert answer.json()["status"] == "ok"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    assert len(answer.headers["X-Request-Id"]) == 32
    assert client.get("/ready").json() == {"status": "ready"}
