"""Polls that are answered without the framework say what the framework's own way says."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta

import pytest

from api.service.phone.lines import Lines
from api.service.phone.newest import Newest
from api.service.phone.route import last_change
from api.service.phone.spans import span_asked
from api.service.security.roles import Role
from api.service.store.plain import OfSession
from api.service.store.quick import AwayError, Quick

USUAL = {"nobody_reads_this": "1"}
"""Makes a request odd enough to go the usual way."""
CHEN = {"name": "Chen Wei", "phone": "139", "address": "Lane 5"}
DAY = {"start": "2026-03-02T00:00:00+08:00", "end": "2026-03-03T00:00:00+08:00"}


@pytest.fixture
def ann(client, boss, town, make_plan, publish, sign_in):
    town["tickets"][0] |= {"parts": {"fuse": 2}, "tools": ["ladder"]}
    town["technicians"][0] |= {"tools": ["ladder"], "stock": {"fuse": 9}}
    assert client.post("/v1/imports", json=town, headers=boss).status_code == 200
    assert client.put("/v1/customers/K1", json=CHEN, headers=boss).status_code in (200, 201)
    assert client.put("/v1/tickets/T1/customer", json={"customer": "K1"}, headers=boss).status_code == 200
    publish(make_plan())
    return sign_in(Role.TECHNICIAN, technician="Ann")


@pytest.mark.parametrize("span", [DAY, {}, {"start": DAY["start"]}, DAY | {"end": "2026-03-02T10:00:00+08:00"}])
def test_both_ways_give_the_same_route(client, ann, span, monkeypatch):
    quick = client.get("/v1/me/route", params=span, headers=ann)
    usual = client.get("/v1/me/route", params=span | USUAL, headers=ann)
    assert quick.status_code == usual.status_code == 200
    assert quick.content == usual.content
    assert {name: quick.headers[name] for name in ("etag", "cache-control", "content-type")} == {
        name: usual.headers[name] for name in ("etag", "cache-control", "content-type")
    }
    tag = {"If-None-Match": quick.headers["etag"]}
    for params in (span, span | USUAL):
        assert client.get("/v1/me/route", params=params, headers=ann | tag).status_code == 304


def test_the_route_holds_what_the_door_asks_for(client, ann):
    stops = client.get("/v1/me/route", params=DAY, headers=ann).json()["stops"]
    first = next(stop for stop in stops if stop["ticket"] == "T1")
    assert first["parts"] == {"fuse": 2}
    assert first["tools"] == ["ladder"]
    assert first["customer"] == CHEN
    assert first["navigation"] == f"geo:{first['lat']},{first['lon']}"


def test_the_framework_is_not_asked(client, ann, monkeypatch):
    client.get("/v1/me/route", headers=ann)  # the first one opens the travel source
    monkeypatch.setattr("api.service.resources.me.route_of", None)
    assert client.get("/v1/me/route", params=DAY, headers=ann).status_code == 200


@pytest.mark.parametrize(
    "query",
    [
        b"start=tomorrow",
        b"start=2026-03-02T00:00:00",
        b"begin=2026-03-02T00:00:00Z",
        b"start",
        b"\xff=1",
        b"end=&end=",
        b"start=2026-03-02T00:00:00Z&start=2026-03-03T00:00:00Z",
        b"end=9999-01-01T00:00:00Z",
    ],
)
def test_an_odd_question_goes_the_usual_way(query, clock):
    assert span_asked(query, clock()) is None


def test_what_is_not_said_is_around_now(clock):
    begins, ends = span_asked(b"", clock())
    assert begins <= clock() - timedelta(hours=6) < begins + timedelta(hours=1)
    assert ends - begins == timedelta(hours=24)


def test_a_line_that_has_to_be_searched_is_not_known_at_once():
    here, there = (31.2, 121.4), (31.3, 121.5)
    lines = Lines("geodesic")
    with pytest.raises(LookupError):
        lines.known(here, there, "car")
    assert lines.line(here, there, "car") is None
    assert lines.known(here, there, "car") is None
    assert lines.known(here, here, "car") is None


def test_bodies_are_json(client, ann):
    assert json.loads(client.get("/v1/me/route", params=DAY, headers=ann).content)["technician"] == "Ann"


def test_who_asks_at_the_same_time_waits_for_one_answer(store, client, ann, boss, publish, make_plan):
    """Each gets the own number, 0 where nothing has happened; one who goes away takes nothing from the others."""

    class Counted(Quick):
        asked = 0

        def rows(self, question, *values):
            self.asked += 1
            return super().rows(question, *values)

    quick = Counted(store.url)
    newest = Newest(quick)

    async def together():
        names = ["Ann", "Bo", "Ann", "nobody", "Bo's"]
        tasks = [asyncio.create_task(newest.of(name)) for name in names]
        await asyncio.sleep(0)
        tasks[0].cancel()
        return await asyncio.gather(*tasks[1:]), await newest.of("Ann")

    (bo, ann_s, nobody, other), again = asyncio.run(together())
    quick.close()
    with store.reading() as session:
        assert (ann_s, bo) == tuple(last_change(OfSession(session), name) for name in ("Ann", "Bo"))
    assert ann_s > 0
    assert (nobody, other, again) == (0, 0, ann_s)
    assert quick.asked == 2


def test_a_database_that_is_away_is_told_to_all_who_wait(tmp_path):
    async def ask():
        newest = Newest(Quick(f"sqlite:///{tmp_path}/nothing/here.sqlite"))
        return await asyncio.gather(*(newest.of(name) for name in "ab"), return_exceptions=True)

    assert [type(one) for one in asyncio.run(ask())] == [AwayError, AwayError]


def test_nobody_waits_for_ever_whatever_goes_wrong():
    class Broken:
        is_sqlite = True

        def rows(self, question, *values):
            raise ZeroDivisionError

    async def ask():
        newest = Newest(Broken())
        return await asyncio.wait_for(asyncio.gather(*map(newest.of, "ab"), return_exceptions=True), 30)

    assert [type(one) for one in asyncio.run(ask())] == [ZeroDivisionError, ZeroDivisionError]
