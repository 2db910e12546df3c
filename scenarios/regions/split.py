"""Cut a problem into regions: groups of neighbouring bases, their technicians, and the tickets nearest to them."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dispatch.errors import InputError
from dispatch.places import Place
from dispatch.ports import FloatArray
from dispatch.problem import Problem
from dispatch.technicians import Technician
from dispatch.tickets import Ticket
from dispatch.travel import Indices

REGION_TICKETS = 500
"""Tickets of a region that is not cut again; ``docs/scenarios.md`` holds what a region of this size takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """Ids of one region; every ticket and technician of the problem is in exactly one."""

    ticket_ids: tuple[str, ...]
    technician_ids: tuple[str, ...]


def split(problem: Problem, *, most: int = REGION_TICKETS) -> tuple[Region, ...]:
    """Cut along bases until a region has at most `most` tickets or one base.

    A ticket belongs to the nearest base (straight line) of a technician with its skills; where there is none, to the
    nearest base. Bases are halved by tickets, across the longer side.

    Raises
    ------
    InputError
        ``region.ties`` when a ticket needs a crew or follows another, ``region.no_coordinates`` naming a place that
        only a matrix knows, ``region.no_base`` a technician without a place.
    """
    if problem.has_ties:
        raise InputError("region.ties", "crews and orders of tickets may reach over regions: plan this input whole")
    bases = {one.id: _base(problem, one) for one in problem.technicians}
    if not bases:
        return (Region(ticket_ids=tuple(one.id for one in problem.tickets), technician_ids=()),)
    spots = list({place.id: place for place in bases.values()}.values())
    number = {place.id: index for index, place in enumerate(spots)}
    at = _plane([*spots, *(one.place for one in problem.tickets)])
    home = _nearest(
        problem, at[: len(spots)], at[len(spots) :], [number[bases[one.id].id] for one in problem.technicians]
    )
    load = np.bincount(home, minlength=len(spots)) if len(home) else np.zeros(len(spots), dtype=np.int64)
    regions = []
    for group in _halves(np.arange(len(spots)), at[: len(spots)], load, most):
        inside = set(group.tolist())
        owned = zip(problem.tickets, home.tolist(), strict=True)
        staff = (one.id for one in problem.technicians if number[bases[one.id].id] in inside)
        tickets = tuple(one.id for one, spot in owned if spot in inside)
        regions.append(Region(ticket_ids=tickets, technician_ids=tuple(staff)))
    return tuple(regions)


def part_of(problem: Problem, region: Region) -> Problem:
    """The problem of one region; every centre may restock there."""
    tickets, technicians = set(region.ticket_ids), set(region.technician_ids)
    return problem.replace(
        tickets=tuple(_here(one, technicians) for one in problem.tickets if one.id in tickets),
        technicians=tuple(one for one in problem.technicians if one.id in technicians),
        shifts=tuple(one for one in problem.shifts if one.technician_id in technicians),
        baseline=tuple(
            one for one in problem.baseline if one.ticket_id in tickets and one.technician_id in technicians
        ),
    )


def _base(problem: Problem, technician: Technician) -> Place:
    starts = [shift.start_place for shift in problem.shifts_by_technician[technician.id] if shift.start_place]
    base = technician.base or next(iter(starts), None)
    if base is None:
        raise InputError(
            "region.no_base", f"{technician.id} has neither a base nor a start place: give one, or plan whole"
        )
    return base


def _plane(places: Sequence[Place]) -> FloatArray:
    """East and north in equal units, good enough to say what is near."""
    for place in places:
        if place.lat is None:
            raise InputError("region.no_coordinates", f"{place.id} has no coordinates: plan this input whole")
    at = np.array([[place.lon, place.lat] for place in places], dtype=float)
    at[:, 0] *= np.cos(np.radians(at[:, 1].mean()))
    return at


def _nearest(problem: Problem, spots: FloatArray, tickets: FloatArray, base_of: Sequence[int]) -> Indices:
    """Number of the base of each ticket."""
    base = {one.id: number for one, number in zip(problem.technicians, base_of, strict=True)}
    able: dict[tuple[object, ...], Indices] = {}
    home = np.zeros(len(tickets), dtype=np.int64)
    for index, ticket in enumerate(problem.tickets):
        if ticket.pin is not None:
            home[index] = base[ticket.pin.technician_ids[0]]
            continue
        key = frozenset(ticket.skills.items()), ticket.required, ticket.excluded
        if key not in able:
            fit = [base[one.id] for one in problem.technicians if _may_serve(one, ticket)]
            able[key] = np.unique(np.array(fit or list(base.values()), dtype=np.int64))
        choice = able[key]
        home[index] = choice[int(((spots[choice] - tickets[index]) ** 2).sum(axis=1).argmin())]
    return home


def _may_serve(technician: Technician, ticket: Ticket) -> bool:
    wanted = not ticket.required or technician.id in ticket.required
    return wanted and technician.id not in ticket.excluded and technician.has_skills(ticket.skills)


def _here(ticket: Ticket, technicians: set[str]) -> Ticket:
    """The ticket without names of technicians of other regions; here nobody may serve one that only those may."""
    elsewhere = ticket.required and not ticket.required & technicians
    return dataclasses.replace(
        ticket,
        required=ticket.required & technicians,
        preferred=ticket.preferred & technicians,
        excluded=frozenset(technicians) if elsewhere else ticket.excluded & technicians,
    )


def _halves(group: Indices, at: FloatArray, load: Indices, most: int) -> list[Indices]:
    if len(group) < 2 or int(load[group].sum()) <= most:
        return [group]
    side = int(np.ptp(at[group], axis=0).argmax())
    ordered = group[np.lexsort((group, at[group, 1 - side], at[group, side]))]
    grown = np.cumsum(load[ordered])
    cut = min(max(int(np.searchsorted(grown, grown[-1] / 2)) + 1, 1), len(ordered) - 1)
    return _halves(ordered[:cut], at, load, most) + _halves(ordered[cut:], at, load, most)
