"""Users and their phones, customers and their rights, absences, and who changed what."""

from __future__ import annotations

import pytest
from sqlmodel import select

from api.service.security.roles import Role
from api.service.store.tables import Answered, Audit, Plan, Ticket

DAY = {"start": "2026-03-02T00:00:00+08:00", "end": "2026-03-03T00:00:00+08:00"}
PASSWORD = "another password of tests"


@pytest.fixture
def admin(sign_in):
    return sign_in(Role.ADMIN)


@pytest.fixture
def people(client, boss, town):
    assert client.post("/v1/imports", json=town, headers=boss).status_code == 200


def _new(client, admin, **more):
    body = {"login": "cy", "password": PASSWORD, "role": "dispatcher"} | more
    return client.post("/v1/users", json=body, headers=admin)


def _login(client, password=PASSWORD, login="cy"):
    return client.post("/v1/auth/login", json={"login": login, "password": password})


def test_a_user_is_made_changed_and_shut_out(client, admin):
    made = _new(client, admin)
    assert made.status_code == 201
    assert PASSWORD not in made.text
    user = f"/v1/users/{made.json()['id']}"
    tokens = _login(client).json()
    tag = client.get(user, headers=admin).headers["ETag"]
    changed = client.put(user, json={"role": "planner", "active": False}, headers=admin | {"If-Match": tag})
    assert (changed.status_code, changed.json()["active"]) == (200, False)
    assert _login(client).status_code == 401
    assert client.post("/v1/auth/refresh", json={"refresh_token": tokens["refresh_token"]}).status_code == 401
    again = client.put(user, json={"role": "admin"}, headers=admin | {"If-Match": tag})
    assert again.status_code == 412


