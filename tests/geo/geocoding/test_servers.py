"""Geocoders on servers: what they ask, what they make of answers, and what becomes of failures."""

from __future__ import annotations

import dataclasses
import logging
import socket
import time

import pytest

from dispatch.errors import UnavailableError, UsageError
from dispatch.ports import Precision
from geo.geocoding.options import GeocodingOptions
from geo.geocoding.registry import geocoder
from geo.geocoding.service import Service

ADDRESS = "Städtle 5, Vaduz"
KINDS = ["nominatim", "photon"]


def test_house_before_street_with_its_reasons(server, options: GeocodingOptions) -> None:
    house, street = geocoder(f"nominatim:{server.url}", options=options).find(ADDRESS)

    assert (house.place.id, house.precision) == ("osm:way/101", Precision.HOUSE)
    assert (street.place.id, street.precision) == ("osm:way/102", Precision.STREET)
    # The house accounts for all 13 letters and digits; the street for all but the 5. They are neighbours, no rivals.
    assert house.confidence == 1
    assert street.confidence == round(12 / 13, 3)
    assert house.source == f"nominatim:{server.url.removeprefix('http://')}"


def test_a_name_in_another_language_counts(server, options: GeocodingOptions) -> None:
    town, country = [*geocoder(f"nominatim:{server.url}", options=options).find("瓦杜兹"), None]

    assert (town.name, town.precision, town.confidence) == ("Vaduz, Oberland, 9490, Liechtenstein", "city", 1)
    assert country is None, "what has nothing of the address is no candidate"


def test_photon(server, options: GeocodingOptions) -> None:
    house, other = geocoder(f"photon:{server.url}", options=options).find(ADDRESS)

    assert (house.place.id, house.precision, house.confidence) == ("osm:way/101", Precision.HOUSE, 1)
    assert house.name == "Städtle 5, 9490, Vaduz, Liechtenstein"
    # 5 of 13 letters, and by the server's order half as likely as the first: a third.
    assert (other.name, other.confidence) == ("Vaduz am See, Österreich", round(5 / 13 / 3, 3))


def test_what_the_server_is_asked(server, options: GeocodingOptions) -> None:
    asking = dataclasses.replace(options, countries=("li", "CH"), language="zh", limit=7)

    geocoder(f"nominatim:{server.url}", options=asking).find(f" {ADDRESS}\n")

    (query,) = server.asked
    assert query["q"] == ADDRESS
    assert (query["countrycodes"], query["accept-language"], query["limit"]) == ("li,ch", "zh", "7")
    assert server.agents == [options.user_agent]


@pytest.mark.parametrize("kind", KINDS)
def test_nobody_is_asked_before_someone_says_so(server, options: GeocodingOptions, kind: str) -> None:
    geocoder(f"{kind}:{server.url}", options=options)

    assert server.asked == []


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("agent", ["", " ", "geopy/2.4", "my-application", "python-requests/2"])
def test_a_server_is_told_who_asks(server, options: GeocodingOptions, kind: str, agent: str) -> None:
    with pytest.raises(UsageError) as error:
        geocoder(f"{kind}:{server.url}", options=dataclasses.replace(options, user_agent=agent))

    assert error.value.code == "geocoding.user_agent"


@pytest.mark.parametrize(
    "url",
    [
        "127.0.0.1", "ftp://example.org", "http://", "https://u:secret@example.org", "https://example.org?key=secret",
        "https://example.org#x", "https://example.org:port", "https://example.org:99999", "http://[::1", "https://münchen.de",
    ],
)  # fmt: skip
def test_addresses_of_servers(options: GeocodingOptions, url: str) -> None:
    with pytest.raises(UsageError) as error:
        geocoder(f"nominatim:{url}", options=options)

    assert error.value.code == "geocoding.url"
    assert "secret" not in error.value.message


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("status", "code", "asked"),
    [
        (400, "refused", 1),
        (401, "refused", 1),
        (403, "refused", 1),
        (402, "quota", 1),
        (429, "quota", 1),
        (404, "unreachable", 3),
        (500, "unreachable", 3),
        (502, "unreachable", 3),
        (503, "timeout", 3),
    ],
)
def test_failures_have_codes_and_only_those_that_may_pass_are_tried_again(
    server, options: GeocodingOptions, kind: str, status: int, code: str, asked: int
) -> None:
    server.statuses = [status] * 5

    with pytest.raises(UnavailableError) as error:
        geocoder(f"{kind}:{server.url}", options=options).find(ADDRESS)

    assert error.value.code == f"geocoding.{code}"
    assert error.value.exit_code == 4
    assert len(server.asked) == asked
    assert "Städtle" not in error.value.message


