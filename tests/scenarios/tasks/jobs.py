"""Tasks that worker processes can import: `shared` is a folder, keys are numbers."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from dispatch.errors import reject


def square(shared: int, key: int) -> bytes:
    return str(shared + key * key).encode()


def refuse_seven(shared: int, key: int) -> bytes:
    if key == 7:
        raise reject("shift.empty", "a shift needs a positive length", owner="seven")
    return square(shared, key)


def die_on_seven(shared: int, key: int) -> bytes:
    if key == 7:
        os.kill(os.getpid(), signal.SIGKILL)
    return square(shared, key)


def die_once_each(folder: Path, key: int) -> bytes:
    """Every key takes its worker with it the first time."""
    mark = folder / str(key)
    if not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return square(0, key)
