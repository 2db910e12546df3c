"""The stream of changes: nothing twice, nothing lost, whoever comes and goes."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest

from api.service.phone import stream as module
from api.service.phone.route import last_change
from api.service.phone.stream import Stream, lines
from api.service.store.changes import changes_after, tell
from api.service.store.plain import OfSession
from api.service.store.tables import Change, Technician

NOW = datetime(2026, 3, 2, tzinfo=UTC)


@pytest.fixture
def told(store, monkeypatch):
    """Write entries, each in a transaction of its own; their numbers."""
    monkeypatch.setattr(module, "LOOK_S", 0.02)
    with store.writing() as session:
        session.add_all([Technician(id="Ann"), Technician(id="Bo")])

    def write(*owners):
        numbers = []
        for owner in owners:
            with store.writing() as session:
                tell(session, owner, "added", "published", NOW, {"visit": "v"})
            with store.reading() as session:
                numbers.append(last_change(OfSession(session), owner))
        return numbers

    return write


@pytest.fixture
def stream(store, told):
    made = Stream(store)
    made.start()
    yield made
    made.stop()


def _numbers(texts):
    return [int(text.split("\n")[0].removeprefix("id: ")) for text in texts if text.startswith("id: ")]


async def _take(source, count):
    return [await anext(source) for _ in range(count)]


def test_an_entry_is_an_event():
    change = Change(id=7, technician_id="Ann", at=NOW, kind="retimed", reason="published", facts={"visit": "v"})
    head, kind, data, *rest = lines(change).split("\n")
    assert (head, kind, rest) == ("id: 7", "event: retimed", ["", ""])
    assert '"visit": "v"' in data
    assert "Ann" not in data


def test_who_listens_gets_what_comes_and_only_the_own(stream, told):
    async def run():
        source = stream.listen("Ann", 0)
        first = asyncio.ensure_future(_take(source, 3))
        await asyncio.sleep(0.1)
        numbers = await asyncio.to_thread(told, "Ann", "Bo", "Ann", "Ann")
        got = await asyncio.wait_for(first, 20)
        await source.aclose()
        return numbers, got

    numbers, got = asyncio.run(run())
    assert _numbers(got) == [numbers[0], numbers[2], numbers[3]]


def test_who_comes_back_gets_what_was_missed_once(stream, told):
    missed = told("Ann", "Bo", "Ann", "Ann")

    async def run():
        source = stream.listen("Ann", missed[0])
        got = await asyncio.wait_for(_take(source, 2), 20)
        more = asyncio.ensure_future(_take(source, 1))
        new = await asyncio.to_thread(told, "Ann")
        got += await asyncio.wait_for(more, 20)
        await source.aclose()
        return got, new

    got, new = asyncio.run(run())
    assert _numbers(got) == [missed[2], missed[3], *new]


def test_a_crowd_that_writes_while_all_listen_loses_nothing(stream, told, store):
    async def run():
        sources = [stream.listen(owner, 0) for owner in ("Ann", "Bo") * 10]
        taking = [asyncio.ensure_future(_take(source, 15)) for source in sources]
        await asyncio.gather(*(asyncio.to_thread(told, *["Ann", "Bo"] * 5) for _ in range(3)))
        got = await asyncio.wait_for(asyncio.gather(*taking), 60)
        for source in sources:
            await source.aclose()
        return got

    got = asyncio.run(run())
    with store.reading() as session:
        for owner, texts in zip(("Ann", "Bo") * 10, got, strict=True):
            assert _numbers(texts) == [one.id for one in changes_after(session, 0, technician_id=owner)]


def test_silence_is_broken_and_stopping_ends_the_stream(stream, told, monkeypatch):
    monkeypatch.setattr(module, "ALIVE_S", 0.05)

    async def run():
        source = stream.listen("Ann", 0)
        alive = await asyncio.wait_for(anext(source), 20)
        rest = asyncio.ensure_future(_all(source))
        await asyncio.to_thread(stream.stop)
        return alive, await asyncio.wait_for(rest, 20)

    async def _all(source):
        return [text async for text in source]

    alive, rest = asyncio.run(run())
    assert alive == ": alive\n\n"
    assert _numbers(rest) == []


def test_one_who_is_too_slow_is_sent_away_to_come_back(stream, told, monkeypatch):
    monkeypatch.setattr(module, "MOST_WAITING", 2)

    async def run():
        source = stream.listen("Ann", 0)
        first = asyncio.ensure_future(anext(source))
        await asyncio.sleep(0.1)
        numbers = await asyncio.to_thread(told, "Ann")
        seen = [await asyncio.wait_for(first, 20)]
        numbers += await asyncio.to_thread(told, *["Ann"] * 5)  # while this phone reads nothing
        await asyncio.sleep(0.3)
        seen += [text async for text in source]
        again = stream.listen("Ann", _numbers(seen)[-1])
        seen += await asyncio.wait_for(_take(again, 6 - len(_numbers(seen))), 20)
        await again.aclose()
        return numbers, seen

    numbers, seen = asyncio.run(run())
    assert _numbers(seen) == numbers
