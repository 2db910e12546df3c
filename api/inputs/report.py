"""Where faults are collected."""

from __future__ import annotations

import difflib
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from api.inputs.columns import Column, Table, Wrong, convert_fields, shown
from api.inputs.times import Times
from dispatch.errors import Fault

_LONGEST = 60  # characters: looking for a near name is quadratic in the length
_SUGGESTIONS = 20  # different misspellings of a rule that get a suggestion: ten thousand faults must stay cheap


@dataclass(slots=True)
class Report:
    """Faults of one input in the order found."""

    faults: list[Fault] = field(default_factory=list)
    _hints: dict[str, dict[tuple[int, str], str]] = field(default_factory=dict)

    def add(
        self,
        rule: str,
        message: str,
        *,
        file: str,
        row: int = 0,
        field: str = "",
        value: object = "",
        known: Collection[str] = (),
    ) -> None:
        """Add one fault; `known` holds the names of which one may have been meant by `value`."""
        hint = self._hint(rule, value, known) if known and isinstance(value, str) else ""
        self.faults.append(
            Fault(rule=rule, message=message + hint, file=file, row=row, field=field, value=shown(value))
        )

    def _hint(self, rule: str, name: str, known: Collection[str]) -> str:
        """Text ``"; did you mean 'x'?"``, or nothing when no known name is near."""
        hints = self._hints.setdefault(rule, {})
        key = id(known), name
        if key not in hints:
            if len(hints) >= _SUGGESTIONS or len(name) > _LONGEST:
                return ""
            folded = {one.casefold(): one for one in known}
            near = difflib.get_close_matches(name.casefold(), folded, n=1, cutoff=0.7)
            hints[key] = f"; did you mean {folded[near[0]]!r}?" if near else ""
        return hints[key]


@dataclass(slots=True, eq=False)
class Record:
    """One object of a table as it stands in its file.

    Parameters
    ----------
    table : Table
        What it is.
    file : str
        Where it stands.
    row : int
        Row of the CSV file, 1 = header; 0 in a JSON document.
    path : str
        Path in the JSON document; empty in CSV.
    raw : dict of str to object
        Cells that are not empty, or JSON values.
    absent : frozenset of str
        Needed columns that the whole file lacks.
    values : dict of str to object
        Domain values of the fields that are right.
    faulty : bool
        Whether anything in it is wrong.
    duplicate : bool
        Whether its id stands in an earlier record too.
    """

    table: Table
    file: str
    row: int
    path: str
    raw: dict[str, Any]
    absent: frozenset[str] = frozenset()
    values: dict[str, Any] = field(default_factory=dict)
    faulty: bool = False
    duplicate: bool = False

    @property
    def id(self) -> str:
        """Its id; empty when that is missing or wrong."""
        return str(self.values.get("id", ""))

    def convert(self, times: Times, report: Report, memo: dict[str, dict[str, Any]]) -> None:
        """Fill `values`, and report what is wrong; `memo` is that of the table."""
        wrongs: list[Wrong] = []
        self.values = convert_fields(
            self.table.by_name, self.raw, times, wrongs, memo=None if self.path else memo, absent=self.absent
        )
        for wrong in wrongs:
            self.wrong(report, wrong.rule, wrong.message, wrong.path[1:], wrong.value, wrong.known)

    def wrong(
        self,
        report: Report,
        rule: str,
        message: str,
        column: str,
        value: object = None,
        known: Collection[str] = (),
    ) -> None:
        """Report that `column` (a path below it in JSON) breaks a rule; `value` None: what stands there."""
        self.faulty = True
        if value is None:
            value = self.raw.get(column, "")
        name = f"{self.path}.{column}" if self.path else column.partition(".")[0].partition("[")[0]
        report.add(rule, message, file=self.file, row=self.row, field=name, value=value, known=known)


def columns_of(*columns: Column) -> dict[str, Column]:
    """Columns by name."""
    return {column.name: column for column in columns}
