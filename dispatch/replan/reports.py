"""What is known of a visit while the day goes on."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from dispatch.errors import reject


class State(StrEnum):
    """How far a visit is."""

    UNDER_WAY = "under_way"
    """The technician drives there, waits there or works; nobody calls them back."""

    DONE = "done"
    """The ticket is solved."""

    FAILED = "failed"
    """The technician has left and the ticket is as open as before: nobody was in, a part was wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One visit that can't be planned any more.

    Parameters
    ----------
    ticket_id, role : str, int
        Which visit.
    shift_id : str
        On whose route.
    state : State
        How far it is.
    start_s, finish_s : int
        When the service started and ended; of a visit under way when they are expected to.
    again : bool
        Of a failed visit: the plan in force holds another one of the same ticket, which is still to come.
    """

    ticket_id: str
    shift_id: str
    state: State
    start_s: int
    finish_s: int
    role: int = 0
    again: bool = False

    def __post_init__(self) -> None:
        if self.finish_s < self.start_s:
            raise reject(
                "report.order",
                "a visit must not end before it starts",
                field="finish",
                value=f"{self.start_s}..{self.finish_s}",
                owner=self.ticket_id,
            )
