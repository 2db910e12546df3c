"""Tables of texts: shown alike on a terminal and on a page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.table import Table

ROWS_SHOWN = 40
"""Rows that a terminal shows of one table; pages and JSON hold all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TextRow:
    """One row.

    Parameters
    ----------
    cells : tuple of str
    centre, ticket : int or None
        What it is about, by number.
    total : bool
        It sums up the rows before it.
    """

    cells: tuple[str, ...]
    centre: int | None = None
    ticket: int | None = None
    total: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TextTable:
    """A table.

    Parameters
    ----------
    key : str
        Name that does not change with the language.
    title : str
    columns : tuple of str
        Headings.
    texts : int
        So many of the first columns are texts, the others numbers.
    rows : tuple of TextRow
    """

    key: str
    title: str
    columns: tuple[str, ...]
    texts: int = 1
    rows: tuple[TextRow, ...]

    def json(self) -> dict[str, Any]:
        """The table for a page."""
        return {
            "key": self.key,
            "title": self.title,
            "columns": list(self.columns),
            "texts": self.texts,
            "rows": [
                {"cells": list(row.cells), "centre": row.centre, "ticket": row.ticket, "total": row.total}
                for row in self.rows
            ],
        }


def rich_table(table: TextTable) -> Table:
    """The table for a terminal; a text of the input means no markup there."""
    from rich.table import Table
    from rich.text import Text

    shown = Table(title=Text(table.title), title_justify="left")
    for number, column in enumerate(table.columns):
        shown.add_column(
            Text(column),
            justify="left" if number < table.texts else "right",
            overflow="fold" if not number else "ellipsis",
        )
    for row in table.rows[:ROWS_SHOWN]:
        shown.add_row(*map(Text, row.cells), style="bold" if row.total else None)
    if len(table.rows) > ROWS_SHOWN:
        shown.caption = Text(f"+ {len(table.rows) - ROWS_SHOWN:,}", style="dim")
    return shown
