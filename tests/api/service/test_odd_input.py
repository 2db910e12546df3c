"""Input that nobody sends, or only on purpose: refused by both databases alike, with a code, never a fault."""

from __future__ import annotations

import io
import json
import zipfile

import pytest

from api.service.security.roles import Role

DAY = {"start": "2026-03-02T00:00:00+08:00", "end": "2026-03-03T00:00:00+08:00"}
ORDER = DAY | {"engine": "greedy", "iterations": 10}
JSON = {"Content-Type": "application/json"}
BINARY = {"Content-Type": "application/octet-stream"}


@pytest.fixture
def callers(client, sign_in, boss, town):
    """Headers by role; the town is imported."""
    assert client.post("/v1/imports", json=town, headers=boss).status_code == 200
    phone = sign_in(Role.TECHNICIAN, technician="Ann")
    return {"boss": boss, "phone": phone, "admin": sign_in(Role.ADMIN)}


@pytest.fixture
def refused(client, callers):
    """Send something and expect a problem with this code."""

    def send(code, method, path, *, by="boss", headers=(), **more):
        answer = client.request(method, path, headers=callers[by] | dict(headers), **more)
        assert answer.headers["Content-Type"] == "application/problem+json", answer.text
        assert (answer.json()["code"], answer.json()["status"]) == (code, answer.status_code), answer.text
        assert answer.status_code < 500
        return answer

    return send


def _rules(answer):
    return {fault["rule"] for fault in answer.json()["faults"]}


TICKET = {"lat": 31.2, "lon": 121.4, "tier": "basic", "opened": "2026-03-02T06:00:00+08:00", "duration_min": 30}
EVENT = {"id": "event-0001", "visit": "v", "kind": "note", "at": "2026-03-02T09:00:00+08:00"}
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
            assert _rules(answer) == {"request.text"}, path


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
        assert _rules(answer) == {"request.text"}


def test_numbers_that_are_none(refused):
    for number in ["NaN", "Infinity", "-Infinity", "1e999", "9" * 30]:
        events = json.dumps({"events": [EVENT | {"payload": {"n": 0}}]}).replace('"n": 0', f'"n": {number}')
        answer = refused("input.invalid", "POST", "/v1/me/events", by="phone", content=events, headers=JSON)
        assert _rules(answer) == {"request.number"}


def test_a_number_with_thousands_of_digits(refused):
    refused("http.400", "POST", "/v1/imports", content='{"plan": ' + "9" * 5000 + "}", headers=JSON)


def test_deep_nesting(refused):
    for opening in ['{"a":', "["]:
        closing = {"[": "]"}.get(opening, "}")
        body = f'{{"plan": {opening * 60}1{closing * 60}}}'
        assert _rules(refused("input.invalid", "POST", "/v1/imports", content=body, headers=JSON)) == {"request.depth"}
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
        assert _rules(answer) <= {"time.range", "time.impossible"}


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
    assert _rules(refused("input.invalid", "POST", "/v1/imports", json=town)) == {"text.length"}


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


# Headers


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


def test_numbers_of_changes(client, refused, callers):
    """The largest number of a row on PostgreSQL, and the first that it can't compare with."""
    answer = client.get("/v1/audit", params={"before": 2**31 - 1}, headers=callers["admin"])
    assert answer.json()["items"]
    refused("request.invalid", "GET", "/v1/audit", by="admin", params={"before": 2**31})


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


# Tables and photos


def _zip(**members):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in members.items():
            file.writestr(name.replace("__", "."), data)
    return bytearray(out.getvalue())


def _damaged():
    data = _zip(tickets__csv=b"id,lat,lon\n" * 100)
    data[45:60] = bytes(15)  # inside the packed text
    return bytes(data)


def _secret():
    data = _zip(tickets__csv=b"id\n")
    data[6] |= 1  # encrypted, says the member and the list of members
    data[data.rindex(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


def _odd_packing():
    data = _zip(tickets__csv=b"id\n")
    data[8] = data[data.rindex(b"PK\x01\x02") + 10] = 99
    return bytes(data)


ZIPS = {
    "empty": b"",
    "text": b"PK but no zip",
    "damaged": _damaged(),
    "encrypted": _secret(),
    "odd packing": _odd_packing(),
    "half": bytes(_zip(tickets__csv=b"id\n" * 1000))[:60],
}
SHEET = (
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData></worksheet>'
)
BOOK = (
    '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.'
    'org/officeDocument/2006/relationships"><sheets><sheet name="tickets" sheetId="1" r:id="rId1"/></sheets></workbook>'
)
KINDS = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/xl/workbook.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>'
)
LINKS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="{}"/></Relationships>'
)


