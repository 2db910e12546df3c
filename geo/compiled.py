"""The one decorator of compiled code in `geo`, and where the compiled code is kept.

Numba keeps compiled code on disk, but looks only at the file of a function to see whether it still holds: a change in
a function or constant that came from another file goes unnoticed. So the cache lies in a folder named after the
contents of all files that use this decorator.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import cast

import numba


@cache
def cache_folder() -> Path:
    """Folder of compiled code for exactly these sources; ``NUMBA_CACHE_DIR`` and ``XDG_CACHE_HOME`` are respected."""
    digest = hashlib.sha256()
    for source in sorted(Path(__file__).parent.rglob("*.py")):
        text = source.read_bytes()
        if b"geo.compiled" in text:
            digest.update(text)
    home = (
        os.environ.get("NUMBA_CACHE_DIR")
        or Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "callout"
    )
    return Path(home) / f"geo-{digest.hexdigest()[:16]}"


def compiled[F: Callable[..., object]](function: F) -> F:
    """Compile `function` at its first call, without the global interpreter lock; keep the code where that is possible.

    Numba has one cache folder for the whole process, and other packages set theirs: it is put back.
    """
    before = numba.config.CACHE_DIR  # type: ignore[attr-defined]
    numba.config.CACHE_DIR = str(cache_folder())  # type: ignore[attr-defined]
    try:
        return cast("F", numba.njit(cache=True, nogil=True)(function))
    except RuntimeError:  # no folder can be written: compiling each time is slow, but works
        return cast("F", numba.njit(nogil=True)(function))
    finally:
        numba.config.CACHE_DIR = before  # type: ignore[attr-defined]
