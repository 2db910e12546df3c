"""The line that is driven to a visit, where the travel source knows roads; computed once, then remembered."""

from __future__ import annotations

import threading
from collections import OrderedDict

from dispatch.errors import CalloutError
from dispatch.places import Place
from dispatch.ports import DrivenWays, TravelTimes
from geo.registry import travel_source

KEPT = 20_000
"""Lines remembered: a line has some hundred bytes."""

Point = tuple[float, float]


class Lines:
    """Lines of the service's travel source.

    Parameters
    ----------
    travel : str
        As ``callout plan --travel`` names it. The source is opened when a line is first asked for.
    """

    def __init__(self, travel: str) -> None:
        self._spec = travel
        self._source: TravelTimes | None = None
        self._known: OrderedDict[tuple[Point, Point, str], str | None] = OrderedDict()
        self._guard = threading.Lock()

    def source(self) -> TravelTimes:
        """The service's travel source, opened once."""
        if self._source is None:
            self._source = travel_source(self._spec)
        return self._source

    def line(self, origin: Point | None, target: Point | None, profile: str) -> str | None:
        """Encoded polyline (5 digits) from one point to another; None where there is none, or none is known."""
        if origin is None or target is None or origin == target:
            return None
        key = (origin, target, profile)
        with self._guard:
            if key not in self._known:
                self._known[key] = self._found(origin, target, profile)
                if len(self._known) > KEPT:
                    self._known.popitem(last=False)
            self._known.move_to_end(key)
            return self._known[key]

    def known(self, origin: Point | None, target: Point | None, profile: str) -> str | None:
        """As :meth:`line`, where no road has to be searched for it.

        Raises
        ------
        LookupError
            When one has.
        """
        if origin is None or target is None or origin == target:
            return None
        if self._source is not None and not isinstance(self._source, DrivenWays):
            return None
        return self._known[origin, target, profile]

    def _found(self, origin: Point, target: Point, profile: str) -> str | None:
        source = self.source()
        if not isinstance(source, DrivenWays):
            return None
        from geo.polyline import encode  # its libraries are there when roads are

        places = [Place(id=name, lat=lat, lon=lon) for name, (lat, lon) in (("from", origin), ("to", target))]
        try:
            way = source.way(places[0], places[1], profile)
        except CalloutError:  # a place far from any road: the visit stands without a line
            return None
        return None if way is None else encode(way.lat, way.lon)
