"""A large table as several smaller ones."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Part of a table: origins ``first_row:end_row``, targets ``first_column:end_column``."""

    first_row: int
    end_row: int
    first_column: int
    end_column: int

    @property
    def rows(self) -> slice:
        """Origins."""
        return slice(self.first_row, self.end_row)

    @property
    def columns(self) -> slice:
        """Targets."""
        return slice(self.first_column, self.end_column)


def blocks(places: int, side: int) -> list[Block]:
    """Cover a square table by blocks of at most ``side x side``, all of nearly one size.

    Parameters
    ----------
    places : int
        Rows and columns of the table, 0 or more.
    side : int
        At least 1.
    """
    parts = math.ceil(places / side)
    ends = [places * part // parts for part in range(parts + 1)] if parts else [0]
    spans = list(pairwise(ends))
    return [
        Block(first_row=first_row, end_row=end_row, first_column=first_column, end_column=end_column)
        for first_row, end_row in spans
        for first_column, end_column in spans
    ]
