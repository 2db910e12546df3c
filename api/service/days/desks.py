"""Plans on the desk: what a dispatcher tries out at once, without a job.

A day's document is read once and kept in memory; when tickets come or change, only they are read again. A desk is a
plan as it can still be changed: of one in force the rest of the day, of a draft all of it.
"""

from __future__ import annotations

import dataclasses
import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from api import plan_file
from api.inputs import DayInput, from_json
from api.service.days.rest import Rest, now_of, rest_of
from dispatch.places import Place
from dispatch.plan import Route
from dispatch.ports import LazyTravelTimes
from dispatch.problem import Problem
from dispatch.replan import Remaining, remaining
from dispatch.replan.standing import standing
from dispatch.service import travel_of
from dispatch.travel import Travel
from geo.registry import travel_source

Json = dict[str, Any]
KEPT = 8
"""Days held in memory."""
SAME_S = 60
"""How old the rest of a day may be for a price that nobody has accepted yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """A plan as it can still be changed.

    Parameters
    ----------
    problem, travel, routes
        The problem, travel between its places, and what is planned of it.
    now_s : int
        Nothing begins before; 0 for a draft.
    fixed : frozenset of str
        Tickets that are under way or done, which are not in the problem.
    """

    problem: Problem
    travel: Travel
    routes: tuple[Route, ...]
    now_s: int
    fixed: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Seen:
    """The rest of a day as it was looked at last; `told` without its time."""

    told: Json
    rest: Rest
    left: Remaining
    routes: tuple[Route, ...]


@dataclass(slots=True)
class _Held:
    """A day as it was read last."""

    document: Json
    day: DayInput
    places: tuple[Place, ...] = ()
    travel: Travel | None = None
    seen: _Seen | None = None


class Desks:
    """Days that were looked at lately.

    Parameters
    ----------
    travel : str
        Travel source, as ``callout plan --travel`` names it.
    """

    def __init__(self, travel: str) -> None:
        self._spec = travel
        self._held: OrderedDict[str, _Held] = OrderedDict()
        self._guard = threading.Lock()

    def under_way(self, plan_id: str, document: Json, told: Json, *, fresh: bool = True) -> Desk:
        """The rest of a day; see :class:`api.service.days.live.LiveDay`.

        Unless `fresh`, it may be as of up to `SAME_S` ago, when nothing but tickets has come since then: who asks for
        prices again and again does not wait for what is known.
        """
        held = self._read(plan_id, document)
        travel = self._travel(held)
        seen = held.seen
        if seen is not None and seen.told == {**told, "now": ""}:
            rest = dataclasses.replace(seen.rest, day=held.day, now_s=now_of(held.day, told))
        else:
            rest = rest_of(document, told, day=held.day)
        if not fresh and seen is not None and 0 <= rest.now_s - seen.rest.now_s <= SAME_S:
            rest = dataclasses.replace(rest, now_s=seen.rest.now_s)
        left = remaining(rest.day.problem, rest.in_force, rest.reports, now_s=rest.now_s)
        if (
            seen is not None
            and seen.rest.now_s == rest.now_s
            and seen.left.steps == left.steps
            and seen.left.problem.shifts == left.problem.shifts
            and seen.left.problem.technicians == left.problem.technicians
            and all(left.problem.ticket_by_id.get(one.id) == one for one in seen.left.problem.tickets)
        ):
            routes = seen.routes
        else:
            routes = standing(left.problem, travel, left.steps)
        held.seen = _Seen({**told, "now": ""}, rest, left, routes)
        open_ones = left.problem.ticket_by_id
        return Desk(
            problem=left.problem,
            travel=travel,
            routes=routes,
            now_s=rest.now_s,
            fixed=frozenset(one.ticket_id for one in rest.reports if one.ticket_id not in open_ones),
        )

    def draft(self, plan_id: str, document: Json, result: Json) -> Desk:
        """A plan that nobody drives yet."""
        held = self._read(plan_id, document)
        problem = held.day.problem
        return Desk(
            problem=problem,
            travel=self._travel(held),
            routes=plan_file.routes_from_json(result["routes"], problem),
            now_s=0,
            fixed=frozenset(),
        )

    def _read(self, plan_id: str, document: Json) -> _Held:
        with self._guard:
            held = self._held.pop(plan_id, None)
            if held is None and self._held:  # what was looked at last is most likely the plan that this one follows
                held = dataclasses.replace(next(reversed(self._held.values())))
            if held is None:
                held = _Held(document, from_json(document, name="day"))
            elif held.document != document:
                held = _again(held, document)
            self._held[plan_id] = held
            while len(self._held) > KEPT:
                self._held.popitem(last=False)
            return held

    def _travel(self, held: _Held) -> Travel:
        """Travel between all places of a day; a source that can, computes legs when they are asked for."""
        problem = held.day.problem
        with self._guard:
            if held.travel is None or held.places != problem.places:
                source = travel_source(self._spec, settings=held.day.travel)
                profiles = sorted({technician.profile for technician in problem.technicians}) or ["car"]
                if isinstance(source, LazyTravelTimes):
                    held.travel = source.lazy(problem.places, profiles)
                else:
                    held.travel = travel_of(problem, source)
                held.places = problem.places
            return held.travel


def _again(held: _Held, document: Json) -> _Held:
    """The day with what has changed; when only tickets have, only they are read."""
    rest = {name: value for name, value in document.items() if name not in ("tickets", "plan")}
    before = {name: value for name, value in held.document.items() if name not in ("tickets", "plan")}
    frames = [{k: v for k, v in one["plan"].items() if k != "skills"} for one in (document, held.document)]
    if rest != before or frames[0] != frames[1]:
        return _Held(document, from_json(document, name="day"))
    known = {item["id"]: item for item in held.document["tickets"]}
    wanted = {item["id"]: item for item in document["tickets"]}
    new = {name for name, item in wanted.items() if known.get(name) != item}
    behind = {tie["ticket"] for name in new for tie in wanted[name].get("after", ())} & wanted.keys()
    some = [wanted[name] for name in sorted(new | _closed(behind, wanted))]
    read = from_json(_excerpt(document, some), name="day").problem.ticket_by_id
    old = held.day.problem.ticket_by_id
    tickets = tuple(read[name] if name in new else old[name] for name in wanted)
    day = DayInput(problem=held.day.problem.replace(tickets=tickets), travel=held.day.travel)
    return _Held(document, day, held.places, held.travel, held.seen)


def _excerpt(document: Json, tickets: Sequence[Json]) -> Json:
    """The document of these tickets: of the technicians those whom they name, and one for days without any."""
    named = {one for item in tickets for wish in _WISHES for one in item.get(wish, ())}
    people = document["technicians"]
    kept = [item for item in people if item["id"] in named] or people[:1]
    names = {item["id"] for item in kept}
    shifts = [item for item in document["shifts"] if item["technician"] in names]
    return {**document, "tickets": list(tickets), "technicians": kept, "shifts": shifts}


_WISHES = ("required", "preferred", "excluded", "pin_technicians")


def _closed(names: set[str], wanted: Mapping[str, Json]) -> set[str]:
    """These tickets and all that they come after."""
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += [tie["ticket"] for tie in wanted[name].get("after", ()) if tie["ticket"] in wanted]
    return found
