"""What takes long to build is kept on disk: where, for how long, and what happens when two want it at once.

Files lie in ``roads`` under the folder that the environment variable ``CALLOUT_CACHE`` names, else in the user's cache
folder (``XDG_CACHE_HOME`` or ``~/.cache``, there ``callout``). All of them can be removed at any time.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable
from pathlib import Path

from geo.extras import need
from geo.roads.array_file import Arrays, DamagedError, Facts, read_arrays, remove_unfinished, write_arrays

ENDING = ".roads"

MAX_BYTES = 8 * 1024**3
"""Size of the folder above which files that were not used for the longest time are removed. A judgement: the road
networks of some dozens of large cities, or a small country for four profiles."""


class CacheWarning(UserWarning):
    """Something could not be kept on disk or was damaged there; answers are right, but the next start takes longer."""


def cache_folder() -> Path:
    """Folder of what is kept between runs; it may not exist yet."""
    given = os.environ.get("CALLOUT_CACHE")
    home = Path(given) if given else Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "callout"
    return home / "roads"


def kept[T](
    path: Path,
    build: Callable[[], T],
    *,
    pack: Callable[[T], tuple[Arrays, Facts]],
    unpack: Callable[[Arrays, Facts], T],
) -> T:
    """What `path` holds, or else what `build` makes, which is then written there.

    Of several processes that want the same thing, one builds it and the others wait. A damaged file is replaced.
    Where nothing can be written (full disk, read-only folder) a `CacheWarning` says so, and the answer is the same.

    Parameters
    ----------
    path : Path
        Its name must hold everything that `build` depends on.
    build : callable
        Its errors are passed on, and nothing is kept then.
    pack, unpack : callable
        To arrays and back.
    """
    held = _read(path, unpack)
    if held is not None:
        return held
    filelock = need("filelock")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = filelock.FileLock(path.with_name(f"{path.name}.lock"))
        lock.acquire()
    except (OSError, NotImplementedError) as error:
        _warn(f"{path.parent} can't be written, so roads are prepared anew at each start: {error}")
        return build()
    try:
        held = _read(path, unpack)
        if held is not None:
            return held
        built = build()
        keep(path, *pack(built))
        return built
    finally:
        lock.release()


def keep(path: Path, arrays: Arrays, facts: Facts) -> None:
    """Write a file of the cache and make room for it; a `CacheWarning` where that fails."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        remove_unfinished(path)
        write_arrays(path, arrays, facts)
        _make_room(path.parent, besides=path)
    except OSError as error:
        _warn(f"{path.name} can't be kept in {path.parent}, so it is prepared anew at the next start: {error}")


def _read[T](path: Path, unpack: Callable[[Arrays, Facts], T]) -> T | None:
    try:
        arrays, facts = read_arrays(path)
        os.utime(path)  # used now: see `_make_room`
    except (FileNotFoundError, NotADirectoryError):
        return None
    except DamagedError as error:
        _warn(f"{error}; it is made anew")
        return None
    except OSError as error:
        if path.is_file() and os.access(path, os.R_OK):  # a read-only folder refuses the mark of use, nothing else
            return unpack(*read_arrays(path))
        _warn(f"{path.name} can't be read and is made anew: {error}")
        return None
    return unpack(arrays, facts)


def _make_room(folder: Path, *, besides: Path) -> None:
    """Remove the files not used for the longest time, until the rest fits into `MAX_BYTES`."""
    files = []
    for path in folder.glob(f"*{ENDING}"):
        facts = path.stat()
        files.append((facts.st_mtime_ns, facts.st_size, path))
    total = sum(size for _, size, _ in files)
    for _, size, path in sorted(files):
        if total <= MAX_BYTES:
            return
        if path != besides:
            path.unlink(missing_ok=True)
            total -= size


def _warn(text: str) -> None:
    warnings.warn(text, CacheWarning, stacklevel=3)
