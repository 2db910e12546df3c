"""Tables with a row for each class: technicians that nothing tells apart.

Technicians are merged twice: by what they are and how tickets name them, so that each table is filled once for each
kind, then by the filled rows. Rows are filled by signature: what tickets ask for comes in few combinations.
"""

from __future__ import annotations

import hashlib
from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from dispatch.problem import Problem
from dispatch.technicians import Technician
from dispatch.travel import Travel
from solver.search.instance import FAR_S, I32, I64, U8, U64
from solver.search.limits import check_count

ORIGINS = 64
"""Bases and centres whose legs to all tickets are asked for at once."""

Mask = npt.NDArray[np.bool_]
Reach = tuple[str, int, int, int]  # profile, place that it is measured from, most seconds, most metres


class ClassTables(NamedTuple):
    """Fields of ``Instance`` with a row for each class; k classes, n tickets, c centres, q kinds of parts."""

    service_of: I32  # (k, n+c)
    allowed: U8  # (k, n)
    fixed_cents: I32  # (k, n)
    stock: I32  # (k, q)
    tool_have: U64  # (k,)
    profile_of: I64  # (k,)
    max_leg_s: I64  # (k,)
    max_leg_m: I64  # (k,)


def class_tables(
    problem: Problem, travel: Travel, parts: Sequence[str], tools: Mapping[str, int]
) -> tuple[ClassTables, I64]:
    """Fill the tables; beside them the class of each technician. Classes are numbered as they are first seen.

    Raises
    ------
    InputError
        ``search.range`` when a number leaves 31 bits.
    """
    tickets, technicians = problem.tickets, problem.technicians
    asked = {skill for ticket in tickets for skill in ticket.skills}
    paced = {*asked, "*"}
    may_come, wished = _named(problem)
    reaches = [_reaches(problem, travel, one) for one in technicians]
    keys, kind_of = numbered(
        (
            _levels(one.skills, asked), _levels(one.duration_percent, paced), one.profile,
            tuple(one.stock.get(part, 0) for part in parts), tool_set(tools, one.tools), _limit(one.max_leg_s),
            _limit(one.max_leg_m), reaches[row], may_come[row].tobytes(), wished[row].tobytes(),
        )
        for row, one in enumerate(technicians)
    )  # fmt: skip
    first = np.unique(kind_of, return_index=True)[1]
    people = [technicians[row] for row in first]
    profiles = profile_names(problem)
    inside = _inside(travel, problem, [reach for row in first for reach in reaches[row]])
    allowed = may_come[first] & np.array([not one.crew and not one.after for one in tickets], dtype=np.bool_)
    for line, row in enumerate(first):
        for reach in reaches[row]:
            allowed[line] &= inside[reach]
    fixed_cents = _qualify(problem, people, allowed, wished[first])
    tables = ClassTables(
        service_of=_service_s(problem, people),
        allowed=allowed.astype(np.uint8),
        fixed_cents=fixed_cents,
        stock=quantities([one.stock for one in people], parts),
        tool_have=np.array([tool_set(tools, one.tools) for one in people], dtype=np.uint64),
        profile_of=np.array([profiles.index(one.profile) for one in people], dtype=np.int64),
        max_leg_s=np.array([_limit(one.max_leg_s) for one in people], dtype=np.int64),
        max_leg_m=np.array([_limit(one.max_leg_m) for one in people], dtype=np.int64),
    )
    digests, class_of = numbered(_digest(tables, row) for row in range(len(keys)))
    keep = np.unique(class_of, return_index=True)[1]
    if len(digests) < len(keys):
        tables = ClassTables(**{name: table[keep] for name, table in tables._asdict().items()})
    return tables, class_of[kind_of]


def profile_names(problem: Problem) -> tuple[str, ...]:
    """Travel profiles in the order of ``Instance.legs``."""
    return tuple(sorted({technician.profile for technician in problem.technicians}))


def quantities(owners: Sequence[Mapping[str, int]], parts: Sequence[str]) -> I32:
    """Table of how many of each part every owner has or needs."""
    table = np.zeros((len(owners), len(parts)), dtype=np.int32)
    column_of = {part: column for column, part in enumerate(parts)}
    for row, own in enumerate(owners):
        for part, quantity in own.items():
            if part in column_of:
                check_count(quantity)
                table[row, column_of[part]] = quantity
    return table


def tool_set(tools: Mapping[str, int], own: Iterable[str]) -> int:
    """Tools as bits; those that no ticket asks for have none."""
    return sum(1 << tools[tool] for tool in own if tool in tools)


def numbered[K: Hashable](keys: Iterable[K]) -> tuple[list[K], I64]:
    """Distinct keys as they are first seen, and the number of each key in that list."""
    seen: dict[K, int] = {}
    numbers = np.array([seen.setdefault(key, len(seen)) for key in keys], dtype=np.int64)
    return list(seen), numbers


def _levels(levels: Mapping[str, int], known: set[str]) -> frozenset[tuple[str, int]]:
    return frozenset(item for item in levels.items() if item[0] in known)


def _limit(value: int | None) -> int:
    return FAR_S if value is None else min(value, FAR_S)


def _digest(tables: ClassTables, row: int) -> bytes:
    digest = hashlib.sha256()
    for table in tables:
        digest.update(table[row : row + 1])
    return digest.digest()


