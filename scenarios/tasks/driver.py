"""What drives tasks: keeps every slot busy, repeats what was lost, and tells what failed."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from dispatch.errors import CalloutError
from dispatch.version import VERSION

ATTEMPTS = 3
"""A task that fails so many times is given up; a judgement."""
LOST_TOGETHER = 2
"""A task that was lost so many times beside others runs alone: then it is known which one kills its worker."""
LOST_ALONE = 2
"""A task that was lost so many times alone is given up; once may be chance: others may have killed it before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """A task has a result."""

    result: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """A task raised an error, told as text: not every error survives the way between machines."""

    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """The worker ended before the task did."""

    why: str


type Outcome = Done | Failed | Lost


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure[K]:
    """A task that was given up, with its last error."""

    key: K
    error: str
    attempts: int


class Pool[K](Protocol):
    """Workers that run one function on keys."""

    @property
    def slots(self) -> int:
        """Tasks that may be under way at once; may change from call to call."""
        ...

    def submit(self, key: K) -> None:
        """Begin a task."""
        ...

    def wait(self) -> Sequence[tuple[K, Outcome]]:
        """Tasks that ended; waits for one, but not longer than half a second."""
        ...

    def close(self) -> None:
        """Give the workers back."""
        ...


def run_tasks[K](
    pool: Pool[K],
    keys: Iterable[K],
    *,
    on_done: Callable[[K, bytes], None],
    should_stop: Callable[[], bool] = lambda: False,
) -> tuple[Failure[K], ...]:
    """Run a task for each key.

    Parameters
    ----------
    pool : Pool
        Who does it; stays open.
    keys : iterable
        Different keys, begun in this order.
    on_done : callable
        Given each key and result as soon as it is there, in any order.
    should_stop : callable
        When it returns True nothing more is begun; what is under way is awaited and kept.

    Returns
    -------
    tuple of Failure
        Tasks without a result although nobody asked to stop, in the order in which they were given up.
    """
    waiting, suspects, under_way = deque(keys), deque[K](), set[K]()
    failed, lost, lost_alone = Counter[K](), Counter[K](), Counter[K]()
    failures = []
    alone = False
    while waiting or suspects or under_way:
        if should_stop():
            waiting.clear()
            suspects.clear()
        if not under_way:
            alone = bool(suspects)
        if alone and not under_way:
            under_way.add(suspects[0])
            pool.submit(suspects.popleft())
        while waiting and not alone and not suspects and len(under_way) < pool.slots:
            under_way.add(waiting[0])
            pool.submit(waiting.popleft())
        for key, outcome in pool.wait() if under_way else ():
            under_way.discard(key)
            match outcome:
                case Done(result=result):
                    on_done(key, result)
                    continue
                case Failed(error=error):
                    failed[key] += 1
                case Lost(why=error):
                    lost[key] += 1
                    lost_alone[key] += alone
            attempts = failed[key] + lost[key]
            if failed[key] >= ATTEMPTS or lost_alone[key] >= LOST_ALONE:
                failures.append(Failure(key=key, error=error, attempts=attempts))
            elif lost[key] >= LOST_TOGETHER:
                suspects.append(key)
            else:
                waiting.append(key)
    return tuple(failures)


def guarded[S, K](work: Callable[[S, K], bytes], shared: S, key: K, version: str) -> Done | Failed:
    """Run one task where it was sent; what it raises becomes a text."""
    if version != VERSION:
        return Failed(error=f"this worker has Callout {VERSION}, the run was started with {version}")
    try:
        return Done(result=work(shared, key))
    except CalloutError as error:
        return Failed(error=str(error))
    except Exception as error:
        return Failed(error=f"{type(error).__name__}: {error}")
