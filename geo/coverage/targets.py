"""Which promises of the tiers distance alone allows to keep."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from dispatch.errors import reject
from dispatch.tiers import Deadline, Point
from geo.coverage.legs import BoolArray, CentreLegs, Counts, share


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetCoverage:
    """One target of one tier.

    Parameters
    ----------
    tier, target : str
        Names.
    tickets, kept : int
        Tickets with this target; those for which it can be kept.
    share : float or None
        ``kept / tickets``; None without tickets.
    least_slack_s, median_slack_s : int or None
        How long after its opening a technician may leave for a kept ticket at the latest: the least, and the median
        (the lower of two middles); None when none is kept.
    """

    tier: str
    target: str
    tickets: int
    kept: int
    share: float | None
    least_slack_s: int | None
    median_slack_s: int | None


def target_coverage(
    legs: CentreLegs, covers: BoolArray, deadlines: Mapping[str, Sequence[Deadline]]
) -> tuple[TargetCoverage, ...]:
    """Targets that are kept when somebody leaves a covering centre at the moment the ticket opens.

    A target measured at the start is kept when ``opened_s + travel_s <= due_s``; one measured at the finish when
    ``opened_s + travel_s + duration_s <= due_s``, with the travel time of the fastest centre that covers the ticket.
    Windows, shifts and queues are left aside, so this is the most that sites alone allow: a target that is not kept
    here is kept by no plan whose technicians start from these centres when a ticket opens.

    Parameters
    ----------
    legs : CentreLegs
        Of all centres.
    covers : bool, (centres, tickets)
        Who covers what; hand in one row to ask about one centre.
    deadlines : mapping of str to sequence of Deadline
        Of each ticket, as ``Problem.deadlines`` (calendars applied).

    Returns
    -------
    tuple of TargetCoverage
        In the order in which tier and target first stand in the tickets.

    Raises
    ------
    InputError
        ``coverage.deadlines`` when a ticket has no entry.
    """
    far = np.iinfo(np.int32).max
    fastest_s: Counts = np.where(covers, legs.travel_s, far).min(axis=0).astype(np.int64)
    slacks: dict[tuple[str, str], list[int]] = {}
    for ticket, travel_s in zip(legs.tickets, fastest_s.tolist(), strict=True):
        if ticket.id not in deadlines:
            raise reject("coverage.deadlines", "deadlines of this ticket are missing", field="id", value=ticket.id)
        for deadline in deadlines[ticket.id]:
            work_s = ticket.duration_s if deadline.point is Point.FINISH else 0
            slack_s = deadline.due_s - ticket.opened_s - travel_s - work_s if travel_s < far else -1
            slacks.setdefault((ticket.tier, deadline.target), []).append(slack_s)
    rows = []
    for (tier, target), every in slacks.items():
        kept = sorted(slack_s for slack_s in every if slack_s >= 0)
        rows.append(
            TargetCoverage(
                tier=tier,
                target=target,
                tickets=len(every),
                kept=len(kept),
                share=share(len(kept), len(every)),
                least_slack_s=kept[0] if kept else None,
                median_slack_s=kept[(len(kept) - 1) // 2] if kept else None,
            )
        )
    return tuple(rows)
