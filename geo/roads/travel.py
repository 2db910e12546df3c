"""Travel on roads: ``roads:FILE``."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from dispatch.places import Place
from dispatch.technicians import DEFAULT_PROFILE
from dispatch.travel import TravelMatrix
from geo.refusals import unknown_profile
from geo.roads.build import DEFAULT_SETTINGS, BuildSettings, build_network
from geo.roads.content import content_hash
from geo.roads.faults import check_file
from geo.roads.hours import EXAMPLE_HOURS, HourSpeeds, check_hour
from geo.roads.keeping import ENDING, cache_folder
from geo.roads.known_legs import KnownLegs
from geo.roads.network import RoadNetwork
from geo.roads.places import check_on_road, coordinates, cut_off_warning
from geo.roads.profiles import PROFILES
from geo.roads.router import RoadRouter
from geo.roads.snap import RoadIndex, Snapped
from geo.roads.store import code_version, open_hierarchy, open_network
from geo.roads.way import Way


class RoadTravel:
    """Travel source that drives on the roads of an OpenStreetMap extract, by exact shortest times.

    A place is driven to at the nearest point of a road (:mod:`geo.roads.snap`). What lies between it and the road is
    reported by :meth:`snap`, and not part of any time or distance. Networks are built when a profile is first
    asked for, and kept on disk (:mod:`geo.roads.keeping`). Can be used from several threads.

    Parameters
    ----------
    path : Path
        ``.osm.pbf``, ``.osm``, ``.osm.gz`` or ``.osm.bz2``.
    cache : Path, optional
        Folder of what is kept between runs, in place of the usual one.
    hour : int, optional
        Hour of the day, 0..23, whose speeds hold all day; free flow where left out.
    hours : HourSpeeds
        Speeds by hour and road class.
    settings : BuildSettings
        Settings of the networks.
    workers : int
        Threads of a matrix.

    Raises
    ------
    InputError
        ``roads.*`` when the file can't be an extract, ``hours.hour``.
    """

    def __init__(
        self,
        path: Path,
        *,
        cache: Path | None = None,
        hour: int | None = None,
        hours: HourSpeeds = EXAMPLE_HOURS,
        settings: BuildSettings = DEFAULT_SETTINGS,
        workers: int = 2,
    ) -> None:
        check_file(path)
        if hour is not None:
            check_hour(hour)
        self._path = path
        self._folder = cache_folder() if cache is None else cache
        self._hour = hour
        self._hours = hours
        self._settings = settings
        self._workers = workers
        self._content = content_hash(path, self._folder)
        self._lock = threading.RLock()
        self._networks: dict[str, RoadNetwork] = {}
        self._indices: dict[str, RoadIndex] = {}
        self._routers: dict[tuple[str, int | None], RoadRouter] = {}
        self._known: dict[tuple[str, int | None], KnownLegs] = {}

    @property
    def source(self) -> str:
        """Name and content of the extract, and settings, as plans store them."""
        return self._source(self._hour)

    def matrix(self, places: Sequence[Place], profiles: Sequence[str]) -> TravelMatrix:
        """Travel between all `places`, by free flow or the speeds of this source's hour.

        Places on roads that are cut off from the main network are no fault: most of their legs don't exist, and the
        warning ``travel_cut_off`` names them.

        Raises
        ------
        InputError
            ``travel.off_road`` with a fault for each place too far from a road, ``travel.no_coordinates``,
            ``travel.profile``, ``roads.*`` when the extract can't be read or has no roads.
        UnavailableError
            ``extra.missing`` when a library is not installed.
        """
        return self._matrix(places, profiles, self._hour)

    def matrix_of_hour(self, places: Sequence[Place], profiles: Sequence[str], hour: int) -> TravelMatrix:
        """Travel between all `places` by the speeds of one hour of the day, 0..23; errors as :meth:`matrix`.

        A matrix holds one hour's speeds from end to end of each way. An engine takes one such matrix today;
        :meth:`geo.roads.way.Way.arrival_s` drives one way through several hours.
        """
        check_hour(hour)
        return self._matrix(places, profiles, hour)

    def way(self, origin: Place, target: Place, profile: str = DEFAULT_PROFILE) -> Way | None:
        """The driven way, with line and roads, None where there is none; errors as :meth:`matrix`."""
        self._check_profiles([profile])
        snapped = self.snap([origin, target], profile)
        return self._router(profile, self._hour).way(snapped)

    def snap(self, places: Sequence[Place], profile: str = DEFAULT_PROFILE) -> Snapped:
        """Where places are on the road, how far from it, and whether it is cut off; errors as :meth:`matrix`."""
        self._check_profiles([profile])
        return self._snap(self._legs(profile, self._hour), places, profile)

    def network(self, profile: str = DEFAULT_PROFILE) -> RoadNetwork:
        """The road network of a profile; errors as :meth:`matrix`."""
        self._check_profiles([profile])
        with self._lock:
            if profile not in self._networks:
                build = partial(build_network, self._path, profile=profile, settings=self._settings)
                self._networks[profile] = open_network(self._folder, self._key(profile), build)
            return self._networks[profile]

    def router(self, profile: str = DEFAULT_PROFILE) -> RoadRouter:
        """Network, road index and hierarchy of a profile, for questions of one's own; errors as :meth:`matrix`."""
        self._check_profiles([profile])
        return self._router(profile, self._hour)

    def _matrix(self, places: Sequence[Place], profiles: Sequence[str], hour: int | None) -> TravelMatrix:
        self._check_profiles(profiles)
        legs, warnings = {}, []
        for profile in dict.fromkeys(profiles):
            known = self._legs(profile, hour)
            snapped = self._snap(known, places, profile)
            legs[profile] = known.legs(snapped)
            if snapped.cut_off.any():
                warnings.append(cut_off_warning(places, snapped, profile))
        return TravelMatrix(places=tuple(places), profiles=legs, source=self._source(hour), warnings=tuple(warnings))

    def _snap(self, known: KnownLegs, places: Sequence[Place], profile: str) -> Snapped:
        snapped = known.snap(*coordinates(places))
        if snapped.far.any():
            check_on_road(places, snapped, self.network(profile))
        return snapped

    def _router(self, profile: str, hour: int | None) -> RoadRouter:
        with self._lock:
            if (profile, hour) not in self._routers:
                network = self.network(profile)
                if profile not in self._indices:
                    self._indices[profile] = RoadIndex(network)
                travel_ms = network.travel_ms if hour is None else self._hours.travel_ms(network, hour)
                key = self._key(profile, hour)
                hierarchy = open_hierarchy(self._folder, key, network, travel_ms, workers=self._workers)
                self._routers[profile, hour] = RoadRouter(
                    network, hierarchy, travel_ms=travel_ms, index=self._indices[profile], workers=self._workers
                )
            return self._routers[profile, hour]

    def _legs(self, profile: str, hour: int | None) -> KnownLegs:
        with self._lock:
            if (profile, hour) not in self._known:
                path = self._folder / f"{self._key(profile, hour)}.legs-{code_version()}{ENDING}"
                self._known[profile, hour] = KnownLegs(partial(self._router, profile, hour), path)
            return self._known[profile, hour]

    def _key(self, profile: str, hour: int | None = None) -> str:
        """Names all that a network, or a hierarchy of it, depends on."""
        parts = [self._content, profile, str(self._settings)]
        if hour is not None:
            parts.append("/".join(str(self._hours.of(name)[hour]) for name in self.network(profile).classes))
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]

    def _source(self, hour: int | None) -> str:
        slow = "" if hour is None else f" hour={hour} of {self._hours.name}"
        return f"roads {self._path.name} sha256={self._content[:16]} {self._settings}{slow}"

    def _check_profiles(self, profiles: Sequence[str]) -> None:
        for profile in profiles:
            if profile not in PROFILES:
                raise unknown_profile(profile, PROFILES)
