"""Both databases keep the same, and keep it whole."""

from __future__ import annotations

import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
import sqlalchemy
from sqlalchemy.exc import IntegrityError, StatementError
from sqlmodel import select

from api.service.store.database import Store
from api.service.store.migrate import differences, is_current, upgrade
from api.service.store.opening import opened
from api.service.store.tables import Centre, Shift, Skill, Technician, VanStock, Visit
from dispatch.errors import UnavailableError, UsageError
from tests.postgres import database

ROOT = Path(__file__).parents[3]


def test_migrations_make_the_tables_of_the_code(database_url):
    fresh = Store(database_url)
    assert not is_current(fresh)
    upgrade(fresh)
    assert is_current(fresh)
    assert differences(fresh) == []
    upgrade(fresh)  # once more: nothing to do
    assert is_current(fresh)
    fresh.close()


def test_several_processes_may_start_at_once(database_url):
    start = "import sys; from api.service.store import database, migrate; migrate.upgrade(database.Store(sys.argv[1]))"
    started = [
        subprocess.Popen([sys.executable, "-c", start, database_url], cwd=ROOT, stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    assert [(one.communicate()[1], one.returncode) for one in started] == [("", 0)] * 2
    made = Store(database_url)
    assert is_current(made)
    made.close()


def test_what_raises_leaves_nothing(store):
    def work():
        with store.writing() as session:
            session.add(Skill(id="lift"))
            session.flush()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        work()
    with store.reading() as session:
        assert session.exec(select(Skill)).all() == []


def test_plain_data_comes_back_as_it_went(store):
    fields = {"lat": 1.5, "name": "陈师傅", "skills": {"lift": 4}, "breaks": [], "none": None, "yes": True}
    with store.writing() as session:
        session.add(Centre(id="c", fields=fields))
    with store.reading() as session:
        assert session.get(Centre, "c").fields == fields


def test_instants_keep_their_meaning_whatever_their_zone(store):
    east = datetime(2026, 3, 2, 8, 30, 0, 123456, tzinfo=timezone(timedelta(hours=8)))
    with store.writing() as session:
        session.add_all([Technician(id="t"), Centre(id="c")])
    values = {"arrives_at": east, "starts_at": east, "finishes_at": east + timedelta(hours=1)}
    with pytest.raises(IntegrityError), store.writing() as session:  # also: no visit without plan and ticket
        session.add(Visit(id="v", plan_id="p", ticket_id="x", technician_id="t", shift_id="s", position=0, **values))
    with store.writing() as session:
        session.add(Shift(id="s", technician_id="t", starts_at=east, ends_at=east + timedelta(hours=8)))
    with store.reading() as session:
        held = session.exec(select(Shift.starts_at)).one()
        assert held == east
        assert held.utcoffset() == timedelta(0)
        assert session.exec(select(Shift.id).where(Shift.starts_at == east.astimezone(UTC))).all() == ["s"]


def test_an_instant_without_a_zone_is_refused(lite):
    with pytest.raises(StatementError, match="needs a zone"), lite.writing() as session:
        session.add(Shift(id="s", technician_id="t", starts_at=datetime(2026, 3, 2), ends_at=datetime(2026, 3, 3)))  # noqa: DTZ001


def test_writers_take_turns_and_lose_nothing(store):
    with store.writing() as session:
        session.add(Technician(id="t"))
        session.flush()
        session.add(VanStock(technician_id="t", part="fuse", count=0))

    def use():
        for _ in range(10):
            with store.writing() as session:
                held = session.get(VanStock, ("t", "fuse"), with_for_update=True)
                held.count -= 1

    threads = [threading.Thread(target=use) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with store.reading() as session:
        assert session.get(VanStock, ("t", "fuse")).count == -40


@pytest.mark.parametrize(
    "url", ["mysql://x", "nonsense", "", "sqlite", "sqlite://", "sqlite:///:memory:", "postgresql://h:port/x"]
)
def test_other_databases_are_refused(url):
    with pytest.raises(UsageError) as error:
        Store(url)
    assert error.value.code == "database.url"


def test_a_database_that_is_away_is_named_so():
    away = Store("postgresql+psycopg://nobody@127.0.0.1:1/nothing?connect_timeout=2")
    with pytest.raises(UnavailableError) as error:
        away.ping()
    assert error.value.code == "database.unreachable"
    away.close()


@pytest.mark.postgresql
def test_a_user_who_may_make_no_tables_is_told_so_without_the_password(postgres):
    with database(postgres) as url:
        admin = sqlalchemy.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sqlalchemy.NullPool)
        with admin.connect() as connection:
            connection.exec_driver_sql("CREATE ROLE reader LOGIN PASSWORD 'tell-nobody'")
            try:
                mine = sqlalchemy.make_url(url).set(username="reader", password="tell-nobody")
                with pytest.raises(UnavailableError) as error, opened(mine.render_as_string(hide_password=False)):
                    pass
            finally:
                connection.exec_driver_sql("DROP ROLE reader")
    assert error.value.code == "database.unusable"
    assert "permission denied" in error.value.message
    assert "tell-nobody" not in error.value.message
