"""What a simulated day needs of its demand."""

from __future__ import annotations

from typing import Protocol

from dispatch.tickets import Ticket
from scenarios.streams import Streams


class Demand(Protocol):
    """A source of tickets. Implementations are frozen and can be pickled."""

    def day(self, index: int, streams: Streams) -> tuple[Ticket, ...]:
        """Tickets that the day numbered `index` (from 0) brings, in the order of opening.

        Seconds count from 00:00 of that day. Tickets opened before it (less than 0) are waiting in the morning.
        """
        ...
