"""What really happened on a simulated day."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from dispatch.errors import reject

Fact = int | float | str


class Kind(StrEnum):
    """What may happen. ``docs/simulation.md`` lists the facts of each."""

    OPENED = "opened"
    """A ticket is known from here on."""
    PLANNED = "planned"
    """A plan takes force."""
    ILL = "ill"
    """A technician is out for the rest of the day."""
    DEPART = "depart"
    """A technician leaves for a visit, a centre or home."""
    REST = "rest"
    """A break begins."""
    ARRIVE = "arrive"
    """A technician reaches a customer."""
    START = "start"
    """A service begins."""
    FINISH = "finish"
    """A service ends: the ticket is solved."""
    FAILED = "failed"
    """A technician leaves without having served; the ticket is open again."""
    SKIPPED = "skipped"
    """A technician does not set out for a planned visit; the ticket is open again."""
    RESTOCK = "restock"
    """A technician reaches a centre to refill."""
    HOME = "home"
    """A technician has reached the end place of the shift; may leave again for new work."""
    VIOLATION = "violation"
    """Reality broke what the plan kept: an appointment, a break's window, the end of a shift."""
    LEFT = "left"
    """The day is over and the ticket is not solved."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One line of the log.

    Parameters
    ----------
    at_s : int
        When, in seconds from 00:00 of the day; below 0: on the day before.
    kind : Kind
        What.
    shift_id, ticket_id : str
        Whose; empty where it has no meaning.
    facts : mapping
        By name, with the unit in it.
    """

    at_s: int
    kind: Kind
    shift_id: str = ""
    ticket_id: str = ""
    facts: Mapping[str, Fact] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class DayLedger:
    """The log of a day and its figures.

    Parameters
    ----------
    day, seed : int
        Which day.
    events : tuple of Event
        In the order of time; equal times in the order in which they happened.
    kpis : mapping of str to number
        See :func:`scenarios.simulation.figures.figures`.
    """

    day: int
    seed: int
    events: tuple[Event, ...]
    kpis: Mapping[str, int | float]

    def to_json(self) -> bytes:
        """Canonical JSON: equal ledgers give equal bytes."""
        document = {
            "day": self.day,
            "seed": self.seed,
            "events": [
                [event.at_s, event.kind.value, event.shift_id, event.ticket_id, dict(event.facts)]
                for event in self.events
            ],
            "kpis": dict(self.kpis),
        }
        return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()

    @classmethod
    def from_json(cls, data: bytes) -> DayLedger:
        """The ledger of :meth:`to_json`.

        Raises
        ------
        InputError
            ``ledger.format`` when it is something else.
        """
        try:
            document = json.loads(data)
            return cls(
                day=document["day"],
                seed=document["seed"],
                events=tuple(
                    Event(at_s=at_s, kind=Kind(kind), shift_id=shift_id, ticket_id=ticket_id, facts=facts)
                    for at_s, kind, shift_id, ticket_id, facts in document["events"]
                ),
                kpis=document["kpis"],
            )
        except (ValueError, KeyError, TypeError) as error:
            raise reject("ledger.format", f"this is no day ledger: {error}", field="ledger") from error
