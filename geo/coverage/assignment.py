"""Which centre should own which ticket when no centre can take them all."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dispatch.errors import InternalError, reject
from geo.coverage.legs import BoolArray, CentreLegs, Counts, demand_of
from geo.coverage.transport import cheapest

F64 = npt.NDArray[np.float64]

NODE_LIMIT = 100
"""Nodes of the branch-and-bound tree: a bound on the work that, unlike seconds, gives one answer on every machine."""

RELATIVE_GAP = 1e-4
"""Where the search for limits in hours stops: a second in three hours of drives."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Capacity:
    """What a centre can take; None: any amount.

    Parameters
    ----------
    tickets : int or None
        Number of tickets.
    work_s : int or None
        Demand in seconds (service time times crew; driving is not part of it).

    Raises
    ------
    InputError
        ``coverage.capacity`` when negative.
    """

    tickets: int | None = None
    work_s: int | None = None

    def __post_init__(self) -> None:
        for field, value in (("tickets", self.tickets), ("work_s", self.work_s)):
            if value is not None and value < 0:
                raise reject("coverage.capacity", "a capacity must not be negative", field=field, value=value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Owned:
    """Where one ticket goes.

    Parameters
    ----------
    ticket_id : str
    centre_id : str or None
        Owner; None where no centre may have it, or all that may are full.
    travel_s : int or None
        From the owner.
    nearest_id : str or None
        Nearest by road among those that may have it; None where there is none.
    extra_s : int
        Drive from the owner over that from the nearest; 0 without an owner.
    """

    ticket_id: str
    centre_id: str | None
    travel_s: int | None
    nearest_id: str | None
    extra_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CentreLoad:
    """Load of one centre: what it owns, what it would own if every ticket went to the nearest, and its drives."""

    centre_id: str
    capacity: Capacity
    tickets: int
    work_s: int
    travel_s: int
    nearest_tickets: int
    nearest_work_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Ownership:
    """An assignment of tickets to centres.

    Parameters
    ----------
    tickets : tuple of Owned
        In the order of the tickets.
    centres : tuple of CentreLoad
        In the order of the centres.
    owned, travel_s : int
        Tickets with an owner, and the sum of the drives to them.
    nearest_travel_s : int
        Sum of the drives to the same tickets from their nearest centres: ``travel_s - nearest_travel_s`` is what the
        limited capacity costs in drive time, one way for each ticket.
    gap_s : int
        0: no better assignment exists. More, possible with limits in hours only: by so much at most.
    """

    tickets: tuple[Owned, ...]
    centres: tuple[CentreLoad, ...]
    owned: int
    travel_s: int
    nearest_travel_s: int
    gap_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Spare:
    """A centre that can still take a ticket, with the drive and the room left before it."""

    centre_id: str
    travel_s: int
    distance_m: int
    tickets_left: int | None
    work_left_s: int | None


def assign(
    legs: CentreLegs,
    capacities: Mapping[str, Capacity] | None = None,
    *,
    allowed: BoolArray | None = None,
    demand_s: Mapping[str, int] | None = None,
) -> Ownership:
    """Tickets to centres with room, with the least sum of drives.

    A ticket without an owner counts as ``(centres + 1) * longest drive + 1``. With limits on the number of tickets
    that means: as many as possible, since one more ticket moves at most one other at each centre. With limits in hours
    a long ticket may be left in favour of several short ones.

    Without limits every ticket goes to its nearest centre. With limits on the number of tickets it is a
    transportation problem, solved exactly (:mod:`geo.coverage.transport`). With limits in hours it is a generalised
    assignment problem (Ross & Soland 1975, doi:10.1007/BF01580430), which HiGHS solves (``scipy.optimize.milp``) down
    to `RELATIVE_GAP` or `NODE_LIMIT`; the answer says how far it may be from the best.

    Parameters
    ----------
    legs : CentreLegs
    capacities : mapping of str to Capacity, optional
        By centre; a centre without an entry takes any amount.
    allowed : bool, (centres, tickets), optional
        Who may own what, for example ``CoverageReport.covers``; without it every centre with a way to the ticket.
    demand_s : mapping of str to int, optional
        Demand of each ticket, at least 0; without it service time times crew.

    Raises
    ------
    InputError
        ``coverage.unknown_centre`` for a capacity of no centre, ``coverage.demand``.
    """
    bounds = _bounds(legs, capacities or {})
    demand = demand_of(legs, demand_s)
    may = legs.reachable if allowed is None else legs.reachable & allowed
    far = np.where(may, legs.travel_s, np.iinfo(np.int32).max)
    nearest: Counts = np.where(may.any(axis=0), far.argmin(axis=0), -1)
    cost = np.where(may, legs.travel_s, 0).astype(np.float64)
    alone = (len(legs.centres) + 1) * cost.max() + 1
    cost[~may] = alone
    if _fits(nearest, bounds, demand):
        owner, gap_s = nearest, 0
    elif all(bound.work_s is None for bound in bounds):
        owner, gap_s = _match(cost, alone, bounds), 0
    else:
        owner, gap_s = _branch(cost, alone, bounds, demand)
    owner = np.where((owner >= 0) & may[owner, np.arange(len(owner))], owner, -1)
    if not _fits(owner, bounds, demand):
        raise InternalError("coverage.assignment", "the solver's assignment breaks a capacity")
    return _ownership(legs, bounds, demand, nearest, owner, gap_s=gap_s)


def spare(
    legs: CentreLegs, ownership: Ownership, ticket_id: str, *, demand_s: Mapping[str, int] | None = None
) -> tuple[Spare, ...]:
    """Centres that can take one more ticket, nearest by road first.

    Parameters
    ----------
    legs : CentreLegs
        Legs to the new ticket, and to others if there are any.
    ownership : Ownership
        What the same centres own already.
    ticket_id : str
        The new ticket, one of those of `legs`; if it has an owner, that one's room counts as taken by it.

    Raises
    ------
    InputError
        ``coverage.unknown_ticket``, ``coverage.unknown_centre`` or ``coverage.demand``.
    """
    columns = {ticket.id: column for column, ticket in enumerate(legs.tickets)}
    loads = {load.centre_id: load for load in ownership.centres}
    if ticket_id not in columns:
        raise reject("coverage.unknown_ticket", "there are no legs to this ticket", field="id", value=ticket_id)
    column = columns[ticket_id]
    need_s = int(demand_of(legs, demand_s)[column])
    found = []
    for row, centre in enumerate(legs.centres):
        if centre.id not in loads:
            raise reject("coverage.unknown_centre", "the ownership lacks this centre", field="id", value=centre.id)
        load = loads[centre.id]
        room, room_s = load.capacity.tickets, load.capacity.work_s
        left = None if room is None else room - load.tickets
        left_s = None if room_s is None else room_s - load.work_s
        travel_s = int(legs.travel_s[row, column])
        if travel_s >= 0 and (left is None or left >= 1) and (left_s is None or left_s >= need_s):
            found.append(
                Spare(
                    centre_id=centre.id,
                    travel_s=travel_s,
                    distance_m=int(legs.distance_m[row, column]),
                    tickets_left=left,
                    work_left_s=left_s,
                )
            )
    return tuple(sorted(found, key=lambda one: (one.travel_s, one.distance_m)))


def _bounds(legs: CentreLegs, capacities: Mapping[str, Capacity]) -> tuple[Capacity, ...]:
    unknown = sorted(capacities.keys() - {centre.id for centre in legs.centres})
    if unknown:
        raise reject("coverage.unknown_centre", "there is no such centre", field="id", value=unknown[0])
    return tuple(capacities.get(centre.id, Capacity()) for centre in legs.centres)


def _fits(owner: Counts, bounds: tuple[Capacity, ...], demand: Counts) -> bool:
    return all(
        (bound.tickets is None or int((owner == row).sum()) <= bound.tickets)
        and (bound.work_s is None or int(demand[owner == row].sum()) <= bound.work_s)
        for row, bound in enumerate(bounds)
    )


def _match(cost: F64, alone: float, bounds: tuple[Capacity, ...]) -> Counts:
    """Row of the owner of each ticket, -1 for none, when only their number is limited."""
    centres, tickets = cost.shape
    nobody = np.full((1, tickets), alone)
    room = [tickets if bound.tickets is None else bound.tickets for bound in bounds]
    owner = cheapest(np.vstack((cost, nobody)).astype(np.int64), np.array([*room, tickets], dtype=np.int64))
    return np.where(owner < centres, owner, -1)


def _branch(cost: F64, alone: float, bounds: tuple[Capacity, ...], demand: Counts) -> tuple[Counts, int]:
    """Row of the owner of each ticket, -1 for none, and by how much the costs may be from the least."""
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import csr_array, eye_array, hstack

    centres, tickets = cost.shape
    rows, columns = np.nonzero(cost < alone)
    pairs = np.arange(len(rows))
    nothing = csr_array((centres, tickets))  # a ticket's own variable, of having no owner, takes no room
    of_ticket = csr_array((np.ones(len(rows)), (columns, pairs)), shape=(tickets, len(rows)))
    of_centre = csr_array((np.ones(len(rows)), (rows, pairs)), shape=(centres, len(rows)))
    work = csr_array((demand[columns].astype(np.float64), (rows, pairs)), shape=(centres, len(rows)))
    room = np.array([np.inf if bound.tickets is None else bound.tickets for bound in bounds])
    room_s = np.array([np.inf if bound.work_s is None else bound.work_s for bound in bounds])
    every = np.concatenate((cost[rows, columns], np.full(tickets, alone)))
    answer = milp(
        every,
        constraints=[
            LinearConstraint(hstack([of_ticket, eye_array(tickets)]), 1, 1),
            LinearConstraint(hstack([of_centre, nothing]), -np.inf, room),
            LinearConstraint(hstack([work, nothing]), -np.inf, room_s),
        ],
        integrality=np.ones(len(every), dtype=np.int64),
        bounds=Bounds(0, 1),
        options={"mip_rel_gap": RELATIVE_GAP, "node_limit": NODE_LIMIT},
    )
    if answer.x is None:  # nobody owning anything is an answer already
        raise InternalError("coverage.assignment", f"the solver found nothing: {answer.message}")
    chosen = np.asarray(answer.x[: len(rows)] > 0.5)
    owner = np.full(tickets, -1, dtype=np.int64)
    owner[columns[chosen]] = rows[chosen]
    least = answer.mip_dual_bound
    return owner, max(0, round(answer.fun) - math.ceil(least - 1e-4))


def _ownership(
    legs: CentreLegs,
    bounds: tuple[Capacity, ...],
    demand: Counts,
    nearest: Counts,
    owner: Counts,
    *,
    gap_s: int,
) -> Ownership:
    tickets = []
    for column, ticket in enumerate(legs.tickets):
        own, near = int(owner[column]), int(nearest[column])
        travel_s = int(legs.travel_s[own, column]) if own >= 0 else None
        tickets.append(
            Owned(
                ticket_id=ticket.id,
                centre_id=legs.centres[own].id if own >= 0 else None,
                travel_s=travel_s,
                nearest_id=legs.centres[near].id if near >= 0 else None,
                extra_s=0 if travel_s is None else travel_s - int(legs.travel_s[near, column]),
            )
        )
    centres = tuple(
        CentreLoad(
            centre_id=centre.id,
            capacity=bounds[row],
            tickets=int((owner == row).sum()),
            work_s=int(demand[owner == row].sum()),
            travel_s=int(legs.travel_s[row, owner == row].sum()),
            nearest_tickets=int((nearest == row).sum()),
            nearest_work_s=int(demand[nearest == row].sum()),
        )
        for row, centre in enumerate(legs.centres)
    )
    travel_s = sum(centre.travel_s for centre in centres)
    return Ownership(
        tickets=tuple(tickets),
        centres=centres,
        owned=int((owner >= 0).sum()),
        travel_s=travel_s,
        nearest_travel_s=travel_s - sum(one.extra_s for one in tickets),
        gap_s=gap_s,
    )
