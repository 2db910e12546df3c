"""What stands behind ``osrm:`` and ``valhalla:``."""

from __future__ import annotations

import pytest

from dispatch.errors import UsageError
from geo.registry import travel_source
from geo.servers.address import parse_options, parse_server, whole_number


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("http://127.0.0.1:5000", "http://127.0.0.1:5000"),
        ("https://example.org/osrm/", "https://example.org/osrm"),
        ("HTTP://Example.org", "http://example.org"),
        ("http://[::1]:8002", "http://[::1]:8002"),
        ("https://me:secret@example.org:8443/routed-car", "https://example.org:8443/routed-car"),
    ],
)
def test_addresses(text: str, url: str) -> None:
    assert parse_server(text).url == url


def test_a_password_is_kept_apart() -> None:
    server = parse_server("https://me:s%2Cecret@example.org")

    assert (server.user, server.password) == ("me", "s,ecret")
    assert "s,ecret" not in repr(server)
    assert "me" not in repr(server).replace("Server", "").replace("example", "")


@pytest.mark.parametrize(
    "text",
    ["", "example.org", "127.0.0.1:5000", "ftp://example.org", "file:///etc/passwd", "http://", "http:///table",
     "http://example.org:99999", "http://[::1", "http://example.org?key=1", "http://example.org/#table", "http://a b/",
     "http://exa\x00mple.org"],
)  # fmt: skip
def test_what_is_no_address(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_server(text)

    assert caught.value.code == "travel.server_url"


@pytest.mark.parametrize("text", ["ftp://me:secret@example.org", "http://me:secret@example.org:x", "//me:secret@b"])
def test_a_refused_address_is_not_repeated(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_server(text)

    assert "secret" not in str(caught.value)


def test_options() -> None:
    assert parse_options("http://a,table=20,fallback=geodesic", {"table", "fallback"}) == (
        "http://a",
        {"table": "20", "fallback": "geodesic"},
    )


@pytest.mark.parametrize("rest", ["colour=red", "table", "table=", "table=1,table=2", ""])
def test_options_that_make_no_sense(rest: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_options(f"http://a,{rest}", {"table"})

    assert caught.value.code == "travel.option"
    assert "table" in caught.value.message


@pytest.mark.parametrize("text", ["0", "101", "-1", "1.5", "ten", "²", "9" * 5000])
def test_numbers_that_are_out_of_range(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        whole_number({"table": text}, "table", default=50, least=1, most=100)

    assert caught.value.code == "travel.option"
    assert "1..100" in caught.value.message


@pytest.mark.parametrize(
    "spec",
    ["osrm:http://a,fallback=guess", "osrm:http://a,table=0", "osrm:http://a,timeout_s=0", "osrm:http://a,walk=b",
     "valhalla:http://a,walk=http://b", "valhalla:a"],
)  # fmt: skip
def test_the_registry_refuses_them(spec: str) -> None:
    with pytest.raises(UsageError) as caught:
        travel_source(spec)

    assert caught.value.code in ("travel.option", "travel.server_url")
