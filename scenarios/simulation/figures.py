"""What a day's log adds up to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from dispatch.kpi import kpis
from dispatch.objective import cost_terms
from dispatch.plan import Rest, Restock, Route, Stop, Visit
from dispatch.problem import Problem
from dispatch.schedule import lateness
from scenarios.simulation.ledger import Event, Kind


def driven_routes(problem: Problem, events: Iterable[Event]) -> tuple[Route, ...]:
    """The routes that were really driven, in the order of the problem's shifts.

    Driving for nothing (to a visit that failed, home in between) belongs to the next stop; time spent there is waiting.
    """
    of_shift: dict[str, list[Event]] = {}
    for event in events:
        if event.shift_id:
            of_shift.setdefault(event.shift_id, []).append(event)
    routes = (_driven(problem, shift.id, of_shift.get(shift.id, ())) for shift in problem.shifts)
    return tuple(route for route in routes if route is not None)


def _driven(problem: Problem, shift_id: str, events: Sequence[Event]) -> Route | None:
    departed_s: int | None = None
    return_s = travel_s = distance_m = arrival_s = start_s = 0
    stops: list[Stop] = []
    for event in events:
        facts, at_s = event.facts, event.at_s
        match event.kind:
            case Kind.DEPART:
                departed_s = at_s if departed_s is None else departed_s
                travel_s += int(facts["travel_s"])
                distance_m += int(facts["distance_m"])
            case Kind.REST:
                stops.append(Rest(index=int(facts["index"]), start_s=at_s, finish_s=int(facts["finish_s"])))
            case Kind.ARRIVE:
                arrival_s = at_s
            case Kind.START:
                start_s = at_s
            case Kind.FINISH:
                late = lateness(problem, event.ticket_id, start_s, at_s)
                stops.append(
                    Visit(
                        ticket_id=event.ticket_id,
                        role=0,
                        travel_s=travel_s,
                        distance_m=distance_m,
                        arrival_s=arrival_s,
                        start_s=start_s,
                        finish_s=at_s,
                        late=late,
                    )
                )
                travel_s = distance_m = 0
            case Kind.RESTOCK:
                stops.append(
                    Restock(
                        centre_id=str(facts["centre"]),
                        travel_s=travel_s,
                        distance_m=distance_m,
                        arrival_s=at_s,
                        start_s=at_s,
                        finish_s=int(facts["finish_s"]),
                    )
                )
                travel_s = distance_m = 0
            case Kind.HOME:
                return_s = at_s
    if departed_s is None:
        return None
    return Route(
        shift_id=shift_id,
        technician_id=problem.shift_by_id[shift_id].technician_id,
        departure_s=departed_s,
        return_s=return_s,
        end_travel_s=travel_s,
        end_distance_m=distance_m,
        stops=tuple(stops),
    )


def figures(problem: Problem, events: Sequence[Event]) -> Mapping[str, int | float]:
    """Figures of a day as it really went.

    Parameters
    ----------
    problem : Problem
        The template with all tickets of the day.
    events : sequence of Event
        The whole log.

    Returns
    -------
    dict
        Those of :func:`dispatch.kpi.kpis` for the driven routes; ``cost_cents``, their objective; and counts of the
        log: ``failed_visits skipped_visits moved_visits replans ill_technicians windows_missed breaks_missed
        shifts_overrun``.
    """
    routes = driven_routes(problem, events)
    count = Counter(event.kind for event in events)
    broken = Counter(event.facts["rule"] for event in events if event.kind is Kind.VIOLATION)
    moved = sum(int(event.facts["moved"]) for event in events if event.kind is Kind.PLANNED)
    return {
        **kpis(problem, routes),
        "cost_cents": sum(cost_terms(problem, routes).values()),
        "failed_visits": count[Kind.FAILED],
        "skipped_visits": count[Kind.SKIPPED],
        "moved_visits": moved,
        "replans": max(0, count[Kind.PLANNED] - 1),
        "ill_technicians": count[Kind.ILL],
        "windows_missed": broken["window"],
        "breaks_missed": broken["break"],
        "shifts_overrun": broken["shift_end"],
    }
