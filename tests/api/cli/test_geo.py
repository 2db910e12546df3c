"""``callout geo build | matrix | route | isochrone | coverage`` on a town with one bridge (docs/examples/town)."""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys

import numpy as np
import pytest

from geo.polyline import decode

WEST, EAST = "22.5100,114.0060", "22.5100,114.0192"  # opposite each other, the bridge is 2 km to the north


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def geo(callout, cache, monkeypatch):
    """Run ``callout geo`` with one cache for all tests of this file, in a wide terminal."""
    monkeypatch.setenv("CALLOUT_CACHE", str(cache))
    monkeypatch.setenv("COLUMNS", "160")
    return lambda *words: callout("geo", *words)


@pytest.fixture
def town(repository):
    return repository / "docs" / "examples" / "town"


@pytest.fixture
def roads(town):
    return town / "town.osm"


def test_build_counts_what_the_map_holds_and_keeps_it(geo, roads, tmp_path):
    ran = geo("build", roads, "--out", tmp_path / "kept")
    assert ran.code == 0, ran.err
    # Bridge Street: four pieces between five junctions, three of 0.005 degrees at 22.53 degrees north, one of 0.009.
    row = next(line for line in ran.out.splitlines() if "primary" in line).replace("│", "").split()
    assert row == ["primary", "4", "2.5", "0.0"]
    assert "18 street names" in ran.out
    assert "0 parts are cut off" in ran.out
    kept = {path.name.partition(".")[2] for path in (tmp_path / "kept" / "roads").glob("*.roads")}
    assert len(kept) == 2  # network and hierarchy


@pytest.mark.parametrize("ending", ["npz", "csv"])
def test_a_matrix_is_the_travel_of_the_roads(geo, callout, town, roads, tmp_path, ending):
    path = tmp_path / f"matrix.{ending}"
    assert geo("matrix", town, "--roads", roads, "--out", path).code == 0
    costs = []
    for travel in (f"matrix:{path}", f"roads:{roads}"):
        plan = tmp_path / "plan.json"
        ran = callout("plan", town, "--travel", travel, "--engine", "greedy", "--iterations", 20, "--out", plan, "-q")
        assert ran.code == 0, ran.err
        document = json.loads(plan.read_text(encoding="utf-8"))
        costs.append((document["total_cents"], document["routes"]))
    assert costs[0] == costs[1]


