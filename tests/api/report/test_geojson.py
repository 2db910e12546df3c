import dataclasses
import json
from collections import Counter
from datetime import datetime

from api.report import geojson


def by_kind(collection, kind):
    return [one for one in collection["features"] if one["properties"]["kind"] == kind]


def test_every_object_of_the_plan_is_there(made):
    problem, plan = made
    counts = Counter(one["properties"]["kind"] for one in geojson(problem, plan)["features"])
    assert counts == {
        "route": len(plan.routes),
        "visit": sum(len(route.visits) for route in plan.routes),
        "unserved": len(plan.unserved),
        "centre": len(problem.centres),
    }
    assert plan.unserved, "the made plan must leave tickets out"


def test_is_valid_geojson(made):
    collection = json.loads(json.dumps(geojson(*made), allow_nan=False))
    assert collection["type"] == "FeatureCollection"
    assert not {"coordinates", "geometries", "geometry", "properties"} & set(collection)  # RFC 7946, 7.1
    for feature in collection["features"]:
        assert set(feature) == {"type", "geometry", "properties"}
        assert feature["type"] == "Feature"
        shape = feature["geometry"]
        line = shape["coordinates"] if shape["type"] == "LineString" else [shape["coordinates"]]
        assert shape["type"] == "Point" or len(line) >= 2
        for lon, lat in line:
            assert 113 < lon < 115, "lon comes first"
            assert 22 < lat < 24


def test_a_route_goes_from_start_through_its_stops_to_the_end(made):
    problem, plan = made
    for route, feature in zip(plan.routes, by_kind(geojson(problem, plan), "route"), strict=True):
        shift = problem.shift_by_id[route.shift_id]
        places = [shift.start_place]
        for step in route.steps.steps:
            if hasattr(step, "ticket_id"):
                places.append(problem.ticket_by_id[step.ticket_id].place)
            elif hasattr(step, "centre_id"):
                places.append(problem.centre_by_id[step.centre_id].place)
        places.append(shift.end_place)
        assert feature["geometry"]["coordinates"] == [[place.lon, place.lat] for place in places]
        assert feature["properties"]["technician"] == route.technician_id


def test_visits_carry_order_and_times(made):
    problem, plan = made
    expected = [
        (route.technician_id, number, visit) for route in plan.routes for number, visit in enumerate(route.visits, 1)
    ]
    for (technician_id, number, visit), feature in zip(expected, by_kind(geojson(problem, plan), "visit"), strict=True):
        shown = feature["properties"]
        assert (shown["ticket"], shown["technician"], shown["sequence"]) == (visit.ticket_id, technician_id, number)
        assert shown["tier"] == problem.ticket_by_id[visit.ticket_id].tier
        assert shown["late"] == bool(visit.late)
        for name in ("arrival", "start", "finish"):
            moment = datetime.fromisoformat(shown[name])
            assert moment.utcoffset() is not None
            assert problem.second(moment) == getattr(visit, f"{name}_s")


def test_unserved_tickets_carry_their_reason(made):
    problem, plan = made
    shown = [one["properties"] for one in by_kind(geojson(problem, plan), "unserved")]
    assert [(one["ticket"], one["reason"]) for one in shown] == [
        (item.ticket_id, item.reason.code) for item in plan.unserved
    ]


def test_tickets_without_coordinates_are_counted_and_left_out(made, without_coordinates):
    problem, plan = made
    first, second = plan.routes[0].visits[0].ticket_id, plan.unserved[0].ticket_id
    full, less = geojson(problem, plan), geojson(without_coordinates(problem, {first, second}), plan)
    assert full["tickets_without_coordinates"] == 0
    assert less["tickets_without_coordinates"] == 2
    assert len(less["features"]) == len(full["features"]) - 2
    before, after = (by_kind(one, "route")[0]["geometry"]["coordinates"] for one in (full, less))
    assert len(after) == len(before) - 1


def test_a_route_without_two_positions_has_no_geometry(made, without_coordinates):
    problem, plan = made
    one = dataclasses.replace(plan, routes=plan.routes[:1], unserved=())
    nowhere = without_coordinates(problem, set(problem.ticket_by_id))
    shifts = tuple(dataclasses.replace(shift, start_place=None, end_place=None) for shift in problem.shifts)
    (route,) = by_kind(geojson(nowhere.replace(shifts=shifts), one), "route")
    assert route["geometry"] is None
    assert route["properties"]["visits"] == len(plan.routes[0].visits)
