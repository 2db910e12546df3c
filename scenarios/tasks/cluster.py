"""Tasks on the machines of a Ray cluster: https://docs.ray.io/en/latest/ray-core/tasks.html."""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Callable, Sequence
from typing import Any

from dispatch.errors import UnavailableError, UsageError
from dispatch.version import VERSION
from geo.extras import need
from scenarios.tasks.driver import Failed, Lost, Outcome, guarded

POLL_S = 0.5
AHEAD = 2
"""Tasks under way for each core of the cluster: the next one waits at a worker when the last one ends."""
RETRIES = 20
"""Workers or whole machines that one task may lose. Bounded, so that a task that kills its worker comes to an end."""
LOCAL = "local"
AUTO = "auto"
CONNECT_S = 10


class RayPool[S, K]:
    """A Ray cluster, of which each task takes one core.

    Parameters
    ----------
    work : callable
        Of `shared` and a key; a function of a module that every machine of the cluster has.
    shared : object
        Put once into the object store, fetched once by each machine.
    address : str
        ``HOST:PORT``, ``auto``, or ``local`` for a cluster of this machine alone that ends with the pool.
    workers : int or None
        Cores of a ``local`` cluster; None: all.

    Raises
    ------
    UnavailableError
        ``extra.missing`` without the library, ``ray.unreachable`` without a cluster.
    UsageError
        ``ray.address``.
    """

    def __init__(self, work: Callable[[S, K], bytes], shared: S, *, address: str, workers: int | None = None) -> None:
        os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
        os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")  # the new behaviour, without its warning
        self._ray: Any = need("ray", extra="cluster")
        self._open(address, workers)
        self._task = self._ray.remote(num_cpus=1, max_retries=RETRIES)(guarded)
        self._fixed = work, self._ray.put(shared)
        self._running: dict[Any, K] = {}

    def _open(self, address: str, workers: int | None) -> None:
        quiet = {"log_to_driver": False, "logging_level": logging.ERROR, "ignore_reinit_error": False}
        _require_listener(address)
        try:
            if address == LOCAL:
                self._ray.init(address=LOCAL, num_cpus=workers, include_dashboard=False, **quiet)
            else:
                self._ray.init(address=address, **quiet)
        except (ConnectionError, RuntimeError, ValueError, TimeoutError) as error:
            first = str(error).strip().partition("\n")[0]
            raise UnavailableError("ray.unreachable", f"no Ray cluster at {address}: {first}") from None

    @property
    def slots(self) -> int:
        """Grows and shrinks with the cluster."""
        return AHEAD * max(1, int(self._ray.cluster_resources().get("CPU", 1)))

    def submit(self, key: K) -> None:
        work, shared = self._fixed
        self._running[self._task.remote(work, shared, key, VERSION)] = key

    def wait(self) -> Sequence[tuple[K, Outcome]]:
        ended, _ = self._ray.wait(list(self._running), num_returns=1, timeout=POLL_S)
        return [(self._running.pop(ref), self._outcome(ref)) for ref in ended]

    def _outcome(self, ref: Any) -> Outcome:
        errors = self._ray.exceptions
        try:
            outcome: Outcome = self._ray.get(ref)
        except (errors.WorkerCrashedError, errors.NodeDiedError, errors.ObjectLostError, errors.OutOfMemoryError) as e:
            return Lost(why=str(e).strip().partition("\n")[0])
        except errors.RayError as error:
            return Failed(error=str(error).strip().partition("\n")[0])
        return outcome

    def close(self) -> None:
        for ref in self._running:
            self._ray.cancel(ref, force=True)
        self._ray.shutdown()


def _require_listener(address: str) -> None:
    """Raise ``ray.unreachable`` at once: Ray itself would try for a quarter of an hour."""
    if address in (LOCAL, AUTO):
        return
    host, _, port = address.rpartition(":")
    if not (host and port.isdecimal() and int(port) < 65_536):
        raise UsageError("ray.address", f"{address!r}: write HOST:PORT, {AUTO} or {LOCAL}")
    try:
        socket.create_connection((host, int(port)), timeout=CONNECT_S).close()
    except OSError as error:
        raise UnavailableError("ray.unreachable", f"no Ray cluster at {address}: {error}") from None
