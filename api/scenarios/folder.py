"""The folder of a run: ``run.json`` says what is played, ``days/00012.json`` is a finished day."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from api.files import require_writable, write_atomically
from dispatch.errors import InputError
from scenarios.simulation.ledger import DayLedger

MANIFEST = "run.json"
FORMAT = "callout scenario run 1"


class RunFolder:
    """Days of one scenario on disk. Every file is written whole or not at all, so that a run may end anywhere."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def _file(self, day: int) -> Path:
        return self.path / "days" / f"{day:05d}.json"

    def open(self, parts: Mapping[str, str], description: Mapping[str, Any]) -> None:
        """Begin a run here, or go on with the one that is here.

        Raises
        ------
        InputError
            ``run.differs`` when the folder holds a run of something else, naming what differs.
        UnavailableError
            ``output.unwritable``.
        """
        there = self.path / MANIFEST
        if there.exists():
            old = manifest(self.path)["parts"]
            different = sorted({name for name in {*old, *parts} if old.get(name) != parts.get(name)})
            if different:
                raise InputError(
                    "run.differs",
                    f"{self.path} holds days of another run; different: {'; '.join(different)}. "
                    "Give another --out, or remove the folder",
                )
        require_writable(self._file(0))
        document = {"format": FORMAT, "parts": dict(parts), **description}
        write_atomically(there, json.dumps(document, ensure_ascii=False, indent=1) + "\n")

    def keep(self, day: int, ledger: bytes) -> None:
        """Write a finished day."""
        write_atomically(self._file(day), ledger)

    def read(self, day: int) -> DayLedger | None:
        """A finished day; None where there is none, or none that can be read."""
        try:
            ledger = DayLedger.from_json(self._file(day).read_bytes())
        except (OSError, InputError):
            return None
        return ledger if ledger.day == day else None

    def finished(self) -> dict[int, DayLedger]:
        """All finished days in order."""
        names = sorted(path.stem for path in (self.path / "days").glob("*.json"))
        read = {int(name): self.read(int(name)) for name in names if name.isdecimal()}
        return {day: ledger for day, ledger in read.items() if ledger is not None}


def manifest(folder: Path) -> dict[str, Any]:
    """What ``run.json`` of a folder says.

    Raises
    ------
    InputError
        ``run.missing`` or ``run.format``.
    """
    path = folder / MANIFEST
    try:
        document = json.loads(path.read_bytes())
    except OSError:
        raise InputError("run.missing", f"{folder} holds no run: there is no {MANIFEST} in it") from None
    except ValueError:
        document = None
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise InputError("run.format", f"{path} is no manifest of a run of this version")
    return document
