"""A day under way: its clock, its log, and what is known."""

from __future__ import annotations

import heapq
from enum import IntEnum

from dispatch.problem import Problem
from dispatch.tickets import Ticket
from dispatch.travel import Travel
from scenarios.simulation.ledger import Event, Fact, Kind
from scenarios.simulation.world import Chances
from scenarios.streams import Streams


class Rank(IntEnum):
    """What happens first when several things happen in one second."""

    REACHES = 0
    """A technician reaches a place, or the start or end of a stop."""
    ILL = 1
    OPENS = 2
    """A ticket comes in."""
    LOOKS = 3
    """The desk looks at the day."""
    LEAVES = 4


class Run:
    """Shared by all who take part in a day.

    Parameters
    ----------
    problem : Problem
        The template with all tickets of the day; only `known` ones may be planned.
    travel : Travel
        Between all its places.
    chances : Chances
    streams : Streams

    Attributes
    ----------
    known : dict of str to Ticket
        Tickets as the desk knows them.
    solved : set of str
        Those that are done.
    tries : dict of str to int
        Visits that found a ticket's customer in or out.
    news : set of str
        Tickets that came in, or are open again, since the last plan.
    stale : bool
        Whether the plan in force needs another look for other reasons.
    events : list of Event
        In the order in which they became known.
    """

    def __init__(self, problem: Problem, travel: Travel, *, chances: Chances, streams: Streams) -> None:
        self.problem, self.travel, self.chances, self.streams = problem, travel, chances, streams
        self.known: dict[str, Ticket] = {}
        self.solved: set[str] = set()
        self.tries: dict[str, int] = {}
        self.news: set[str] = set()
        self.stale = False
        self.events: list[Event] = []
        self._queue: list[tuple[int, Rank, str, int, str]] = []

    def at(self, time_s: int, rank: Rank, name: str = "", *, turn: int = 0, what: str = "") -> None:
        """Arrange that something happens."""
        heapq.heappush(self._queue, (time_s, rank, name, turn, what))

    def next(self) -> tuple[int, Rank, str, int, str] | None:
        """The next thing that happens; None: the day is over."""
        return heapq.heappop(self._queue) if self._queue else None

    def log(self, at_s: int, kind: Kind, *, shift_id: str = "", ticket_id: str = "", **facts: Fact) -> None:
        """Write down what happened."""
        self.events.append(Event(at_s=at_s, kind=kind, shift_id=shift_id, ticket_id=ticket_id, facts=facts))
