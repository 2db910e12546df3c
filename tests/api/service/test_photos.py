"""Photos in pieces: in any order, any number of times, checked by what they are."""

from __future__ import annotations

import hashlib

import pytest

from api.service.security.roles import Role

DAY = {"start": "2026-03-02T00:00:00+08:00", "end": "2026-03-03T00:00:00+08:00"}
JPEG = b"\xff\xd8\xff\xe0" + bytes(range(256)) * 3 + b"\xff\xd9" + bytes(2)


@pytest.fixture
def ann(client, boss, town, sign_in, make_plan, publish):
    assert client.post("/v1/imports", json=town, headers=boss).status_code == 200
    publish(make_plan())
    return sign_in(Role.TECHNICIAN, technician="Ann")


@pytest.fixture
def visit(client, ann):
    return client.get("/v1/me/route", params=DAY, headers=ann).json()["stops"][0]["visit"]


def test_pieces_come_in_any_order_and_the_photo_is_whole(client, ann, visit, photo, boss):
    assert photo(ann, visit, data=JPEG, order=(2, 0, 2, 1)).json()["state"] == "stored"
    (item,) = client.get(f"/v1/visits/{visit}/photos", headers=boss).json()
    shown = client.get(f"/v1/photos/{item['id']}", headers=boss)
    assert (shown.content, shown.headers["Content-Type"]) == (JPEG, "image/jpeg")
    assert shown.headers["X-Content-Type-Options"] == "nosniff"


def test_a_phone_goes_on_where_it_was(client, ann, visit, photo):
    photo(ann, visit, data=JPEG, order=(0, 2))
    state = client.get("/v1/me/photos/photo-0001", headers=ann).json()
    third = len(JPEG) // 3
    assert (state["state"], state["arrived"]) == ("open", [[0, third], [2 * third, len(JPEG)]])
    assert photo(ann, visit, data=JPEG, order=(1,)).json()["arrived"] == [[0, len(JPEG)]]


def test_nobody_else_sees_or_fills_it(client, ann, visit, photo, sign_in):
    photo(ann, visit, data=JPEG, order=(0,))
    bo = sign_in(Role.TECHNICIAN, technician="Bo")
    assert client.get("/v1/me/photos/photo-0001", headers=bo).status_code == 404
    assert client.put("/v1/me/photos/photo-0001/pieces/0", content=b"x", headers=bo).status_code == 404
    assert client.get("/v1/photos/photo-0001", headers=bo).status_code == 403


@pytest.mark.parametrize(
    ("data", "announced", "rule"),
    [
        (b"<html><script>" + bytes(40), None, "photo.type"),
        (b"RIFF" + bytes(50), None, "photo.type"),
        (JPEG, hashlib.sha256(b"other").hexdigest(), "photo.digest"),
    ],
)
def test_what_is_no_photo_or_another_one_is_forgotten(client, ann, visit, photo, boss, data, announced, rule):
    answer = photo(ann, visit, data=data, digest=announced)
    assert (answer.status_code, answer.json()["faults"][0]["rule"]) == (422, rule)
    assert client.get(f"/v1/visits/{visit}/photos", headers=boss).json() == []
    assert client.get("/v1/me/photos/photo-0001", headers=ann).json()["arrived"] == []


def test_a_piece_outside_the_photo_and_a_photo_too_large_are_refused(client, ann, visit, photo, settings):
    photo(ann, visit, data=JPEG, order=(0,))
    far = client.put(f"/v1/me/photos/photo-0001/pieces/{len(JPEG) - 1}", content=b"xx", headers=ann)
    assert far.json()["faults"][0]["rule"] == "photo.piece"
    body = {"id": "photo-0002", "visit": visit, "size": settings.most_photo_bytes + 1, "sha256": "0" * 64}
    assert client.post("/v1/me/photos", json=body, headers=ann).json()["faults"][0]["rule"] == "photo.size"
    body = {"id": "photo-0001", "visit": visit, "size": 5, "sha256": "0" * 64}
    assert client.post("/v1/me/photos", json=body, headers=ann).json()["code"] == "photo.other"
