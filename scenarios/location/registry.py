"""Which location models there are. A new one is a file and one line here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from dispatch.errors import UsageError
from scenarios.location.answer import Answer, Ask
from scenarios.location.models.capacitated import capacitated_median, fixed_charge
from scenarios.location.models.max_cover import max_cover
from scenarios.location.models.p_center import p_center
from scenarios.location.models.p_median import p_median
from scenarios.location.models.set_cover import backup_cover, set_cover
from scenarios.location.models.staffed_cover import staffed_cover
from scenarios.location.problem import LocationProblem


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """A way to choose sites.

    Parameters
    ----------
    name : str
    title : str
        What it does, in a line.
    solve : callable
    uses : frozenset of str
        Fields of :class:`Ask` that mean something to it.
    """

    name: str
    title: str
    solve: Callable[[LocationProblem, Ask], Answer]
    uses: frozenset[str]


MODELS: Mapping[str, Model] = MappingProxyType(
    {
        one.name: one
        for one in (
            Model(
                name="set-cover",
                title="fewest sites that cover all",
                solve=set_cover,
                uses=frozenset({"limit_s", "limit_by_tier"}),
            ),
            Model(
                name="backup-cover",
                title="fewest sites that cover all twice",
                solve=backup_cover,
                uses=frozenset({"limit_s", "limit_by_tier"}),
            ),
            Model(
                name="max-cover",
                title="p sites that cover most visits",
                solve=max_cover,
                uses=frozenset({"count", "limit_s", "limit_by_tier"}),
            ),
            Model(name="p-median", title="p sites with the least travel", solve=p_median, uses=frozenset({"count"})),
            Model(
                name="p-center",
                title="p sites with the nearest farthest visit",
                solve=p_center,
                uses=frozenset({"count"}),
            ),
            Model(
                name="capacitated-median",
                title="p sites with the least travel, none beyond its capacity",
                solve=capacitated_median,
                uses=frozenset({"count"}),
            ),
            Model(
                name="fixed-charge",
                title="sites with the least yearly cost, none beyond its capacity",
                solve=fixed_charge,
                uses=frozenset({"count", "budget_cents"}),
            ),
            Model(
                name="staffed-cover",
                title="sites and technicians that cover most visits for a budget",
                solve=staffed_cover,
                uses=frozenset({"count", "limit_s", "limit_by_tier", "budget_cents", "staffing"}),
            ),
        )
    }
)
"""Model by name."""


def model(name: str) -> Model:
    """Model called `name`.

    Raises
    ------
    UsageError
        ``location.model`` when there is none.
    """
    if name not in MODELS:
        raise UsageError("location.model", f"no model {name!r}; there are: {', '.join(MODELS)}")
    return MODELS[name]
