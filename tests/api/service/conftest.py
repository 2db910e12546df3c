"""The service on both databases: SQLite in a file, PostgreSQL in a folder of its own that the tests start and stop."""

from __future__ import annotations

import contextlib
import hashlib
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from fastapi import FastAPI
from fastapi.testclient import TestClient
from pydantic import SecretStr

from api.service.http.app import routes_only, service_of_parts
from api.service.jobs.run import solve
from api.service.jobs.worker import Worker
from api.service.security import passwords
from api.service.security.accounts import add_user
from api.service.security.roles import Role
from api.service.settings import Settings
from api.service.store.database import Store
from api.service.store.migrate import upgrade
from tests.postgres import database, running

BOTH = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)]
"""The same tests run on either database; the second time is `make postgresql`."""
PASSWORD = "a password of tests"
KEY = "k" * 32


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.at = datetime(2026, 3, 2, 6, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at

    def forward(self, **span: float) -> None:
        self.at += timedelta(**span)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """Address of a server that the tests own."""
    with tempfile.TemporaryDirectory(prefix="callout-postgres-") as folder, running(Path(folder)) as server:
        yield server.url


def _migrated(url: str) -> str:
    made = Store(url)
    upgrade(made)
    made.close()
    return url


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite database with all tables, to be copied."""
    path = tmp_path_factory.mktemp("sqlite") / "callout.sqlite"
    _migrated(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def migrated_name(postgres: str) -> Iterator[str]:
    """A PostgreSQL database with all tables, to be copied."""
    with database(postgres) as url:
        yield _migrated(url).rpartition("/")[2]


@pytest.fixture(params=BOTH)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Address of an empty database."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/empty.sqlite"
        return
    with database(request.getfixturevalue("postgres")) as url:
        yield url


@pytest.fixture(params=BOTH)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """A database with its tables."""
    with contextlib.ExitStack() as stack:
        if request.param == "sqlite":
            path = shutil.copy(request.getfixturevalue("migrated_file"), tmp_path / "callout.sqlite")
            url = f"sqlite:///{path}"
        else:
            template = request.getfixturevalue("migrated_name")
            url = stack.enter_context(database(request.getfixturevalue("postgres"), template))
        made = Store(url)
        stack.callback(made.close)
        yield made


@pytest.fixture
def lite(migrated_file: Path, tmp_path: Path) -> Iterator[Store]:
    """One database, where the kind makes no difference."""
    made = Store(f"sqlite:///{shutil.copy(migrated_file, tmp_path / 'lite.sqlite')}")
    yield made
    made.close()


@pytest.fixture(autouse=True)
def cheap_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passwords that are quick to check: these tests hash hundreds."""
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(passwords, "_HASHER", quick)
    monkeypatch.setattr(passwords, "_NOBODY", quick.hash("nobody has this password"))


@pytest.fixture
def town() -> dict[str, Any]:
    """Two technicians and five tickets in one town; Ann alone can do lifts."""
    day = "2026-03-02T"

    def ticket(number: int, skill: str, **more: Any) -> dict[str, Any]:
        where = {"lat": 31.20 + number / 100, "lon": 121.40 + number / 100}
        fields = {"tier": "enterprise", "opened": f"{day}06:00:00+08:00", "duration_min": 30, "skills": {skill: 1}}
        return {"id": f"T{number}", **where, **fields, **more}

    people = {"Ann": {"lift": 3, "network": 1}, "Bo": {"network": 3}}
    shifts = {"start": f"{day}08:00:00+08:00", "end": f"{day}18:00:00+08:00"}
    return {
        "plan": {"start": f"{day}00:00:00+08:00", "end": "2026-03-03T00:00:00+08:00"},
        "centres": [{"id": "C", "lat": 31.22, "lon": 121.42}],
        "technicians": [
            {"id": name, "skills": skills, "home_lat": 31.2, "home_lon": 121.4, "centre": "C"}
            for name, skills in people.items()
        ],
        "shifts": [{"id": f"{name}-mon", "technician": name, **shifts} for name in people],
        "tickets": [
            ticket(1, "lift"),
            ticket(2, "lift"),
            ticket(3, "network"),
            ticket(4, "network"),
            ticket(5, "network", duration_min=60),
        ],
    }


@pytest.fixture
def settings() -> Settings:
    return Settings(secret=SecretStr(KEY), most_body_bytes=10_000)


@pytest.fixture(scope="session")
def routes() -> FastAPI:
    """The application without a service: its routes are built once, as that takes longer than most tests."""
    return routes_only()


@pytest.fixture
def client(store: Store, settings: Settings, clock: Clock, routes: FastAPI) -> Iterator[TestClient]:
    routes.state.service = service_of_parts(settings, store, key=KEY, now=clock)
    with TestClient(routes, raise_server_exceptions=False) as made:
        yield made


@pytest.fixture
def sign_in(store: Store, client: TestClient) -> Callable[..., dict[str, str]]:
    """Headers of a user of a role, made when first asked for."""

    def headers(role: Role, *, technician: str | None = None) -> dict[str, str]:
        login = f"{role.value}-{technician or ''}"
        with store.writing() as session:
            add_user(session, login, PASSWORD, role, technician_id=technician)
        answer = client.post("/v1/auth/login", json={"login": login, "password": PASSWORD})
        assert answer.status_code == 200, answer.text
        return {"Authorization": f"Bearer {answer.json()['access_token']}"}

    return headers


@pytest.fixture
def boss(sign_in: Callable[..., dict[str, str]]) -> dict[str, str]:
    """A dispatcher's headers."""
    return sign_in(Role.DISPATCHER)


class Here(Worker):
    """Makes the plan in the test's own process: quicker, and the process is tested elsewhere."""

    def _watch(self, job: Any) -> dict[str, Any]:
        return {"plan": solve(self._order(job), threading.Event())}


@pytest.fixture
def work_off(store: Store, settings: Settings, clock: Clock) -> Callable[[], None]:
    """Let a worker do the oldest job."""

    def work() -> None:
        assert Here(store, settings, clock, threads=1).step()
        clock.forward(seconds=1)

    return work


@pytest.fixture
def make_plan(client: TestClient, boss: dict[str, str], work_off: Callable[[], None]) -> Callable[..., str]:
    """Order a plan of the town's day and let a worker make it; its id."""

    def make(**more: Any) -> str:
        day = {"start": "2026-03-02T00:00:00+08:00", "end": "2026-03-03T00:00:00+08:00"}
        job = client.post("/v1/plans", json=day | {"engine": "greedy", "iterations": 10} | more, headers=boss)
        assert job.status_code == 202, job.text
        work_off()
        state = client.get(job.headers["Location"], headers=boss).json()
        assert state["state"] == "done", state
        return str(state["plan"])

    return make


@pytest.fixture
def publish(client: TestClient, boss: dict[str, str]) -> Callable[..., Any]:
    """Put a plan into force."""

    def put(plan: str, **more: str) -> Any:
        tag = client.get(f"/v1/plans/{plan}", headers=boss).headers["ETag"]
        return client.post(f"/v1/plans/{plan}/publish", headers=boss | {"If-Match": tag} | more)

    return put


_JPEG = b"\xff\xd8\xff\xe0" + bytes(range(256)) * 3 + b"\xff\xd9" + bytes(2)


@pytest.fixture
def photo(client: TestClient) -> Callable[..., Any]:
    """Upload a photo in three pieces; the last answer."""

    def upload(
        phone: dict[str, str],
        visit: str,
        *,
        order: tuple[int, ...] = (0, 1, 2),
        data: bytes = _JPEG,
        digest: str | None = None,
    ) -> Any:
        whole = digest or hashlib.sha256(data).hexdigest()
        body = {"id": "photo-0001", "visit": visit, "size": len(data), "sha256": whole}
        answer = client.post("/v1/me/photos", json=body, headers=phone)
        assert answer.status_code == 201, answer.text
        third = len(data) // 3
        bounds = (0, third, 2 * third, len(data))
        for number in order:
            piece = data[bounds[number] : bounds[number + 1]]
            path = f"/v1/me/photos/photo-0001/pieces/{bounds[number]}"
            answer = client.put(path, content=piece, headers=phone | {"Content-Type": "application/octet-stream"})
        return answer

    return upload