def _book(rows, *, book=BOOK, sheet=SHEET):
    return bytes(
        _zip(
            **{
                "[Content_Types]__xml": KINDS,
                "xl/workbook__xml": book,
                "xl/_rels/workbook__xml__rels": LINKS.format("worksheets/sheet1.xml"),
                "xl/worksheets/sheet1__xml": sheet.format(rows),
            }
        )
    )


BOOKS = {
    **ZIPS,
    "no workbook": bytes(_zip(a=b"b")),
    "broken list of sheets": _book("", book="<workbook"),
    "broken sheet": _book("", sheet="<worksheet><sheetData"),
    "odd cell": _book('<row r="1"><c r="A1" t="s"><v>99</v></c></row>'),
    "odd number": _book('<row r="1"><c r="A1" t="n"><v>many</v></c></row>'),
    "odd place": _book('<row r="x"><c r="!!"><v>1</v></c></row>'),
    "far away": _book('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'),
}


def test_files_that_are_broken(client, callers):
    for kind, files in (("zip", ZIPS), ("xlsx", BOOKS)):
        for name, data in files.items():
            answer = client.post(f"/v1/imports/{kind}", params=DAY, content=data, headers=callers["boss"] | BINARY)
            assert answer.status_code == 422, (kind, name, answer.text)
            assert answer.json()["code"] in {
                "import.unreadable",
                "import.too_large",
                "input.invalid",
                "request.invalid",
            }


def test_tables_that_are_none(client, callers):
    for data in [
        b"",
        b"\0",
        b"id\n\0\n",
        b"\xff\xfe\xfd",
        b'"',
        b"id,id\n",
        b"\n" * 300_000,
        b"id\n" + b"x" * 200_000,
    ]:
        params = DAY | {"table": "tickets"}
        answer = client.post("/v1/imports/csv", params=params, content=data, headers=callers["boss"] | BINARY)
        assert (answer.status_code, answer.headers["Content-Type"]) == (422, "application/problem+json"), answer.text


def test_a_file_chooses_no_travel_source(client, callers):
    """Nothing of the server is opened, or asked, because an upload says so."""
    for source in ["matrix:/etc/passwd", "roads:/etc/passwd", "osrm:http://127.0.0.1:9/"]:
        data = _zip(plan__toml=f'start = "{DAY["start"]}"\nend = "{DAY["end"]}"\n[travel]\nsource = "{source}"\n')
        answer = client.post("/v1/imports/zip", params=DAY, content=bytes(data), headers=callers["boss"] | BINARY)
        assert "root:" not in answer.text
        assert answer.status_code in (200, 422), answer.text


def test_pieces_that_do_not_fit(callers, client, make_plan, publish):
    publish(make_plan())
    stops = client.get("/v1/me/route", params=DAY, headers=callers["phone"]).json()["stops"]
    body = {"id": "photo-0001", "visit": stops[0]["visit"], "size": 10, "sha256": 64 * "0"}
    assert client.post("/v1/me/photos", json=body, headers=callers["phone"]).status_code == 201
    pieces = {0: [b"", b"x" * 11, b"x" * 10], 10: [b"x"], 2**40: [b"x"], 2**64: [b"x"], -1: [b"x"]}
    for offset, data in ((offset, data) for offset, several in pieces.items() for data in several):
        path = f"/v1/me/photos/photo-0001/pieces/{offset}"
        answer = client.put(path, content=data, headers=callers["phone"] | BINARY)
        assert answer.status_code == 422, (offset, answer.text)


def test_sizes_of_photos(client, callers):
    for size in [0, -1, 2**31, 2**63, 10**30]:
        body = {"id": "photo-0001", "visit": "v", "size": size, "sha256": 64 * "0"}
        assert client.post("/v1/me/photos", json=body, headers=callers["phone"]).status_code == 422


def test_costs_beyond_31_bits(client, callers, make_plan, town):
    """Three tickets that nobody may serve, each for ten million: more cents than a small column holds."""
    nobody = {"skills": {"diving": 5}, "unserved_cost_cents": 10**9}
    town["plan"]["skills"] = ["diving"]
    town["tickets"] = [one | nobody for one in town["tickets"]]
    answer = client.post("/v1/imports", json=town, headers=callers["boss"])
    assert answer.status_code == 200, answer.text
    plan = client.get(f"/v1/plans/{make_plan()}", headers=callers["boss"]).json()
    assert plan["total_cents"] > 2**31
