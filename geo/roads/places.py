"""Places that no road leads to, each with the reason, all at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dispatch.errors import Fault, InputError
from dispatch.places import Place
from dispatch.plan import Reason
from geo.refusals import require_coordinates, shown_ids
from geo.roads.network import F64, RoadNetwork
from geo.roads.snap import MAX_SNAP_M, Snapped

OFF_ROAD = "travel.off_road"


def coordinates(places: Sequence[Place]) -> tuple[F64, F64]:
    """Latitudes and longitudes of places.

    Raises
    ------
    InputError
        ``travel.no_coordinates`` naming all places without them.
    """
    require_coordinates(places, needed_by="travel on roads")
    lat = np.array([place.lat for place in places], dtype=np.float64)
    return lat, np.array([place.lon for place in places], dtype=np.float64)


def check_on_road(places: Sequence[Place], snapped: Snapped, network: RoadNetwork) -> None:
    """Refuse places too far from any road.

    Raises
    ------
    InputError
        ``travel.off_road``; each fault has the place's id as `value`, and as rule ``travel.zero_place`` for (0, 0),
        ``travel.swapped_place`` where latitude and longitude the other way round would lie among the roads,
        ``travel.outside_roads`` outside the box of all roads, and ``travel.off_road`` elsewhere, such as at sea.
    """
    far = np.flatnonzero(snapped.far).tolist()
    if not far:
        return
    box = _Box(network)
    faults = [_fault(places[at], float(snapped.distance_m[at]), box) for at in far]
    shown = shown_ids(f"{places[at].id} ({_distance(float(snapped.distance_m[at]))})" for at in far)
    raise InputError(OFF_ROAD, f"places too far from any road: {shown}", faults)


def cut_off_warning(places: Sequence[Place], snapped: Snapped, profile: str) -> Reason:
    """The warning ``travel_cut_off`` of places on roads apart from the main network."""
    ids = [places[at].id for at in np.flatnonzero(snapped.cut_off).tolist()]
    return Reason(code="travel_cut_off", facts={"count": len(ids), "profile": profile, "places": shown_ids(ids)})


class _Box:
    """Least and greatest coordinates of all roads."""

    def __init__(self, network: RoadNetwork) -> None:
        lat, lon = network.point_lat, network.point_lon
        self.south, self.north = (float(lat.min()), float(lat.max())) if len(lat) else (90.0, -90.0)
        self.west, self.east = (float(lon.min()), float(lon.max())) if len(lon) else (180.0, -180.0)

    def holds(self, lat: float, lon: float) -> bool:
        return self.south <= lat <= self.north and self.west <= lon <= self.east

    def __str__(self) -> str:
        return f"lat {self.south:.4f}..{self.north:.4f}, lon {self.west:.4f}..{self.east:.4f}"


def _fault(place: Place, distance_m: float, box: _Box) -> Fault:
    lat, lon = float(place.lat or 0), float(place.lon or 0)
    away = _distance(distance_m)
    if lat == lon == 0:
        rule, text = "travel.zero_place", "(0, 0) is in the Gulf of Guinea; are the coordinates missing?"
    elif box.holds(lon, lat) and not box.holds(lat, lon):
        rule, text = "travel.swapped_place", "lat and lon seem to be swapped: the other way round it is among the roads"
    elif not box.holds(lat, lon):
        rule, text = "travel.outside_roads", f"{away} from the nearest road; the roads cover {box}"
    else:
        rule, text = OFF_ROAD, f"{away} from the nearest road, more than {MAX_SNAP_M / 1000:g} km"
    return Fault(rule=rule, message=f"{place.id}: {text}", field="place", value=place.id)


def _distance(metres: float) -> str:
    if not np.isfinite(metres):
        return "no road"
    return f"{metres:.0f} m" if metres < 10_000 else f"{metres / 1000:.0f} km"
