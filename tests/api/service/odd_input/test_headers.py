"""Headers and lengths that nobody sends, or only on purpose: refused with a code, never a fault."""

from __future__ import annotations

from tests.api.service.odd_input.calls import BINARY, DAY, JSON, TICKET


def test_versions_of_what_is_not_there(refused):
    """If-Match fails where nothing is (RFC 9110, section 13.1.1): it must not make the object."""
    for tag in ["*", '"1"', "", "W/", '"', "x" * 5_000, "\u00ff"]:
        headers = {"If-Match": tag.encode("latin-1")}
        refused("version.stale", "PUT", "/v1/customers/nobody", json={}, headers=headers)
        refused("version.stale", "PUT", "/v1/absences/none", json={"technician": "Ann", **DAY}, headers=headers)
        refused("version.stale", "PUT", "/v1/tickets/none", json=TICKET, headers=headers)
        refused("customer.unknown", "GET", "/v1/customers/nobody")


def test_tags_that_match_nothing(client, callers):
    for tag in ["", ",", ",,,", "W/", '"', "\u00ff", "x" * 5_000]:
        answer = client.get("/v1/tickets/T1", headers=callers["boss"] | {"If-None-Match": tag.encode("latin-1")})
        assert answer.status_code == 200
        answer = client.get("/v1/me/route", headers=callers["phone"] | {"If-None-Match": tag.encode("latin-1")})
        assert answer.status_code == 200


def test_keys_of_the_wrong_length(refused):
    for key in ["", "short", "x" * 201]:
        refused("request.invalid", "PUT", "/v1/customers/X", json={}, headers={"Idempotency-Key": key})


def test_a_key_of_any_bytes(client, callers):
    headers = callers["boss"] | {"Idempotency-Key": b"\xff\xfe'; DROP TABLE account; --"}
    answers = [client.put("/v1/customers/X", json={"name": "Chen"}, headers=headers) for _ in range(2)]
    assert [one.status_code for one in answers] == [201, 201]


def test_numbers_of_last_events(refused):
    for number in ["-1", "x", "1.5", str(2**31), "9" * 30, "9" * 5_000, ""]:
        refused("request.invalid", "GET", "/v1/me/stream", by="phone", headers={"Last-Event-ID": number})


def test_lengths_that_are_none(refused):
    for length in ["-1", "x", "1e3", "\u00b2", "+1", "0x10", "1,1"]:
        refused(
            "request.length", "POST", "/v1/imports", content=b"{}", headers={"Content-Length": length.encode("latin-1")}
        )


def test_lengths_beyond_all_limits(refused):
    for length in ["9" * 20, "9" * 5_000]:
        refused("request.too_large", "POST", "/v1/imports", content=b"{}", headers={"Content-Length": length})


def test_packed_bodies_are_not_taken(refused):
    for coding in ["gzip", "br", "deflate, gzip", "\u00ff"]:
        answer = refused(
            "request.coding",
            "POST",
            "/v1/imports",
            content=b"{}",
            headers=JSON | {"Content-Encoding": coding.encode("latin-1")},
        )
        assert answer.status_code == 415


def test_a_body_that_says_it_is_not_packed(client, callers, town):
    headers = callers["boss"] | {"Content-Encoding": "identity"}
    assert client.post("/v1/imports", json=town, headers=headers).status_code == 200


def test_a_long_body_in_pieces(refused):
    for path in ["/v1/me/events", "/v1/me/photos/photo-0001/pieces/0", "/v1/auth/login"]:
        method = "PUT" if "pieces" in path else "POST"
        answer = refused(
            "request.too_large", method, path, by="phone", content=iter([b"x" * 1_000] * 11), headers=BINARY
        )
        assert answer.status_code == 413


def test_hosts_that_are_none(client, callers):
    for number, host in enumerate(["[", "]", "a b", "\u00ff", "a:b:c", "//", "x" * 5_000]):
        headers = callers["boss"] | {"Host": host.encode("latin-1")}
        assert client.put(f"/v1/customers/{number}", json={}, headers=headers).status_code in (201, 400)


def test_tokens_that_are_none(client):
    for token in [b"Bearer", b"Bearer ", b"Bearer \xff", b"Bearer a.b.c", b"Basic eDp5", b"Bearer callout-device-\xff"]:
        for path in ("/v1/plans", "/v1/me/route"):
            answer = client.get(path, headers={"Authorization": token})
            assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
