"""Ctrl-C as a polite request."""

from __future__ import annotations

import signal
from types import FrameType


class StopOnSignal:
    """Turn the first Ctrl-C or SIGTERM into a polite request; the second one ends the process as usual."""

    def __init__(self) -> None:
        self._asked = False
        self._old: dict[int, object] = {}

    def asked(self) -> bool:
        """Whether the request has come."""
        return self._asked

    def _ask(self, number: int, frame: FrameType | None) -> None:
        self._asked = True
        self._restore()

    def _restore(self) -> None:
        for number, handler in self._old.items():
            signal.signal(number, handler)  # type: ignore[arg-type]
        self._old = {}

    def __enter__(self) -> StopOnSignal:
        for number in (signal.SIGINT, signal.SIGTERM):
            self._old[number] = signal.signal(number, self._ask)
        return self

    def __exit__(self, *exc: object) -> None:
        self._restore()