def test_a_server_that_is_back_soon_is_not_noticed(server, options: GeocodingOptions) -> None:
    server.statuses = [503, 502]

    assert geocoder(f"nominatim:{server.url}", options=options).find(ADDRESS)


def test_nobody_there(options: GeocodingOptions) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
        with pytest.raises(UnavailableError) as error:
            geocoder(f"nominatim:{url}", options=options).find(ADDRESS)

    assert error.value.code == "geocoding.unreachable"


def test_a_server_that_thinks_for_too_long(server, options: GeocodingOptions) -> None:
    server.delay_s = 0.3

    with pytest.raises(UnavailableError) as error:
        geocoder(f"nominatim:{server.url}", options=dataclasses.replace(options, timeout_s=0.05)).find(ADDRESS)

    assert error.value.code == "geocoding.timeout"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "body",
    [
        b"<html>Welcome</html>", b"\xff\xfe", b"7", b'"text"', b'{"surprise": 1}', b'[{"lat": "x", "lon": "1"}]',
        b'[{"lat": "91", "lon": "0", "display_name": "Vaduz", "osm_type": "way", "osm_id": 1}]',
        b'[{"lat": "1", "lon": "1"}]', b"[7]", b'[{"lat": null, "lon": null}]',
        b'[{"lat": "NaN", "lon": "0", "display_name": "Vaduz", "osm_type": "way", "osm_id": 1}]',
        b'{"features": [{"geometry": {"coordinates": [9, 47]}}]}', b'{"features": [{}]}', b'{"features": 7}',
        b'{"features": [{"geometry": {"coordinates": [9, 147]}, "properties": {"osm_type": "N", "osm_id": 1}}]}',
    ],
)  # fmt: skip
def test_answers_that_are_none(server, options: GeocodingOptions, kind: str, body: bytes) -> None:
    server.body = body

    with pytest.raises(UnavailableError) as error:
        geocoder(f"{kind}:{server.url}", options=options).find(ADDRESS)

    assert error.value.code in {"geocoding.answer", "geocoding.unreachable"}


def test_an_error_in_json_is_a_refusal(server, options: GeocodingOptions) -> None:
    server.body = b'{"error": "Parameter q must be given"}'

    with pytest.raises(UnavailableError) as error:
        geocoder(f"nominatim:{server.url}", options=options).find(ADDRESS)

    assert error.value.code == "geocoding.refused"


def test_questions_keep_their_distance(server, options: GeocodingOptions) -> None:
    one = geocoder(f"nominatim:{server.url}", options=dataclasses.replace(options, interval_s=0.15))

    start = time.monotonic()
    for _ in range(3):
        one.find(ADDRESS)

    assert time.monotonic() - start >= 2 * 0.15


@pytest.mark.parametrize("host", ["nominatim.openstreetmap.org", "NOMINATIM.openstreetmap.org:443"])
def test_the_public_server_is_asked_once_a_second_at_most(options: GeocodingOptions, host: str) -> None:
    one = geocoder(f"nominatim:https://{host}", options=options)

    assert isinstance(one, Service)
    assert options.interval_s == 0
    assert one.limiter.min_delay_seconds == 1


def test_no_log_holds_the_address(server, options: GeocodingOptions, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    server.statuses = [503, 500, 500]

    with pytest.raises(UnavailableError):
        geocoder(f"nominatim:{server.url}", options=options).find(ADDRESS)

    assert "dtle" not in caplog.text
