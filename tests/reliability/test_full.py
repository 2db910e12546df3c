"""No space left: 503 with a code, nothing half written, and it goes on when there is space."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlmodel import func, select

from api.service.security.roles import Role
from api.service.store.database import Store
from api.service.store.tables import Answered, Event, VanStock
from tests.reliability.fleet import Fleet
from tests.reliability.ledger import Client, Ledger
from tests.reliability.load import PASSWORD, set_up

pytestmark = pytest.mark.reliability


def _note(number: int) -> dict[str, object]:
    payload = {"text": "n" * 50_000, "parts": {"fuse": 1}}
    told = {"visit": "unknown", "kind": "parts_used", "at": "2026-03-02T09:00:00+08:00", "payload": payload}
    return {"events": [{"id": f"event-{number:06d}", **told}]}


def test_a_database_that_may_not_grow(lite, clock, routes, settings, town):
    """The limit is SQLite's own, so this runs everywhere."""
    from fastapi.testclient import TestClient

    from api.service.http.app import service_of_parts
    from api.service.security.accounts import add_user

    limit = {"pages": 1_073_741_823}
    event.listen(
        lite.engine,
        "begin",
        lambda connection: connection.exec_driver_sql(f"PRAGMA max_page_count={limit['pages']}").close(),
    )
    roomy = settings.model_copy(update={"most_body_bytes": 1_000_000})
    routes.state.service = service_of_parts(roomy, lite, key="k" * 32, now=clock)
    with TestClient(routes, raise_server_exceptions=False) as client:

        def headers(login, role, technician=None):
            with lite.writing() as session:
                add_user(session, login, PASSWORD, role, technician_id=technician)
            token = client.post("/v1/auth/login", json={"login": login, "password": PASSWORD}).json()["access_token"]
            return {"Authorization": f"Bearer {token}"}

        assert client.post("/v1/imports", json=town, headers=headers("boss", Role.DISPATCHER)).status_code == 200
        ann = headers("ann", Role.TECHNICIAN, "Ann")
        with lite.engine.connect() as connection:
            limit["pages"] = connection.exec_driver_sql("PRAGMA page_count").scalar_one() + 40
        kept = 0
        while (answer := _send(client, ann, kept)).status_code == 200:
            kept += 1
            assert kept < 10, "the limit has no effect"
        assert (answer.status_code, answer.json()["code"]) == (503, "database.full")
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert kept > 0
        assert client.get("/v1/me/route", headers=ann).status_code == 200
        with lite.reading() as session:
            assert session.exec(select(func.count()).select_from(Event)).one() == kept
            assert session.exec(select(func.count()).select_from(Answered)).one() == kept
            assert session.get(VanStock, ("Ann", "fuse")).count == -kept
        limit["pages"] = 1_073_741_823
        assert [_send(client, ann, number).status_code for number in range(kept + 1)] == [200] * (kept + 1)
        with lite.reading() as session:
            assert session.get(VanStock, ("Ann", "fuse")).count == -(kept + 1)


def _send(client, phone, number):
    return client.post("/v1/me/events", json=_note(number), headers=phone | {"Idempotency-Key": f"key-{number:06d}"})


@pytest.fixture
def small_disk(tmp_path):
    """A file system of four megabytes."""
    folder = tmp_path / "disk"
    folder.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(folder)], check=False, capture_output=True, text=True
    )
    if made.returncode != 0:
        pytest.skip("a small file system needs the right to mount one: " + made.stderr.strip())
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_disk_that_is_full(small_disk: Path, tmp_path: Path):
    """A real process on a real file system; the phone asks until its news is taken."""
    url = f"sqlite:///{small_disk}/callout.sqlite"
    set_up(url)
    (small_disk / "ballast").write_bytes(bytes(1_000_000))
    fleet, ledger = Fleet(url, tmp_path, apis=1, workers=0), Ledger()
    try:
        phone = Client("Ann", fleet, ledger, seed=1)
        phone.sign_in(PASSWORD)
        number = 0
        while (refusal := phone.once("POST", "/v1/me/events", _note(number), f"key-{number:06d}")).status == 200:
            number += 1
            assert number < 100, "the disk does not fill"
        assert (refusal.status, refusal.body["code"]) == (503, "database.full")
        assert number > 0
        phone.read("/v1/me/route")
        (small_disk / "ballast").unlink()
        again = [phone.once("POST", "/v1/me/events", _note(k), f"key-{k:06d}") for k in range(number + 1)]
        assert [one.status for one in again] == [200] * (number + 1)
    finally:
        fleet.close()
    store = Store(url)
    with store.reading() as session:
        assert session.exec(select(func.count()).select_from(Event)).one() == number + 1
        assert session.get(VanStock, ("Ann", "fuse")).count == -(number + 1)
        assert session.connection().exec_driver_sql("PRAGMA integrity_check").scalar_one() == "ok"
    store.close()
