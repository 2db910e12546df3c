"""What the domain needs from the outside: Protocols that engines, travel sources and geocoders implement."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

from dispatch.places import Place
from dispatch.plan import Reason, RouteSteps
from dispatch.problem import Problem
from dispatch.travel import Travel, TravelMatrix

FloatArray = npt.NDArray[np.float64]


class Feature(StrEnum):
    """Constraints that an engine may or may not be able to keep; the names are stable codes."""

    SKILLS = "skills"
    WINDOWS = "windows"
    TARGETS = "targets"
    OVERTIME = "overtime"
    BREAKS = "breaks"
    PLACES = "places"
    TECHNICIAN_SETS = "technician_sets"
    DURATION_FACTORS = "duration_factors"
    REACH = "reach"
    PARTS = "parts"
    RESTOCK = "restock"
    PINS = "pins"
    MULTI_DAY = "multi_day"
    CREWS = "crews"
    AFTER = "after"
    PROFILES = "profiles"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """When an engine stops: whichever comes first. At least one must be given.

    With `iterations` alone the answer depends on nothing but problem, seed and workers.
    """

    seconds: float | None = None
    iterations: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """A sign of life of a running engine; `cost_cents` is None until a first solution exists."""

    elapsed_s: float
    iterations: int
    cost_cents: int | None
    served: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineRequest:
    """One call of an engine.

    Parameters
    ----------
    problem, travel
        What to plan; travel holds every place of the problem. An engine that needs all legs at once asks for them by
        :func:`dispatch.travel.whole_matrix`.
    limits : Limits
        When to stop.
    seed : int
        0..2**31 - 1.
    workers : int
        Threads or processes that may run, at least 1.
    warm_start : tuple of RouteSteps
        Start from these routes; empty: from nothing. The answer never costs more than a feasible warm start.
    on_progress : callable
        Called now and then from the engine's thread.
    should_stop : callable
        Polled often; when it returns True the engine returns its best so far.
    """

    problem: Problem
    travel: Travel
    limits: Limits
    seed: int
    workers: int = 1
    warm_start: tuple[RouteSteps, ...] = ()
    on_progress: Callable[[Progress], None] = lambda progress: None
    should_stop: Callable[[], bool] = lambda: False


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineAnswer:
    """Decisions of an engine, without times: every answer is replayed and checked by the domain."""

    routes: tuple[RouteSteps, ...]
    iterations: int
    parameters: Mapping[str, int | float | str | bool] = field(default_factory=dict)
    warnings: tuple[Reason, ...] = ()


class RoutingEngine(Protocol):
    """Decides who serves what in which order."""

    @property
    def name(self) -> str:
        """Name on the command line."""
        ...

    @property
    def version(self) -> str:
        """Changes when the same input may give another answer."""
        ...

    @property
    def features(self) -> frozenset[Feature]:
        """Constraints that this engine keeps."""
        ...

    def solve(self, request: EngineRequest) -> EngineAnswer:
        """Return the best routes found; tickets in none of them are unserved."""
        ...


class TravelTimes(Protocol):
    """A source of travel times and distances."""

    def matrix(self, places: Sequence[Place], profiles: Sequence[str]) -> TravelMatrix:
        """Travel between all places, for each profile.

        Raises
        ------
        InputError
            When a place or profile is not known.
        UnavailableError
            When the source is out of reach.
        """
        ...


@runtime_checkable
class LazyTravelTimes(TravelTimes, Protocol):
    """A source that can also give legs when they are asked for, at the price of a formula."""

    def lazy(self, places: Sequence[Place], profiles: Sequence[str]) -> Travel:
        """The same travel as :meth:`matrix`, with memory linear in the places; raises the same errors."""
        ...


class DrivenWay(Protocol):
    """A way from one place to another, as it is driven."""

    @property
    def travel_s(self) -> int:
        """Seconds, as in the matrix of the same source."""
        ...

    @property
    def distance_m(self) -> int:
        """Metres, as in the matrix of the same source."""
        ...

    @property
    def lat(self) -> FloatArray:
        """Latitudes of its line, WGS-84 degrees, at least two; it may begin and end some steps from the places."""
        ...

    @property
    def lon(self) -> FloatArray:
        """Longitudes of its line."""
        ...


@runtime_checkable
class DrivenWays(TravelTimes, Protocol):
    """A source that also knows the lines that are driven."""

    def way(self, origin: Place, target: Place, profile: str) -> DrivenWay | None:
        """The way behind one leg of :meth:`matrix`, None where there is none; raises the same errors."""
        ...


class Precision(StrEnum):
    """What the point of a found address stands for, finest first."""

    HOUSE = "house"
    STREET = "street"
    CITY = "city"
    REGION = "region"


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One place that an address may mean.

    Parameters
    ----------
    place : Place
        Where it is; the id is the source's own.
    name : str
        What the source calls it.
    confidence : float
        0..1: how much of the address it accounts for, times how clearly it is the one meant among its rivals.
    precision : Precision
        What the point stands for. A city can be found with confidence, and still be no place to send a van to.
    source : str
        Which geocoder found it.
    """

    place: Place
    name: str
    confidence: float
    precision: Precision
    source: str


class Geocoder(Protocol):
    """Turns an address into places."""

    def find(self, address: str) -> Sequence[Candidate]:
        """Return the candidates for `address`, best first; empty when there is none.

        Raises
        ------
        InputError
            ``geocoding.address`` when it is empty, too long, or no text.
        UnavailableError
            When the source is out of reach.
        """
        ...
