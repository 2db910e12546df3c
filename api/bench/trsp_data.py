"""What a technician instance holds, and the rows of its travel matrix."""

from __future__ import annotations

from dataclasses import dataclass

from api.bench.modelling import FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A row of the instance: the main depot, a technician's home or a request, in the instance's unit of time."""

    x: float
    y: float
    earliest: float
    latest: float
    service: float
    skills: frozenset[int]
    tools: frozenset[int]
    parts: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TrspInstance:
    """An instance.

    Parameters
    ----------
    title : str
        First line of the file.
    crew : int
        Number of technicians: nodes 1..crew.
    nodes : tuple of Node
        Main depot, technicians, requests.
    times : array of float, shape (m, m)
        Travel times. Without a given matrix m is the number of nodes; with one, ends at home and visits to the main
        depot have rows of their own behind the requests, `crew` of each.
    metres : array of float, shape (m, m)
        Lengths, for information.
    given : bool
        Whether the instance gives the matrix.
    """

    name: str
    title: str
    crew: int
    nodes: tuple[Node, ...]
    times: FloatArray
    metres: FloatArray
    given: bool

    @property
    def requests(self) -> range:
        """Numbers of the requests."""
        return range(self.crew + 1, len(self.nodes))

    def end_row(self, technician: int) -> int:
        """Row of `times` for the end at a technician's home."""
        return len(self.nodes) + technician - 1 if self.given else technician

    def depot_row(self, technician: int) -> int:
        """Row of `times` for a technician's visit to the main depot."""
        return len(self.nodes) + self.crew + technician - 1 if self.given else 0
