"""What every geocoder must do. A new one adds one function to `BUILDERS`, and no test."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import pytest

from dispatch.errors import InputError, UsageError
from dispatch.ports import Geocoder, Precision
from geo.geocoding.options import GeocodingOptions
from geo.geocoding.registry import DEFAULT, GEOCODERS, geocoder


def _gazetteer(url: str, options: GeocodingOptions, folder: Path) -> Geocoder:
    return geocoder("gazetteer", options=options)


def _nominatim(url: str, options: GeocodingOptions, folder: Path) -> Geocoder:
    return geocoder(f"nominatim:{url}", options=options)


def _below_a_path(url: str, options: GeocodingOptions, folder: Path) -> Geocoder:
    return geocoder(f"nominatim:{url}/maps/nominatim/", options=options)


def _photon(url: str, options: GeocodingOptions, folder: Path) -> Geocoder:
    return geocoder(f"photon:{url}", options=options)


def _keeping(url: str, options: GeocodingOptions, folder: Path) -> Geocoder:
    return geocoder(f"nominatim:{url}", options=dataclasses.replace(options, cache=folder / "deep" / "answers.sqlite"))


BUILDERS: dict[str, Callable[[str, GeocodingOptions, Path], Geocoder]] = {
    "gazetteer": _gazetteer,
    "nominatim": _nominatim,
    "nominatim below a path": _below_a_path,
    "nominatim keeping answers": _keeping,
    "photon": _photon,
}
Build = Callable[..., Geocoder]
ADDRESS = "Städtle 5, Vaduz"


@pytest.fixture(params=BUILDERS.values(), ids=BUILDERS.keys())
def build(request: pytest.FixtureRequest, server, options: GeocodingOptions, tmp_path: Path) -> Build:
    """Build one geocoder, with options changed."""

    def run(**changes: object) -> Geocoder:
        made: Geocoder = request.param(server.url, dataclasses.replace(options, **changes), tmp_path)
        return made

    return run


def test_every_registered_geocoder_is_under_contract() -> None:
    assert {name.split()[0] for name in BUILDERS} == set(GEOCODERS)


def test_a_known_address_is_found_where_it_is(build: Build) -> None:
    best, *_ = build().find(ADDRESS)

    assert best.place.lat == pytest.approx(47.14, abs=0.02)
    assert best.place.lon == pytest.approx(9.52, abs=0.02)
    assert "Vaduz" in best.name
    assert best.place.id
    assert best.source.split(":")[0] in GEOCODERS


def test_candidates_are_valid_and_the_best_comes_first(build: Build) -> None:
    found = build().find(ADDRESS)

    assert [one.confidence for one in found] == sorted((one.confidence for one in found), reverse=True)
    for one in found:
        assert 0 < one.confidence <= 1
        assert one.precision in Precision
        assert one.place.lat is not None
        assert len({one.place.id for one in found}) == len(found)


def test_more_said_and_found_is_more_confidence(build: Build) -> None:
    """An address with words that no candidate has is found with less confidence."""
    sure, doubtful = build().find(ADDRESS), build().find("Vaduz")
    if doubtful:  # the servers of the tests know one address
        assert sure[0].confidence < doubtful[0].confidence


def test_no_more_than_asked_for(build: Build) -> None:
    assert len(build(limit=1).find(ADDRESS)) == 1


def test_the_same_question_has_the_same_answer(build: Build) -> None:
    one = build()

    assert one.find(ADDRESS) == one.find(f"  {ADDRESS} ") == build().find(ADDRESS)


def test_nothing_found_is_no_error(build: Build) -> None:
    assert build().find("Qwxyzqwxyz 99") == ()


def test_other_countries_are_left_out(build: Build) -> None:
    assert all("Österreich" not in one.name for one in build(countries=("li",)).find(ADDRESS))


@pytest.mark.parametrize("address", ["", "  \t", "--, .", "x" * 301, "a\x00b", "a\ud800b"])
def test_what_is_no_address_is_refused_without_repeating_it(build: Build, address: str) -> None:
    with pytest.raises(InputError) as error:
        build().find(address)

    assert error.value.faults[0].rule == "geocoding.address"
    assert error.value.faults[0].value == ""


@pytest.mark.parametrize("spec", ["", "nominatim", "nominatim:", "gazetteer:x", "gazetteer:", "google:key", ":"])
def test_unknown_specs_are_refused_with_a_list(spec: str) -> None:
    with pytest.raises(UsageError) as error:
        geocoder(spec)

    assert error.value.code == "geocoding.unknown"
    assert all(kind.form in error.value.message for kind in GEOCODERS.values())


def test_the_default_asks_nobody() -> None:
    assert DEFAULT == "gazetteer"


@pytest.mark.parametrize(
    "changes",
    [
        {"countries": ("China",)},
        {"limit": 0},
        {"limit": 41},
        {"language": "zh\r\nX: 1"},
        {"user_agent": "a\r\nX: 1"},
        {"user_agent": "李明"},
        {"timeout_s": 0},
        {"interval_s": -1},
        {"keep_s": -1},
    ],
)
def test_options_that_make_no_sense(changes: dict[str, object]) -> None:
    with pytest.raises(UsageError) as error:
        GeocodingOptions(**changes)  # type: ignore[arg-type]

    assert error.value.code == "geocoding.option"
