"""The content of a file as one number, so that what was made of it is found again and never mistaken."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import time
from pathlib import Path

HASHED_ALWAYS_BYTES = 64 * 1024**2
"""Files up to this size are read and hashed each time (some hundredths of a second)."""

_SETTLED_S = 5
"""A file changed less than this ago may change again within one tick of its file system's clock."""


def content_hash(path: Path, folder: Path) -> str:
    """SHA-256 of a file, in hexadecimal.

    A larger file than `HASHED_ALWAYS_BYTES` is hashed once, and the result is remembered in `folder` with the file's
    path, size, time of change and inode. So a large file whose content was changed while all four were kept the same,
    which no copying or download does by itself, is taken for the old one.

    Raises
    ------
    OSError
        When it can't be read.
    """
    facts = path.stat()
    if facts.st_size <= HASHED_ALWAYS_BYTES:
        return _sha256(path)
    where = str(path.resolve())
    known = [where, facts.st_size, facts.st_mtime_ns, facts.st_ino]
    memo = folder / f"{hashlib.sha256(os.fsencode(where)).hexdigest()[:32]}.sha256"
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError):  # never hashed, or a memo that was cut off
        remembered = json.loads(memo.read_text(encoding="utf-8"))
        if remembered["file"] == known:
            return str(remembered["sha256"])
    digest = _sha256(path)
    if time.time() - facts.st_mtime > _SETTLED_S:
        with contextlib.suppress(OSError):  # then it is hashed again next time
            folder.mkdir(parents=True, exist_ok=True)
            memo.write_text(json.dumps({"file": known, "sha256": digest}), encoding="utf-8")
    return digest


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
