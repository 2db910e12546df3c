"""Processes to be measured: the service with a day in it, and an application that does nothing.

``python -m benchmarks.service.launch PORT DATABASE_URL TICKETS TECHNICIANS`` prints a line of JSON with tokens, then
listens; ``... launch PORT empty`` serves an empty handler.
"""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime

import uvicorn
from fastapi import FastAPI

KEY = "k" * 32


def main() -> None:
    """Serve until killed."""
    port, what = int(sys.argv[1]), sys.argv[2]
    app = _empty() if what == "empty" else _service(what, int(sys.argv[3]), int(sys.argv[4]))
    uvicorn.run(app, host="127.0.0.1", port=port, log_config=None, server_header=False)


def _empty() -> FastAPI:
    app = FastAPI()

    @app.get("/")
    async def nothing() -> dict[str, str]:
        return {}

    print("{}", flush=True)
    return app


def _service(url: str, tickets: int, technicians: int) -> FastAPI:
    from api.inputs import to_json
    from api.service import logs
    from api.service.days.importing import import_document
    from api.service.http.app import create_app
    from api.service.running import working
    from api.service.security.accounts import add_user, caller_of_user
    from api.service.security.roles import Role
    from api.service.security.tokens import access_token
    from api.service.settings import Settings
    from api.service.store.audits import Author
    from api.service.store.database import Store
    from api.service.store.migrate import upgrade
    from benchmarks.random_day import random_day

    problem = random_day(tickets, technicians, seed=1)
    ahead = problem.instant(8 * 3600).astimezone(UTC) - datetime.now(UTC)

    def now() -> datetime:
        return datetime.now(UTC) + ahead

    store = Store(url)
    upgrade(store)
    logs.install("INFO")
    settings = Settings(database_url=url, secret=KEY, access_minutes=60)
    tokens = {}
    with store.writing() as session:
        import_document(session, to_json(problem), Author(user_id="", at=now()))
        users = {"dispatcher": add_user(session, "dispatcher", "a long password", Role.DISPATCHER)}
        for one in problem.technicians:
            users[one.id] = add_user(session, one.id, "a long password", Role.TECHNICIAN, technician_id=one.id)
        for name, user in users.items():
            tokens[name] = access_token(caller_of_user(session, user), KEY, now=now(), minutes=60)
    workers = working(store, settings, 1, now)
    workers.__enter__()
    app = create_app(settings, store, key=KEY, now=now)
    app.state.workers = workers  # which end when nobody holds them
    span = {"start": problem.instant(0).isoformat(), "end": problem.instant(problem.end_s).isoformat()}
    print(json.dumps({"tokens": tokens, "span": span}), flush=True)
    return app


if __name__ == "__main__":
    main()
