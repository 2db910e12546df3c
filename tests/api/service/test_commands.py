"""The commands of the service as its owner meets them: what is refused, with which code, and how they end."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from api.service.days.importing import import_document
from api.service.jobs.queue import enqueue
from api.service.security.accounts import add_user
from api.service.security.roles import Role
from api.service.store.audits import Author
from api.service.store.backup import backup
from api.service.store.database import Store
from api.service.store.migrate import upgrade
from api.service.store.tables import Job

ROOT = Path(__file__).parents[3]
SECRET = "s" * 40
PASSWORD = "a long password"
AUTHOR = Author(user_id="boss", at=datetime(2026, 3, 2, tzinfo=UTC))

MANY = """
import contextlib, io, json, os, sys
from api.cli import main
for words, environment, typed in json.load(sys.stdin):
    sys.argv, sys.stdin = ["callout", *words], io.StringIO(typed)
    os.environ.update(environment)
    with contextlib.redirect_stderr(io.StringIO()) as err:
        try:
            main()
            code = 0
        except SystemExit as end:
            code = end.code or 0
    for name in environment:
        del os.environ[name]
    print(json.dumps([code, err.getvalue()]), flush=True)
"""
"""Commands one after another in one process: what is refused leaves nothing behind that the next could see."""


def _environment(**settings):
    plain = {name: value for name, value in os.environ.items() if not name.startswith("CALLOUT_")}
    return plain | {f"CALLOUT_{name}": value for name, value in settings.items()}


@pytest.fixture
def run_all(tmp_path):
    """Run commands, each ``(words, settings, typed)``; exit code and messages of each."""

    def run(cases):
        told = [
            (words, {f"CALLOUT_{name}": value for name, value in settings.items()}, typed)
            for words, settings, typed in cases
        ]
        done = subprocess.run(
            [sys.executable, "-c", MANY],
            input=json.dumps(told),
            env=_environment() | {"PYTHONPATH": str(ROOT)},
            cwd=tmp_path,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        assert "Traceback" not in done.stdout + done.stderr
        return [json.loads(line) for line in done.stdout.splitlines()]

    return run


def _check(ran, wanted):
    codes = [re.findall(r"\[([a-z_]+\.[a-z_]+)\]", err.replace("[input.invalid]", "")) for _, err in ran]
    seen = [(code, *told[:1]) for (code, _), told in zip(ran, codes, strict=True)]
    assert seen == wanted, [err for _, err in ran]


def test_what_can_not_be_served_is_said_in_a_line(run_all, tmp_path):
    with contextlib.closing(sqlite3.connect(tmp_path / "old.sqlite")) as connection, connection:
        connection.execute("CREATE TABLE other (id INTEGER)")
    (tmp_path / "text.sqlite").write_text("this is no database, but a text that is long enough to look like a file")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        good = {"SECRET": SECRET, "DATABASE_URL": f"sqlite:///{tmp_path}/good.sqlite"}
        read_only = f"sqlite:///file:{tmp_path}/old.sqlite?mode=ro&uri=true"
        url = lambda text: {**good, "DATABASE_URL": text}  # noqa: E731
        cases = [
            (["serve", "--demo", "nowhere"], {}, (3, "file.missing")),
            (["serve"], {}, (2, "serve.no_secret")),
            (["serve"], {"SECRET": "short"}, (2, "serve.short_secret")),
            (["serve"], url("mysql://root@localhost/x"), (2, "database.url")),
            (["serve"], url("postgresql://u:topsecret@127.0.0.1:port/x"), (2, "database.url")),
            (["serve", "--port", "0"], url("sqlite:////nowhere/x.sqlite"), (4, "database.unreachable")),
            (["serve", "--port", "0"], url(f"sqlite:///{tmp_path}"), (4, "database.unreachable")),
            (["serve", "--port", "0"], url(f"sqlite:///{tmp_path}/text.sqlite"), (4, "database.unreadable")),
            (["serve", "--port", "0"], url("postgresql://u:topsecret@127.0.0.1:1/x"), (4, "database.unreachable")),
            (["worker"], url("postgresql://u:topsecret@no.such.host.invalid/x"), (4, "database.unreachable")),
            (["service", "backup", "x.zip"], url(read_only), (4, "database.unreachable")),
            (["serve", "--port", port], good, (4, "serve.address")),
            (["serve", "--host", "no.such.host.invalid"], good, (4, "serve.address")),
            (["serve", "--host", "198.51.100.7"], good, (4, "serve.address")),
            (["serve"], good | {"TRAVEL": "moon"}, (2, "travel.unknown_source")),
            (["worker"], good | {"TRAVEL": "matrix:nowhere.csv"}, (3, "travel.file_missing")),
        ]
        ran = run_all([(words, settings, "") for words, settings, _ in cases])
    _check(ran, [wanted for *_, wanted in cases])
    assert "topsecret" not in str(ran)
    assert "127.0.0.1:1/x" in ran[8][1]
    assert all(len(err.splitlines()) == 1 for _, err in ran[1:-1])


BAD = {
    "ACCESS_MINUTES": ["0", "61", "", "x"],
    "REFRESH_DAYS": ["0", "91", "1.5"],
    "MOST_BODY_BYTES": ["1", "1e6"],
    "MOST_IMPORT_BYTES": ["-1"],
    "MOST_PHOTO_BYTES": ["8MB"],
    "JOB_SECONDS": ["0", "nan", "inf"],
    "JOB_MEMORY_MB": ["1"],
    "LEASE_SECONDS": ["0"],
    "NIGHTLY_AT": ["25:00", "2", "02:30+08:00"],
    "NIGHTLY_ZONE": ["Mars", ""],
    "METRICS_TOKEN": ["", "short"],
    "LOG_LEVEL": ["loud", ""],
}


def test_every_setting_is_checked_before_anything_opens(run_all):
    told = [(name, value) for name, values in BAD.items() for value in values]
    ran = run_all([(["serve", "--port", "0"], {"SECRET": SECRET, name: value}, "") for name, value in told])
    _check(ran, [(2, "serve.settings")] * len(told))
    for (name, _), (_, err) in zip(told, ran, strict=True):
        assert err.count(f"CALLOUT_{name}: ") == 1


def test_users_backup_and_restore_say_what_is_wrong(run_all, lite, migrated_file, tmp_path):
    with lite.writing() as session:
        add_user(session, "boss", PASSWORD, Role.ADMIN)
    backup(lite, tmp_path / "all.zip")
    with zipfile.ZipFile(tmp_path / "all.zip") as file, zipfile.ZipFile(tmp_path / "other.zip", "w") as out:
        for name in file.namelist():
            out.writestr(name, file.read(name).replace(b'"revision": "0', b'"revision": "9'))
    one, two, newer = ({"DATABASE_URL": f"sqlite:///{tmp_path}/{name}.sqlite"} for name in ("lite", "two", "newer"))
    for name in ("two", "newer"):
        shutil.copy(migrated_file, tmp_path / f"{name}.sqlite")
    with contextlib.closing(sqlite3.connect(tmp_path / "newer.sqlite")) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    user = lambda login, *more: ["service", "user", login, *more]  # noqa: E731
    cases = [
        (user("new", "--role", "king"), one, PASSWORD, (2, "user.role")),
        (user("ann", "--role", "technician"), one, PASSWORD, (2, "user.role")),
        (user("new"), one, "short", (3, "user.password")),
        (user("new"), one, "", (3, "user.password")),
        (user("new"), one, "\udcff" * 20, (3, "user.password")),
        (user(""), one, PASSWORD, (3, "user.login_form")),
        (user("x" * 201), one, PASSWORD, (3, "user.login_form")),
        (user("boss"), one, PASSWORD, (3, "user.login")),
        (user("new"), one, PASSWORD + "\n", (0,)),
        (["service", "backup", "nowhere/x.zip"], one, "", (4, "backup.unwritable")),
        (["service", "backup", str(tmp_path)], one, "", (4, "backup.unwritable")),
        (["service", "backup", "new.zip"], one, "", (0,)),
        (["service", "backup", "x.zip"], newer, "", (4, "database.newer")),
        (["service", "restore", "all.zip"], one, "", (3, "backup.not_empty")),
        (["service", "restore", "nothing.zip"], two, "", (3, "backup.unreadable")),
        (["service", "restore", "two.sqlite"], two, "", (3, "backup.unreadable")),
        (["service", "restore", "other.zip"], two, "", (3, "backup.revision")),
        (["service", "restore", "all.zip"], two, "", (0,)),
    ]
    ran = run_all([case[:3] for case in cases])
    _check(ran, [case[3] for case in cases])
    assert "account 2" in ran[11][1]
    assert "account 1" in ran[-1][1]


@pytest.fixture
def started(tmp_path):
    """Start a command in a process group of its own, with its messages in a file."""
    running = []

    def start(*words, **settings):
        log = tmp_path / f"log{len(running)}"
        with log.open("w") as err:
            process = subprocess.Popen(
                [sys.executable, "-c", "from api.cli import main; main()", *words],
                env=_environment(SECRET=SECRET, **settings),
                cwd=ROOT,
                stderr=err,
                start_new_session=True,
            )
        running.append(process)
        return process, log

    yield start
    for process in running:
        process.kill()
        process.wait()


def _wait(look, process, log):
    """What `look` finds; there is no limit but the process's life."""
    while not (found := look()):
        assert process.poll() is None, log.read_text()[-3000:]
        time.sleep(0.05)
    return found


