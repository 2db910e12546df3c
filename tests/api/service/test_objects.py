"""One object at a time: checked like an input, versioned, recorded, and told to whom it concerns."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlmodel import select

from api.service.phone.route import last_change
from api.service.security.roles import Role
from api.service.store.plain import OfSession
from api.service.store.tables import Audit, Plan, Technician, Visit


@pytest.fixture
def boss(sign_in, client, town):
    headers = sign_in(Role.DISPATCHER)
    assert client.post("/v1/imports", json=town, headers=headers).status_code == 200
    return headers


def _put(client, boss, path, fields, **more):
    return client.put(f"/v1/{path}", json=fields, headers=boss | more)


def test_objects_are_listed_by_pages(client, boss):
    first = client.get("/v1/tickets", params={"limit": 3}, headers=boss).json()
    rest = client.get("/v1/tickets", params={"limit": 3, "after": first["next"]}, headers=boss).json()
    assert [one["id"] for one in first["items"] + rest["items"]] == ["T1", "T2", "T3", "T4", "T5"]
    assert rest["next"] is None


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("centres", {"lat": 31.3, "lon": 121.5}),
        ("technicians", {"skills": {"lift": 2}, "centre": "C", "home_lat": 31.2, "home_lon": 121.4}),
        ("shifts", {"technician": "Ann", "start": "2026-03-03T08:00:00+08:00", "end": "2026-03-03T17:00:00+08:00"}),
        ("tickets", {"lat": 31.2, "lon": 121.4, "tier": "basic", "duration_min": 20, "required": ["Bo"]}),
    ],
)
def test_an_object_comes_changes_and_goes(client, boss, store, kind, fields):
    made = _put(client, boss, f"{kind}/new", fields)
    assert made.status_code == 201, made.text
    read = client.get(f"/v1/{kind}/new", headers=boss)
    assert read.json() == made.json()
    assert fields.items() <= read.json().items()
    unchanged = client.get(f"/v1/{kind}/new", headers=boss | {"If-None-Match": read.headers["ETag"]})
    assert unchanged.status_code == 304

    again = fields | ({"lon": 121.6} if "lon" in fields else {})
    assert _put(client, boss, f"{kind}/new", again).json()["code"] == "version.missing"
    changed = _put(client, boss, f"{kind}/new", again, **{"If-Match": read.headers["ETag"]})
    assert changed.status_code == 200
    if again != fields:
        assert changed.headers["ETag"] != read.headers["ETag"]
        late = _put(client, boss, f"{kind}/new", again, **{"If-Match": read.headers["ETag"]})
        assert (late.status_code, late.json()["etag"]) == (412, changed.headers["ETag"])

    gone = client.delete(f"/v1/{kind}/new", headers=boss | {"If-Match": changed.headers["ETag"]})
    assert (gone.status_code, gone.content) == (204, b"")
    assert client.get(f"/v1/{kind}/new", headers=boss).json()["code"] == "object.unknown"
    with store.reading() as session:
        actions = session.exec(select(Audit.action).where(Audit.object_id == "new").order_by(Audit.id)).all()
    assert actions[0] == "add"
    assert actions[-1] == "delete"


@pytest.mark.parametrize(
    ("path", "fields", "rule"),
    [
        ("tickets/x", {}, "value.missing"),
        ("tickets/x", {"lat": 31, "lon": 121, "tier": "platinum", "duration_min": 20}, "tier.unknown"),
        ("tickets/x", {"lat": 91, "lon": 121, "tier": "basic", "duration_min": 20}, None),
        ("tickets/x", {"lat": 31, "lon": 121, "tier": "basic", "duration_min": 20, "required": ["Cy"]}, None),
        ("tickets/x", {"lat": 31, "lon": 121, "tier": "basic", "duration_min": 20, "nonsense": 1}, "key.unknown"),
        ("tickets/x", {"lat": 31, "lon": 121, "tier": "basic", "duration_min": 20, "crew": 7, "after": 3}, None),
        ("technicians/x", {"centre": "nowhere"}, None),
        ("shifts/x", {"technician": "Ann", "start": "yesterday", "end": 5}, None),
        ("shifts/x", {"technician": ["Ann"], "start": None, "end": {}}, None),
    ],
)
def test_rubbish_is_refused_with_its_faults(client, boss, path, fields, rule):
    answer = _put(client, boss, path, fields)
    assert (answer.status_code, answer.json()["code"]) == (422, "input.invalid")
    assert answer.json()["faults"]
    assert rule is None or rule in {fault["rule"] for fault in answer.json()["faults"]}
    assert client.get(f"/v1/{path}", headers=boss).status_code == 404


@pytest.mark.parametrize(("path", "user"), [("centres/C", "technicians/Ann"), ("technicians/Ann", "shifts/Ann-mon")])
def test_what_is_in_use_stays(client, boss, path, user):
    tag = client.get(f"/v1/{path}", headers=boss).headers["ETag"]
    answer = client.delete(f"/v1/{path}", headers=boss | {"If-Match": tag})
    assert (answer.status_code, answer.json()["code"]) == (409, "object.in_use")
    assert user in answer.json()["users"]
    assert client.get(f"/v1/{path}", headers=boss).status_code == 200


def test_of_two_dispatchers_at_once_one_is_told(client, boss, store):
    tag = client.get("/v1/tickets/T1", headers=boss).headers["ETag"]
    fields = client.get("/v1/tickets/T1", headers=boss).json()
    del fields["id"]

    def change(minutes):
        return _put(client, boss, "tickets/T1", fields | {"duration_min": minutes}, **{"If-Match": tag}).status_code

    with ThreadPoolExecutor(4) as threads:
        assert sorted(threads.map(change, [41, 42, 43, 44])) == [200, 412, 412, 412]


def test_a_changed_ticket_is_news_for_its_phone(client, boss, store, clock):
    with store.writing() as session:
        session.add(Plan(id="p", starts_at=clock(), ends_at=clock(), problem={}, result={}, created_at=clock()))
        session.flush()
        times = dict.fromkeys(("arrives_at", "starts_at", "finishes_at"), clock())
        session.add(
            Visit(id="v", plan_id="p", ticket_id="T1", technician_id="Ann", shift_id="Ann-mon", position=0, **times)
        )
        before = last_change(OfSession(session), "Ann")
    read = client.get("/v1/tickets/T1", headers=boss)
    fields = {name: value for name, value in read.json().items() if name != "id"} | {"parts": {"rope": 1}}
    assert _put(client, boss, "tickets/T1", fields, **{"If-Match": read.headers["ETag"]}).status_code == 200
    with store.reading() as session:
        assert last_change(OfSession(session), "Ann") > before
        assert session.get(Technician, "Ann").version == 1


def test_lists_are_asked_for_by_what_they_have(client, sign_in, town):
    boss = sign_in(Role.DISPATCHER)
    assert client.post("/v1/imports", json=town, headers=boss).status_code == 200
    assert client.put("/v1/tickets/T3/state", json={"state": "cancelled"}, headers=boss).status_code == 200

    def ids(path, **asked):
        answer = client.get(path, params=asked, headers=boss)
        return [one["id"] for one in answer.json()["items"]] if answer.status_code == 200 else answer.json()["code"]

    assert ids("/v1/tickets", state="cancelled") == ["T3"]
    assert ids("/v1/tickets", tier="basic") == []
    assert ids("/v1/shifts", technician="Bo") == ["Bo-mon"]
    assert ids("/v1/technicians", centre="C") == ["Ann", "Bo"]
    assert ids("/v1/technicians", tier="basic") == "input.invalid"


def test_the_catalogue_and_the_vans(client, sign_in, town):
    boss = sign_in(Role.DISPATCHER)
    assert client.post("/v1/imports", json=town, headers=boss).status_code == 200
    made = client.put("/v1/skills/lift", json={"name": "Lift"}, headers=boss)
    assert made.status_code == 201
    assert client.put("/v1/skills/lift", json={"name": "Lifts"}, headers=boss).json()["code"] == "version.missing"
    tag = {"If-Match": made.headers["ETag"]}
    assert client.put("/v1/skills/lift", json={"name": "Lifts"}, headers=boss | tag).json()["version"] == 2
    assert client.delete("/v1/skills/lift", headers=boss | tag).status_code == 412
    assert [one["name"] for one in client.get("/v1/skills", headers=boss).json()["items"]] == ["Lifts"]
    assert client.put("/v1/parts/fuse", json={}, headers=boss | {"If-Match": "*"}).status_code == 412
    assert client.put(f"/v1/parts/{'x' * 300}", json={}, headers=boss).status_code == 422
    assert client.get("/v1/parts", headers=boss).json() == {"items": [], "next": None}
    assert client.put("/v1/technicians/Ann/stock", json={"parts": {"rope": 3}}, headers=boss).status_code == 200
    assert client.get("/v1/technicians/Ann/stock", headers=boss).json() == {"parts": {"rope": 3}}
    assert client.get("/v1/technicians/nobody/stock", headers=boss).json()["code"] == "technician.unknown"
