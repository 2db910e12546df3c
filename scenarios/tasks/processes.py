"""Tasks in processes of this machine."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from typing import Any

from dispatch.version import VERSION
from scenarios.tasks.driver import Done, Failed, Lost, Outcome, guarded

POLL_S = 0.5

_task: tuple[Callable[[Any, Any], bytes], Any] | None = None  # of this worker process, set once by `_begin`


class ProcessPool[S, K]:
    """A pool of processes that are started afresh: no lock or thread of this one is copied into them.

    Parameters
    ----------
    work : callable
        Of `shared` and a key; a function of a module.
    shared : object
        Sent once to each process.
    workers : int
        Processes, at least 1.
    """

    def __init__(self, work: Callable[[S, K], bytes], shared: S, *, workers: int) -> None:
        self._task, self._workers = (work, shared), workers
        self._executor: ProcessPoolExecutor | None = None
        self._running: dict[Future[Done | Failed], K] = {}
        self._lost: list[tuple[K, Outcome]] = []

    @property
    def slots(self) -> int:
        """As many tasks as processes: then a lost process takes few others with it."""
        return self._workers

    def submit(self, key: K) -> None:
        if self._executor is None:
            self._executor = ProcessPoolExecutor(
                self._workers, multiprocessing.get_context("spawn"), initializer=_begin, initargs=self._task
            )
        try:
            self._running[self._executor.submit(_run, key, VERSION)] = key
        except BrokenProcessPool:  # a process ended since the last look
            self._lost.append((key, Lost(why="its worker process ended")))

    def wait(self) -> Sequence[tuple[K, Outcome]]:
        ended, self._lost = self._lost, []
        done = wait(self._running, timeout=0 if ended else POLL_S, return_when=FIRST_COMPLETED).done
        for future in done:
            ended.append((self._running.pop(future), _outcome(future)))
        if any(isinstance(outcome, Lost) for _, outcome in ended) and self._executor is not None:
            # One that ended breaks the whole executor: all that was under way is lost, and a new one is made.
            self._executor.shutdown()
            ended += [(key, _outcome(future)) for future, key in self._running.items()]
            self._running, self._executor = {}, None
        return ended

    def close(self) -> None:
        if self._executor is not None:
            self._executor.shutdown(cancel_futures=True)
            self._executor = None


def _outcome(future: Future[Done | Failed]) -> Outcome:
    try:
        return future.result()
    except BrokenProcessPool:
        return Lost(why="its worker process ended")


def _begin(work: Callable[[Any, Any], bytes], shared: object) -> None:
    """Set up a worker: Ctrl-C is for the process that waits, and nobody works on for one that is gone."""
    global _task
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _task = work, shared
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _run(key: object, version: str) -> Done | Failed:
    if _task is None:
        return Failed(error="the worker was not set up")
    return guarded(*_task, key, version)
