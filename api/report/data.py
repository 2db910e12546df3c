"""The one JSON block that feeds the page: objects refer to each other by their position in the lists."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from api.report.driven import DrivenLines, Line, position, route_legs, route_line, simplified
from api.report.feature_collection import straight_line
from api.report.figures import cost_rows, kpi_rows, money_text
from api.report.labels import labels
from api.report.segments import segments
from dispatch.explain import text
from dispatch.objective import overtime_s
from dispatch.plan import Plan, Reason, Rest, Restock, Route, Stop, Unserved, Visit
from dispatch.problem import Problem
from dispatch.technicians import Shift
from dispatch.tickets import Ticket
from geo.polyline import encode

_QUARTER_S = 900  # clocks change on full quarters of an hour UTC


def page_data(
    problem: Problem,
    plan: Plan,
    *,
    language: str,
    driven: DrivenLines | None = None,
    roads: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Everything that the page shows. Times are seconds of the horizon; ``clock`` turns them into local time.

    `roads` is a map's background as :func:`api.maps.background.road_background` makes it.
    """
    builder = _Builder(problem, plan, language, driven)
    return {
        "language": language,
        "labels": labels(language),
        "clock": _clock(problem, plan),
        "days": [{"label": day_text(day, language)} for day in builder.days],
        "tiers": [tier.name for tier in builder.tiers],
        "tickets": [builder.ticket(ticket) for ticket in problem.tickets],
        "technicians": [{"id": one.id, "name": one.name or one.id} for one in problem.technicians],
        "centres": [{"id": centre.id, "at": position(centre.place)} for centre in problem.centres],
        "shifts": [builder.shift(shift) for shift in problem.shifts],
        "routes": [builder.route(route) for route in plan.routes],
        "unserved": [builder.unserved(item) for item in plan.unserved],
        "late": [
            {
                "ticket": builder.ticket_index[item.ticket_id],
                "target": item.target,
                "late_s": item.late_s,
                "reason": builder.reason(item.reason),
            }
            for item in plan.late
        ],
        "kpis": kpi_rows(plan, language),
        "cost": cost_rows(plan.cost, language),
        "total_cents": plan.total_cents,
        "provenance": provenance_rows(plan, language),
        "reasons": list(builder.reasons),
        "roads": roads,
    }


def day_text(day: date, language: str) -> str:
    """``Mon 2026-03-02``."""
    weekday = labels(language)["weekdays"].split()[day.weekday()]
    return f"{weekday} {day.isoformat()}" if language == "en" else f"{day.isoformat()} {weekday}"


def date_range_text(problem: Problem) -> str:
    """Local dates from the first shift to the last; of the horizon when there is no shift."""
    first_s = min((shift.start_s for shift in problem.shifts), default=0)
    last_s = max((shift.start_s for shift in problem.shifts), default=problem.end_s - 1)
    first, last = problem.instant(first_s).date(), problem.instant(last_s).date()
    return first.isoformat() if first == last else f"{first.isoformat()} – {last.isoformat()}"


def provenance_rows(plan: Plan, language: str) -> list[tuple[str, str]]:
    """(label, value): what is needed to make the same plan again."""
    words, made = labels(language), plan.provenance
    limits = [f"{made.seconds:g} s"] if made.seconds is not None else []
    if made.iterations is not None:
        limits.append(f"{made.iterations:,} {words['provenance.iterations']}")
    parameters = ", ".join(f"{name}={value}" for name, value in made.parameters.items())
    rows = [
        ("problem_hash", made.problem_hash),
        ("engine", f"{made.engine} {made.engine_version}"),
        ("callout_version", made.callout_version),
        ("travel_source", made.travel_source),
        ("seed", str(made.seed)),
        ("workers", str(made.workers)),
        ("limits", ", ".join(limits)),
        ("iterations_done", f"{made.iterations_done:,}"),
        ("parameters", parameters),
    ]
    return [(words[f"provenance.{name}"], value or "–") for name, value in rows]


def _clock(problem: Problem, plan: Plan) -> dict[str, Any]:
    """Epoch of second 0, and the zone's offsets from UTC: pairs (valid from this second, offset in seconds)."""
    seconds = list(_shown_seconds(problem, plan))
    epoch_s = problem.second(datetime.fromtimestamp(0, UTC)) * -1
    first_s, last_s = min(seconds), max(seconds)
    begin_s = (first_s + epoch_s) // _QUARTER_S * _QUARTER_S - epoch_s
    offsets: list[tuple[int, int]] = []
    for second in range(begin_s, last_s + 1, _QUARTER_S):
        offset_s = (problem.instant(second).utcoffset() or timedelta()) // timedelta(seconds=1)
        if not offsets or offsets[-1][1] != offset_s:
            offsets.append((second, offset_s))
    return {"epoch_s": epoch_s, "offsets": offsets}


