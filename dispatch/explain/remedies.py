"""The smallest single change of the input that lets a shift take a ticket.

Each kind of obstacle has one kind of change. A change is made on a copy of the problem and confirmed there: the
ticket is inserted, the route replayed and checked.
"""

from __future__ import annotations

import dataclasses
import heapq
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from dispatch.errors import InputError
from dispatch.explain.obstacles import Attempt, further_obstacle, restock_centres
from dispatch.insertion import Trial, candidates, excerpt, fits, gaps, prefetch_detours, step_lists, try_steps
from dispatch.plan import Reason, Remedy
from dispatch.problem import Problem
from dispatch.tickets import Pin, Window

MINUTE_S = 60
TRIALS = 6
"""Gaps tried exactly for each shift when time must be added; they are tried in the order of the screen's bound."""

MAX_CONFIRMED = 60
"""Changes tried exactly for one ticket before giving up."""


@dataclass(frozen=True, slots=True)
class Change:
    """What changes, how large it is on a common scale of seconds (used for order only), and how to make it."""

    reason: Reason
    size_s: int
    make: Callable[[Problem], Problem]
    refine: Callable[[], Change | None] = lambda: None  # a larger change to try when this one is not enough


def _minutes_up(seconds: int) -> int:
    return -(-seconds // MINUTE_S) * MINUTE_S


def _technician(a: Attempt, **changes: object) -> Callable[[Problem], Problem]:
    def make(problem: Problem) -> Problem:
        new = dataclasses.replace(a.problem.technician_of(a.shift), **changes)  # type: ignore[arg-type]
        return problem.replace(technicians=tuple(new if t.id == new.id else t for t in problem.technicians))

    return make


def _ticket(a: Attempt, **changes: object) -> Callable[[Problem], Problem]:
    new = dataclasses.replace(a.ticket, **changes)  # type: ignore[arg-type]
    return lambda problem: problem.with_ticket(new)


def _shift(a: Attempt, **changes: object) -> Callable[[Problem], Problem]:
    def make(problem: Problem) -> Problem:
        new = dataclasses.replace(a.shift, **changes)  # type: ignore[arg-type]
        return problem.replace(shifts=tuple(new if s.id == new.id else s for s in problem.shifts))

    return make


def _centre(a: Attempt, centre_id: str, **changes: object) -> Callable[[Problem], Problem]:
    new = dataclasses.replace(a.problem.centre_by_id[centre_id], **changes)  # type: ignore[arg-type]
    return lambda problem: problem.replace(centres=tuple(new if c.id == new.id else c for c in problem.centres))


def _skill(a: Attempt, reason: Reason) -> Iterator[Change]:
    skill, need, have = str(reason.facts["skill"]), int(reason.facts["need"]), int(reason.facts["have"])
    make = _technician(a, skills={**a.problem.technician_of(a.shift).skills, skill: need})
    yield Change(
        Reason(code="add_skill", facts={"skill": skill, "have": have, "need": need}), (need - have) * 8 * 3600, make
    )


def _part(a: Attempt, reason: Reason) -> Iterator[Change]:
    stock = a.problem.technician_of(a.shift).stock
    part = str(reason.facts["part"])
    used = sum(
        a.problem.ticket_by_id[visit.ticket_id].parts.get(part, 0)
        for visit in (a.route.visits if a.route else ())
        if visit.role == 0
    )
    more = used + int(reason.facts["need"]) - int(reason.facts["have"])
    make = _technician(a, stock={**stock, part: stock.get(part, 0) + more})
    yield Change(Reason(code="add_part", facts={"part": part, "quantity": more}), more * 900, make)


def _tool(a: Attempt, reason: Reason) -> Iterator[Change]:
    tool = str(reason.facts["tool"])
    yield Change(
        Reason(code="add_tool", facts={"tool": tool}),
        1800,
        _technician(a, tools=a.problem.technician_of(a.shift).tools | {tool}),
    )


def _excluded(a: Attempt, reason: Reason) -> Iterator[Change]:
    yield Change(
        Reason(code="allow_technician"), 1800, _ticket(a, excluded=a.ticket.excluded - {a.shift.technician_id})
    )


def _required(a: Attempt, reason: Reason) -> Iterator[Change]:
    yield Change(
        Reason(code="allow_technician"), 1800, _ticket(a, required=a.ticket.required | {a.shift.technician_id})
    )


def _pin(a: Attempt, reason: Reason) -> Iterator[Change]:
    pin = a.ticket.pin
    if pin is None or further_obstacle(a) is not None:
        return
    moved = Pin(technician_ids=(a.shift.technician_id, *pin.technician_ids[1:]), start_s=pin.start_s)
    yield Change(Reason(code="move_pin"), 1800, _ticket(a, pin=moved))


def _part_used_up(a: Attempt, reason: Reason) -> Iterator[Change]:
    part, short = str(reason.facts["part"]), int(reason.facts["short"])
    stock = a.problem.technician_of(a.shift).stock
    make = _technician(a, stock={**stock, part: stock.get(part, 0) + short})
    yield Change(Reason(code="add_part", facts={"part": part, "quantity": short}), short * 900, make)


def _reach(field: str) -> Callable[[Attempt, Reason], Iterator[Change]]:
    def change(a: Attempt, reason: Reason) -> Iterator[Change]:
        name = "distance_m" if field.endswith("_m") else "travel_s"
        need, limit = int(reason.facts[name]), int(reason.facts["limit_m" if name == "distance_m" else "limit_s"])
        if need < 0:
            return  # no way at all: no limit helps
        size = (need - limit) // 10 if name == "distance_m" else need - limit  # 36 km/h
        if field.startswith("coverage"):
            centre_id = str(reason.facts["centre"])
            make = _centre(a, centre_id, **{field: need})
            facts: dict[str, int | str] = {"centre": centre_id, "limit": limit, "need": need}
        else:
            make = _technician(a, **{field: need})
            facts = {"limit": limit, "need": need}
        yield Change(Reason(code=f"raise_{field}", facts=facts), size, make)

    return change


def _longer_shift(a: Attempt, reason: Reason) -> Iterator[Change]:
    """Minutes at the end of the shift: first the least that the screen allows, then what a replay really needs."""
    latest_s = min(_next_shift_starts(a), a.problem.end_s)

    def longer(extra_s: int, refine: Callable[[], Change | None]) -> Change:
        end_s = a.shift.end_s + extra_s
        facts: dict[str, int | str] = {"extra_s": extra_s, "end_s": end_s}
        return Change(Reason(code="extend_shift_end", facts=facts), extra_s, _shift(a, end_s=end_s), refine)

    def needed() -> Change | None:
        returns_s = []
        found = sorted(fits(a.problem, a.travel, a.ticket, a.shift, a.gaps), key=lambda fit: fit.short_s)[:TRIALS]
        prefetch_detours(a.problem, a.travel, a.ticket, found)
        for fit in found:
            for steps in step_lists(a.ticket, a.route, fit.gap.position, a.restock):
                trial = try_steps(a.problem, a.travel, a.routes, a.shift, steps, changed=_shift(a, end_s=latest_s))
                if isinstance(trial, Trial):
                    returns_s.append(trial.route.return_s)
        return longer(max(MINUTE_S, _minutes_up(min(returns_s) - a.shift.end_s)), lambda: None) if returns_s else None

    room = a.room()
    least_s = _minutes_up(max(1, int(room.least_short_s[a.number])))
    if room.windowed[a.number] and a.shift.end_s + least_s <= latest_s:
        yield longer(least_s, needed)


def _next_shift_starts(a: Attempt) -> int:
    own = a.problem.shifts_by_technician[a.shift.technician_id]
    later = [shift.start_s for shift in own if shift.start_s >= a.shift.end_s]
    return min(later, default=a.problem.end_s)


def _earlier_shift(a: Attempt, reason: Reason) -> Iterator[Change]:
    """Minutes before the start of the shift, for an appointment that lies there."""
    to_s, _ = a.travel.leg(a.problem.technician_of(a.shift).profile, a.shift.start_place, a.ticket.place)
    own = a.problem.shifts_by_technician[a.shift.technician_id]
    before = [shift.end_s for shift in own if shift.end_s <= a.shift.start_s]
    for window in a.ticket.start_windows:
        start_s = (window.end_s - to_s) // MINUTE_S * MINUTE_S
        if max(before, default=0) <= start_s < a.shift.start_s:
            extra_s = a.shift.start_s - start_s
            facts: dict[str, int | str] = {"extra_s": extra_s, "start_s": start_s}
            yield Change(Reason(code="extend_shift_start", facts=facts), extra_s, _shift(a, start_s=start_s))


def _wider_window(a: Attempt, reason: Reason) -> Iterator[Change]:
    """Widen the nearest window to a start that fits, smallest widening first."""
    if not a.ticket.windows or (a.ticket.pin is not None and a.ticket.pin.start_s is not None):
        return
    options: list[tuple[int, Window, Window]] = []
    for start_s, last_s in a.starts().get(a.number, ()):
        for window in a.ticket.windows:
            if start_s > window.end_s:
                until_s = _minutes_up(start_s)
                options.append((until_s - window.end_s, window, Window(start_s=window.start_s, end_s=until_s)))
            elif last_s < window.start_s:
                from_s = last_s // MINUTE_S * MINUTE_S
                options.append((window.start_s - from_s, window, Window(start_s=from_s, end_s=window.end_s)))
    for extra_s, old, new in sorted(options, key=lambda option: option[0])[:TRIALS]:
        code = "window_until" if new.end_s > old.end_s else "window_from"
        facts: dict[str, int | str] = {
            "extra_s": extra_s,
            "until_s" if code == "window_until" else "from_s": new.end_s if code == "window_until" else new.start_s,
        }
        changed = tuple(new if window == old else window for window in a.ticket.windows)
        yield Change(Reason(code=code, facts=facts), extra_s, _ticket(a, windows=changed))


CHANGES: dict[str, tuple[Callable[[Attempt, Reason], Iterator[Change]], ...]] = {
    "skill_level": (_skill,),
    "part_short": (_part,),
    "tool_missing": (_tool,),
    "technician_excluded": (_excluded,),
    "technician_not_required": (_required,),
    "pinned_to": (_pin,),
    "base_distance": (_reach("max_distance_m"),),
    "base_drive": (_reach("max_drive_s"),),
    "coverage_distance": (_reach("coverage_m"),),
    "coverage_drive": (_reach("coverage_s"),),
    "longer_than_shift": (_longer_shift,),
    "window_outside_shift": (_wider_window, _longer_shift, _earlier_shift),
    "window_taken": (_wider_window,),
    "shift_full": (_longer_shift, _wider_window),
    "breaks_or_legs": (_longer_shift,),
    "part_used_up": (_part_used_up,),
    "leg_drive": (_reach("max_leg_s"),),
    "leg_distance": (_reach("max_leg_m"),),
}
"""Obstacle code to the kinds of change that may remove it."""


def remedies(obstacles: Sequence[tuple[Attempt, Reason]], most: int, tries: int = MAX_CONFIRMED) -> tuple[Remedy, ...]:
    """Confirmed changes for one ticket over all shifts: the smallest of each kind, smallest first, up to `most`.

    Up to `tries` changes are tried, smallest first.
    """
    options = [
        (change.size_s, number, change, attempt)
        for number, (attempt, reason) in enumerate(obstacles)
        for kind in CHANGES.get(reason.code, ())
        for change in kind(attempt, reason)
    ]
    queue = [
        (size_s, number, serial, change, attempt) for serial, (size_s, number, change, attempt) in enumerate(options)
    ]
    heapq.heapify(queue)
    found: dict[str, Remedy] = {}
    for tried in range(tries):
        if not queue or len(found) == most:
            break
        _, number, _, change, attempt = heapq.heappop(queue)
        if change.reason.code in found:
            continue
        trial = confirm(attempt, change)
        if trial is not None:
            found[change.reason.code] = Remedy(
                change=change.reason,
                technician_id=attempt.shift.technician_id,
                shift_id=attempt.shift.id,
                cost_cents=trial.cost_cents,
            )
        elif (larger := change.refine()) is not None:
            heapq.heappush(queue, (larger.size_s, number, len(options) + tried, larger, attempt))
    return tuple(found.values())


def confirm(attempt: Attempt, change: Change) -> Trial | None:
    """Insert the ticket into the attempt's shift of the changed problem; None when it still does not go."""
    old = attempt.route
    ids = {attempt.ticket.id, *(visit.ticket_id for visit in old.visits)} if old else {attempt.ticket.id}
    try:
        world = change.make(
            attempt.problem if attempt.problem.has_ties else excerpt(attempt.problem, attempt.shift, ids)
        )
    except InputError:
        return None  # a change that makes the input contradict itself helps nobody
    shift, ticket = world.shift_by_id[attempt.shift.id], world.ticket_by_id[attempt.ticket.id]
    restock = restock_centres(world, ticket, shift)
    own = gaps(world, attempt.travel, shift, old)
    found = candidates(world, attempt.travel, ticket, shift, old, own)
    found.sort(key=lambda fit: (fit.gap not in own, fit.travel_s))
    prefetch_detours(world, attempt.travel, ticket, found[:TRIALS])
    for fit in found[:TRIALS]:
        for steps in step_lists(ticket, old, fit.gap.position, restock):
            trial = try_steps(
                attempt.problem, attempt.travel, attempt.routes, attempt.shift, steps, changed=change.make
            )
            if isinstance(trial, Trial):
                return trial
    return None
