"""Service tickets: the work to be done."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from dispatch.errors import reject
from dispatch.places import Place
from dispatch.tiers import Point

MAX_LEVEL = 5
"""Highest skill level; the lowest is 1."""


def check_levels(levels: Mapping[str, int], owner: str) -> None:
    """Raise ``skill.level`` unless every level is in 1..5."""
    for name, level in levels.items():
        if not 1 <= level <= MAX_LEVEL:
            raise reject(
                "skill.level", f"level of {name} must be 1..{MAX_LEVEL}", field="skills", value=level, owner=owner
            )


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Window:
    """The service must start in ``start_s <= start <= end_s`` (seconds from the horizon's start)."""

    start_s: int
    end_s: int

    def __post_init__(self) -> None:
        if self.end_s < self.start_s:
            raise reject(
                "window.order",
                "a window must not end before it starts",
                field="window",
                value=f"{self.start_s}..{self.end_s}",
            )


def merge_windows(windows: Iterable[Window]) -> tuple[Window, ...]:
    """Sort windows and join those that overlap or touch."""
    merged: list[Window] = []
    for window in sorted(windows):
        if merged and window.start_s <= merged[-1].end_s:
            merged[-1] = Window(start_s=merged[-1].start_s, end_s=max(merged[-1].end_s, window.end_s))
        else:
            merged.append(window)
    return tuple(merged)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin:
    """A dispatcher's decision that the optimiser must keep.

    Parameters
    ----------
    technician_ids : tuple of str
        Who serves, in the order of the crew's roles (one entry for an ordinary ticket).
    start_s : int or None
        The start of service (*pinned*; stands in place of the ticket's windows), or None (*locked*: only the
        technician is kept).
    """

    technician_ids: tuple[str, ...]
    start_s: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class After:
    """The ticket starts after another one, whoever serves them.

    The gap runs from `point` of the other ticket (finish: when its last crew member is done) to the start of
    this one and must lie in ``min_gap_s .. max_gap_s`` (None: no maximum).
    """

    ticket_id: str
    min_gap_s: int = 0
    max_gap_s: int | None = None
    point: Point = Point.FINISH

    def __post_init__(self) -> None:
        if self.max_gap_s is not None and self.max_gap_s < self.min_gap_s:
            raise reject(
                "after.gap",
                "the maximum gap is below the minimum",
                field="after",
                value=f"{self.min_gap_s}..{self.max_gap_s}",
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """A request for one visit.

    Parameters
    ----------
    id : str
        Unique.
    place : Place
        Where.
    duration_s : int
        Service time of a technician with factor 100 %, at least 0.
    tier : str
        Name of its tier.
    opened_s : int
        When the customer reported it (may be negative: before the horizon). Tier targets run from here.
    windows : tuple of Window
        The service starts inside one of them; empty means any time. Kept sorted, overlapping ones as one.
    skills : mapping of str to int
        Skill to least level (1..5) of the technician; for a crew, of its lead.
    parts : mapping of str to int
        Part to quantity consumed from the lead's van.
    tools : frozenset of str
        Tools that the lead carries.
    required, preferred, excluded : frozenset of str
        Technician ids: only these may come (empty: anyone); these are wished; these must not come.
    crew : tuple of mapping
        Skills of each further crew member (an empty mapping: any technician). Empty: one technician serves.
    after : tuple of After
        Order against other tickets.
    pin : Pin or None
        Pinned or locked by a dispatcher.
    unserved_cents : int or None
        Cost of leaving it unserved, in place of the one by tier.

    Raises
    ------
    InputError
        With a rule code and this ticket's id.
    """

    id: str
    place: Place
    duration_s: int
    tier: str
    opened_s: int = 0
    windows: tuple[Window, ...] = ()
    skills: Mapping[str, int] = field(default_factory=dict)
    parts: Mapping[str, int] = field(default_factory=dict)
    tools: frozenset[str] = frozenset()
    required: frozenset[str] = frozenset()
    preferred: frozenset[str] = frozenset()
    excluded: frozenset[str] = frozenset()
    crew: tuple[Mapping[str, int], ...] = ()
    after: tuple[After, ...] = ()
    pin: Pin | None = None
    unserved_cents: int | None = None

    def __post_init__(self) -> None:
        if not self.id:
            raise reject("ticket.id", "a ticket needs an id", field="id")
        if self.duration_s < 0:
            raise reject(
                "ticket.duration",
                "duration must not be negative",
                field="duration",
                value=self.duration_s,
                owner=self.id,
            )
        for levels in (self.skills, *self.crew):
            check_levels(levels, self.id)
        for part, quantity in self.parts.items():
            if quantity < 0:
                raise reject(
                    "part.quantity",
                    f"quantity of {part} must not be negative",
                    field="parts",
                    value=quantity,
                    owner=self.id,
                )
        both = (self.required | self.preferred) & self.excluded
        if both:
            raise reject(
                "technician.contradiction",
                "a technician is both wanted and excluded",
                field="excluded",
                value=sorted(both)[0],
                owner=self.id,
            )
        if self.pin is not None and len(self.pin.technician_ids) != self.crew_size:
            raise reject(
                "pin.crew",
                f"the pin must name {self.crew_size} technician(s)",
                field="pin",
                value=self.pin.technician_ids,
                owner=self.id,
            )
        if self.pin is not None and len(set(self.pin.technician_ids)) != self.crew_size:
            raise reject(
                "pin.crew",
                "a crew is made of different technicians",
                field="pin",
                value=self.pin.technician_ids,
                owner=self.id,
            )
        if any(after.ticket_id == self.id for after in self.after):
            raise reject("after.self", "a ticket can't come after itself", field="after", value=self.id, owner=self.id)
        if self.unserved_cents is not None and self.unserved_cents < 0:
            raise reject(
                "ticket.unserved_cost",
                "a cost must not be negative",
                field="unserved_cents",
                value=self.unserved_cents,
                owner=self.id,
            )
        object.__setattr__(self, "windows", merge_windows(self.windows))

    @property
    def crew_size(self) -> int:
        """How many technicians start it together."""
        return 1 + len(self.crew)

    def role_skills(self, role: int) -> Mapping[str, int]:
        """Skills needed by crew member `role` (0 = lead)."""
        return self.skills if role == 0 else self.crew[role - 1]

    @property
    def start_windows(self) -> tuple[Window, ...]:
        """Windows that bind the start: those of the pin if it has a start, else the promised ones."""
        if self.pin is not None and self.pin.start_s is not None:
            return (Window(start_s=self.pin.start_s, end_s=self.pin.start_s),)
        return self.windows