def test_both_forms_of_a_matrix_hold_the_same(geo, town, roads, tmp_path):
    for name in ("m.npz", "m.csv"):
        assert geo("matrix", town, "--roads", roads, "--out", tmp_path / name, "--profile", "walk").code == 0
    arrays = np.load(tmp_path / "m.npz")
    ids = arrays["ids"].tolist()
    with (tmp_path / "m.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(ids) ** 2
    for row in rows:
        at = ids.index(row["from"]), ids.index(row["to"])
        assert row["profile"] == "walk"
        assert int(row["travel_s"]) == arrays["travel_s"][0][at]
        assert int(row["distance_m"]) == arrays["distance_m"][0][at]


def test_a_csv_of_places_and_slower_hours(geo, roads, tmp_path):
    places = tmp_path / "places.csv"
    places.write_text("name;编号;纬度;经度\nx;a;22.51;114.006\ny;b;22.51;114.0192\n", encoding="utf-8")
    times = {}
    for hour in (3, 8):
        out = tmp_path / f"{hour}.npz"
        ran = geo("matrix", places, "--roads", roads, "--out", out, "--hour", hour)
        assert ran.code == 0, ran.err
        times[hour] = int(np.load(out)["travel_s"][0][0, 1])
    assert times[8] > times[3] > 0


def test_a_route_names_the_streets_and_adds_up(geo, roads, tmp_path):
    ran = geo("route", WEST, EAST, WEST, "--roads", roads, "--geojson", tmp_path / "way.geojson")
    assert ran.code == 0, ran.err
    for words in ("left into Harbour Street", "right into Bridge Street", "right into East Bank Road", "All legs:"):
        assert words in ran.out
    legs = [json.loads(line) for line in geo("route", WEST, EAST, WEST, "--roads", roads, "--json").out.splitlines()]
    lines = geo("route", WEST, EAST, WEST, "--roads", roads, "--polyline").out.splitlines()
    features = json.loads((tmp_path / "way.geojson").read_text(encoding="utf-8"))["features"]
    assert len(legs) == len(lines) == len(features) == 2
    for leg, line, feature in zip(legs, lines, features, strict=True):
        assert leg["travel_s"] == feature["properties"]["travel_s"]
        assert leg["distance_m"] == pytest.approx(
            sum(turn["distance_m"] for turn in leg["turns"]), abs=len(leg["turns"])
        )
        lat, lon = decode(line)
        points = np.array(feature["geometry"]["coordinates"])
        assert np.abs(points - np.column_stack((lon, lat))).max() <= 0.6e-5
    # 2.2 km up one bank, over the bridge, and down the other: ten times the straight line.
    assert legs[0]["distance_m"] > 5_000


def test_a_route_in_chinese(geo, roads):
    ran = geo("route", WEST, EAST, "--roads", roads, "--lang", "zh")
    assert ran.code == 0
    assert "左转，进入Harbour Street" in ran.out


def test_a_one_way_street_is_driven_round(geo, roads):
    one, other = "22.5100,114.0195", "22.5100,114.0235"  # on East 3 Street, which leads east only
    there, back = (
        json.loads(geo("route", *ends, "--roads", roads, "--json").out) for ends in ((one, other), (other, one))
    )
    assert there["distance_m"] < 500
    assert back["distance_m"] > 2 * there["distance_m"]


def test_longer_drives_reach_more(geo, roads, tmp_path):
    out, page = tmp_path / "area.geojson", tmp_path / "area.html"
    ran = geo("isochrone", WEST, "--roads", roads, "--minutes", 4, "--minutes", 1, "--geojson", out, "--html", page)
    assert ran.code == 0, ran.err
    features = json.loads(out.read_text(encoding="utf-8"))["features"]
    assert [one["properties"]["limit_s"] for one in features] == [60, 240]
    small, large = (one["properties"] for one in features)
    assert 0 < small["road_m"] < large["road_m"]
    assert small["nodes"] < large["nodes"]
    assert "Drive-time areas" in page.read_text(encoding="utf-8")


def _coverage(geo, town, roads, tmp_path, *more):
    out = tmp_path / "coverage.json"
    ran = geo("coverage", town, "--roads", roads, "--json", out, *more)
    assert ran.code == 0, ran.err
    return ran, json.loads(out.read_text(encoding="utf-8"))


def test_coverage_by_the_centres_own_limits(geo, town, roads, tmp_path):
    ran, document = _coverage(geo, town, roads, tmp_path)
    every = document["centres"][-1]
    assert (every["tickets"], every["tickets_share"]) == (7, 0.7)
    assert [gap["ticket"] for gap in document["gaps"]] == ["T5", "T6", "T7"]
    assert "70.0 %" in ran.out
    assert "too far from every centre" in ran.out
    # T4, T5, T6 lie across the river from West.
    assert {one["ticket"]: one["by_road"] for one in document["differences"]} == dict.fromkeys(
        ("T4", "T5", "T6", "T7"), "North"
    )
    assert sum(one["tickets"] for one in document["overlaps"]) == document["tickets"] == 10
    assert sum(one["tickets"] for one in document["owners"]) == document["ownership"]["owned"] == 10


def test_a_radius_is_judged_by_the_road(geo, town, roads, tmp_path):
    ran, document = _coverage(geo, town, roads, tmp_path, "--radius", 3, "--minutes", 4)
    together = document["circles"][-1]
    assert together["radius_m"] == 3_000
    assert together["false_in"] == len(document["false_in"]) > 1
    assert f"{together['false_in']} of {together['right_in'] + together['false_in']} tickets in the circle" in ran.out
    # A longer drive makes the same circle right.
    assert _coverage(geo, town, roads, tmp_path, "--radius", 3, "--minutes", 30)[1]["circles"][-1]["false_in"] == 0


def test_room_moves_tickets(geo, town, roads, tmp_path):
    _, document = _coverage(geo, town, roads, tmp_path, "--capacity", "North=3", "--capacity", "West=6")
    assert {one["centre"]: one["tickets"] for one in document["owners"]} == {"West": 6, "North": 3}
    assert len([one for one in document["moved"] if one["owner"] is None]) == 1


def test_all_files_of_a_coverage(geo, town, roads, tmp_path):
    page, out = tmp_path / "map.html", tmp_path / "map.geojson"
    ran = geo("coverage", town, "--roads", roads, "--html", page, "--geojson", out, "-q", "--lang", "zh")
    assert (ran.code, ran.out) == (0, "")
    kinds = {one["properties"]["kind"] for one in json.loads(out.read_text(encoding="utf-8"))["features"]}
    assert kinds == {"centre", "ticket", "circle", "isochrone", "territory", "cell"}
    assert "覆盖情况" in page.read_text(encoding="utf-8")


def test_without_a_drive_time_circles_are_not_judged(geo, town, roads, tmp_path):
    copy = shutil.copytree(town, tmp_path / "town")
    centres = copy / "centres.csv"
    centres.write_text("id,lat,lon,coverage_km\nWest,22.51,114.006,2\n", encoding="utf-8")
    for name in ("technicians.csv", "shifts.csv"):
        (copy / name).write_text((copy / name).read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8")
    ran, document = _coverage(geo, copy, roads, tmp_path)
    assert document["circles"] == []
    assert "--minutes" in ran.out


BAD = {
    "no roads": (("route", WEST, EAST), 2, ""),
    "no such extract": (("route", WEST, EAST, "--roads", "nowhere.osm.pbf"), 3, "[roads.missing]"),
    "no extract": (("build", "README.md"), 3, "[roads.ending]"),
    "profile": (("route", WEST, EAST, "--roads", "ROADS", "--profile", "boat"), 3, "[travel.profile]"),
    "junk": (("route", WEST, "here", "--roads", "ROADS"), 2, "[point.form]"),
    "an option that is none": (("route", WEST, EAST, "--bogus", "--roads", "ROADS"), 2, "[point.form]"),
    "one place": (("route", WEST, "--roads", "ROADS"), 2, "[point.count]"),
    "swapped": (("route", WEST, "114.0192,22.5100", "--roads", "ROADS"), 2, "are they swapped?"),
    "elsewhere": (("route", WEST, "-33.5,-70.6", "--roads", "ROADS"), 3, "[travel.outside_roads]"),
    "nowhere": (("isochrone", "0,0", "--roads", "ROADS", "--minutes", 5), 3, "[travel.zero_place]"),
    "minutes": (("isochrone", WEST, "--roads", "ROADS", "--minutes", -5), 2, "[limit.minutes]"),
    "not a number": (("isochrone", WEST, "--roads", "ROADS", "--minutes", "nan"), 2, "[limit.minutes]"),
    "radius": (("coverage", "TOWN", "--roads", "ROADS", "--radius", 0), 2, "[limit.radius]"),
    "hour": (("matrix", "TOWN", "--roads", "ROADS", "--out", "TMP/m.npz", "--hour", 24), 3, "[hours.hour]"),
    "ending": (("matrix", "TOWN", "--roads", "ROADS", "--out", "TMP/m.xlsx"), 2, "[output.ending]"),
    "unwritable": (("matrix", "TOWN", "--roads", "ROADS", "--out", "/dev/null/m.csv"), 4, "[output.unwritable]"),
    "capacity": (("coverage", "TOWN", "--roads", "ROADS", "--capacity", "West"), 2, "[capacity.form]"),
    "centre": (("coverage", "TOWN", "--roads", "ROADS", "--capacity", "South=1"), 3, "[coverage.unknown_centre]"),
    "one file": (
        ("coverage", "TOWN", "--roads", "ROADS", "--html", "TMP/a", "--json", "TMP/a"),
        2,
        "[output.same]",
    ),
    "language": (("coverage", "TOWN", "--roads", "ROADS", "--lang", "fr"), 2, "[language.unknown]"),
    "no input": (("coverage", "nowhere", "--roads", "ROADS"), 3, "[file.missing]"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_calls_say_what_is_wrong(geo, town, roads, tmp_path, name):
    words, code, text = BAD[name]
    names = {"ROADS": str(roads), "TOWN": str(town)}
    ran = geo(*(names.get(word, str(word).replace("TMP", str(tmp_path))) for word in words))
    assert ran.code == code, ran.err
    assert text in ran.err


PLACES = {
    "id,lat,lon\n": "file.empty",
    "": "file.empty",
    "name,lat,lon\na,1,2\n": "column.missing",
    "id,lat,lon\na,north,2\n": "number.format",
    "id,lat,lon\na,91,2\n": "place.latitude",
    "id,lat,lon\na,nan,2\n": "number.format",
    "id,lat,lon\n,1,2\n": "place.id",
    "id,lat,lon\na,22.51,114\na,22.52,114\n": "place.duplicate",
    "id,lat,lon\na,22.51\n": "number.format",
    'id,lat,lon\n"a,22.51,114\n': "file.csv",
}


@pytest.mark.parametrize("text", PLACES)
def test_bad_places(geo, roads, tmp_path, text):
    path = tmp_path / "places.csv"
    path.write_text(text, encoding="utf-8")
    ran = geo("matrix", path, "--roads", roads, "--out", tmp_path / "m.npz")
    assert ran.code == 3
    assert f"[{PLACES[text]}]" in ran.err
    assert not (tmp_path / "m.npz").exists()


def test_a_centre_on_no_road_is_refused_and_such_a_ticket_is_a_gap(geo, town, roads, tmp_path):
    copy = shutil.copytree(town, tmp_path / "town")
    tickets = copy / "tickets.csv"
    tickets.write_text(
        tickets.read_text(encoding="utf-8") + "T11,0.0,0.0,30,basic,2026-03-02T07:00\n", encoding="utf-8"
    )
    _, document = _coverage(geo, copy, roads, tmp_path, "--html", tmp_path / "map.html")
    assert {one["ticket"]: one["reason"] for one in document["gaps"]}["T11"] == "zero_place"
    centres = copy / "centres.csv"
    centres.write_text(
        centres.read_text(encoding="utf-8").replace("22.5100,114.0060", "114.0060,22.51"), encoding="utf-8"
    )
    assert geo("coverage", copy, "--roads", roads).code == 3
    centres.write_text("id,lat,lon\nWest,25.51,114.006\nNorth,22.53,114.023\n", encoding="utf-8")
    ran = geo("coverage", copy, "--roads", roads)
    assert ran.code == 3
    assert "[travel.outside_roads]" in ran.err


def test_help_loads_no_large_library(run_process):
    ran = run_process("geo", "--help")
    assert ran.code == 0
    for command in ("build", "matrix", "route", "isochrone", "coverage", "find"):
        assert command in ran.out


def test_the_command_line_loads_no_large_library(repository):
    code = (
        "import sys, api.cli; print(sorted({'numba', 'numpy', 'osmium', 'rich.table', 'scipy', 'shapely'} & "
        "set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=repository, capture_output=True, encoding="utf-8", check=True
    )
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("command", "library"),
    [("build", "osmium"), ("route", "osmium"), ("matrix", "shapely"), ("isochrone", "shapely"), ("coverage", "h3")],
)
def test_a_missing_library_is_one_clear_line(repository, town, roads, tmp_path, command, library):
    words = {
        "build": ["build", roads],
        "matrix": ["matrix", town, "--roads", roads, "--out", tmp_path / "m.npz"],
        "route": ["route", WEST, EAST, "--roads", roads],
        "isochrone": ["isochrone", WEST, "--roads", roads, "--minutes", "1"],
        "coverage": ["coverage", town, "--roads", roads],
    }[command]
    code = f"import sys; sys.modules[{library!r}] = None; from api.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code, "geo", *map(str, words)],
        cwd=repository,
        env={**os.environ, "CALLOUT_CACHE": str(tmp_path)},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 4, done.stderr
    assert done.stderr.strip().endswith("run: pip install 'callout[roads]'")
