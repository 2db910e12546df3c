"""The database is killed and comes back under load: clients see 503 or no connection, and lose nothing."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from random import Random

import pytest

from tests.postgres import database, running
from tests.reliability.fleet import Fleet
from tests.reliability.ledger import Ledger
from tests.reliability.load import Day, report, set_up, under_load
from tests.reliability.truth import check

pytestmark = pytest.mark.reliability
RESTARTS = 4


def test_a_database_that_is_killed_comes_back_with_all_that_was_acknowledged(tmp_path):
    chance, ledger, day = Random(20260303), Ledger(), Day()
    with (
        tempfile.TemporaryDirectory(prefix="callout-postgres-") as folder,  # the server runs as somebody else
        running(Path(folder)) as server,
        database(server.url) as url,
    ):
        set_up(url)
        fleet = Fleet(url, tmp_path, apis=1, workers=1)
        try:
            with under_load(fleet, ledger, day, seed=2):
                for _ in range(RESTARTS):
                    time.sleep(chance.uniform(1, 4))
                    server.stop()
                    time.sleep(chance.uniform(0, 1))
                    server.start()
                time.sleep(1)
            fleet.ready_api(chance)
        finally:
            fleet.close()
        report(ledger, restarts=RESTARTS)
        check(url, ledger)
    assert sum(ledger.again.values()) > 0, "no restart hit a request: the load is too light"
    assert set(ledger.again) <= {"no connection", "503 database.unreachable", "409 write.conflict"}
