"""Keeping a service running: backup and restore, metrics, the night's plan."""

from __future__ import annotations

import json
import threading
import zipfile
from datetime import UTC, datetime, time

import pytest
from sqlmodel import select

from api.service.jobs.nightly import due, order
from api.service.jobs.tidying import tidy
from api.service.security.roles import Role
from api.service.settings import Settings
from api.service.store.backup import backup, restore
from api.service.store.database import Store
from api.service.store.tables import Change, Job, PhotoPiece, Plan, metadata
from dispatch.errors import InputError, UnavailableError

DAY = {"start": "2026-03-02T00:00:00+08:00", "end": "2026-03-03T00:00:00+08:00"}


@pytest.fixture
def full(client, boss, town, sign_in, make_plan, publish, photo, store):
    """A database with something in most tables."""
    assert client.post("/v1/imports", json=town, headers=boss).status_code == 200
    publish(make_plan())
    ann = sign_in(Role.TECHNICIAN, technician="Ann")
    visit = client.get("/v1/me/route", params=DAY, headers=ann).json()["stops"][0]["visit"]
    assert photo(ann, visit).json()["state"] == "stored"
    return store


def _rows(store):
    """All rows as text; the order of keys in JSON is the database's own affair."""
    with store.engine.connect() as connection:
        return {
            table.name: sorted(
                json.dumps(dict(row), default=repr, sort_keys=True)
                for row in connection.execute(table.select()).mappings().all()
            )
            for table in metadata.sorted_tables
        }


def test_a_backup_of_either_database_fills_either(full, database_url, tmp_path):
    counts = backup(full, tmp_path / "all.zip")
    assert counts["plan"] == 1
    assert counts["photopiece"] == 3
    other = Store(database_url)
    assert restore(other, tmp_path / "all.zip") == counts
    assert _rows(other) == _rows(full)
    with other.writing() as session:  # new rows are numbered after the old ones
        last = max(session.exec(select(Change.id)).all())
        session.add(Change(technician_id="Ann", at=datetime.now(UTC), kind="x", reason="x"))
    with other.reading() as session:
        assert max(session.exec(select(Change.id)).all()) > last
        assert session.exec(select(PhotoPiece.data)).first().startswith(b"\xff\xd8")
    with pytest.raises(InputError) as error:
        restore(other, tmp_path / "all.zip")
    assert error.value.code == "backup.not_empty"
    other.close()


def _spoilt(path, **changes):
    """A backup with other members."""
    with zipfile.ZipFile(path) as file:
        members = {name: file.read(name) for name in file.namelist()}
    out = path.with_name("spoilt.zip")
    with zipfile.ZipFile(out, "w") as file:
        for name, data in (members | {name.replace("__", "."): data for name, data in changes.items()}).items():
            if data is not None:
                file.writestr(name, data)
    return out


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"backup__json": b'{"format": "other"}'}, "backup.format"),
        (
            {"backup__json": json.dumps({"format": "callout-backup/1", "revision": "0000", "rows": {}})},
            "backup.revision",
        ),
        ({"backup__json": None}, "backup.unreadable"),
        ({"plan__jsonl": b""}, "backup.unreadable"),
        ({"plan__jsonl": b"{"}, "backup.unreadable"),
    ],
)
def test_a_spoilt_backup_fills_nothing(full, tmp_path, changes, code):
    backup(full, tmp_path / "all.zip")
    empty = Store(f"sqlite:///{tmp_path}/empty.sqlite")
    with pytest.raises(InputError) as error:
        restore(empty, _spoilt(tmp_path / "all.zip", **changes))
    assert error.value.code == code
    assert not any(_rows(empty).values())
    empty.close()


@pytest.mark.parametrize(
    ("old", "new"),
    [(b'"ticket_id": "T1"', b'"ticket_id": "T9"'), (b'"T1"', b"null")],
)
def test_rows_that_nobody_can_keep_fill_nothing(full, tmp_path, old, new):
    backup(full, tmp_path / "all.zip")
    with zipfile.ZipFile(tmp_path / "all.zip") as file:
        visits = file.read("visit.jsonl")
    assert old in visits
    empty = Store(f"sqlite:///{tmp_path}/empty.sqlite")
    with pytest.raises(InputError) as error:
        restore(empty, _spoilt(tmp_path / "all.zip", visit__jsonl=visits.replace(old, new)))
    assert error.value.code == "backup.unreadable"
    assert not any(_rows(empty).values())
    empty.close()


def test_a_backup_that_can_not_be_written_leaves_nothing(lite, tmp_path):
    with pytest.raises(UnavailableError) as error:
        backup(lite, tmp_path / "nowhere" / "all.zip")
    assert error.value.code == "backup.unwritable"
    with pytest.raises(InputError):
        restore(lite, tmp_path / "nothing.zip")


