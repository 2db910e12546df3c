"""Processes of the service as they run in earnest, to be killed: ``callout serve`` and ``callout worker``.

They are forked off a process that has imported everything: most of a start is importing, and fifty starts are needed.
"""

from __future__ import annotations

import http.client
import multiprocessing
import os
import socket
import sys
import time
from multiprocessing.process import BaseProcess
from pathlib import Path
from random import Random

_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(["api.cli", "api.service.running"])
PATIENCE_S = 120
"""After so long a process that should answer is called dead: far more than any machine needs."""


class Fleet:
    """Some API processes and some workers on one database; whoever dies is followed by a new one."""

    def __init__(self, url: str, folder: Path, *, apis: int, workers: int) -> None:
        self._folder = folder
        self._environment = {
            "CALLOUT_DATABASE_URL": url,
            "CALLOUT_SECRET": "s" * 32,
            "CALLOUT_ACCESS_MINUTES": "60",
            "CALLOUT_LEASE_SECONDS": "2",
        }
        self._made = 0
        self.apis: dict[int, BaseProcess] = {}
        self.workers: list[BaseProcess] = []
        for _ in range(apis):
            self.add_api()
        self.ready_api(Random(0))  # it has made the tables that workers look for
        for _ in range(workers):
            self.add_worker()

    def add_api(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.apis[port] = self._begin("serve", "--port", str(port), "--workers", "0")

    def add_worker(self) -> None:
        self.workers.append(self._begin("worker", "--threads", "1"))

    def ready_api(self, chance: Random) -> int:
        """Port of one that answers."""
        until_s = time.monotonic() + PATIENCE_S
        while time.monotonic() < until_s:
            ports = list(self.apis)
            chance.shuffle(ports)
            for port in ports:
                if answers(port):
                    return port
            time.sleep(0.05)
        raise AssertionError("no API process answers; see " + str(self._folder))

    def kill_api(self, chance: Random) -> None:
        """End one that answers, in the middle of whatever it does."""
        port = self.ready_api(chance)
        _kill(self.apis.pop(port))
        self.add_api()

    def kill_worker(self, chance: Random) -> None:
        """End one of the workers; the process that makes its plan sees its end by itself."""
        _kill(self.workers.pop(chance.randrange(len(self.workers))))
        self.add_worker()

    def close(self) -> None:
        for process in [*self.apis.values(), *self.workers]:
            _kill(process)

    def _begin(self, *words: str) -> BaseProcess:
        self._made += 1
        log = self._folder / f"{words[0]}-{self._made}.log"
        process = _FORKS.Process(target=_command, args=(list(words), self._environment, log))
        process.start()
        return process


def _command(words: list[str], environment: dict[str, str], log: Path) -> None:
    """Be ``callout WORDS``."""
    from api.cli import main

    out = os.open(log, os.O_WRONLY | os.O_CREAT)
    os.dup2(out, 1)
    os.dup2(out, 2)
    os.environ.update(environment)
    sys.argv[1:] = words
    main()


def answers(port: int) -> bool:
    """Whether a process is ready to serve."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/ready")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _kill(process: BaseProcess) -> None:
    process.kill()
    process.join()