def _named(problem: Problem) -> tuple[Mask, Mask]:
    """Who may come by name (required, excluded, pin), and who is wished: both (technicians, n)."""
    rank = {technician.id: row for row, technician in enumerate(problem.technicians)}
    groups, group_of = numbered(
        (t.required, t.excluded, t.preferred, t.pin.technician_ids[0] if t.pin else None) for t in problem.tickets
    )
    may_come, wished = (np.ones((len(groups), len(rank)), dtype=np.bool_) for _ in range(2))
    for row, (required, excluded, preferred, pinned) in enumerate(groups):
        for only, table in ((required, may_come), (preferred, wished)):
            if only:
                table[row] = False
                table[row, [rank[one] for one in only]] = True
        may_come[row, [rank[one] for one in excluded]] = False
        if pinned is not None:
            kept = may_come[row, rank[pinned]]
            may_come[row] = False
            may_come[row, rank[pinned]] = kept
    return np.take(may_come.T, group_of, axis=1), np.take(wished.T, group_of, axis=1)


def _reaches(problem: Problem, travel: Travel, technician: Technician) -> tuple[Reach, ...]:
    """Areas that a ticket must lie in: around the technician's base and around the centre."""
    areas = [(technician.base, technician.max_drive_s, technician.max_distance_m)]
    if technician.centre_id is not None:
        centre = problem.centre_by_id[technician.centre_id]
        areas.append((centre.place, centre.coverage_s, centre.coverage_m))
    return tuple(
        (technician.profile, travel.index[origin.id], _limit(limit_s), _limit(limit_m))
        for origin, limit_s, limit_m in areas
        if origin is not None and (limit_s is not None or limit_m is not None)
    )


def _inside(travel: Travel, problem: Problem, reaches: Iterable[Reach]) -> dict[Reach, Mask]:
    """Tickets within each area."""
    places, place_of = numbered(travel.index[ticket.place.id] for ticket in problem.tickets)
    columns = np.array(places, dtype=np.int64)
    by_profile: dict[str, list[Reach]] = {}
    for reach in dict.fromkeys(reaches):
        by_profile.setdefault(reach[0], []).append(reach)
    inside: dict[Reach, Mask] = {}
    for profile, own in by_profile.items():
        for begin in range(0, len(own), ORIGINS):
            some = own[begin : begin + ORIGINS]
            origins, most_s, most_m = np.array([reach[1:] for reach in some], dtype=np.int64).T
            legs = travel.block(profile, origins, columns)
            fits = (legs.travel_s <= most_s[:, None]) & (legs.distance_m <= most_m[:, None]) & (legs.travel_s >= 0)
            inside.update(zip(some, fits[:, place_of], strict=True))
    return inside


def _qualify(problem: Problem, people: Sequence[Technician], allowed: Mask, wished: Mask) -> I32:
    """Strike out of `allowed` whoever lacks a skill; give the price of preference and overqualification."""
    weights = problem.weights
    demands, demand_of = numbered(frozenset(ticket.skills.items()) for ticket in problem.tickets)
    sets, set_of = numbered(frozenset(one.skills.items()) for one in people)
    have_by_skill = [dict(own) for own in sets]
    reached = np.ones((len(sets), len(demands)), dtype=np.bool_)
    above = np.zeros((len(sets), len(demands)), dtype=np.int64)
    askers: dict[str, list[tuple[int, int]]] = {}
    for column, demand in enumerate(demands):
        for skill, level in demand:
            askers.setdefault(skill, []).append((column, level))
    for skill, asking in askers.items():
        columns, levels = np.array(asking, dtype=np.int64).T
        spare = np.array([own.get(skill, 0) for own in have_by_skill], dtype=np.int64)[:, None] - levels
        reached[:, columns] &= spare >= 0
        above[:, columns] += np.maximum(0, spare)
    fixed_cents = np.zeros(allowed.shape, dtype=np.int32)
    for row, own in enumerate(set_of):
        allowed[row] &= reached[own][demand_of]
        cents = above[own][demand_of] * weights.overqualified_cents
        cents[~wished[row]] += weights.preference_cents
        check_count(int(cents.max(initial=0)))
        fixed_cents[row] = cents
    return fixed_cents


def _service_s(problem: Problem, people: Sequence[Technician]) -> I32:
    """Service time by class and ticket, then restock time by centre."""
    n = len(problem.tickets)
    duration_s = np.array([ticket.duration_s for ticket in problem.tickets], dtype=np.int64)
    names, names_of = numbered(frozenset(ticket.skills) for ticket in problem.tickets)
    askers = {
        skill: [number for number, own in enumerate(names) if skill in own] for skill in frozenset().union(*names)
    }
    factors, factor_of = numbered(frozenset(one.duration_percent.items()) for one in people)
    service_s = np.zeros((len(people), n + len(problem.centres)), dtype=np.int32)
    for number, factor in enumerate(factors):
        own = dict(factor)
        percent = np.zeros(len(names), dtype=np.int64)
        for skill in own.keys() & askers.keys():
            percent[askers[skill]] = np.maximum(percent[askers[skill]], own[skill])
        percent[percent == 0] = own.get("*", 100)
        service_s[factor_of == number, :n] = (duration_s * percent[names_of] + 50) // 100
    if people:
        for column, centre in enumerate(problem.centres):
            check_count(centre.restock_s)
            service_s[:, n + column] = centre.restock_s
    return service_s
