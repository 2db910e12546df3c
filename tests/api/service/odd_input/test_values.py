"""Values that nobody sends, or only on purpose: refused by both databases alike, with a code, never a fault."""

from __future__ import annotations

import json

from tests.api.service.odd_input.calls import BINARY, DAY, EVENT, JSON, ORDER, TICKET, rules

BODIES = {
    "/v1/tickets/X": ("PUT", "boss", lambda text: TICKET | {"place": text}),
    "/v1/customers/X": ("PUT", "boss", lambda text: {"name": text}),
    "/v1/absences/X": ("PUT", "boss", lambda text: {"technician": text, **DAY}),
    "/v1/tickets/T1/customer": ("PUT", "boss", lambda text: {"customer": text}),
    "/v1/plans": ("POST", "boss", lambda text: ORDER | {"centre": text}),
    "/v1/imports": ("POST", "boss", lambda text: {"plan": DAY, "customers": [{"id": text}]}),
    "/v1/users": ("POST", "admin", lambda text: {"login": text, "password": text, "role": "admin"}),
    "/v1/auth/login": ("POST", "admin", lambda text: {"login": text, "password": text}),
    "/v1/auth/refresh": ("POST", "admin", lambda text: {"refresh_token": text}),
    "/v1/auth/logout": ("POST", "admin", lambda text: {"refresh_token": text}),
    "/v1/me/events": ("POST", "phone", lambda text: {"events": [EVENT | {"payload": {"text": text}}]}),
    "/v1/me/photos": (
        "POST",
        "phone",
        lambda text: {"id": "photo-0001", "visit": text, "size": 1, "sha256": 64 * "0"},
    ),
}


def test_texts_that_nobody_can_keep(refused):
    for path, (method, by, body) in BODIES.items():
        for text in ("a\0b", "\ud800", "a\udfffb"):
            answer = refused("input.invalid", method, path, by=by, content=json.dumps(body(text)), headers=JSON)
            assert rules(answer) == {"request.text"}, path


def test_nul_in_an_address(refused):
    for method, path in [
        ("GET", "/v1/tickets/a%00b"),
        ("PUT", "/v1/customers/a%00b"),
        ("GET", "/v1/plans/%00"),
        ("GET", "/v1/jobs/%00"),
        ("GET", "/v1/visits/%00/photos"),
        ("GET", "/v1/tickets?after=%00"),
        ("GET", "/v1/tickets?state=%00"),
        ("GET", "/v1/plans?before=%00"),
        ("GET", "/v1/absences?technician=%00"),
    ]:
        answer = refused("input.invalid", method, path, **({"json": {}} if method == "PUT" else {}))
        assert rules(answer) == {"request.text"}


def test_numbers_that_are_none(refused):
    for number in ["NaN", "Infinity", "-Infinity", "1e999", "9" * 30]:
        events = json.dumps({"events": [EVENT | {"payload": {"n": 0}}]}).replace('"n": 0', f'"n": {number}')
        answer = refused("input.invalid", "POST", "/v1/me/events", by="phone", content=events, headers=JSON)
        assert rules(answer) == {"request.number"}


def test_a_number_with_thousands_of_digits(refused):
    refused("http.400", "POST", "/v1/imports", content='{"plan": ' + "9" * 5000 + "}", headers=JSON)


def test_deep_nesting(refused):
    for opening in ['{"a":', "["]:
        closing = {"[": "]"}.get(opening, "}")
        body = f'{{"plan": {opening * 60}1{closing * 60}}}'
        assert rules(refused("input.invalid", "POST", "/v1/imports", content=body, headers=JSON)) == {"request.depth"}
        bottomless = '{"plan": ' + opening * 200_000
        assert refused("http.400", "POST", "/v1/imports", content=bottomless, headers=JSON).status_code == 400


YEARS = ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "1899-12-31T00:00:00Z", "2201-01-01T00:00:00Z"]


def test_years_at_the_ends_of_time(refused):
    for method, path, by in [
        ("GET", "/v1/me/route?start={}", "phone"),
        ("GET", "/v1/me/route?end={}", "phone"),
        ("GET", "/v1/plans?start={}", "boss"),
        ("GET", "/v1/plans?end={}", "boss"),
        ("GET", "/v1/kpis?start={}&end={}", "boss"),
        ("GET", "/v1/coverage?start={}&end={}", "boss"),
        ("GET", "/v1/exports/json?start={}&end={}", "boss"),
        ("POST", "/v1/imports/csv?table=tickets&start={}&end={}", "boss"),
    ]:
        for year in YEARS:
            at = year.replace("+", "%2B")
            more = {"content": b"id\n", "headers": BINARY} if method == "POST" else {}
            refused("request.invalid", method, path.format(at, at), by=by, **more)


