"""From a problem to the JSON document."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import UTC, time
from typing import Any
from zoneinfo import ZoneInfo

from api.inputs.appointments import WEEKDAYS
from api.inputs.places import CENTRE_SPOT, HOME_SPOT, OTHER
from api.inputs.scalars import from_small
from api.inputs.settings import TravelSettings
from dispatch.clock import ALWAYS, Calendar
from dispatch.places import Place
from dispatch.problem import Assignment, Problem
from dispatch.technicians import DEFAULT_PROFILE, ServiceCentre, Shift, Technician
from dispatch.tickets import After, Ticket
from dispatch.tiers import DEFAULT_TIERS, Point, Tier
from dispatch.weights import Weights

Json = dict[str, Any]


def to_json(problem: Problem, *, travel: TravelSettings | None = None) -> Json:
    """JSON document that reads back as an equal problem; what is at its default is left out.

    Parameters
    ----------
    problem : Problem
        What to write.
    travel : TravelSettings or None
        Table ``travel`` of the document; None: none.
    """
    times = _Writer(problem)
    document: Json = {"plan": _plan(problem)}
    if travel is not None:
        profiles = {name: _given(asdict(own)) for name, own in travel.profiles.items()}
        document["travel"] = _given({**asdict(travel), "profiles": profiles or None})
    defaults = asdict(Weights())
    weights = {name: value for name, value in asdict(problem.weights).items() if value != defaults[name]}
    if weights:
        document["weights"] = weights
    if problem.tiers != DEFAULT_TIERS:
        document["tiers"] = [_tier(tier) for tier in problem.tiers]
    if problem.calendars:
        document["calendars"] = [_calendar(calendar) for calendar in problem.calendars]
    document["centres"] = [_centre(centre) for centre in problem.centres]
    document["technicians"] = [_technician(problem, technician) for technician in problem.technicians]
    document["shifts"] = [times.shift(shift) for shift in problem.shifts]
    document["tickets"] = [times.ticket(ticket) for ticket in problem.tickets]
    if problem.baseline:
        document["baseline"] = [times.assignment(assignment) for assignment in problem.baseline]
    return document


def _given(values: Json) -> Json:
    """Without what is None."""
    return {name: value for name, value in values.items() if value is not None}


def _plan(problem: Problem) -> Json:
    zone = problem.start.tzinfo
    had = {skill for technician in problem.technicians for skill in technician.skills}
    used = {
        skill for ticket in problem.tickets for role in range(ticket.crew_size) for skill in ticket.role_skills(role)
    }
    used |= {skill for technician in problem.technicians for skill in technician.duration_percent} - {"*"}
    return _given(
        {
            "start": _moment(problem, 0),
            "end": _moment(problem, problem.end_s),
            "zone": zone.key if isinstance(zone, ZoneInfo) else None,
            "skills": sorted(used - had) or None,
        }
    )


def _moment(problem: Problem, second: int) -> str:
    """RFC 3339 text; in UTC where the zone's offset is no whole minute (before standard time)."""
    instant = problem.instant(second)
    offset = instant.utcoffset()
    return (instant.astimezone(UTC) if offset is None or offset.seconds % 60 else instant).isoformat()


def _tier(tier: Tier) -> Json:
    targets = [
        _given(
            {
                "name": target.name,
                "within_h": from_small(target.within_s, 3600),
                "point": target.point.value,
                "clock": None if target.clock == ALWAYS else target.clock,
            }
        )
        for target in tier.targets
    ]
    return {"name": tier.name, "level": tier.level, "weight": tier.weight, "targets": targets}


def _calendar(calendar: Calendar) -> Json:
    def span(opens: time, closes: time) -> str:
        return f"{_clock(opens)}-{'24:00' if closes == time(0) else _clock(closes)}"

    hours = {
        WEEKDAYS[day]: [span(*interval) for interval in intervals] for day, intervals in sorted(calendar.hours.items())
    }
    holidays = [day.isoformat() for day in sorted(calendar.holidays)]
    return _given({"name": calendar.name, "zone": calendar.zone, "hours": hours, "holidays": holidays or None})


def _clock(value: time) -> str:
    return value.isoformat("seconds" if value.second else "minutes")


def _minutes(seconds: int | None) -> int | float | None:
    return None if seconds is None else from_small(seconds, 60)


def _kilometres(metres: int | None) -> int | float | None:
    return None if metres is None else from_small(metres, 1000)


def _point(place: Place, default: str, prefix: str = "") -> Json:
    """Coordinates, and the place's name if it is not the default one or if nothing else is known."""
    named = place.id != default or place.lat is None
    return {f"{prefix}lat": place.lat, f"{prefix}lon": place.lon, f"{prefix}place": place.id if named else None}


