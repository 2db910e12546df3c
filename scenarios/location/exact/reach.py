"""Which site covers which point, as rows of a sparse matrix."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scenarios.location.exact.outcome import Flags, Ints


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Reach:
    """Points by site.

    Parameters
    ----------
    first : array of int, shape (sites + 1,)
        Where each site's points begin in `points`.
    points : array of int
        Ascending for each site.
    size : int
        How many points there are, those that no site covers included.
    """

    first: Ints
    points: Ints
    size: int

    @classmethod
    def of(cls, covers: Flags) -> Reach:
        """Out of a table of shape (sites, points)."""
        rows, columns = np.nonzero(covers)
        return cls.of_pairs(rows, columns, sites=covers.shape[0], size=covers.shape[1])

    @classmethod
    def of_pairs(cls, rows: Ints, columns: Ints, *, sites: int, size: int) -> Reach:
        """Out of pairs of site and point in ascending order, each once."""
        first = np.zeros(sites + 1, dtype=np.int64)
        np.cumsum(np.bincount(rows, minlength=sites), out=first[1:])
        return cls(first=first, points=np.ascontiguousarray(columns, dtype=np.int64), size=size)

    def of_site(self, site: int) -> Ints:
        """Points that a site covers."""
        return self.points[self.first[site] : self.first[site + 1]]

    def times(self, chosen: Ints) -> Ints:
        """How many of the chosen sites cover each point."""
        total = np.zeros(self.size, dtype=np.int64)
        for site in chosen.tolist():
            total[self.of_site(site)] += 1
        return total

    def transposed(self) -> tuple[Ints, Ints]:
        """Where each point's sites begin, and the sites that cover each point."""
        rows = np.repeat(np.arange(self.first.shape[0] - 1), np.diff(self.first))
        first = np.zeros(self.size + 1, dtype=np.int64)
        np.cumsum(np.bincount(self.points, minlength=self.size), out=first[1:])
        return first, rows[np.argsort(self.points, kind="stable")]
