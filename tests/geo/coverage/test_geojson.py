"""GeoJSON of coverage: order of coordinates, direction of rings, the 180th meridian."""

from __future__ import annotations

import json
from typing import Any

import pytest
import shapely
from shapely.geometry import shape

from dispatch.places import Place
from dispatch.technicians import ServiceCentre
from geo.coverage.assignment import Capacity, assign
from geo.coverage.circle import circle
from geo.coverage.geojson import (
    centre_features,
    circle_features,
    collection,
    feature,
    territory_features,
    ticket_features,
)
from geo.coverage.legs import CentreLegs
from geo.coverage.report import coverage
from geo.coverage.territory import Territory


def test_points_carry_the_figures(legs: CentreLegs) -> None:
    report = coverage(legs)
    tickets = ticket_features(report, assign(legs, {"B": Capacity(tickets=2)}))
    (one,) = [one for one in tickets if one["properties"]["ticket"] == "T2"]

    assert one["properties"] == {
        "kind": "ticket",
        "ticket": "T2",
        "tier": "enterprise",
        "covered_by": 0,
        "gap": "beyond_limits",
        "nearest_by_road": "B",
        "nearest_by_air": "A",
        "travel_s": 300,
        "owner": "B",
    }
    place = legs.tickets[1].place
    assert one["geometry"] == {"type": "Point", "coordinates": [round(place.lon or 0, 6), round(place.lat or 0, 6)]}
    assert centre_features(report)[0]["properties"]["tickets"] == 2
    assert json.loads(json.dumps(collection(tickets)))["type"] == "FeatureCollection"


def test_circles_of_centres_that_have_a_radius(legs: CentreLegs) -> None:
    (one,) = circle_features(legs.centres, [2500, None])

    assert one["properties"] == {"kind": "circle", "centre": "A", "radius_m": 2500}
    (ring,) = one["geometry"]["coordinates"]
    assert shapely.is_ccw(shapely.LinearRing(ring))


def test_rings_turn_as_rfc_7946_says() -> None:
    clockwise = shapely.Polygon([(0, 0), (0, 3), (3, 3), (3, 0)], holes=[[(1, 1), (2, 1), (2, 2), (1, 2)]])

    outer, inner = feature(clockwise, {})["geometry"]["coordinates"]

    assert shapely.is_ccw(shapely.LinearRing(outer))
    assert not shapely.is_ccw(shapely.LinearRing(inner))


@pytest.mark.parametrize("lon", [179.9, -179.9])
def test_a_circle_across_the_180th_meridian_is_cut(lon: float) -> None:
    """Taveuni in Fiji lies on the meridian."""
    whole = circle(Place(id="taveuni", lat=-16.8, lon=lon), 30_000)

    cut: Any = shape(feature(whole, {})["geometry"])

    assert cut.geom_type == "MultiPolygon"
    west, _, east, _ = cut.bounds
    assert (west, east) == (-180, 180)
    assert cut.area == pytest.approx(whole.area, rel=1e-4)


def test_nobodys_territory_has_no_centre() -> None:
    land = Territory(owner=-1, points=3, area=shapely.box(0, 0, 1, 1))
    owned = Territory(owner=0, points=1, area=shapely.box(1, 0, 2, 1))

    features = territory_features([land, owned], ["A"])

    assert [one["properties"]["centre"] for one in features] == [None, "A"]


def test_a_centre_without_coordinates_has_no_circle() -> None:
    from dispatch.errors import InputError

    with pytest.raises(InputError, match="lat and lon"):
        circle_features([ServiceCentre(id="A", place=Place(id="A"))], [100])