def _names(names: Iterable[str]) -> list[str] | None:
    return sorted(names) or None


def _centre(centre: ServiceCentre) -> Json:
    return _given(
        {
            "id": centre.id,
            **_point(centre.place, CENTRE_SPOT.prefix + centre.id),
            "restock_min": _minutes(centre.restock_s),
            "parts": None if centre.parts is None else sorted(centre.parts),
            "tools": None if centre.tools is None else sorted(centre.tools),
            "coverage_km": _kilometres(centre.coverage_m),
            "coverage_min": _minutes(centre.coverage_s),
        }
    )


def _centre_place(problem: Problem, technician: Technician) -> Place | None:
    return None if technician.centre_id is None else problem.centre_by_id[technician.centre_id].place


def _technician(problem: Problem, technician: Technician) -> Json:
    base, centre = technician.base, _centre_place(problem, technician)
    where = "none" if base is None else "centre" if base == centre else "home"
    home = _point(base, HOME_SPOT.prefix + technician.id, "home_") if base is not None and where == "home" else {}
    return _given(
        {
            "id": technician.id,
            "name": technician.name or None,
            "skills": dict(technician.skills) or None,
            "duration_percent": dict(technician.duration_percent) or None,
            **home,
            "base": where,
            "centre": technician.centre_id,
            "profile": None if technician.profile == DEFAULT_PROFILE else technician.profile,
            "stock": dict(technician.stock) or None,
            "tools": _names(technician.tools),
            "max_distance_km": _kilometres(technician.max_distance_m),
            "max_drive_min": _minutes(technician.max_drive_s),
            "max_leg_km": _kilometres(technician.max_leg_m),
            "max_leg_min": _minutes(technician.max_leg_s),
        }
    )


def _after(after: After) -> Json:
    return _given(
        {
            "ticket": after.ticket_id,
            "min_gap_min": _minutes(after.min_gap_s) if after.min_gap_s or after.max_gap_s is not None else None,
            "max_gap_min": _minutes(after.max_gap_s),
            "point": None if after.point is Point.FINISH else after.point.value,
        }
    )


class _Writer:
    """Writes objects that have times; texts of times are remembered."""

    def __init__(self, problem: Problem) -> None:
        self._problem = problem
        self._texts: dict[int, str] = {}

    def _at(self, second: int) -> str:
        if second not in self._texts:
            self._texts[second] = _moment(self._problem, second)
        return self._texts[second]

    def ticket(self, ticket: Ticket) -> Json:
        pin = ticket.pin
        return _given(
            {
                "id": ticket.id,
                **_point(ticket.place, ticket.id),
                "duration_min": _minutes(ticket.duration_s),
                "tier": ticket.tier,
                "opened": self._at(ticket.opened_s),
                "windows": [{"start": self._at(w.start_s), "end": self._at(w.end_s)} for w in ticket.windows] or None,
                "skills": dict(ticket.skills) or None,
                "parts": dict(ticket.parts) or None,
                "tools": _names(ticket.tools),
                "required": _names(ticket.required),
                "preferred": _names(ticket.preferred),
                "excluded": _names(ticket.excluded),
                "crew": [dict(member) for member in ticket.crew] or None,
                "after": [_after(after) for after in ticket.after] or None,
                "pin_technicians": list(pin.technician_ids) if pin else None,
                "pin_start": self._at(pin.start_s) if pin and pin.start_s is not None else None,
                "unserved_cost_cents": ticket.unserved_cents,
            }
        )

    def shift(self, shift: Shift) -> Json:
        technician = self._problem.technician_by_id[shift.technician_id]
        centre = _centre_place(self._problem, technician)

        def end(place: Place | None, name: str) -> Json:
            if place is None or place in (technician.base, centre):
                word = "none" if place is None else "centre" if place == centre else "home"
                return {f"{name}_place": word}
            return {f"{name}_place": OTHER + place.id, f"{name}_lat": place.lat, f"{name}_lon": place.lon}

        breaks = [
            {
                "earliest": self._at(rest.earliest_s),
                "latest": self._at(rest.latest_s),
                "duration_min": _minutes(rest.duration_s),
            }
            for rest in shift.breaks
        ]
        return _given(
            {
                "id": shift.id,
                "technician": shift.technician_id,
                "start": self._at(shift.start_s),
                "regular_end": self._at(shift.regular_end_s) if shift.regular_end_s != shift.end_s else None,
                "end": self._at(shift.end_s),
                **end(shift.start_place, "start"),
                **end(shift.end_place, "end"),
                "breaks": breaks or None,
            }
        )

    def assignment(self, assignment: Assignment) -> Json:
        return {
            "ticket": assignment.ticket_id,
            "role": assignment.role,
            "technician": assignment.technician_id,
            "start": self._at(assignment.start_s),
        }