def test_years_in_a_body(refused):
    for path, by, body, code in [
        ("/v1/plans", "boss", lambda at: {"start": at, "end": at}, "request.invalid"),
        ("/v1/tickets/T1/complaints", "boss", lambda at: {"kind": "late", "at": at}, "request.invalid"),
        ("/v1/me/events", "phone", lambda at: {"events": [EVENT | {"at": at}]}, "request.invalid"),
        ("/v1/imports", "boss", lambda at: {"plan": {"start": at, "end": at}}, "input.invalid"),
    ]:
        for year in YEARS:
            refused(code, "POST", path, by=by, json=body(year))


def test_a_ticket_of_another_age(refused):
    for year in YEARS:
        answer = refused("input.invalid", "PUT", "/v1/tickets/X", json=TICKET | {"opened": year})
        assert rules(answer) <= {"time.range", "time.impossible"}


def test_zones_that_are_none(refused):
    for zone in ["", ".", "..", "/etc/passwd", "../../etc/passwd", "Asia", "x" * 64, "\u4e0a\u6d77"]:
        refused("input.invalid", "GET", "/v1/kpis", params=DAY | {"zone": zone})
        refused("input.invalid", "POST", "/v1/plans", json=ORDER | {"zone": zone or " "})
        refused("input.invalid", "GET", "/v1/exports/zip", params=DAY | {"zone": zone or " "})
        refused(
            "input.invalid",
            "POST",
            "/v1/imports/csv",
            params=DAY | {"zone": zone or " ", "table": "centres"},
            content=b"id,lat,lon\nN,31,121\n",
            headers=BINARY,
        )


LONG = "x" * 201


def test_ids_that_are_longer_than_their_column(refused):
    for kind in ["centres", "technicians", "shifts", "tickets", "customers", "absences"]:
        refused("request.invalid", "PUT", f"/v1/{kind}/{LONG}", json={})


def test_long_texts_of_an_import(refused, town):
    town["tickets"][0]["id"] = LONG
    assert rules(refused("input.invalid", "POST", "/v1/imports", json=town)) == {"text.length"}


def test_long_names_of_tiers(refused, client, callers):
    tiers = [{"name": "t" * 101, "weight": 1, "targets": []}]
    answer = client.post("/v1/imports", json={"plan": DAY, "tiers": tiers}, headers=callers["boss"])
    assert answer.status_code in (200, 422)
    body = {"plan": DAY, "tiers": tiers, "tickets": [TICKET | {"id": "X", "tier": "t" * 101}]}
    answer = client.post("/v1/imports", json=body, headers=callers["boss"])
    assert answer.status_code == 422, answer.text


def test_parts_that_are_no_counts(refused):
    for parts in [[], "rope", {"rope": "two"}, {"rope": None}, {"rope": 1.5}, {"rope": 10**12}, {"": 1}]:
        event = EVENT | {"kind": "parts_used", "payload": {"parts": parts}}
        refused("request.invalid", "POST", "/v1/me/events", by="phone", json={"events": [event]})


def test_stars_that_are_no_rating(refused):
    for stars in [-1, 11, 1e300, "five", True]:
        event = EVENT | {"kind": "rating", "payload": {"stars": stars}}
        refused("request.invalid", "POST", "/v1/me/events", by="phone", json={"events": [event]})


def test_parts_beyond_31_bits(client, callers):
    parts = {"parts": {"rope": 1_000_000}}
    for first in range(0, 2_200, 50):
        events = [EVENT | {"id": f"event-{first + n:05}", "kind": "parts_used", "payload": parts} for n in range(50)]
        answer = client.post("/v1/me/events", json={"events": events}, headers=callers["phone"])
        assert answer.status_code == 200, answer.text


def test_numbers_of_changes(client, refused, callers):
    """The largest number of a row on PostgreSQL, and the first that it can't compare with."""
    answer = client.get("/v1/audit", params={"before": 2**31 - 1}, headers=callers["admin"])
    assert answer.json()["items"]
    refused("request.invalid", "GET", "/v1/audit", by="admin", params={"before": 2**31})


def test_costs_beyond_31_bits(client, callers, make_plan, town):
    """Three tickets that nobody may serve, each for ten million: more cents than a small column holds."""
    nobody = {"skills": {"diving": 5}, "unserved_cost_cents": 10**9}
    town["plan"]["skills"] = ["diving"]
    town["tickets"] = [one | nobody for one in town["tickets"]]
    answer = client.post("/v1/imports", json=town, headers=callers["boss"])
    assert answer.status_code == 200, answer.text
    plan = client.get(f"/v1/plans/{make_plan()}", headers=callers["boss"]).json()
    assert plan["total_cents"] > 2**31
