"""Odd tables, archives and photos: refused by both databases alike, with a code, never a fault."""

from __future__ import annotations

from tests.api.service.odd_input.broken_files import BOOKS, ZIPS, zip_of
from tests.api.service.odd_input.calls import BINARY, DAY


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
        data = zip_of(plan__toml=f'start = "{DAY["start"]}"\nend = "{DAY["end"]}"\n[travel]\nsource = "{source}"\n')
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
