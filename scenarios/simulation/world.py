"""What simulated days are played in."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from dispatch.errors import reject
from dispatch.ports import TravelTimes
from dispatch.problem import Problem
from dispatch.replan import Budget
from scenarios.demand.ports import Demand

DAY_S = 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class Chances:
    """What the plan does not know. All zero: everything goes as planned.

    Parameters
    ----------
    service_spread : float
        Standard deviation of a service's time by its mean, 0..3; the same default as :class:`dispatch.risk.Spread`.
    leg_spread, traffic_spread : float
        The same of driving: one factor for each leg, and one for each hour of the day that all legs share. Together
        they are about the 0.15 of :class:`dispatch.risk.Spread`.
    ill_share : float
        Probability that a technician does not come. 2 %: in the United Kingdom 2.0 % of working hours were lost to
        sickness or injury in 2024 (Office for National Statistics, Sickness absence in the UK labour market).
    falls_ill_share : float
        Probability that a technician who came falls ill at a time spread evenly over the shift. Assumed.
    absent_share : float
        Probability of each visit to find nobody. Assumed; :mod:`scenarios.simulation` says how to fit it.
    absent_wait_s : int
        How long the technician waits for an absent customer.
    absent_return_s : int
        How long after that the customer is back: another visit may start from then on.
    window_grace_s : int
        A technician who comes at most this late to an appointment is let in; a later one is sent away.
    """

    service_spread: float = 0.3
    leg_spread: float = 0.12
    traffic_spread: float = 0.09
    ill_share: float = 0.02
    falls_ill_share: float = 0.002
    absent_share: float = 0.03
    absent_wait_s: int = 600
    absent_return_s: int = 7_200
    window_grace_s: int = 900

    def __post_init__(self) -> None:
        for name in ("service_spread", "leg_spread", "traffic_spread"):
            if not 0 <= getattr(self, name) <= 3:
                raise reject("chance.spread", "a spread must be in 0..3", field=name, value=getattr(self, name))
        for name in ("ill_share", "falls_ill_share", "absent_share"):
            if not 0 <= getattr(self, name) <= 1:
                raise reject("chance.share", "a probability must be in 0..1", field=name, value=getattr(self, name))
        for name in ("absent_wait_s", "absent_return_s", "window_grace_s"):
            if not 0 <= getattr(self, name) <= DAY_S:
                raise reject("chance.time", "must be in 0..86,400 seconds", field=name, value=getattr(self, name))

    @property
    def travel_spread(self) -> float:
        """Spread of the product of both factors of driving."""
        return math.sqrt((1 + self.leg_spread**2) * (1 + self.traffic_spread**2) - 1)


CERTAIN = Chances(service_spread=0, leg_spread=0, traffic_spread=0, ill_share=0, falls_ill_share=0, absent_share=0)
"""Everything goes as planned."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Play:
    """How a day is planned while it goes on.

    Parameters
    ----------
    engine : str
        Name in :data:`solver.registry.ENGINES`.
    morning_iterations : int
        Of the plan at the first shift's start, at least 1.
    replan_iterations : int
        Of each replan; 0: insertion only.
    replan_s : int
        Time between looks at the day. Nothing is planned again while nothing has happened.
    urgent_s : int
        A ticket with a target of at most this length is planned at once.
    budget : Budget
        How much a replan may move.
    """

    engine: str = "search"
    morning_iterations: int = 3_000
    replan_iterations: int = 300
    replan_s: int = 1_800
    urgent_s: int = 6 * 3_600
    budget: Budget = field(default_factory=Budget)

    def __post_init__(self) -> None:
        for name, least in (("morning_iterations", 1), ("replan_iterations", 0), ("replan_s", 60), ("urgent_s", 0)):
            if getattr(self, name) < least:
                raise reject("play.range", f"must be at least {least}", field=name, value=getattr(self, name))


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Everything that a simulated day depends on, besides its number and seed. Can be pickled.

    Parameters
    ----------
    template : Problem
        Technicians, shifts, centres, tiers, calendars and weights of a typical day. Its tickets are not played, and of
        its shifts those of the first 24 hours are (:func:`typical_day`).
    demand : Demand
        Brings the tickets.
    travel : TravelTimes
        Source of the planned travel.
    chances : Chances
        How reality differs from the plan.
    play : Play
        How the day is planned.
    """

    template: Problem
    demand: Demand
    travel: TravelTimes
    chances: Chances = field(default_factory=Chances)
    play: Play = field(default_factory=Play)


def typical_day(problem: Problem) -> Problem:
    """The day without tickets: shifts that start in the first 24 hours, and a horizon that ends with the last of them.

    Raises
    ------
    InputError
        ``world.no_shift`` when there is none.
    """
    shifts = tuple(shift for shift in problem.shifts if shift.start_s < DAY_S)
    if not shifts:
        raise reject("world.no_shift", "no shift starts in the first 24 hours: nobody works", field="shifts")
    end_s = max(DAY_S, *(shift.end_s for shift in shifts))
    return problem.replace(tickets=(), shifts=shifts, end_s=end_s, baseline=())