def test_metrics_are_for_who_has_the_token_and_name_nobody(store, settings, clock, town):
    from fastapi.testclient import TestClient

    from api.service.http.app import create_app

    closed = TestClient(create_app(settings, store, key="k" * 32, now=clock))
    assert closed.get("/metrics").status_code == 404
    opened = settings.model_copy(update={"metrics_token": type(settings.secret)("m" * 20)})
    with TestClient(create_app(opened, store, key="k" * 32, now=clock)) as client:
        assert client.get("/metrics").status_code == 401
        client.get("/v1/tickets/secret-ticket-name")
        text = client.get("/metrics", headers={"Authorization": "Bearer " + "m" * 20}).text
    assert 'callout_jobs{state="queued"} 0.0' in text
    assert 'route="/v1/tickets/{object_id}",status="401"' in text
    assert "secret-ticket-name" not in text


NIGHT = {"nightly_at": time(2, 30), "nightly_zone": "Asia/Shanghai"}


@pytest.mark.parametrize(
    ("now", "day"),
    [
        (datetime(2026, 2, 28, 18, 29, tzinfo=UTC), None),
        (datetime(2026, 2, 28, 18, 30, tzinfo=UTC), "2026-03-02"),
        (datetime(2026, 3, 1, 15, 59, tzinfo=UTC), "2026-03-02"),
        (datetime(2026, 3, 1, 16, 1, tzinfo=UTC), None),
    ],
)
def test_the_night_plans_the_next_day_of_its_zone(now, day):
    found = due(Settings(**NIGHT), now)
    assert (found and found[0]) == (day and f"nightly-{day}")
    if found:
        assert found[1].isoformat() == "2026-03-02T00:00:00+08:00"
    assert due(Settings(), now) is None


def test_many_workers_order_one_plan_a_night(client, boss, town, store, work_off):
    assert client.post("/v1/imports", json=town, headers=boss).status_code == 200
    settings = Settings(**NIGHT, job_seconds=1)
    now = datetime(2026, 2, 28, 20, tzinfo=UTC)

    def look():
        from sqlalchemy.exc import IntegrityError

        try:
            with store.writing() as session:
                order(session, settings, now)
        except IntegrityError:
            pass

    threads = [threading.Thread(target=look) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with store.reading() as session:
        (job,) = session.exec(select(Job)).all()
    assert (job.key, job.state) == ("nightly-2026-03-02", "queued")
    assert len(job.problem["tickets"]) == 5


def test_a_polled_route_is_right_after_every_change(client, boss, town, sign_in, make_plan, publish, store):
    """Answers that are kept are given only as long as nothing has changed."""
    assert client.post("/v1/imports", json=town, headers=boss).status_code == 200
    publish(make_plan())
    ann = sign_in(Role.TECHNICIAN, technician="Ann")
    get = lambda **more: client.get("/v1/me/route", params=DAY, headers=ann | more)  # noqa: E731
    first = get()
    again = get()
    assert (again.content, again.headers["ETag"]) == (first.content, first.headers["ETag"])
    assert again.headers["X-Content-Type-Options"] == "nosniff"
    assert get(**{"If-None-Match": first.headers["ETag"]}).status_code == 304
    stop = first.json()["stops"][0]
    event = {"id": "event-0001", "visit": stop["visit"], "kind": "arrived", "at": "2026-03-02T09:00:00+08:00"}
    client.post("/v1/me/events", json={"events": [event]}, headers=ann)
    changed = get(**{"If-None-Match": first.headers["ETag"]})
    assert changed.json()["stops"][0]["state"] == "arrived"
    with store.reading() as session:
        assert session.exec(select(Plan)).one().state == "published"


def test_what_has_served_its_time_goes_and_nothing_else(client, boss, town, photo, store, sign_in, make_plan, publish):
    assert client.post("/v1/imports", json=town, headers=boss | {"Idempotency-Key": "import-1"}).status_code == 200
    publish(make_plan())
    ann = sign_in(Role.TECHNICIAN, technician="Ann")
    visit = client.get("/v1/me/route", params=DAY, headers=ann).json()["stops"][0]["visit"]
    photo(ann, visit, order=(0,))
    before = _rows(store)
    with store.writing() as session:
        tidy(session, datetime(2026, 3, 8, 23, tzinfo=UTC))
    assert _rows(store) == before
    with store.writing() as session:
        tidy(session, datetime(2026, 5, 1, tzinfo=UTC))
    after = _rows(store)
    assert {name for name in after if after[name] != before[name]} == {"answered", "refresh", "photo", "photopiece"}
    assert not any(after[name] for name in ("answered", "refresh", "photo", "photopiece"))