def _shown_seconds(problem: Problem, plan: Plan) -> Iterable[int]:
    yield from (0, problem.end_s)
    for ticket in problem.tickets:
        yield from (second for window in ticket.start_windows for second in (window.start_s, window.end_s))
        yield from (deadline.due_s for deadline in problem.deadlines[ticket.id])
        yield ticket.opened_s
    yield from (route.return_s for route in plan.routes)


def is_possible(item: Unserved) -> bool:
    """Whether somebody could serve it as things are, at a price: then there is nothing to remedy."""
    return item.reason.code == "too_dear"


class _Builder:
    """Turns domain objects into JSON objects that name each other by index."""

    def __init__(self, problem: Problem, plan: Plan, language: str, driven: DrivenLines | None) -> None:
        self.problem = problem
        self.driven = driven
        self.language = language
        self.tiers = sorted(problem.tiers, key=lambda tier: tier.level)
        self.tier_index = {tier.name: number for number, tier in enumerate(self.tiers)}
        self.ticket_index = {ticket.id: number for number, ticket in enumerate(problem.tickets)}
        self.technician_index = {one.id: number for number, one in enumerate(problem.technicians)}
        self.centre_index = {centre.id: number for number, centre in enumerate(problem.centres)}
        self.shift_index = {shift.id: number for number, shift in enumerate(problem.shifts)}
        self.days = sorted({self._day(shift) for shift in problem.shifts})
        self.reasons: dict[str, int] = {}  # text -> position; dozens of shifts share few reasons

    def _day(self, shift: Shift) -> date:
        return self.problem.instant(shift.start_s).date()

    def reason(self, reason: Reason) -> int:
        return self.reasons.setdefault(text(reason, self.language, self.problem), len(self.reasons))

    def ticket(self, ticket: Ticket) -> dict[str, Any]:
        return {
            "id": ticket.id,
            "at": position(ticket.place),
            "tier": self.tier_index[ticket.tier],
            "opened_s": ticket.opened_s,
            "pinned": ticket.pin is not None,
            "skills": ", ".join(f"{skill} {level}" for skill, level in ticket.skills.items()),
            "windows": [[window.start_s, window.end_s] for window in ticket.start_windows],
            "deadlines": [[item.target, item.point.value, item.due_s] for item in self.problem.deadlines[ticket.id]],
        }

    def shift(self, shift: Shift) -> dict[str, Any]:
        return {
            "id": shift.id,
            "technician": self.technician_index[shift.technician_id],
            "day": self.days.index(self._day(shift)),
            "start_s": shift.start_s,
            "regular_end_s": shift.regular_end_s,
            "end_s": shift.end_s,
            "home": position(shift.start_place),
        }

    def route(self, route: Route) -> dict[str, Any]:
        return {
            "shift": self.shift_index[route.shift_id],
            "departure_s": route.departure_s,
            "return_s": route.return_s,
            "travel_s": route.travel_s,
            "distance_m": route.distance_m,
            "service_s": route.service_s,
            "waiting_s": route.waiting_s,
            "overtime_s": overtime_s(self.problem, route),
            "line": straight_line(self.problem, route),
            "driven": None if self.driven is None else self._driven(route, self.driven[route.shift_id]),
            "segments": [piece for piece in segments(route) if piece.kind != "service"],
            "stops": [self._stop(stop) for stop in route.stops],
        }

    def _driven(self, route: Route, lines: Sequence[Line | None]) -> str:
        """The line over the roads in the encoded polyline format, see :mod:`geo.polyline`."""
        line = simplified(route_line(route_legs(self.problem, route), lines))
        return encode([lat for _, lat in line], [lon for lon, _ in line]) if line else ""

    def _stop(self, stop: Stop) -> dict[str, Any]:
        match stop:
            case Visit():
                return {
                    "kind": "visit",
                    "ticket": self.ticket_index[stop.ticket_id],
                    "role": stop.role,
                    "travel_s": stop.travel_s,
                    "distance_m": stop.distance_m,
                    "arrival_s": stop.arrival_s,
                    "start_s": stop.start_s,
                    "finish_s": stop.finish_s,
                    "late": [[missed.target, missed.due_s, missed.late_s] for missed in stop.late],
                }
            case Restock():
                return {
                    "kind": "restock",
                    "centre": self.centre_index[stop.centre_id],
                    "travel_s": stop.travel_s,
                    "distance_m": stop.distance_m,
                    "start_s": stop.start_s,
                    "finish_s": stop.finish_s,
                }
            case Rest():
                return {"kind": "break", "start_s": stop.start_s, "finish_s": stop.finish_s}

    def unserved(self, item: Unserved) -> dict[str, Any]:
        return {
            "ticket": self.ticket_index[item.ticket_id],
            "deferred": item.deferred,
            "possible": is_possible(item),
            "reason": self.reason(item.reason),
            "obstacles": [[self.shift_index[one.shift_id], self.reason(one.reason)] for one in item.obstacles],
            "remedies": [
                [self.shift_index[one.shift_id], self.reason(one.change), money_text(one.cost_cents)]
                for one in item.remedies
            ],
        }
