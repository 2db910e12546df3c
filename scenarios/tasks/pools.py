"""Which pool the command line asks for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from dispatch.errors import UsageError
from scenarios.tasks.driver import Pool
from scenarios.tasks.processes import ProcessPool

MAX_WORKERS = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Machines:
    """Where tasks run.

    Parameters
    ----------
    workers : int
        Processes of this machine, or cores of a ``local`` Ray cluster.
    ray : str or None
        Address of a Ray cluster; None: processes of this machine.

    Raises
    ------
    UsageError
        ``plan.workers`` out of range.
    """

    workers: int
    ray: str | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.workers <= MAX_WORKERS:
            raise UsageError("plan.workers", f"workers must be in 1..{MAX_WORKERS}")

    @contextmanager
    def pool[S, K](self, work: Callable[[S, K], bytes], shared: S) -> Iterator[Pool[K]]:
        """A pool of these machines, closed at the end."""
        if self.ray is None:
            pool: Pool[K] = ProcessPool(work, shared, workers=self.workers)
        else:
            from scenarios.tasks.cluster import RayPool  # its library is an extra

            pool = RayPool(work, shared, address=self.ray, workers=self.workers)
        try:
            yield pool
        finally:
            pool.close()
