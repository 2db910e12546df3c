"""Service tiers and the deadlines that they promise."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from dispatch.clock import ALWAYS
from dispatch.errors import reject

HOUR_S = 3600


class Point(StrEnum):
    """Where on a visit a target is measured."""

    START = "start"
    FINISH = "finish"


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One promise of a tier: reach `point` of the visit within `within_s` of the ticket's opening.

    Parameters
    ----------
    name : str
        For example ``respond`` or ``solve``; unique within its tier.
    within_s : int
        Seconds on `clock`, more than 0.
    point : Point
        Start or finish of the visit.
    clock : str
        ``always`` or the name of a calendar.
    """

    name: str
    within_s: int
    point: Point
    clock: str = ALWAYS

    def __post_init__(self) -> None:
        if self.within_s <= 0:
            raise reject(
                "target.within", "a target needs a positive time", field="within", value=self.within_s, owner=self.name
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Tier:
    """An ordered level of service.

    Parameters
    ----------
    name : str
        Unique name.
    level : int
        Order: a higher level is a stronger promise.
    weight : int
        Multiplies the costs of leaving a ticket unserved and of missing its targets; at least 1.
    targets : tuple of Target
        May be empty: then nothing is promised.
    """

    name: str
    level: int
    weight: int
    targets: tuple[Target, ...] = ()

    def __post_init__(self) -> None:
        if self.weight < 1:
            raise reject("tier.weight", "weight must be at least 1", field="weight", value=self.weight, owner=self.name)
        names = [target.name for target in self.targets]
        if len(set(names)) != len(names):
            raise reject("tier.target_twice", "target names must differ", field="targets", value=names, owner=self.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """A target applied to one ticket: `point` of its visit is due at `due_s` (inclusive)."""

    target: str
    point: Point
    due_s: int


DEFAULT_TIERS: tuple[Tier, ...] = (
    Tier(
        name="basic",
        level=1,
        weight=1,
        targets=(
            Target(name="diagnose", within_s=48 * HOUR_S, point=Point.START),
            Target(name="repair", within_s=72 * HOUR_S, point=Point.FINISH),
        ),
    ),
    Tier(
        name="advanced",
        level=2,
        weight=4,
        targets=(
            Target(name="respond", within_s=12 * HOUR_S, point=Point.START),
            Target(name="solve", within_s=24 * HOUR_S, point=Point.FINISH),
        ),
    ),
    Tier(
        name="enterprise",
        level=3,
        weight=16,
        targets=(
            Target(name="respond", within_s=6 * HOUR_S, point=Point.START),
            Target(name="solve", within_s=12 * HOUR_S, point=Point.FINISH),
        ),
    ),
)
"""Tiers used when the input names none. Each weight is four times the one below, so that one missed
enterprise promise outweighs three advanced or fifteen basic ones."""
