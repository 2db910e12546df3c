"""Engine ``search``: ruin and recreate in compiled code, with route selection by CP-SAT.

Numba keeps compiled code on disk, but does not notice when a constant that came from another file changes. So the
cache lies in a folder named after the contents of all files of this package.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import numba


def _cache_folder() -> Path:
    """Folder of compiled code for exactly these sources; ``NUMBA_CACHE_DIR`` and ``XDG_CACHE_HOME`` are respected."""
    digest = hashlib.sha256()
    for source in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(source.read_bytes())
    home = (
        os.environ.get("NUMBA_CACHE_DIR")
        or Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "callout"
    )
    return Path(home) / f"search-{digest.hexdigest()[:16]}"


numba.config.CACHE_DIR = str(_cache_folder())  # type: ignore[attr-defined]
