"""Technicians, their shifts, and the service centres that they restock at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from dispatch.errors import reject
from dispatch.places import Place
from dispatch.tickets import Ticket, check_levels

DEFAULT_PROFILE = "car"


@dataclass(frozen=True, slots=True, kw_only=True)
class Break:
    """A rest of fixed length that **starts** in ``earliest_s .. latest_s``.

    It never overlaps a service; it may interrupt a drive, and it may lie before the departure or after the
    return, where it is not part of the route.
    """

    earliest_s: int
    latest_s: int
    duration_s: int

    def __post_init__(self) -> None:
        if self.latest_s < self.earliest_s:
            raise reject(
                "break.order",
                "a break's window must not end before it starts",
                field="breaks",
                value=f"{self.earliest_s}..{self.latest_s}",
            )
        if self.duration_s <= 0:
            raise reject("break.duration", "a break needs a positive length", field="breaks", value=self.duration_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """One stretch of work of one technician; a route belongs to one shift.

    Parameters
    ----------
    id, technician_id : str
        Unique id; owner.
    start_s : int
        Earliest departure (hard).
    regular_end_s : int
        From here to `end_s` the work is overtime.
    end_s : int
        Latest return (hard).
    start_place, end_place : Place or None
        None: the route starts at its first stop, or ends at its last.
    breaks : tuple of Break
        In time order, not overlapping.
    """

    id: str
    technician_id: str
    start_s: int
    regular_end_s: int
    end_s: int
    start_place: Place | None = None
    end_place: Place | None = None
    breaks: tuple[Break, ...] = ()

    def __post_init__(self) -> None:
        if not self.start_s <= self.regular_end_s <= self.end_s:
            raise reject(
                "shift.order",
                "start <= regular end <= end must hold",
                field="shift",
                value=f"{self.start_s}..{self.regular_end_s}..{self.end_s}",
                owner=self.id,
            )
        if self.start_s == self.end_s:
            raise reject(
                "shift.empty", "a shift needs a positive length", field="shift", value=self.start_s, owner=self.id
            )
        for before, behind in pairwise(self.breaks):
            if behind.earliest_s < before.latest_s + before.duration_s:
                raise reject(
                    "break.overlap",
                    "breaks must be in order and leave room for each other",
                    field="breaks",
                    value=behind.earliest_s,
                    owner=self.id,
                )


@dataclass(frozen=True, slots=True, kw_only=True)
class Technician:
    """A person who serves tickets.

    Parameters
    ----------
    id, name : str
        Unique id; name shown to people.
    skills : mapping of str to int
        Skill to level 1..5.
    duration_percent : mapping of str to int
        Skill to the share of a ticket's service time that this person needs (80 = faster); ``*`` for all other
        work. A ticket that needs several of the skills takes the largest.
    base : Place or None
        Where reach is measured from; usually the home or the centre.
    centre_id : str or None
        The service centre that this technician belongs to.
    profile : str
        Travel profile, a name that the travel source knows.
    stock : mapping of str to int
        Van stock at the start of **each** shift (vans are topped up to this list between shifts).
    tools : frozenset of str
        Tools in the van.
    max_distance_m, max_drive_s : int or None
        Farthest ticket from `base`, one way.
    max_leg_m, max_leg_s : int or None
        Longest single leg to a ticket.
    """

    id: str
    name: str = ""
    skills: Mapping[str, int] = field(default_factory=dict)
    duration_percent: Mapping[str, int] = field(default_factory=dict)
    base: Place | None = None
    centre_id: str | None = None
    profile: str = DEFAULT_PROFILE
    stock: Mapping[str, int] = field(default_factory=dict)
    tools: frozenset[str] = frozenset()
    max_distance_m: int | None = None
    max_drive_s: int | None = None
    max_leg_m: int | None = None
    max_leg_s: int | None = None

    def __post_init__(self) -> None:
        if not self.id:
            raise reject("technician.id", "a technician needs an id", field="id")
        check_levels(self.skills, self.id)
        for skill, percent in self.duration_percent.items():
            if not 1 <= percent <= 1000:
                raise reject(
                    "technician.duration_percent",
                    f"percentage for {skill} must be 1..1000",
                    field="duration_percent",
                    value=percent,
                    owner=self.id,
                )
        for part, quantity in self.stock.items():
            if quantity < 0:
                raise reject(
                    "part.quantity",
                    f"stock of {part} must not be negative",
                    field="stock",
                    value=quantity,
                    owner=self.id,
                )
        for name in ("max_distance_m", "max_drive_s", "max_leg_m", "max_leg_s"):
            limit = getattr(self, name)
            if limit is not None and limit < 0:
                raise reject(
                    "technician.reach", "a reach limit must not be negative", field=name, value=limit, owner=self.id
                )
        if self.base is None and (self.max_distance_m is not None or self.max_drive_s is not None):
            raise reject("technician.base", "a reach from base needs a base", field="base", owner=self.id)

    def has_skills(self, skills: Mapping[str, int]) -> bool:
        """Whether every level is reached."""
        return all(self.skills.get(skill, 0) >= level for skill, level in skills.items())

    def service_s(self, ticket: Ticket, role: int = 0) -> int:
        """Service time of `ticket` when this technician fills `role`, in seconds (rounded half up)."""
        own = [self.duration_percent[skill] for skill in ticket.role_skills(role) if skill in self.duration_percent]
        percent = max(own) if own else self.duration_percent.get("*", 100)
        return (ticket.duration_s * percent + 50) // 100


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceCentre:
    """A place where vans are restocked and whose technicians cover an area.

    Parameters
    ----------
    id : str
        Unique.
    place : Place
        Where.
    restock_s : int
        Time that a restock stop takes.
    parts, tools : frozenset of str or None
        Kinds held here, in any quantity; None: every kind.
    coverage_m, coverage_s : int or None
        Area that the technicians of this centre serve: radius, or drive time, from the centre to the ticket.
    """

    id: str
    place: Place
    restock_s: int = 600
    parts: frozenset[str] | None = None
    tools: frozenset[str] | None = None
    coverage_m: int | None = None
    coverage_s: int | None = None

    def __post_init__(self) -> None:
        for name in ("restock_s", "coverage_m", "coverage_s"):
            value = getattr(self, name)
            if value is not None and value < 0:
                raise reject("centre.negative", "must not be negative", field=name, value=value, owner=self.id)
