"""Import and export as CSV, zip and workbook."""

from __future__ import annotations

import io
import zipfile

import openpyxl
import pytest

from api.inputs import from_json, to_json

SPAN = {"start": "2026-03-02T00:00:00+08:00", "end": "2026-03-03T00:00:00+08:00", "zone": "Asia/Shanghai"}
TICKETS = (
    "id,lat,lon,tier,opened,duration_min,skills\n"
    "N1,31.21,121.41,enterprise,2026-03-02T06:00,30,network:1\n"
    "N2,31.22,121.42,basic,2026-03-02T06:00,45,lift:2\n"
)


@pytest.fixture
def people(client, boss, town):
    assert client.post("/v1/imports", json=town, headers=boss).status_code == 200


def _put(client, boss, kind, data, **more):
    return client.post(f"/v1/imports/{kind}", content=data, params=SPAN | more, headers=boss)


def _get(client, boss, kind):
    answer = client.get(f"/v1/exports/{kind}", params=SPAN, headers=boss)
    assert answer.status_code == 200, answer.text
    return answer


def test_a_table_of_tickets_is_taken_up(client, boss, people):
    answer = _put(client, boss, "csv", TICKETS.encode(), table="tickets")
    assert answer.json()["tickets"] == {"added": 2, "changed": 0, "same": 0}
    assert answer.json()["technicians"] == {"added": 0, "changed": 0, "same": 2}
    ticket = client.get("/v1/tickets/N1", headers=boss).json()
    assert (ticket["opened"], ticket["skills"]) == ("2026-03-02T06:00:00+08:00", {"network": 1})


def test_faults_name_file_row_and_field_and_nothing_is_kept(client, boss, people):
    wrong = TICKETS.replace("45", "-5").replace("enterprise", "platinum")
    answer = _put(client, boss, "csv", wrong.encode(), table="tickets")
    assert answer.status_code == 422
    found = {(one["file"], one["row"], one["field"]) for one in answer.json()["faults"]}
    assert found == {("tickets.csv", 2, "tier"), ("tickets.csv", 3, "duration_min")}
    assert client.get("/v1/tickets/N1", headers=boss).status_code == 404


@pytest.mark.parametrize("kind", ["zip", "xlsx"])
def test_what_goes_out_comes_back_the_same(client, boss, people, kind):
    data = _get(client, boss, kind).content
    counts = _put(client, boss, kind, data).json()
    assert all(one["added"] == one["changed"] == 0 for one in counts.values()), counts
    assert counts["tickets"]["same"] == 5


def test_the_export_is_an_input_of_the_planner(client, boss, people, town):
    document = _get(client, boss, "json").json()
    assert to_json(from_json(document).problem)["tickets"] == to_json(from_json(town).problem)["tickets"]


def test_nothing_in_a_workbook_is_a_formula(client, boss, people):
    fields = client.get("/v1/technicians/Ann", headers=boss)
    body = fields.json() | {"name": "=HYPERLINK(1)"}
    body.pop("id")
    headers = boss | {"If-Match": fields.headers["ETag"]}
    assert client.put("/v1/technicians/Ann", json=body, headers=headers).status_code == 200
    book = openpyxl.load_workbook(io.BytesIO(_get(client, boss, "xlsx").content))
    cells = [cell for row in book["technicians"].iter_rows() for cell in row if cell.value]
    assert any(cell.value == "=HYPERLINK(1)" for cell in cells)
    assert {cell.data_type for cell in cells} == {"s"}


def test_a_workbook_with_real_dates_and_numbers(client, boss, people):
    from datetime import datetime

    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "tickets"
    sheet.append(["id", "lat", "lon", "tier", "opened", "duration_min"])
    sheet.append(["N1", 31.21, 121.41, "basic", datetime(2026, 3, 2, 6), 30.0])  # noqa: DTZ001  (as people type it)
    out = io.BytesIO()
    book.save(out)
    assert _put(client, boss, "xlsx", out.getvalue()).json()["tickets"]["added"] == 1
    ticket = client.get("/v1/tickets/N1", headers=boss).json()
    assert (ticket["opened"], ticket["duration_min"]) == ("2026-03-02T06:00:00+08:00", 30)


def _zip(**files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, text in files.items():
            file.writestr(name, text)
    return out.getvalue()


@pytest.mark.parametrize(
    ("kind", "data", "more", "code"),
    [
        ("csv", b"id\n", {}, "input.invalid"),
        ("csv", b"id\n", {"table": "passwords"}, "input.invalid"),
        ("zip", b"no zip at all", {}, "import.unreadable"),
        ("xlsx", b"no workbook", {}, "import.unreadable"),
        ("zip", _zip(**{"other.txt": "x"}), {}, "input.invalid"),
        ("xlsx", _zip(**{"[Content_Types].xml": "<x"}), {}, "import.unreadable"),
    ],
)
def test_what_is_no_table_is_refused(client, boss, people, kind, data, more, code):
    answer = _put(client, boss, kind, data, **more)
    assert (answer.status_code, answer.json()["code"]) == (422, code)


def test_a_small_file_that_unpacks_to_a_very_large_one_is_refused(client, boss, people, monkeypatch):
    from api.service.days import tables

    monkeypatch.setattr(tables, "MOST_BYTES", 100_000)
    bomb = _zip(**{"tickets.csv": TICKETS + "\n" * 200_000})
    assert len(bomb) < 2_000
    assert _put(client, boss, "zip", bomb).json()["code"] == "import.too_large"


def test_a_zip_writes_only_where_tables_are_read(client, boss, people, tmp_path):
    sly = _zip(**{"../../tickets.csv": TICKETS, "/etc/plan.toml": ""})
    answer = _put(client, boss, "zip", sly)
    assert answer.status_code == 422  # an empty plan.toml is a fault; the paths meant nothing
    assert _put(client, boss, "zip", _zip(**{"../../tickets.csv": TICKETS})).json()["tickets"]["added"] == 2
