"""Sites, demand and the travel between them: what every location model is given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from dispatch.errors import Fault, InputError, reject
from dispatch.places import Place
from dispatch.ports import TravelTimes
from dispatch.technicians import DEFAULT_PROFILE

Seconds = npt.NDArray[np.int32]


class Status(StrEnum):
    """What may become of a site."""

    CANDIDATE = "candidate"
    EXISTING = "existing"
    """Open today, may be closed at `closing_cents`."""
    FIXED = "fixed"
    """Open, whatever it costs."""
    FORBIDDEN = "forbidden"


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A place where a service centre stands or could stand.

    Parameters
    ----------
    id : str
        Unique.
    place : Place
    status : Status
    capacity_s : int or None
        Most seconds of demand that it serves; None: no limit.
    rent_cents, wages_cents, tax_cents : int
        Of a year, when it is open.
    closing_cents : int
        Once, when an existing site is closed.
    price_cents_per_hour : int
        Of an hour of work: more than 0 at a partner who works under contract.
    """

    id: str
    place: Place
    status: Status = Status.CANDIDATE
    capacity_s: int | None = None
    rent_cents: int = 0
    wages_cents: int = 0
    tax_cents: int = 0
    closing_cents: int = 0
    price_cents_per_hour: int = 0

    def __post_init__(self) -> None:
        for name in ("rent_cents", "wages_cents", "tax_cents", "closing_cents", "price_cents_per_hour"):
            if getattr(self, name) < 0:
                raise reject(
                    "site.negative", "must not be negative", field=name, value=getattr(self, name), owner=self.id
                )
        if self.capacity_s is not None and self.capacity_s < 0:
            raise reject(
                "site.negative", "must not be negative", field="capacity_s", value=self.capacity_s, owner=self.id
            )

    @property
    def yearly_cents(self) -> int:
        """Rent, wages and tax."""
        return self.rent_cents + self.wages_cents + self.tax_cents


@dataclass(frozen=True, slots=True, kw_only=True)
class DemandPoint:
    """Work that arises at a place, in one tier and skill.

    Parameters
    ----------
    id : str
        Unique.
    place : Place
    visits : int
        In the span that the model plans for, a year where money counts.
    work_s : int
        Seconds of work of all of them.
    tier, skill : str
        Empty where it doesn't matter.
    """

    id: str
    place: Place
    visits: int = 1
    work_s: int = 0
    tier: str = ""
    skill: str = ""

    def __post_init__(self) -> None:
        for name in ("visits", "work_s"):
            if getattr(self, name) < 0:
                raise reject(
                    "demand.negative", "must not be negative", field=name, value=getattr(self, name), owner=self.id
                )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LocationProblem:
    """One question.

    Parameters
    ----------
    sites : tuple of Site
    points : tuple of DemandPoint
    travel_s : array of int, shape (sites, points)
        Seconds from site to point, negative where there is no way.
    travel_cents_per_hour : int
        Of driving, where a model counts money.

    Raises
    ------
    InputError
        ``input.invalid`` with all faults: ids that are there twice, nothing to choose from, sites off the roads.
    """

    sites: tuple[Site, ...]
    points: tuple[DemandPoint, ...]
    travel_s: Seconds
    travel_cents_per_hour: int = 0
    site_at: Mapping[str, int] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        if self.travel_s.shape != (len(self.sites), len(self.points)):
            raise reject("location.shape", f"travel has shape {self.travel_s.shape}, not sites x points")
        faults = [*_twice("site", self.sites), *_twice("demand", self.points)]
        if not any(site.status is not Status.FORBIDDEN for site in self.sites):
            faults.append(
                Fault(rule="location.no_candidate", message="there is no site that may be open; add a candidate")
            )
        if not self.points:
            faults.append(Fault(rule="location.no_demand", message="there is no demand to serve"))
        else:
            faults += [
                Fault(
                    rule="location.site_off_roads",
                    message=f"site {site.id} reaches no demand on these roads: correct its place, or forbid it",
                    field="site",
                    value=site.id,
                )
                for site, row in zip(self.sites, self.travel_s, strict=True)
                if site.status is not Status.FORBIDDEN and not (row >= 0).any()
            ]
        if faults:
            raise InputError.from_faults(faults)
        object.__setattr__(self, "site_at", MappingProxyType({site.id: at for at, site in enumerate(self.sites)}))

    @property
    def pinned(self) -> npt.NDArray[np.bool_]:
        """Sites that are open anyway."""
        return np.array([site.status is Status.FIXED for site in self.sites])

    @property
    def banned(self) -> npt.NDArray[np.bool_]:
        """Sites that are never open."""
        return np.array([site.status is Status.FORBIDDEN for site in self.sites])

    @property
    def visits(self) -> npt.NDArray[np.float64]:
        """Visits of each point."""
        return np.array([point.visits for point in self.points], dtype=np.float64)

    def without(self, site: str) -> LocationProblem:
        """The same question with one site forbidden."""
        import dataclasses

        sites = tuple(
            dataclasses.replace(one, status=Status.FORBIDDEN) if one.id == site else one for one in self.sites
        )
        return dataclasses.replace(self, sites=sites)


def _twice(kind: str, items: Sequence[Site] | Sequence[DemandPoint]) -> list[Fault]:
    seen: set[str] = set()
    faults = []
    for item in items:
        if item.id in seen:
            faults.append(
                Fault(
                    rule=f"{kind}.duplicate",
                    message=f"the id {item.id} stands more than once",
                    field="id",
                    value=item.id,
                )
            )
        seen.add(item.id)
    return faults


def location_problem(
    sites: Sequence[Site],
    points: Sequence[DemandPoint],
    source: TravelTimes,
    *,
    profile: str = DEFAULT_PROFILE,
    travel_cents_per_hour: int = 0,
) -> LocationProblem:
    """Ask a travel source for the way from every site to every point."""
    places = {place.id: place for place in (*(site.place for site in sites), *(point.place for point in points))}
    matrix = source.matrix(tuple(places.values()), (profile,))
    rows = np.array([matrix.index[site.place.id] for site in sites], dtype=np.int64)
    columns = np.array([matrix.index[point.place.id] for point in points], dtype=np.int64)
    return LocationProblem(
        sites=tuple(sites),
        points=tuple(points),
        travel_s=matrix.block(profile, rows, columns).travel_s,
        travel_cents_per_hour=travel_cents_per_hour,
    )
