"""From ``--travel`` to a source."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from dispatch.errors import InputError, UnavailableError, UsageError
from dispatch.places import Place
from geo.registry import travel_source

PLACES = [Place(id="a", lat=23.0, lon=113.0), Place(id="b", lat=23.1, lon=113.2)]


@dataclass(frozen=True)
class Profile:
    detour: float | None = None
    speed_kmh: float | None = None


@dataclass(frozen=True)
class Settings:
    every: Profile = field(default_factory=Profile)
    profiles: Mapping[str, Profile] = field(default_factory=dict)

    def of(self, profile: str) -> Profile:
        return self.profiles.get(profile, self.every)


@pytest.mark.parametrize("spec", ["", "teleport", "matrix", "matrix:", "geodesic:", "geodesic:1.3", "Geodesic", ":x"])
def test_unknown_source_lists_the_known_ones(spec: str) -> None:
    with pytest.raises(UsageError) as caught:
        travel_source(spec)

    assert caught.value.code == "travel.unknown_source"
    assert "geodesic, matrix:FILE" in caught.value.message


def test_settings_reach_the_source() -> None:
    settings = Settings(every=Profile(speed_kmh=50.0), profiles={"bike": Profile(detour=1.1, speed_kmh=12.0)})

    travel = travel_source("geodesic", settings=settings).matrix(PLACES, ["car", "bike"])

    assert travel.source == "geodesic bike: detour=1.1 speed_kmh=12; car: detour=1.3 speed_kmh=50"


def test_wrong_settings_are_refused() -> None:
    with pytest.raises(InputError):
        travel_source("geodesic", settings=Settings(every=Profile(detour=0.5)))


def test_a_file_may_hold_a_colon(tmp_path: Path) -> None:
    (tmp_path / "10:30.csv").write_text("from,to,travel_s\na,b,60\nb,a,70\n")

    travel = travel_source(f"matrix:{tmp_path / '10:30.csv'}").matrix(PLACES, ["car"])

    assert travel.leg("car", *PLACES) == (60, 0)


@pytest.mark.parametrize("spec", ["osrm:http://127.0.0.1:1", "valhalla:http://127.0.0.1:1"])
def test_a_missing_library_names_its_extra(monkeypatch: pytest.MonkeyPatch, spec: str) -> None:
    monkeypatch.setitem(sys.modules, "httpx", None)

    with pytest.raises(UnavailableError) as caught:
        travel_source(spec)

    assert caught.value.code == "extra.missing"
    assert "pip install 'callout[roads]'" in caught.value.message


def test_the_registry_loads_no_library_of_an_extra() -> None:
    heavy = "{'httpx', 'osmium', 'shapely', 'networkx', 'scipy', 'h3'}"
    code = f"import sys, geo.registry; sys.exit(', '.join({heavy} & set(sys.modules)) or 0)"

    subprocess.run([sys.executable, "-c", code], check=True)
