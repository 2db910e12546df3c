"""Server-sent events: one reader of the feed for all phones of a process.

Each phone waits on a queue of its own; a thread looks for new entries twice a second and hands them out. A phone that
comes back names the last number that it has seen and gets what it missed from the database first.
"""

from __future__ import annotations

import asyncio
import json
import logging
import threading
from collections import defaultdict
from collections.abc import AsyncIterator

from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import func, select

from api.service.store.changes import changes_after
from api.service.store.database import Store
from api.service.store.tables import Change

_LOG = logging.getLogger("callout.stream")
LOOK_S = 0.5
ALIVE_S = 15.0
"""A comment after so long without news: what lies between phone and server closes silent connections."""
MOST_WAITING = 1000
"""Entries that a slow phone may be behind; then its stream ends, and it comes back with its last number."""

Waiting = asyncio.Queue[Change | None]


class Stream:
    """Hands new entries of the feed to who listens."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._waiting: dict[str, set[tuple[asyncio.AbstractEventLoop, Waiting]]] = defaultdict(set)
        self._guard = threading.Lock()
        self._stopped = threading.Event()
        self._last = 0
        self._thread = threading.Thread(target=self._look, name="feed", daemon=True)

    def start(self) -> None:
        """Begin to look for entries that are newer than those of now."""
        with self._store.reading() as session:
            self._last = session.exec(select(func.max(Change.id))).one() or 0
        self._thread.start()

    def end(self) -> None:
        """End all streams, those that begin from now on too; waits for nothing."""
        self._stopped.set()
        self._hand_out(None, list(self._waiting))

    def stop(self) -> None:
        """End all streams, and look for nothing any more."""
        self.end()
        self._thread.join()

    def listeners(self) -> int:
        """How many phones listen now."""
        with self._guard:
            return sum(len(own) for own in self._waiting.values())

    async def listen(self, technician_id: str, last: int) -> AsyncIterator[str]:
        """Events of one technician after number `last`, as the lines of an event stream."""
        mine: Waiting = asyncio.Queue(MOST_WAITING)
        entry = asyncio.get_running_loop(), mine
        with self._guard:
            self._waiting[technician_id].add(entry)
        try:
            while missed := await asyncio.to_thread(self._after, technician_id, last):
                for change in missed:
                    last = change.id or last
                    yield lines(change)
            while not self._stopped.is_set():
                try:
                    news = await asyncio.wait_for(mine.get(), ALIVE_S)
                except TimeoutError:
                    yield ": alive\n\n"
                    continue
                if news is None:
                    return
                if (news.id or 0) > last:
                    last = news.id or last
                    yield lines(news)
        finally:
            with self._guard:
                self._waiting[technician_id].discard(entry)

    def _after(self, technician_id: str, last: int) -> list[Change]:
        with self._store.reading() as session:
            return changes_after(session, last, technician_id=technician_id)

    def _look(self) -> None:
        while not self._stopped.wait(LOOK_S):
            try:
                with self._store.reading() as session:
                    news = changes_after(session, self._last)
            except SQLAlchemyError:
                _LOG.warning("the database is away; the feed goes on when it is back")
                continue
            for change in news:
                self._last = change.id or self._last
                self._hand_out(change, [change.technician_id])

    def _hand_out(self, change: Change | None, technicians: list[str]) -> None:
        with self._guard:
            listeners = [entry for name in technicians for entry in self._waiting.get(name, ())]
        for loop, queue in listeners:
            if not loop.is_closed():
                loop.call_soon_threadsafe(_put, queue, change)


def _put(queue: Waiting, change: Change | None) -> None:
    """Hand an entry over; one who is too far behind is sent away instead."""
    if queue.full():
        while not queue.empty():
            queue.get_nowait()
        change = None
    queue.put_nowait(change)


def lines(change: Change) -> str:
    """An entry as an event: its number, its kind, its facts."""
    data = {"at": change.at.isoformat(), "kind": change.kind, "reason": change.reason, **change.facts}
    return f"id: {change.id}\nevent: {change.kind}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"
