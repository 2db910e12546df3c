"""Days drawn from rates."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import accumulate
from statistics import NormalDist

import numpy as np

from dispatch.errors import reject
from dispatch.places import Place
from dispatch.tickets import Ticket
from geo.extras import need
from scenarios.demand.durations import ALL, LogNormal
from scenarios.demand.growth import Growth
from scenarios.demand.past import moved
from scenarios.streams import Streams

DAY_S = 86_400
HOURS = 24
LEAST_S = 300
"""Shortest duration that is drawn: five minutes."""
_STANDARD = NormalDist()


@dataclass(frozen=True, slots=True, kw_only=True)
class KindRates:
    """Rates of one kind of ticket.

    Parameters
    ----------
    name, tier : str
        Tier and skills, as ``basic/lift``; the tier alone.
    daily : float
        Tickets of a mean day.
    hours : tuple of tuple of float
        For each weekday (Monday first) the share of `daily` that opens in each of its 24 hours; a busy weekday adds up
        to more than 1.
    cells : tuple of float
        Share of each cell of the demand; they add up to 1.
    examples : tuple of Ticket
        At least one: where skills, parts, tools and windows of a drawn ticket come from. Seconds count from 00:00 of
        the date of opening. Wishes for technicians belong to their customers and are left out.
    """

    name: str
    tier: str
    daily: float
    hours: tuple[tuple[float, ...], ...]
    cells: tuple[float, ...]
    examples: tuple[Ticket, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A part of the land, and the places in it where tickets come from."""

    id: str
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SampledDemand:
    """Poisson days: each kind in each cell has its own stream, so that growth adds tickets and changes none.

    Parameters
    ----------
    kinds : tuple of KindRates
    cells : tuple of Cell
    durations : mapping of str to LogNormal
        By skills, and ``*``.
    months : tuple of float
        Twelve factors, January first.
    first : date
        The date of day 0; the next days follow it. Gives weekday and month.
    closes_h : int
        1..24: tickets from this hour on are those of the evening before, which wait in the morning.
    growth : Growth
        On the rates.

    Raises
    ------
    InputError
        ``demand.empty`` without a kind, ``demand.closes`` for an hour out of range.
    """

    kinds: tuple[KindRates, ...]
    cells: tuple[Cell, ...]
    durations: Mapping[str, LogNormal]
    first: date
    months: tuple[float, ...] = (1.0,) * 12
    closes_h: int = HOURS
    growth: Growth = field(default_factory=Growth)

    def __post_init__(self) -> None:
        if not self.kinds:
            raise reject("demand.empty", "there is no past ticket to fit rates from", field="kinds")
        if not 1 <= self.closes_h <= HOURS:
            raise reject("demand.closes", "the closing hour must be in 1..24", field="closes_h", value=self.closes_h)

    def grown(self, growth: Growth) -> SampledDemand:
        """The same demand with other growth factors.

        Raises
        ------
        InputError
            ``growth.unknown`` naming every tier, skill or cell that the demand does not have.
        """
        known = {
            "tiers": {kind.tier for kind in self.kinds},
            "skills": {skill for kind in self.kinds for skill in _skills(kind)},
            "cells": {cell.id for cell in self.cells},
        }
        strays = [f"{part}.{name}" for part in known for name in sorted(getattr(growth, part).keys() - known[part])]
        if strays:
            raise reject(
                "growth.unknown", "the demand has no such tier, skill or cell", field="growth", value=", ".join(strays)
            )
        return dataclasses.replace(self, growth=growth)

    def expected(self, index: int) -> float:
        """Mean number of tickets of a day."""
        return sum(self._mean(kind, index) * sum(self._growth(kind)) for kind in self.kinds)

    def day(self, index: int, streams: Streams) -> tuple[Ticket, ...]:
        poisson = need("scipy.stats").poisson
        pairs = [(kind, number) for kind in self.kinds for number in range(len(self.cells))]
        means = np.array([self._mean(kind, index) * one for kind in self.kinds for one in self._growth(kind)])
        chances = np.array([streams.uniform("arrivals", kind.name, self.cells[n].id) for kind, n in pairs])
        counts = poisson.ppf(chances, means).astype(int).tolist()  # more of the same for a larger mean
        tickets = [
            self._ticket(kind, self.cells[cell], number, index, streams)
            for (kind, cell), count in zip(pairs, counts, strict=True)
            for number in range(count)
        ]
        return tuple(sorted(tickets, key=lambda ticket: (ticket.opened_s, ticket.id)))

    def _growth(self, kind: KindRates) -> list[float]:
        """Share of each cell, grown."""
        skills = _skills(kind)
        return [
            share * self.growth.of(kind.tier, skills, cell.id)
            for share, cell in zip(kind.cells, self.cells, strict=True)
        ]

    def _hours(self, kind: KindRates, index: int) -> list[float]:
        """Rate of each hour: the evening's are those of the day before."""
        today = self.first + timedelta(days=index)
        before = today - timedelta(days=1)
        late, early = kind.hours[before.weekday()], kind.hours[today.weekday()]
        return [
            late[hour] * self.months[before.month - 1]
            if hour >= self.closes_h
            else early[hour] * self.months[today.month - 1]
            for hour in range(HOURS)
        ]

    def _mean(self, kind: KindRates, index: int) -> float:
        return kind.daily * sum(self._hours(kind, index))

    def _ticket(self, kind: KindRates, cell: Cell, number: int, index: int, streams: Streams) -> Ticket:
        name = f"{kind.name}@{cell.id}-{number + 1}"
        hours = list(accumulate(self._hours(kind, index)))
        mark = streams.uniform("hour", name) * hours[-1]
        hour = next(hour for hour, upto in enumerate(hours) if mark < upto)
        opened_s = hour * 3600 + int(streams.uniform("minute", name) * 3600)
        opened_s -= DAY_S if hour >= self.closes_h else 0
        example = kind.examples[int(streams.uniform("example", name) * len(kind.examples))]
        days = opened_s // DAY_S
        if example.windows:  # promised for the same time of day, after the call
            days += max(0, math.floor((opened_s - days * DAY_S - example.windows[-1].end_s) / DAY_S) + 1)
        length = self.durations.get(kind.name.partition("/")[2], self.durations.get(ALL))
        duration_s = example.duration_s
        if length is not None:
            normal = _STANDARD.inv_cdf(streams.uniform("duration", name))
            duration_s = max(LEAST_S, 60 * round(length.at(normal) / 60))
        return dataclasses.replace(
            moved(example, days * DAY_S),
            id=name,
            place=cell.places[int(streams.uniform("place", name) * len(cell.places))],
            opened_s=opened_s,
            duration_s=duration_s,
            required=frozenset(),
            preferred=frozenset(),
            excluded=frozenset(),
        )


def _skills(kind: KindRates) -> tuple[str, ...]:
    return tuple(sorted(kind.examples[0].skills))
