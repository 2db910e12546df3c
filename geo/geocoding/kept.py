"""Answers of servers that are kept on disk, so that nobody is asked twice.

What a customer's address file says may hold more than an address: names, telephone numbers, door codes. So the question
is kept only as a keyed hash; the key lies in the same file and goes with it. An answer is kept as the server gave it:
public map data, but of places where customers live. That makes the file personal data all the same: only its owner can
read it, answers are wiped when they are old, and :meth:`Answers.erase` removes it all.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import sqlite3
import warnings
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from dispatch.errors import UnavailableError
from geo.roads.keeping import CacheWarning, cache_folder

NOTHING_S = 86_400
""""Nothing found" is kept for a day at most: the map may have learnt the address by tomorrow."""
_BUSY_S = 10.0
_TABLES = """
CREATE TABLE IF NOT EXISTS secret (key BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS answers (question BLOB PRIMARY KEY, until_s INTEGER NOT NULL, answer TEXT NOT NULL);
"""


def answers_file() -> Path:
    """Where answers are kept: beside the road networks (``CALLOUT_CACHE``, ``XDG_CACHE_HOME`` or ``~/.cache``)."""
    return cache_folder().parent / "geocoding" / "answers.sqlite"


class Answers:
    """Answers in one SQLite file, which several processes may use at once.

    Parameters
    ----------
    path : Path
        Made, with its folder, when the first answer is kept.
    keep_s : int
        How long answers are kept.
    clock : callable
        Seconds since 1970.
    """

    def __init__(self, path: Path, *, keep_s: int, clock: Callable[[], float]) -> None:
        self._path, self._keep_s, self._clock = path, keep_s, clock

    def get(self, question: str) -> Any | None:
        """The answer that is kept for a question, of any JSON type but null; None: none is.

        Raises
        ------
        UnavailableError
            ``geocoding.cache`` when the file can't be read or is something else.
        """
        if not self._path.exists():
            return None
        try:
            with self._opened() as file:
                row = file.execute(
                    "SELECT answer FROM answers WHERE question = ? AND until_s > ?",
                    (_hidden(file, question), int(self._clock())),
                ).fetchone()
                return json.loads(row[0]) if row else None
        except (sqlite3.Error, OSError, ValueError, TypeError) as error:
            raise UnavailableError(
                "geocoding.cache", f"kept answers can't be read from {self._path}: {error}; remove the file"
            ) from None

    def put(self, question: str, answer: Any) -> None:
        """Keep an answer. Where that can't be done (full disk) a `CacheWarning` says so."""
        now_s = int(self._clock())
        keep_s = self._keep_s if answer else min(self._keep_s, NOTHING_S)
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            os.close(os.open(self._path, os.O_CREAT | os.O_WRONLY, 0o600))
            with self._opened() as file, file:
                file.execute("DELETE FROM answers WHERE until_s <= ?", (now_s,))
                file.execute(
                    "INSERT OR REPLACE INTO answers VALUES (?, ?, ?)",
                    (_hidden(file, question), now_s + keep_s, json.dumps(answer, ensure_ascii=False)),
                )
        except (sqlite3.Error, OSError) as error:
            warnings.warn(f"an answer can't be kept in {self._path}: {error}", CacheWarning, stacklevel=2)

    def erase(self) -> bool:
        """Remove all answers and the key; whether there were any.

        Raises
        ------
        UnavailableError
            ``geocoding.cache`` when the file can't be removed.
        """
        there = self._path.exists()
        try:
            for ending in ("", "-journal"):
                Path(f"{self._path}{ending}").unlink(missing_ok=True)
        except OSError as error:
            raise UnavailableError("geocoding.cache", f"can't remove {self._path}: {error.strerror}") from None
        return there

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self._path, timeout=_BUSY_S)) as file:
            file.execute("PRAGMA secure_delete = ON")  # what is deleted is overwritten with zeros
            file.executescript(_TABLES)
            yield file


def _hidden(file: sqlite3.Connection, question: str) -> bytes:
    """Keyed hash of a question (BLAKE2b, RFC 7693) with the file's own key."""
    file.execute("INSERT INTO secret SELECT ? WHERE NOT EXISTS (SELECT 1 FROM secret)", (secrets.token_bytes(32),))
    (key,) = file.execute("SELECT key FROM secret").fetchone()
    file.commit()
    return hashlib.blake2b(question.encode(), key=key, digest_size=32).digest()
