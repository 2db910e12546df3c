"""What is asked of a location model, and what it answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from scenarios.location.exact.outcome import TOLERANCE
from scenarios.location.staffing import Staffing


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """Limits of one question; a model names those that it needs.

    Parameters
    ----------
    count : int or None
        Open sites, those of today that stay included.
    limit_s : int or None
        Travel time within which a site covers a point.
    limit_by_tier : mapping of str to int
        The same by tier, in place of `limit_s`.
    budget_cents : int or None
        Most that open sites may cost in a year, closing included.
    seconds : float
        Time to look for a proof.
    staffing : Staffing or None
        Technicians to hire, where the model hires.
    """

    count: int | None = None
    limit_s: int | None = None
    limit_by_tier: Mapping[str, int] = field(default_factory=dict)
    budget_cents: int | None = None
    seconds: float = 60.0
    staffing: Staffing | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Relief:
    """The smallest change of one kind after which a question has an answer."""

    code: str
    message: str
    facts: Mapping[str, int | float | str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Chosen sites and what is proved about them.

    Parameters
    ----------
    model : str
    feasible : bool
        False: no choice keeps the limits; `reliefs` say what would help.
    opened, closed : tuple of str
        Open sites, and sites of today that are closed.
    served_by : mapping of str to mapping of str to float
        Part of each point's demand by site.
    objective, bound : float
        In `unit`; no choice is better than `bound`.
    unit : str
        ``sites``, ``visits``, ``seconds``, ``visit_seconds`` or ``cents``.
    figures : mapping of str to number
        Further facts: share covered, farthest point, cost.
    """

    model: str
    feasible: bool
    objective: float = 0.0
    bound: float = 0.0
    unit: str = ""
    opened: tuple[str, ...] = ()
    closed: tuple[str, ...] = ()
    served_by: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    figures: Mapping[str, float] = field(default_factory=dict)
    staff: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    reliefs: tuple[Relief, ...] = ()

    @property
    def gap(self) -> float:
        """Distance to the bound as a share of the objective."""
        distance = abs(self.objective - self.bound)
        scale = max(TOLERANCE, abs(self.objective))
        return 0.0 if distance <= TOLERANCE * max(1.0, scale) else distance / scale

    @property
    def proved(self) -> bool:
        """Whether no choice is better."""
        return self.feasible and self.gap == 0.0
