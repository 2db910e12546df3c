"""The constraint that fails first when one shift tries to take one ticket.

The order is that of the questions a dispatcher asks: may this person, can this person, does the van hold it,
is it near enough, is there a time at all, is there room in the route.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from dispatch.feasibility import Violation
from dispatch.insertion import Gap, Trial, best_trial, first_start, fits
from dispatch.places import Place
from dispatch.plan import Reason, Route
from dispatch.problem import Problem
from dispatch.screen import Room
from dispatch.technicians import Shift
from dispatch.tickets import Ticket
from dispatch.travel import Travel


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairing:
    """One ticket and one shift that has nothing else to do."""

    problem: Problem
    travel: Travel
    ticket: Ticket
    shift: Shift
    restock: tuple[str, ...]  # centres that hold what the van lacks


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt(Pairing):
    """One ticket against one shift of a plan, with all that the tests need.

    `number` is that of the shift in the problem. `room` and `starts` (those possible if the ticket had no windows, see
    :meth:`dispatch.screen.Screen.starts`) look at the gaps of all shifts at once, when first asked.
    """

    routes: Sequence[Route]
    number: int
    route: Route | None
    gaps: Sequence[Gap]
    room: Callable[[], Room]
    starts: Callable[[], Mapping[int, Sequence[tuple[int, int]]]]


def alone_legs(problem: Problem, ticket: Ticket, shift: Shift) -> list[tuple[Place | None, Place | None]]:
    """Legs that the tests without a route ask for: from and to the ends of the shift, from base and centre."""
    technician = problem.technician_of(shift)
    legs = [(shift.start_place, ticket.place), (ticket.place, shift.end_place), (technician.base, ticket.place)]
    if technician.centre_id is not None:
        legs.append((problem.centre_by_id[technician.centre_id].place, ticket.place))
    return legs


def restock_centres(problem: Problem, ticket: Ticket, shift: Shift) -> tuple[str, ...]:
    """Centres at which the van can get every part and tool that the ticket needs and the van may lack."""
    technician = problem.technician_of(shift)
    if not ticket.parts and ticket.tools <= technician.tools:
        return ()
    return tuple(
        centre.id
        for centre in problem.centres
        if (
            centre.parts is None
            or all(
                part in centre.parts or technician.stock.get(part, 0) >= quantity
                for part, quantity in ticket.parts.items()
            )
        )
        and (centre.tools is None or ticket.tools <= centre.tools | technician.tools)
    )


def _crew(a: Attempt) -> Reason | None:
    return Reason(code="crew", facts={"size": a.ticket.crew_size}) if a.ticket.crew else None


def _order(a: Attempt) -> Reason | None:
    if not a.ticket.after:
        return None
    served = {visit.ticket_id for route in a.routes for visit in route.visits}
    for after in a.ticket.after:
        if after.ticket_id not in served:
            return Reason(code="after_unserved", facts={"first": after.ticket_id})
    return None


def _pin(a: Pairing) -> Reason | None:
    pin = a.ticket.pin
    if pin is not None and a.shift.technician_id != pin.technician_ids[0]:
        return Reason(code="pinned_to", facts={"technician": pin.technician_ids[0]})
    return None


def _excluded(a: Pairing) -> Reason | None:
    return Reason(code="technician_excluded") if a.shift.technician_id in a.ticket.excluded else None


def _required(a: Pairing) -> Reason | None:
    if a.ticket.required and a.shift.technician_id not in a.ticket.required:
        return Reason(code="technician_not_required")
    return None


def _skill(a: Pairing) -> Reason | None:
    have = a.problem.technician_of(a.shift).skills
    for skill, level in sorted(a.ticket.skills.items()):
        if have.get(skill, 0) < level:
            return Reason(code="skill_level", facts={"skill": skill, "have": have.get(skill, 0), "need": level})
    return None


def _part(a: Pairing) -> Reason | None:
    stock = a.problem.technician_of(a.shift).stock
    for part, quantity in sorted(a.ticket.parts.items()):
        if stock.get(part, 0) < quantity and not a.restock:
            return Reason(code="part_short", facts={"part": part, "have": stock.get(part, 0), "need": quantity})
    return None


def _tool(a: Pairing) -> Reason | None:
    for tool in sorted(a.ticket.tools - a.problem.technician_of(a.shift).tools):
        if not a.restock:
            return Reason(code="tool_missing", facts={"tool": tool})
    return None


def _reach(a: Pairing) -> Reason | None:
    technician = a.problem.technician_of(a.shift)
    if technician.max_distance_m is not None or technician.max_drive_s is not None:
        travel_s, distance_m = a.travel.leg(technician.profile, technician.base, a.ticket.place)
        if technician.max_distance_m is not None and not 0 <= distance_m <= technician.max_distance_m:
            return Reason(code="base_distance", facts={"distance_m": distance_m, "limit_m": technician.max_distance_m})
        if technician.max_drive_s is not None and not 0 <= travel_s <= technician.max_drive_s:
            return Reason(code="base_drive", facts={"travel_s": travel_s, "limit_s": technician.max_drive_s})
    if technician.centre_id is not None:
        centre = a.problem.centre_by_id[technician.centre_id]
        travel_s, distance_m = a.travel.leg(technician.profile, centre.place, a.ticket.place)
        if centre.coverage_m is not None and not 0 <= distance_m <= centre.coverage_m:
            return Reason(
                code="coverage_distance",
                facts={"centre": centre.id, "distance_m": distance_m, "limit_m": centre.coverage_m},
            )
        if centre.coverage_s is not None and not 0 <= travel_s <= centre.coverage_s:
            return Reason(
                code="coverage_drive", facts={"centre": centre.id, "travel_s": travel_s, "limit_s": centre.coverage_s}
            )
    return None


def _unreachable(a: Pairing) -> Reason | None:
    profile = a.problem.technician_of(a.shift).profile
    if a.travel.leg(profile, a.shift.start_place, a.ticket.place)[0] < 0:
        return Reason(code="unreachable", facts={"from": a.shift.start_place.id if a.shift.start_place else ""})
    if a.travel.leg(profile, a.ticket.place, a.shift.end_place)[0] < 0:
        return Reason(code="unreachable", facts={"from": a.ticket.id})
    return None


def _alone(a: Pairing) -> Reason | None:
    """Even an empty shift has no time for it: windows, or the length of drive and service."""
    profile = a.problem.technician_of(a.shift).profile
    service_s = a.problem.technician_of(a.shift).service_s(a.ticket)
    to_s, _ = a.travel.leg(profile, a.shift.start_place, a.ticket.place)
    from_s, _ = a.travel.leg(profile, a.ticket.place, a.shift.end_place)
    need_s = to_s + service_s + from_s
    if need_s > a.shift.end_s - a.shift.start_s:
        return Reason(code="longer_than_shift", facts={"need_s": need_s, "shift_s": a.shift.end_s - a.shift.start_s})
    start_s = first_start(a.shift.start_s + to_s, a.ticket.start_windows)
    if start_s is None or start_s + service_s + from_s > a.shift.end_s:
        return Reason(
            code="window_outside_shift",
            facts={"possible_from_s": a.shift.start_s + to_s, "possible_to_s": a.shift.end_s - from_s - service_s},
        )
    return None


def _room(a: Attempt) -> Reason | None:
    """The route that stands has no room."""
    room = a.room()
    if room.fits[a.number]:
        return None
    if not room.windowed[a.number]:
        return Reason(code="window_taken")
    return Reason(code="shift_full", facts={"short_s": int(room.least_short_s[a.number])})


def _why_broken(a: Attempt, broken: Sequence[Violation]) -> Reason:
    """The screen has room for it, the exact trial does not: name what broke."""
    codes = {violation.code for violation in broken}
    facts = broken[0].facts if broken else {}
    technician = a.problem.technician_of(a.shift)
    if codes == {"part_short"}:
        part = str(facts["part"])
        short = max(int(violation.facts["short"]) for violation in broken if violation.facts["part"] == part)
        return Reason(code="part_used_up", facts={"part": part, "short": short})
    if codes == {"leg_drive"} and technician.max_leg_s is not None:
        longest_s = max(int(violation.facts["travel_s"]) for violation in broken)
        return Reason(code="leg_drive", facts={"travel_s": longest_s, "limit_s": technician.max_leg_s})
    if codes == {"leg_distance"} and technician.max_leg_m is not None:
        longest_m = max(int(violation.facts["distance_m"]) for violation in broken)
        return Reason(code="leg_distance", facts={"distance_m": longest_m, "limit_m": technician.max_leg_m})
    short_s = [fit.short_s for fit in fits(a.problem, a.travel, a.ticket, a.shift, a.gaps)]
    if short_s and min(short_s) > 0:
        return Reason(code="shift_full", facts={"short_s": min(short_s)})
    return Reason(code="breaks_or_legs")


WISH_TESTS: tuple[Callable[[Pairing], Reason | None], ...] = (_pin, _excluded, _required)
ABILITY_TESTS: tuple[Callable[[Pairing], Reason | None], ...] = (_skill, _part, _tool, _reach, _unreachable, _alone)
STATIC_TESTS = (*WISH_TESTS, *ABILITY_TESTS)
TESTS: tuple[Callable[[Attempt], Reason | None], ...] = (_crew, _order, *STATIC_TESTS, _room)
"""Tests in the order in which they are asked; a new hard constraint adds one to one of these lists."""


def screened(attempt: Attempt) -> Reason | None:
    """First failing constraint by the screens alone."""
    return next((reason for test in TESTS if (reason := test(attempt)) is not None), None)


FURTHER_TESTS: tuple[Callable[[Attempt], Reason | None], ...] = (_crew, _order, *ABILITY_TESTS, _room)


def static_obstacle(problem: Problem, travel: Travel, ticket: Ticket, shift: Shift) -> Reason | None:
    """First constraint that would fail even if the shift had nothing else to do."""
    restock = restock_centres(problem, ticket, shift)
    attempt = Pairing(problem=problem, travel=travel, ticket=ticket, shift=shift, restock=restock)
    return next((reason for test in STATIC_TESTS if (reason := test(attempt)) is not None), None)


def further_obstacle(attempt: Attempt) -> Reason | None:
    """First failing constraint when wishes about technicians (pin, excluded, required) are set aside."""
    return next((reason for test in FURTHER_TESTS if (reason := test(attempt)) is not None), None)


def tried(attempt: Attempt) -> tuple[Reason, Trial | None]:
    """What an exact trial breaks, where the screens find nothing; or ``left_out`` with the trial that would work."""
    trial, broken = best_trial(
        attempt.problem,
        attempt.travel,
        attempt.routes,
        attempt.ticket,
        attempt.shift,
        attempt.gaps,
        restock=attempt.restock,
    )
    if trial is None:
        return _why_broken(attempt, broken), None
    return Reason(code="left_out", facts={"cost_cents": trial.cost_cents}), trial
