"""The O(1) screen of :mod:`dispatch.insertion` for one ticket against the gaps of all routes at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dispatch.insertion import LOOSE_TRIALS, Fit, Gap, gaps
from dispatch.plan import Route
from dispatch.problem import Problem
from dispatch.technicians import Shift
from dispatch.tickets import Ticket, Window
from dispatch.travel import Indices, Travel

Flags = npt.NDArray[np.bool_]

_SHIFT, _POSITION, _BEFORE, _BEHIND, _FREE_S, _LATEST_S, _NUMBER, _LOOSE = range(8)
_NEVER_S = 2**40
_NO_ROWS: Indices = np.zeros((0, 8), np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """One ticket against the gaps of the shifts that were asked for, a row each, in the order of shifts and gaps.

    `reaches` is False where no way leads or all windows have passed; the other columns mean nothing there.
    """

    gap: npt.NDArray[np.int64]  # the row of the screen
    shift: npt.NDArray[np.int64]  # number in the problem
    loose: Flags  # with the breaks set aside
    reaches: Flags
    start_s: npt.NDArray[np.int64]
    short_s: npt.NDArray[np.int64]
    travel_s: npt.NDArray[np.int64]

    @property
    def fits(self) -> Flags:
        """Gaps that are long enough."""
        return self.reaches & (self.short_s <= 0)


@dataclass(frozen=True, slots=True, eq=False)
class Room:
    """What a look found in each shift of the problem; shifts that were not asked for have none."""

    fits: Flags  # some gap is long enough, with the breaks where they are or set aside
    windowed: Flags  # some gap can be reached within the windows, long enough or not
    least_short_s: npt.NDArray[np.int64]  # of those gaps, with the breaks where they are
    detour_s: npt.NDArray[np.int64]  # shortest drive to and from the ticket in a gap that is long enough


class Screen:
    """Gaps of all routes as columns.

    Parameters
    ----------
    problem, travel
        As everywhere.
    routes : mapping of str to Route
        By shift id.
    shifts : flags or None
        Of the problem's shifts those that will be looked at; None: any.
    """

    def __init__(
        self, problem: Problem, travel: Travel, routes: Mapping[str, Route], *, shifts: Flags | None = None
    ) -> None:
        self.problem, self.travel = problem, travel
        self.gaps: dict[str, list[Gap]] = {}
        self._loose: dict[str, list[Gap]] = {}
        self._rows: list[Indices] = []
        for number, shift in enumerate(problem.shifts):
            looked_at = shifts is None or shifts[number]
            self._rows.append(self._read(number, shift, routes.get(shift.id)) if looked_at else _NO_ROWS)
        self._number = {shift.id: number for number, shift in enumerate(problem.shifts)}
        self._table: Indices | None = None
        self._own_pace = np.array(
            [bool(problem.technician_of(shift).duration_percent) for shift in problem.shifts], dtype=np.bool_
        )
        profiles = sorted({technician.profile for technician in problem.technicians})
        self._profiles = {
            name: np.array([problem.technician_of(shift).profile == name for shift in problem.shifts], dtype=np.bool_)
            for name in profiles
        }

    def update(self, route: Route) -> None:
        """Read a route that has changed."""
        number = self._number[route.shift_id]
        self._rows[number] = self._read(number, self.problem.shifts[number], route)
        self._table = None

    def look(self, ticket: Ticket, shifts: Flags, *, windows: tuple[Window, ...] | None = None) -> Look:
        """How `ticket`, as lead, fits every gap of these shifts (a flag for each shift of the problem).

        `windows` stand in place of its own when given.
        """
        bounds = ticket.start_windows if windows is None else windows
        if self._table is None:
            self._table = np.concatenate([_NO_ROWS, *self._rows])
        rows = np.flatnonzero(shifts[self._table[:, _SHIFT]])
        shift, _, before, behind, free_s, latest_s, _, loose = self._table[rows].T
        to_s, from_s = self._legs_s(ticket, shift, before, behind)
        service_s = np.full(len(shifts), ticket.duration_s, dtype=np.int64)
        for number in np.flatnonzero(shifts & self._own_pace).tolist():
            service_s[number] = self.problem.technician_of(self.problem.shifts[number]).service_s(ticket)
        ready_s = free_s + to_s
        start_s = ready_s
        if bounds:
            start_s = np.full(len(rows), _NEVER_S, dtype=np.int64)
            for window in reversed(bounds):
                start_s = np.where(ready_s <= window.end_s, np.maximum(ready_s, window.start_s), start_s)
        return Look(
            gap=rows,
            shift=shift,
            loose=loose.astype(np.bool_),
            reaches=(to_s >= 0) & (from_s >= 0) & (start_s < _NEVER_S),
            start_s=start_s,
            short_s=start_s + service_s[shift] + from_s - latest_s,
            travel_s=to_s + from_s,
        )

    def strict(self, look: Look) -> npt.NDArray[np.int64]:
        """Rows of `look` that fit with the breaks where they are."""
        return np.flatnonzero(look.fits & ~look.loose)

    def freed(self, look: Look) -> npt.NDArray[np.int64]:
        """Rows of `look` that fit with the breaks set aside only."""
        assert self._table is not None
        key = look.shift * (1 + int(self._table[:, _POSITION].max(initial=0))) + self._table[look.gap, _POSITION]
        return np.flatnonzero(look.fits & look.loose & ~np.isin(key, key[self.strict(look)]))

    def nearest(self, look: Look, most: int) -> Iterator[tuple[Fit, bool]]:
        """Fits with the shortest detours, at most `most`; those that need a break moved (True) come last.

        They are those of :func:`dispatch.insertion.candidates`, shift by shift.
        """
        rows = self.strict(look)
        chosen = rows[np.argsort(look.travel_s[rows], kind="stable")[:most]].tolist()
        yield from ((self._fit(look, row), False) for row in chosen)
        tried: dict[int, int] = {}
        freed, left = self.freed(look), most - len(chosen)
        for row in freed[np.argsort(look.travel_s[freed], kind="stable")].tolist() if left else ():
            shift = int(look.shift[row])
            tried[shift] = tried.get(shift, 0) + 1
            if tried[shift] <= LOOSE_TRIALS:
                yield self._fit(look, row), True
                left -= 1
            if not left:
                return

    def room(self, look: Look) -> Room:
        """Summary of a look by shift."""
        size = len(self.problem.shifts)
        fits, windowed = np.zeros((2, size), dtype=np.bool_)
        least_short_s, detour_s = np.full((2, size), _NEVER_S, dtype=np.int64)
        reached = look.reaches & ~look.loose
        fits[look.shift[look.fits]] = True
        windowed[look.shift[reached]] = True
        np.minimum.at(least_short_s, look.shift[reached], look.short_s[reached])
        np.minimum.at(detour_s, look.shift[look.fits], look.travel_s[look.fits])
        return Room(fits, windowed, least_short_s, detour_s)

    def starts(self, look: Look) -> dict[int, list[tuple[int, int]]]:
        """By number of the shift: earliest and latest start in each gap that fits with the breaks where they are."""
        found: dict[int, list[tuple[int, int]]] = {}
        rows = self.strict(look)
        spans = zip(look.shift[rows].tolist(), look.start_s[rows].tolist(), look.short_s[rows].tolist(), strict=True)
        for shift, start_s, short_s in spans:
            found.setdefault(shift, []).append((start_s, start_s - short_s))
        return found

    def _fit(self, look: Look, row: int) -> Fit:
        assert self._table is not None
        shift = self.problem.shifts[int(look.shift[row])]
        number = int(self._table[look.gap[row], _NUMBER])
        gap = (self._loose if look.loose[row] else self.gaps)[shift.id][number]
        return Fit(shift, gap, int(look.start_s[row]), int(look.short_s[row]), int(look.travel_s[row]))

    def _legs_s(
        self, ticket: Ticket, shift: Indices, before: Indices, behind: Indices
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Seconds from the stop before to the ticket, and from there to the stop behind; 0 where there is none."""
        here = np.array([self.travel.index[ticket.place.id]], dtype=np.int64)
        to_s, from_s = np.zeros((2, len(shift)), dtype=np.int64)
        for profile, own in self._profiles.items():
            mine = own[shift]
            for ends, values in ((before, to_s), (behind, from_s)):
                at = np.flatnonzero(mine & (ends >= 0))
                places, back = np.unique(ends[at], return_inverse=True)
                if not len(places):
                    continue
                if ends is before:
                    values[at] = self.travel.block(profile, places, here).travel_s[back, 0]
                else:
                    values[at] = self.travel.block(profile, here, places).travel_s[0, back]
        return to_s, from_s

    def _read(self, number: int, shift: Shift, route: Route | None) -> Indices:
        """Gaps of one route with its breaks, then without them."""
        own = self.gaps[shift.id] = gaps(self.problem, self.travel, shift, route)
        free = gaps(self.problem, self.travel, shift, route, breaks=False) if shift.breaks and route else []
        self._loose[shift.id] = free
        index = self.travel.index
        return np.array(
            [
                (
                    number,
                    gap.position,
                    -1 if gap.before is None else index[gap.before.id],
                    -1 if gap.behind is None else index[gap.behind.id],
                    gap.free_s,
                    gap.latest_s,
                    position,
                    loose,
                )
                for loose, found in enumerate((own, free))
                for position, gap in enumerate(found)
            ],
            dtype=np.int64,
        )
