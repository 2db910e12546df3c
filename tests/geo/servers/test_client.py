"""Servers that are slow, overloaded, broken, or no routing server at all."""

from __future__ import annotations

import random
import socket
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.errors import UnavailableError
from dispatch.places import Place
from dispatch.ports import TravelTimes
from geo.geodesic import GeodesicTravel
from geo.servers.client import Patience
from geo.servers.sources import osrm_travel

PLACES = (Place(id="a", lat=60.17, lon=24.94), Place(id="b", lat=60.18, lon=24.95))
QUICK = Patience(first_s=0.001, longest_s=2.0)


@pytest.fixture
def source(osrm: Any) -> Callable[..., TravelTimes]:
    """A source of the server on loopback that does not wait long; takes options."""

    def build(options: str = "", *, patience: Patience = QUICK, user: str = "") -> TravelTimes:
        url = osrm.url.replace("//", f"//{user}")
        return osrm_travel(f"{url}{options}", estimate=GeodesicTravel(), patience=patience, seed=7)

    return build


def _refusal(travel: TravelTimes) -> UnavailableError:
    with pytest.raises(UnavailableError) as caught:
        travel.matrix(PLACES, ["car"])
    assert caught.value.exit_code == 4
    assert len(caught.value.message.splitlines()) == 1
    return caught.value


def test_connections_are_reused(osrm: Any, source: Callable[..., TravelTimes]) -> None:
    travel = source()

    for _ in range(5):
        travel.matrix(PLACES, ["car"])

    assert len(osrm.asked) == 10
    assert len(osrm.connections) == 1


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_what_passes_is_waited_for(osrm: Any, source: Callable[..., TravelTimes], status: int) -> None:
    whole = source().matrix(PLACES, ["car"])
    osrm.asked.clear()
    osrm.script.extend([(status, {}, b"<html>busy</html>"), "reset", (status, {"Retry-After": "0"}, b"")])

    again = source().matrix(PLACES, ["car"])

    assert (again.legs("car").travel_s == whole.legs("car").travel_s).all()
    assert len(osrm.asked) == 5


def test_what_lasts_is_given_up(osrm: Any, source: Callable[..., TravelTimes]) -> None:
    osrm.script.extend([(503, {}, b"no")] * 10)

    error = _refusal(source())

    assert error.code == "travel.server_refused"
    assert "503" in error.message
    assert "4 attempts" in error.message
    assert len(osrm.asked) == 4


def test_resets_that_last_are_given_up(osrm: Any, source: Callable[..., TravelTimes]) -> None:
    osrm.script.extend(["reset"] * 10)

    assert _refusal(source()).code == "travel.unreachable"
    assert len(osrm.asked) == 4


@pytest.mark.parametrize("text", ["3600", "Fri, 31 Dec 9999 23:59:59 GMT"])
def test_a_long_wait_is_not_begun(osrm: Any, source: Callable[..., TravelTimes], text: str) -> None:
    osrm.script.append((503, {"Retry-After": text}, b""))

    error = _refusal(source())

    assert error.code == "travel.server_refused"
    assert "come back" in error.message
    assert len(osrm.asked) == 1


def test_a_date_is_seen_from_the_servers_clock(osrm: Any, source: Callable[..., TravelTimes]) -> None:
    osrm.script.append((503, {"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"}, b""))  # long ago: at once

    source().matrix(PLACES, ["car"])

    assert len(osrm.asked) == 3


@pytest.mark.parametrize("text", ["soon", "-5", "1.5", "Wed, 99 Oct", "٣"])
def test_a_strange_retry_after_is_no_obstacle(osrm: Any, source: Callable[..., TravelTimes], text: str) -> None:
    osrm.script.append((503, {"Retry-After": text.encode().decode("latin-1")}, b""))

    source().matrix(PLACES, ["car"])

    assert len(osrm.asked) == 3


def test_silence_has_an_end(osrm: Any, source: Callable[..., TravelTimes]) -> None:
    osrm.script.append((200, {}, None))

    error = _refusal(source(",timeout_s=1"))

    assert error.code == "travel.unreachable"
    assert "within 1 s" in error.message
    assert len(osrm.asked) == 1, "a server that is too slow must not be asked again"


def test_nobody_there() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://me:secret@127.0.0.1:{free.getsockname()[1]}"

    error = _refusal(osrm_travel(url, estimate=GeodesicTravel(), patience=QUICK, seed=7))

    assert error.code == "travel.unreachable"
    assert "127.0.0.1" in error.message
    assert "secret" not in error.message


@pytest.mark.parametrize(
    ("status", "headers", "body", "code", "word"),
    [
        (200, {"Content-Type": "text/html"}, b"<html>Sign in", "travel.server_answer", "<html>"),
        (200, {}, b"", "travel.server_answer", "JSON"),
        (200, {}, b'{"code": "Ok", "durations": [[NaN]]}', "travel.server_answer", "NaN"),
        (200, {}, b"[" * 100_000, "travel.server_answer", "JSON"),
        (200, {}, b"\xff\xfe\x00", "travel.server_answer", "JSON"),
        (200, {}, b"[]", "travel.server_answer", "code"),
        (200, {"Content-Encoding": "gzip"}, b"not packed", "travel.server_answer", ""),
        (302, {"Location": "https://me:pw@example.org/?key=1"}, b"", "travel.server_refused", "example.org"),
        (401, {}, b"{}", "travel.server_refused", "401"),
        (403, {}, b"no", "travel.server_refused", "403"),
        (404, {}, b"<html>", "travel.server_refused", "404"),
        (500, {}, b'{"code": "Ok"}', "travel.server_refused", "500"),
    ],
)
def test_answers_of_something_else(
    osrm: Any,
    source: Callable[..., TravelTimes],
    status: int,
    headers: dict[str, str],
    body: bytes,
    code: str,
    word: str,
) -> None:
    osrm.script.append((status, headers, body))

    error = _refusal(source())

    assert error.code == code
    assert word in error.message
    assert "pw" not in error.message
    assert len(osrm.asked) == 1


def test_a_servers_words_are_made_safe_and_short(osrm: Any, source: Callable[..., TravelTimes]) -> None:
    words = "\x1b[31mred\n" + "x" * 10_000
    osrm.script.append((400, {}, b'{"code": "InvalidOptions", "message": %s}' % repr(words).replace("'", '"').replace(
        "\\x1b", "\\u001b").encode()))  # fmt: skip

    error = _refusal(source())

    assert "\x1b" not in error.message
    assert "InvalidOptions" in error.message
    assert len(error.message) < 400


def test_a_name_and_a_password_go_to_the_server_alone(
    osrm: Any, source: Callable[..., TravelTimes], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")

    travel = source(user="me:secret@").matrix(PLACES, ["car"])

    assert osrm.headers[0]["Authorization"].startswith("Basic ")
    assert "secret" not in travel.source + caplog.text
    assert "127.0.0.1" in caplog.text


@given(st.integers(0, 40), st.integers(0, 2**32 - 1))
def test_pauses_grow_and_have_a_bound(attempt: int, seed: int) -> None:
    patience = Patience(first_s=0.5, longest_s=30.0)

    pause_s = patience.pause_s(attempt, random.Random(seed))

    assert 0 <= pause_s <= min(30.0, 0.5 * 2**attempt)
    assert pause_s == patience.pause_s(attempt, random.Random(seed))