def test_another_password_ends_all_sign_ins(client, admin):
    user = _new(client, admin).json()["id"]
    tokens = _login(client).json()
    answer = client.post(f"/v1/users/{user}/password", json={"password": "the third password"}, headers=admin)
    assert answer.status_code == 204
    assert client.post("/v1/auth/refresh", json={"refresh_token": tokens["refresh_token"]}).status_code == 401
    assert (_login(client).status_code, _login(client, "the third password").status_code) == (401, 200)


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"login": "admin-"}, 409, "user.login"),
        ({"password": "short"}, 422, "input.invalid"),
        ({"role": "king"}, 422, "request.invalid"),
        ({"role": "technician"}, 422, "input.invalid"),
        ({"role": "technician", "technician": "nobody"}, 422, "input.invalid"),
        ({"technician": "Ann"}, 422, "input.invalid"),
        ({"centres": ["nowhere"]}, 422, "input.invalid"),
    ],
)
def test_a_user_that_makes_no_sense_is_refused(client, admin, people, body, status, code):
    answer = _new(client, admin, **body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_somebody_stays_admin(client, admin):
    me = next(one for one in client.get("/v1/users", headers=admin).json()["items"] if one["role"] == "admin")
    tag = client.get(f"/v1/users/{me['id']}", headers=admin).headers["ETag"]
    answer = client.put(f"/v1/users/{me['id']}", json={"role": "planner"}, headers=admin | {"If-Match": tag})
    assert (answer.status_code, answer.json()["code"]) == (409, "user.last_admin")


def test_a_phones_token_is_shown_once_and_can_be_revoked(client, admin, people, store):
    user = _new(client, admin, role="technician", technician="Ann").json()["id"]
    key = admin | {"Idempotency-Key": "phone-of-ann"}
    made = client.post(f"/v1/users/{user}/devices", json={"name": "phone"}, headers=key).json()
    phone = {"Authorization": f"Bearer {made.pop('token')}"}
    assert client.get("/v1/me/route", params=DAY, headers=phone).status_code == 200
    assert client.post(f"/v1/users/{user}/devices", json={"name": "phone"}, headers=key).json() == made
    with store.reading() as session:
        assert all("token" not in one.body for one in session.exec(select(Answered)).all())
    assert client.delete(f"/v1/devices/{made['id']}", headers=admin).status_code == 204
    assert client.get("/v1/me/route", params=DAY, headers=phone).json()["code"] == "auth.device"
    assert client.get(f"/v1/users/{user}/devices", headers=admin).json()[0]["revoked_at"] is not None


def test_the_audit_says_who_changed_what_and_no_secret(client, admin, people):
    _new(client, admin)
    found = client.get("/v1/audit", params={"kind": "user"}, headers=admin).json()["items"]
    assert [one["action"] for one in found] == ["add"]
    assert found[0]["after"]["login"] == "cy"
    assert "password" not in str(found)
    first = client.get("/v1/audit", params={"limit": 2}, headers=admin).json()
    more = client.get("/v1/audit", params={"limit": 2, "before": first["next"]}, headers=admin).json()
    assert [one["id"] for one in first["items"] + more["items"]] == sorted(
        (one["id"] for one in first["items"] + more["items"]), reverse=True
    )


CHEN = {"name": "Chen Wei", "phone": "+86 20 1234", "address": "1 Example Road"}


def test_a_phone_sees_whom_to_ask_for_and_nobody_else_does(client, boss, people, make_plan, publish, sign_in, store):
    publish(make_plan())
    ann = sign_in(Role.TECHNICIAN, technician="Ann")
    first = client.get("/v1/me/route", params=DAY, headers=ann)
    assert client.put("/v1/customers/c1", json=CHEN, headers=boss).status_code == 201
    assert client.put("/v1/tickets/T1/customer", json={"customer": "c1"}, headers=boss).status_code == 200
    again = client.get("/v1/me/route", params=DAY, headers=ann | {"If-None-Match": first.headers["ETag"]})
    assert next(s for s in again.json()["stops"] if s["ticket"] == "T1")["customer"] == CHEN
    assert client.get("/v1/customers/c1", headers=sign_in(Role.PLANNER)).status_code == 403
    with store.reading() as session:
        assert "Chen" not in str([(one.before, one.after) for one in session.exec(select(Audit)).all()])


def test_personal_data_is_exported_whole_and_erased_whole(
    client, admin, boss, people, make_plan, publish, sign_in, store, photo
):
    client.put("/v1/customers/c1", json=CHEN, headers=boss)
    client.put("/v1/tickets/T1/customer", json={"customer": "c1"}, headers=boss)
    publish(make_plan())
    ann = sign_in(Role.TECHNICIAN, technician="Ann")
    visit = next(s for s in client.get("/v1/me/route", params=DAY, headers=ann).json()["stops"] if s["ticket"] == "T1")
    events = [
        {"id": "event-note", "kind": "note", "payload": {"text": "Mr Chen has a dog"}},
        {"id": "event-stars", "kind": "rating", "payload": {"stars": 4, "by": "Chen"}},
    ]
    batch = [one | {"visit": visit["visit"], "at": "2026-03-02T09:00:00+08:00"} for one in events]
    assert client.post("/v1/me/events", json={"events": batch}, headers=ann).status_code == 200
    assert photo(ann, visit["visit"]).json()["state"] == "stored"
    told = client.get("/v1/customers/c1/export", headers=admin).json()
    assert told["name"] == "Chen Wei"
    assert [one["id"] for one in told["tickets"]] == ["T1"]
    assert {one["kind"] for one in told["events"]} == {"note", "rating"}
    assert len(told["photos"]) == 1
    tag = {"If-Match": client.get("/v1/customers/c1", headers=boss).headers["ETag"]}
    refused = client.post("/v1/customers/c1/erase", headers=admin | tag)
    assert (refused.status_code, refused.json()["tickets"]) == (409, ["T1"])
    with store.writing() as session:
        session.get(Ticket, "T1").state = "done"
    assert "Chen" in client.get("/v1/me/route", params=DAY, headers=ann).text
    assert client.post("/v1/customers/c1/erase", headers=admin | tag).status_code == 200
    assert "Chen" not in client.get("/v1/me/route", params=DAY, headers=ann).text
    left = client.get("/v1/customers/c1/export", headers=admin).json()
    assert (left["name"], left["phone"], left["address"], left["photos"]) == ("", "", "", [])
    assert [one["payload"] for one in left["events"]] == [{}, {"stars": 4}]
    assert left["tickets"][0]["lat"] == round(left["tickets"][0]["lat"], 2)
    with store.reading() as session:
        everything = str([(plan.problem, plan.result) for plan in session.exec(select(Plan)).all()])
    assert "Chen" not in everything
    assert client.post("/v1/customers/c1/erase", headers=boss | tag).status_code == 403


def test_an_absence_changes_the_next_plan(client, boss, people, make_plan):
    body = {"technician": "Ann", **DAY}
    made = client.put("/v1/absences/a1", json=body, headers=boss)
    assert made.status_code == 201
    plan = client.get(f"/v1/plans/{make_plan()}", headers=boss).json()["plan"]
    assert {route["technician"] for route in plan["routes"]} <= {"Bo"}
    assert client.put("/v1/absences/a1", json=body, headers=boss).json()["code"] == "version.missing"
    assert client.get("/v1/absences", params={"technician": "Bo"}, headers=boss).json()["items"] == []
    assert client.delete("/v1/absences/a1", headers=boss | {"If-Match": made.headers["ETag"]}).status_code == 204
    plan = client.get(f"/v1/plans/{make_plan()}", headers=boss).json()["plan"]
    assert "Ann" in {route["technician"] for route in plan["routes"]}


@pytest.mark.parametrize(
    ("more", "status", "code"),
    [
        ({"technician": "nobody"}, 404, "technician.unknown"),
        ({"end": DAY["start"]}, 422, "request.invalid"),
        ({"start": "2026-03-02T00:00:00"}, 422, "request.invalid"),
    ],
)
def test_an_absence_that_makes_no_sense_is_refused(client, boss, people, more, status, code):
    answer = client.put("/v1/absences/a1", json={"technician": "Ann", **DAY, **more}, headers=boss)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_customers_come_with_an_import(client, boss, town):
    town["customers"] = [{"id": "c1", **CHEN, "tickets": ["T1", "T2"]}]
    assert client.post("/v1/imports", json=town, headers=boss).json()["customers"]["added"] == 1
    assert client.post("/v1/imports", json=town, headers=boss).json()["customers"]["same"] == 1
    assert client.get("/v1/customers/c1", headers=boss).json()["name"] == "Chen Wei"


def test_faults_of_customers_are_told_without_what_stands_there(client, boss, town):
    town["customers"] = [
        {"id": "", "name": "Chen Secret" * 100, "tickets": ["nothing"], "nickname": "x"},
        "Chen Secret",
    ]
    answer = client.post("/v1/imports", json=town, headers=boss)
    assert answer.status_code == 422
    rules = [(one["rule"], one.get("row")) for one in answer.json()["faults"]]
    wanted = ["customer.id", "customer.name", "customer.tickets", "customer.unknown"]
    assert rules == [*((rule, 1) for rule in wanted), ("customer.form", 2)]
    assert "Secret" not in answer.text
    assert client.get("/v1/tickets/T1", headers=boss).status_code == 404, "nothing is kept"
