"""What phones report, taken up in any order, any number of times, with one result.

The state of a visit is never what arrived last: it is computed from all of its events, in the order in which they
*happened* (ties: by the id that the phone gave). ``docs/service.md`` has the rules as a table.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

Kind = Literal["en_route", "arrived", "started", "finished", "failed", "parts_used", "note", "rating", "signature"]
Outcome = Literal["accepted", "late_news", "unknown_visit", "not_yours"]

STEP = {"en_route": 1, "arrived": 2, "started": 3, "finished": 4, "failed": 4}
"""How far each report takes a visit; the others take it nowhere."""
STATE = {"en_route": "en_route", "arrived": "arrived", "started": "started", "finished": "done", "failed": "failed"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One event of a phone."""

    id: str
    visit_id: str
    kind: Kind
    happened_at: datetime
    payload: dict[str, Any]


def state_of(reports: Iterable[tuple[str, datetime, str]], standing: str) -> str:
    """State of a visit after all that phones have reported of it.

    Parameters
    ----------
    reports : iterable of (kind, happened_at, id)
        In any order, any number of times.
    standing : str
        State without reports: ``planned`` or ``removed``.

    Returns
    -------
    str
        The furthest step that was reported wins; of two ends of a visit the one that happened last.
    """
    best = max(((STEP[kind], at, name, kind) for kind, at, name in set(reports) if kind in STEP), default=None)
    return standing if best is None else STATE[best[3]]


def outcome_of(kind: str, *, known: bool, own: bool, removed: bool) -> Outcome:
    """What becomes of a report, by what the plan says of its visit.

    Nothing that was done is ever refused: who stands at the customer's door knows more than the plan. A visit that was
    given to somebody else, or taken out, is reported as ``late_news``: it counts, and a dispatcher is told.
    """
    if not known:
        return "unknown_visit"
    if removed or not own:
        return "late_news" if kind in STEP or kind == "parts_used" else "accepted"
    return "accepted"


def parts_of(reports: Sequence[Report]) -> dict[str, int]:
    """Parts that these reports say were used, by name."""
    used: dict[str, int] = {}
    for report in reports:
        if report.kind == "parts_used":
            for part, count in report.payload.get("parts", {}).items():
                used[part] = used.get(part, 0) + int(count)
    return used
