"""Best-known values: CSV files beside the instances, or in a folder above."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

from api.bench.case import unreadable

FILES = ("best_known.csv", "best_found.csv")
LEVELS = 3
"""How many folders above the instance are searched."""


def find(folder: Path, names: Sequence[str]) -> Mapping[str, str]:
    """Row of the first CSV file that lists the instance under one of `names` (whatever the case); empty if none does.

    Parameters
    ----------
    folder : Path
        Folder of the instance, or of the zip file that holds it.
    names : sequence of str
        Names of the instance in the column ``instance``.
    """
    wanted = {name.lower() for name in names}
    resolved = folder.resolve()
    for place in (resolved, *list(resolved.parents)[:LEVELS]):
        for file in FILES:
            row = _row(place / file, wanted)
            if row:
                return row
    return {}


def _row(path: Path, wanted: set[str]) -> Mapping[str, str]:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                if (row.get("instance") or "").lower() in wanted:
                    return {name: value for name, value in row.items() if isinstance(name, str) and value}
    except FileNotFoundError:
        pass
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise unreadable(str(path), f"can't be read: {error}") from None
    return {}


def number(row: Mapping[str, str], columns: Sequence[str]) -> float | None:
    """Value of the first of the columns that the row has; None when it has none of them.

    Raises
    ------
    InputError
        ``bench.unreadable`` when it is no number.
    """
    for column in columns:
        if column in row:
            try:
                return float(row[column])
            except ValueError:
                raise unreadable("best-known values", "expected a number", field=column, value=row[column]) from None
    return None
