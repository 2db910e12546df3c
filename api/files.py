"""Writing results: whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from dispatch.errors import UnavailableError


def require_writable(path: Path) -> None:
    """Find out before long work whether `path` can be written; makes its folder.

    Raises
    ------
    UnavailableError
        ``output.unwritable`` when the folder can't be made or written, or `path` is a folder.
    """
    try:
        if path.is_dir():
            raise IsADirectoryError(None, "Is a directory")
        if not _is_device(path):
            folder = _target(path).parent
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=folder):
                pass
    except OSError as error:
        raise _unwritable(path, error) from None


def write_atomically(path: Path, content: str | bytes) -> None:
    """Write bytes, or UTF-8 text, to a temporary name beside `path` and rename it: no reader ever sees half a file.

    A link stays a link: the file that it leads to is replaced. What is no file (``/dev/stdout``) is written as it is.

    Raises
    ------
    UnavailableError
        ``output.unwritable`` when the folder can't be made or written.
    """
    data = content.encode() if isinstance(content, str) else content
    try:
        if _is_device(path):
            path.write_bytes(data)
            return
        path = _target(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    except OSError as error:
        raise _unwritable(path, error) from None
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(0o666 & ~_umask())
        Path(name).replace(path)
    except OSError as error:
        Path(name).unlink(missing_ok=True)
        raise _unwritable(path, error) from None
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _is_device(path: Path) -> bool:
    """Whether a rename would take away something that is no file: a terminal, a pipe, the null device."""
    return path.exists() and not path.is_file() and not path.is_dir()


def _target(path: Path) -> Path:
    return Path(os.path.realpath(path))


def _unwritable(path: Path, error: OSError) -> UnavailableError:
    return UnavailableError("output.unwritable", f"can't write {path}: {error.strerror}")


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
