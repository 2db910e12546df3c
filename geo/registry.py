"""Travel sources by the name that the command line and the input use. A new source is one file and one line here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from dispatch.errors import UsageError
from dispatch.ports import TravelTimes
from dispatch.technicians import DEFAULT_PROFILE
from geo.extras import need
from geo.geodesic import GeodesicTravel, RoadEstimate
from geo.matrix_file import MatrixFile


class ProfileSettings(Protocol):
    """Settings of one profile; None: the source's own default."""

    @property
    def detour(self) -> float | None: ...

    @property
    def speed_kmh(self) -> float | None: ...


class TravelSettings(Protocol):
    """What an input says about travel, for the sources that can be set."""

    @property
    def profiles(self) -> Mapping[str, ProfileSettings]:
        """Profiles with settings of their own."""
        ...

    def of(self, profile: str) -> ProfileSettings:
        """Settings of one profile, with those for all profiles where it has none of its own."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceKind:
    """One line of the registry.

    Parameters
    ----------
    form : str
        How it is written, for example ``matrix:FILE``.
    build : callable
        Makes the source of what stands behind the colon and the settings.
    """

    form: str
    build: Callable[[str, TravelSettings | None], TravelTimes]


def _geodesic(argument: str, settings: TravelSettings | None) -> GeodesicTravel:
    if settings is None:
        return GeodesicTravel()
    names = {DEFAULT_PROFILE, *settings.profiles}
    return GeodesicTravel({name: _estimate(settings.of(name)) for name in names})


def _estimate(settings: ProfileSettings) -> RoadEstimate:
    given = {"detour": settings.detour, "speed_kmh": settings.speed_kmh}
    return RoadEstimate(**{name: value for name, value in given.items() if value is not None})


def _osrm(argument: str, settings: TravelSettings | None) -> TravelTimes:
    need("httpx")
    from geo.servers.sources import osrm_travel

    return osrm_travel(argument, estimate=_geodesic("", settings))


def _valhalla(argument: str, settings: TravelSettings | None) -> TravelTimes:
    need("httpx")
    from geo.servers.sources import valhalla_travel

    return valhalla_travel(argument, estimate=_geodesic("", settings))


def _roads(argument: str, settings: TravelSettings | None) -> TravelTimes:
    from geo.roads.travel import RoadTravel  # with libraries that other sources don't wait for

    return RoadTravel(Path(argument))


SOURCES: Mapping[str, SourceKind] = {
    "geodesic": SourceKind(form="geodesic", build=_geodesic),
    "matrix": SourceKind(form="matrix:FILE", build=lambda argument, settings: MatrixFile(Path(argument))),
    "roads": SourceKind(form="roads:FILE", build=_roads),
    "osrm": SourceKind(form="osrm:URL", build=_osrm),
    "valhalla": SourceKind(form="valhalla:URL", build=_valhalla),
}


def travel_source(spec: str, *, settings: TravelSettings | None = None) -> TravelTimes:
    """Build the travel source that `spec` names.

    Parameters
    ----------
    spec : str
        As of ``--travel``. A relative FILE is looked for in the working directory.
    settings : TravelSettings, optional
        Detour and speed by profile; sources that measure the road themselves don't need them.

    Raises
    ------
    UsageError
        ``travel.unknown_source`` listing the known ones.
    InputError
        When the settings or the named file are wrong.
    """
    name, colon, argument = spec.partition(":")
    kind = SOURCES.get(name)
    if kind is None or bool(argument) != (":" in kind.form) or bool(colon) != bool(argument):
        known = ", ".join(kind.form for kind in SOURCES.values())
        raise UsageError("travel.unknown_source", f"unknown travel source {spec!r}; there are: {known}")
    return kind.build(argument, settings)
