"""Inputs in GCJ-02 or BD-09 are the same plan as in WGS-84."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from api import inputs
from dispatch.errors import Fault
from dispatch.places import Place
from dispatch.problem import Problem
from geo.datum import Datum, from_wgs84, to_wgs84

CENTIMETRE_DEG = 1.01e-7
SHIFTED = [Datum.GCJ02, Datum.BD09]
PAIRS = [("lat", "lon"), ("home_lat", "home_lon"), ("start_lat", "start_lon"), ("end_lat", "end_lon")]


def places_of(problem: Problem) -> dict[str, Place]:
    """All places of a day: of tickets, technicians, centres, and ends of shifts."""
    found = [ticket.place for ticket in problem.tickets] + [centre.place for centre in problem.centres]
    found += [technician.base for technician in problem.technicians if technician.base]
    found += [place for shift in problem.shifts for place in (shift.start_place, shift.end_place) if place]
    return {place.id: place for place in found}


def shift_folder(folder: Path, datum: Datum) -> None:
    """Write all coordinates of a folder in another system."""
    plan = (folder / "plan.toml").read_text(encoding="utf-8")
    (folder / "plan.toml").write_text(plan.replace('"WGS-84"', f'"{datum}"', 1), encoding="utf-8")
    for path in folder.glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as stream:
            reader = csv.DictReader(stream)
            rows, names = list(reader), reader.fieldnames or []
        for row in rows:
            for lat, lon in PAIRS:
                if row.get(lat):
                    there = from_wgs84(float(row[lat]), float(row[lon]), datum)
                    row[lat], row[lon] = (repr(float(value)) for value in there)
        with path.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, names)
            writer.writeheader()
            writer.writerows(rows)


@pytest.fixture
def with_other_end(tiny: Path) -> Path:
    """The example with a shift that ends at a place of its own, so that every sort of point is there."""
    path = tiny / "shifts.csv"
    text = path.read_text(encoding="utf-8")
    head, li, wang = text.splitlines()
    assert head.endswith("breaks")
    lines = [f"{head},end_lat,end_lon", f"{li},,", f"{wang.replace('none', 'place:pier')},22.4810,113.9120"]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return tiny


@pytest.mark.parametrize("datum", SHIFTED)
def test_every_point_is_converted_once(with_other_end: Path, datum: Datum) -> None:
    wanted = places_of(inputs.read(with_other_end))
    shift_folder(with_other_end, datum)

    found = places_of(inputs.read(with_other_end))

    assert found.keys() == wanted.keys() >= {"T1", "home:li", "centre:Nanshan", "pier"}
    for name, place in wanted.items():
        assert found[name].lat == pytest.approx(place.lat, abs=CENTIMETRE_DEG), name
        assert found[name].lon == pytest.approx(place.lon, abs=CENTIMETRE_DEG), name


@pytest.mark.parametrize("datum", SHIFTED)
def test_json_is_converted_too_and_written_as_wgs84(root: Path, datum: Datum) -> None:
    document = json.loads((root / "docs/examples/tiny/tiny.json").read_text(encoding="utf-8"))
    document["plan"]["coordinates"] = str(datum)
    ticket = document["tickets"][0]
    lat, lon = to_wgs84(ticket["lat"], ticket["lon"], datum)

    problem = inputs.from_json(document).problem
    written = inputs.to_json(problem)

    assert written["tickets"][0]["lat"] == pytest.approx(float(lat), abs=CENTIMETRE_DEG)
    assert written["tickets"][0]["lon"] == pytest.approx(float(lon), abs=CENTIMETRE_DEG)
    assert "coordinates" not in written["plan"]
    assert inputs.from_json(written).problem == problem


@pytest.mark.parametrize("name", ["gcj02", "GCJ_02", "gcj 02", "GCJ-02"])
def test_ways_to_write_the_name(tiny: Path, name: str) -> None:
    plan = tiny / "plan.toml"
    plan.write_text(plan.read_text(encoding="utf-8").replace('"WGS-84"', f'"{name}"'), encoding="utf-8")

    (lat, lon) = to_wgs84(22.5405, 113.9345, Datum.GCJ02)
    place = inputs.read(tiny).ticket_by_id["T1"].place

    assert (place.lat, place.lon) == (round(float(lat), 7), round(float(lon), 7))


def test_two_rows_of_one_place_stay_one_place(with_other_end: Path) -> None:
    """A place name that stands in several tables means one point after the conversion too."""
    tickets = with_other_end / "tickets.csv"
    head, *rows = tickets.read_text(encoding="utf-8").splitlines()
    rows = [f"{row},{'pier' if row.startswith('T2') else ''}" for row in rows]
    text = "\n".join([f"{head},place", *rows]).replace("22.5229,113.9411", ",")
    tickets.write_text(text + "\n", encoding="utf-8")
    shift_folder(with_other_end, Datum.BD09)

    problem = inputs.read(with_other_end)

    assert problem.ticket_by_id["T2"].place == problem.shifts[1].end_place


def test_faults_show_what_is_written(broken: Callable[..., list[Fault]]) -> None:
    (fault,) = broken(("plan.toml", '"WGS-84"', '"BD-09"'), ("tickets.csv", "22.5229,113.9411", "113.9411,22.5229"))

    assert (fault.rule, fault.value) == ("place.swapped", "113.9411, 22.5229")


@pytest.mark.parametrize("point", [(-90.0, 0.0), (0.0, -180.0), (90.0, 180.0), (0.0, 0.0)])
def test_points_at_the_end_of_the_world_stay_on_it(root: Path, point: tuple[float, float]) -> None:
    document = json.loads((root / "docs/examples/tiny/tiny.json").read_text(encoding="utf-8"))
    document["plan"]["coordinates"] = "BD-09"
    document["tickets"][0] |= {"lat": point[0], "lon": point[1]}

    place = inputs.from_json(document).problem.ticket_by_id["T1"].place

    assert place.lat is not None
    assert place.lon is not None
    assert abs(place.lat - point[0]) < 0.02
    assert abs(place.lon - point[1]) < 0.02