def _job(store, name):
    with store.reading() as session:
        return session.get(Job, name)


def _order(store, town, **more):
    asked = {"engine": "greedy", "seconds": None, "iterations": 10, "seed": 1} | more
    with store.writing() as session:
        return enqueue(session, town, asked, AUTHOR).id


@pytest.mark.enable_socket
@pytest.mark.parametrize("stop", ["ctrl-c", pytest.param("terminate", marks=pytest.mark.slow)])
def test_asked_to_stop_it_ends_streams_and_gives_the_job_back(started, lite, town, stop):
    with lite.writing() as session:
        import_document(session, town, AUTHOR)
        add_user(session, "ann", PASSWORD, Role.TECHNICIAN, technician_id="Ann")
    name = _order(lite, town, engine="search", seconds=3000.0, iterations=None)
    process, log = started("serve", "--port", "0", DATABASE_URL=lite.url, JOB_SECONDS="3000")
    host = _wait(lambda: re.findall(r"^(http://\S+)/v1/openapi.json$", log.read_text(), re.M), process, log)[0]
    body = json.dumps({"login": "ann", "password": PASSWORD}).encode()
    login = urllib.request.Request(f"{host}/v1/auth/login", body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(login, timeout=60) as answer:
        token = json.load(answer)["access_token"]
    stream = urllib.request.Request(f"{host}/v1/me/stream", headers={"Authorization": f"Bearer {token}"})
    with urllib.request.urlopen(stream, timeout=60) as listening:
        _wait(lambda: _job(lite, name).state == "running", process, log)
        if stop == "ctrl-c":
            os.killpg(process.pid, signal.SIGINT)  # a terminal sends it to all processes of the command
        else:
            process.terminate()
        assert b"data" not in listening.read()  # it ends; before, on a slow machine, it may say that it is alive
    assert process.wait() == 0, log.read_text()[-3000:]
    told = log.read_text()
    assert "Traceback" not in told
    assert "timeout graceful shutdown exceeded" not in told
    job = _job(lite, name)
    assert (job.state, job.attempts, job.lease_until) == ("queued", 0, None)


def test_a_worker_waits_for_the_tables_in_few_words(started, town, tmp_path):
    store = Store(f"sqlite:///{tmp_path}/later.sqlite")
    process, log = started("worker", "--threads", "1", DATABASE_URL=store.url)
    _wait(lambda: "no such table" in log.read_text(), process, log)
    upgrade(store)
    name = _order(store, town)
    _wait(lambda: _job(store, name).state == "done", process, log)
    process.terminate()
    assert process.wait() == 0
    store.close()
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    assert [line["level"] for line in lines].count("WARNING") == 1
    assert not any("trace" in line for line in lines)
