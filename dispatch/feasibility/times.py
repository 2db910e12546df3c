"""Shift bounds, legs, services and windows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from dispatch.feasibility.violation import Violation
from dispatch.places import Place
from dispatch.plan import Rest, Restock, Route, Visit
from dispatch.problem import Problem
from dispatch.travel import Travel


def shift_bounds(problem: Problem, travel: Travel, routes: Sequence[Route]) -> Iterator[Violation]:
    """The route lies within its shift."""
    for route in routes:
        shift = problem.shift_by_id[route.shift_id]
        if route.departure_s < shift.start_s:
            yield Violation(
                code="departure_before_shift",
                shift_id=shift.id,
                facts={"departure_s": route.departure_s, "shift_start_s": shift.start_s},
            )
        if route.return_s > shift.end_s:
            yield Violation(
                code="return_after_shift",
                shift_id=shift.id,
                facts={"return_s": route.return_s, "shift_end_s": shift.end_s},
            )


def _place(problem: Problem, stop: Visit | Restock) -> Place:
    return (
        problem.ticket_by_id[stop.ticket_id].place
        if isinstance(stop, Visit)
        else problem.centre_by_id[stop.centre_id].place
    )


def _prefetch(problem: Problem, travel: Travel, routes: Sequence[Route]) -> None:
    """Ask for the legs of all routes together."""
    pairs: dict[str, list[tuple[Place | None, Place | None]]] = {}
    for route in routes:
        shift = problem.shift_by_id[route.shift_id]
        places = [_place(problem, stop) for stop in route.stops if not isinstance(stop, Rest)]
        own = pairs.setdefault(problem.technician_by_id[route.technician_id].profile, [])
        own.extend(pairwise((shift.start_place, *places, shift.end_place)))
    for profile, some in pairs.items():
        travel.prefetch(profile, some)


def legs(problem: Problem, travel: Travel, routes: Sequence[Route]) -> Iterator[Violation]:
    """Each leg has the travel source's time and distance, and there is time to drive it and to rest on it."""
    _prefetch(problem, travel, routes)
    for route in routes:
        shift = problem.shift_by_id[route.shift_id]
        profile = problem.technician_by_id[route.technician_id].profile
        here, free_s, rest_s = shift.start_place, route.departure_s, 0
        for stop in route.stops:
            if isinstance(stop, Rest):
                rest_s += stop.finish_s - stop.start_s
                continue
            place = _place(problem, stop)
            ticket_id = stop.ticket_id if isinstance(stop, Visit) else ""
            travel_s, distance_m = travel.leg(profile, here, place)
            yield from _leg(shift.id, ticket_id, (stop.travel_s, stop.distance_m), (travel_s, distance_m))
            if stop.arrival_s < free_s + travel_s + rest_s:
                yield Violation(
                    code="arrival_too_early",
                    shift_id=shift.id,
                    ticket_id=ticket_id,
                    facts={"arrival_s": stop.arrival_s, "possible_s": free_s + travel_s + rest_s},
                )
            here, free_s, rest_s = place, stop.finish_s, 0
        travel_s, distance_m = travel.leg(profile, here, shift.end_place)
        yield from _leg(shift.id, "", (route.end_travel_s, route.end_distance_m), (travel_s, distance_m))
        if route.return_s < free_s + travel_s + rest_s:
            yield Violation(
                code="return_too_early",
                shift_id=shift.id,
                facts={"return_s": route.return_s, "possible_s": free_s + travel_s + rest_s},
            )


def _leg(shift_id: str, ticket_id: str, said: tuple[int, int], real: tuple[int, int]) -> Iterator[Violation]:
    if real[0] < 0:
        yield Violation(code="unreachable_leg", shift_id=shift_id, ticket_id=ticket_id)
        return
    if said[0] != real[0]:
        yield Violation(
            code="travel_differs",
            shift_id=shift_id,
            ticket_id=ticket_id,
            facts={"plan_s": said[0], "source_s": real[0]},
        )
    if said[1] != real[1]:
        yield Violation(
            code="distance_differs",
            shift_id=shift_id,
            ticket_id=ticket_id,
            facts={"plan_m": said[1], "source_m": real[1]},
        )


def services(problem: Problem, travel: Travel, routes: Sequence[Route]) -> Iterator[Violation]:
    """Each service follows the arrival and lasts as long as it must."""
    for route in routes:
        technician = problem.technician_by_id[route.technician_id]
        for stop in route.stops:
            if isinstance(stop, Rest):
                continue
            if stop.start_s < stop.arrival_s:
                yield Violation(
                    code="start_before_arrival",
                    shift_id=route.shift_id,
                    ticket_id=stop.ticket_id if isinstance(stop, Visit) else "",
                    facts={"start_s": stop.start_s, "arrival_s": stop.arrival_s},
                )
            lasts_s = stop.finish_s - stop.start_s
            if isinstance(stop, Restock):
                if lasts_s != problem.centre_by_id[stop.centre_id].restock_s:
                    yield Violation(code="restock_duration", shift_id=route.shift_id, facts={"plan_s": lasts_s})
            elif lasts_s != (needed_s := technician.service_s(problem.ticket_by_id[stop.ticket_id], stop.role)):
                yield Violation(
                    code="duration_differs",
                    shift_id=route.shift_id,
                    ticket_id=stop.ticket_id,
                    facts={"plan_s": lasts_s, "needed_s": needed_s},
                )


def windows(problem: Problem, travel: Travel, routes: Sequence[Route]) -> Iterator[Violation]:
    """Each service starts in a window of its ticket (a pinned start stands in place of the windows)."""
    for route in routes:
        for visit in route.visits:
            ticket = problem.ticket_by_id[visit.ticket_id]
            bound = ticket.windows and (ticket.pin is None or ticket.pin.start_s is None)
            if bound and not any(window.start_s <= visit.start_s <= window.end_s for window in ticket.windows):
                yield Violation(
                    code="window_missed",
                    shift_id=route.shift_id,
                    ticket_id=ticket.id,
                    facts={"start_s": visit.start_s},
                )
