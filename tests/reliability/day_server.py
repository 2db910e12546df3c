"""Processes of a service whose clock stands in a file: ``serve PORT CLOCK`` or ``work CLOCK``; settings as always."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import uvicorn

from api.service.http.app import create_app
from api.service.jobs.worker import Worker
from api.service.settings import Settings
from api.service.store.database import Store
from api.service.store.migrate import upgrade


def clock_of(path: Path) -> Callable[[], datetime]:
    return lambda: datetime.fromisoformat(path.read_text())


def main() -> None:
    what, *more, clock = sys.argv[1:]
    settings, now = Settings(), clock_of(Path(clock))
    store = Store(settings.database_url)
    if what == "work":
        Worker(store, settings, now, threads=1).run()
        return
    upgrade(store)
    app = create_app(settings, store, key=settings.signing_key, now=now)
    uvicorn.run(app, host="127.0.0.1", port=int(more[0]), log_config=None, server_header=False)


if __name__ == "__main__":
    main()
