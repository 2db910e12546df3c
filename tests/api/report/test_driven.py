"""Lines over the roads in page and GeoJSON, given by a source whose ways are known beforehand."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from itertools import pairwise
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.report import driven_lines, geojson, html
from api.report.driven import SIMPLER_M, route_legs, route_line, simplified
from api.report.pictures import Pictures
from dispatch.plan import Rest
from dispatch.ports import DrivenWays
from geo.polyline import decode


@dataclass
class Corners:
    """Ways that go north or south first, then east or west; the line begins a step beside the place."""

    gone: frozenset = frozenset()
    asked: int = 0

    def matrix(self, places, profiles):
        raise NotImplementedError

    def way(self, origin, target, profile):
        self.asked += 1
        if {origin.id, target.id} & self.gone:
            return None
        lat = np.array([origin.lat + 0.0001, target.lat, target.lat])
        lon = np.array([origin.lon, origin.lon, target.lon - 0.0001])
        return SimpleNamespace(travel_s=1, distance_m=1, lat=lat, lon=lon)


def by_kind(collection, kind):
    return [one for one in collection["features"] if one["properties"]["kind"] == kind]


def data_of(page):
    (text,) = re.findall(r'id="plan-data">(.*?)</script>', page, re.DOTALL)
    return json.loads(text)


def test_the_source_is_one_of_driven_ways():
    assert isinstance(Corners(), DrivenWays)


def test_legs_add_up_to_the_route(made):
    problem, plan = made
    assert any(isinstance(stop, Rest) for route in plan.routes for stop in route.stops), "breaks are no legs"
    for route in plan.routes:
        legs = route_legs(problem, route)
        shift = problem.shift_by_id[route.shift_id]
        assert legs[0].origin == shift.start_place
        assert legs[-1].target == shift.end_place
        for one, other in pairwise(legs):
            assert one.target == other.origin
        stops = [stop for stop in route.stops if not isinstance(stop, Rest)]
        assert [leg.travel_s for leg in legs[:-1]] == [stop.travel_s for stop in stops]
        assert sum(leg.travel_s for leg in legs) == route.travel_s
        assert sum(leg.distance_m for leg in legs) == route.distance_m
        assert legs[-1].travel_s >= 0


def test_every_leg_is_a_feature_with_the_plans_figures(made):
    problem, plan = made
    collection = geojson(problem, plan, driven=driven_lines(problem, plan, Corners()))
    legs = [leg for route in plan.routes for leg in route_legs(problem, route)]
    for leg, feature in zip(legs, by_kind(collection, "leg"), strict=True):
        facts = feature["properties"]
        assert (facts["from"], facts["to"]) == (leg.origin.id, leg.target.id)
        assert (facts["travel_s"], facts["distance_m"]) == (leg.travel_s, leg.distance_m)
        assert feature["geometry"]["coordinates"] == [
            [leg.origin.lon, pytest.approx(leg.origin.lat + 0.0001)],
            [leg.origin.lon, leg.target.lat],
            [pytest.approx(leg.target.lon - 0.0001), leg.target.lat],
        ]
    assert by_kind(geojson(problem, plan), "leg") == []


def test_a_leg_without_a_way_goes_straight_and_has_no_geometry(made):
    problem, plan = made
    gone = plan.routes[0].visits[0].ticket_id
    place = problem.ticket_by_id[gone].place
    lines = driven_lines(problem, plan, Corners(frozenset({place.id})))
    collection = geojson(problem, plan, driven=lines)

    without = [leg["properties"] for leg in by_kind(collection, "leg") if leg["geometry"] is None]
    assert len(without) == 2
    assert {without[0]["to"], without[1]["from"]} == {place.id}
    assert [place.lon, place.lat] in by_kind(collection, "route")[0]["geometry"]["coordinates"]


def test_the_page_holds_the_line_of_the_route(made):
    problem, plan = made
    lines = driven_lines(problem, plan, Corners())
    data = data_of(html(problem, plan, title="x", driven=lines))
    for route, drawn in zip(plan.routes, data["routes"], strict=True):
        lat, lon = decode(drawn["driven"])
        whole = route_line(route_legs(problem, route), lines[route.shift_id])
        assert (lon[0], lat[0]) == pytest.approx(tuple(whole[0]), abs=1e-5)
        assert (lon[-1], lat[-1]) == pytest.approx(tuple(whole[-1]), abs=1e-5)
        assert len(lat) <= len(whole)
        assert len(lat) > len(drawn["line"])


def test_pictures_of_a_source_without_lines_are_the_plain_ones(made):
    problem, plan = made
    pictures = Pictures.of(problem, plan, SimpleNamespace(matrix=None), on_map=True)

    assert (pictures.driven, pictures.roads) == (None, None)
    assert pictures.html(title="x", language="en") == html(problem, plan, title="x")
    assert json.loads(pictures.geojson()) == geojson(problem, plan)


def test_each_leg_is_asked_for_once(made):
    problem, plan = made
    source, seen = Corners(), []
    driven_lines(problem, plan, source, on_progress=lambda done, of: seen.append((done, of)))

    assert source.asked == sum(len(route_legs(problem, route)) for route in plan.routes)
    assert seen == [(number, len(plan.routes)) for number in range(len(plan.routes))]


steps = st.floats(-0.01, 0.01)


@given(st.lists(st.tuples(steps, steps), min_size=2, max_size=40))
def test_a_simplified_line_stays_near(walk):
    shapely = pytest.importorskip("shapely")
    line = np.round(np.cumsum(np.array(walk), axis=0) + np.array([8.7, 49.4]), 6).tolist()
    kept = simplified(line)

    assert kept[0] == pytest.approx(line[0])
    assert kept[-1] == pytest.approx(line[-1])
    assert len(kept) <= len(line)
    metres = np.array([111_195 * np.cos(np.radians(49.4)), 111_195])
    away = shapely.hausdorff_distance(*(shapely.linestrings(np.array(one) * metres) for one in (line, kept)))
    assert away <= SIMPLER_M * 1.05 + 0.05
