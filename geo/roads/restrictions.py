"""Turn restrictions: from relations of OpenStreetMap to sequences of edges that nobody may drive.

https://wiki.openstreetmap.org/wiki/Relation:restriction. A U-turn at a junction is allowed unless a restriction
forbids it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from geo.roads.chains import Pieces
from geo.roads.edges import Edges, first_of
from geo.roads.extract import Extract, Restriction
from geo.roads.profiles import Profile
from geo.roads.ways import Roads

KINDS = frozenset(
    ("no_left_turn", "no_right_turn", "no_straight_on", "no_u_turn", "no_entry", "no_exit", "only_left_turn",
     "only_right_turn", "only_straight_on", "only_u_turn")
)  # fmt: skip

_VIA_EDGES = 16  # edges along the via ways of one restriction


@dataclass(frozen=True, slots=True, kw_only=True)
class ForbiddenTurns:
    """What restrictions forbid.

    Parameters
    ----------
    sequences : tuple of tuple of int
        Edges that must not follow each other: at least two.
    kept : int
        Restrictions that forbid something.
    left_out : mapping of str to int
        Restrictions that were not applied, by reason: ``conditional``, ``other vehicle``, ``unknown kind``,
        ``incomplete`` (or more than one road where the kind has one), ``no such turn`` (not possible anyway).
    """

    sequences: tuple[tuple[int, ...], ...]
    kept: int
    left_out: Counter[str]

    def __str__(self) -> str:
        reasons = ", ".join(f"{reason}: {count}" for reason, count in sorted(self.left_out.items()))
        return f"{self.kept} turn restrictions kept" + (f", left out {reasons}" if reasons else "")


def named_nodes(extract: Extract) -> npt.NDArray[np.bool_]:
    """Nodes at which roads must be cut: via nodes, and the ends of via ways; of shape (nodes,)."""
    named = np.zeros(len(extract.node_osm), dtype=np.bool_)
    via = [(kind, number) for r in extract.restrictions for kind, number, role in r.members if role == "via"]
    nodes = np.array([number for kind, number in via if kind == "n"], dtype=np.int64)
    named[np.isin(extract.node_osm, nodes)] = True
    ways = np.nonzero(np.isin(extract.way_osm, np.array([n for kind, n in via if kind == "w"], dtype=np.int64)))[0]
    ends = extract.ref[np.concatenate((extract.first_ref[ways], extract.first_ref[ways + 1] - 1))]
    named[ends[ends >= 0]] = True
    return named


def forbidden_turns(
    extract: Extract, roads: Roads, pieces: Pieces, edges: Edges, *, origin: npt.NDArray[np.int64], profile: Profile
) -> ForbiddenTurns:
    """Translate the restrictions of an extract.

    Parameters
    ----------
    extract, roads, pieces, edges
        Of one profile; pieces are cut at :func:`named_nodes`, no edge is a copy yet.
    origin : int64, (sites,)
        Node of the extract of each site.
    profile : Profile
        Says which tags hold for it.
    """
    turns = _Turns(extract, roads, pieces, edges, origin)
    sequences: dict[tuple[int, ...], None] = {}
    # Several only_* from one road at one junction allow each of their turns: what one names, no other forbids.
    allowed: dict[tuple[int, ...], set[int]] = {}
    left_out: Counter[str] = Counter()
    kept = 0
    for restriction in extract.restrictions:
        kind, reason = _kind(restriction, profile)
        if reason:
            left_out[reason] += 1
            continue
        found, reason = turns.decisions(restriction, kind)
        if reason:
            left_out[reason] += 1
            continue
        kept += 1
        for lead, named in found:
            if kind.startswith("only_"):
                allowed.setdefault(lead, set()).update(named)
            else:
                sequences.update(dict.fromkeys((*lead, edge) for edge in named))
    for lead, turns_named in allowed.items():
        sequences.update(dict.fromkeys((*lead, edge) for edge in turns.after(lead) if edge not in turns_named))
    return ForbiddenTurns(sequences=tuple(sequences), kept=kept, left_out=left_out)


def _kind(restriction: Restriction, profile: Profile) -> tuple[str, str]:
    """Kind of a restriction, or why it is left out."""
    tags = restriction.tags
    value = next((tags[key] for key in profile.restriction_keys if key in tags), None)
    if value is None:
        conditional = any(f"{key}:conditional" in tags for key in profile.restriction_keys)
        return "", "conditional" if conditional else "other vehicle"
    if profile.exceptions & {part.strip() for part in tags.get("except", "").split(";")}:
        return "", "other vehicle"
    if value not in KINDS:
        return "", "conditional" if "@" in value else "unknown kind"
    return value, ""


class _Turns:
    """Edges by node and by the way that they begin or end on."""

    def __init__(
        self, extract: Extract, roads: Roads, pieces: Pieces, edges: Edges, origin: npt.NDArray[np.int64]
    ) -> None:
        way_osm = extract.way_osm[roads.way]
        first, last = way_osm[pieces.first_road[edges.piece]], way_osm[pieces.last_road[edges.piece]]
        self.begins_on = np.where(edges.forward, first, last)
        self.ends_on = np.where(edges.forward, last, first)
        self.edges = edges
        self.first_out = first_of(edges.tail, nodes=edges.nodes)
        self.into = np.argsort(edges.head, kind="stable")
        self.first_in = first_of(edges.head[self.into], nodes=edges.nodes)
        # A junction that a barrier has taken apart is several sites: no turn leads through it.
        self.node_of = dict(zip(extract.node_osm[origin[edges.site]].tolist(), range(edges.nodes), strict=True))

    def decisions(self, restriction: Restriction, kind: str) -> tuple[list[tuple[tuple[int, ...], list[int]]], str]:
        """Edges up to a turn with the edges that a restriction names after them, or why it is left out."""
        members = restriction.members
        origins = [number for what, number, role in members if role == "from" and what == "w"]
        targets = [number for what, number, role in members if role == "to" and what == "w"]
        via_nodes = [number for what, number, role in members if role == "via" and what == "n"]
        via_ways = [number for what, number, role in members if role == "via" and what == "w"]
        if not origins or not targets or (len(via_nodes) != 1) == (not via_ways):
            return [], "incomplete"
        if (len(origins) > 1 and kind != "no_entry") or (len(targets) > 1 and kind != "no_exit"):
            return [], "incomplete"
        found = [
            (lead, named)
            for origin in origins
            for target in targets
            for lead in self._leads(origin, via_nodes, via_ways, target)
            if (named := self._named(lead, origin, target, kind))
        ]
        return found, "" if found else "no such turn"

    def after(self, lead: Sequence[int]) -> range:
        """Edges that can follow."""
        return self._out(int(self.edges.head[lead[-1]]))

    def _leads(
        self, origin: int, via_nodes: Sequence[int], via_ways: Sequence[int], target: int
    ) -> Iterator[tuple[int, ...]]:
        """Edges up to the node at which the turn is decided."""
        if via_nodes:
            node = self.node_of.get(via_nodes[0])
            if node is not None:
                yield from ((edge,) for edge in self._in(node) if self.ends_on[edge] == origin)
            return
        ways = set(via_ways)
        for start in np.nonzero(self.ends_on == origin)[0].tolist():
            stack: list[tuple[int, ...]] = [(start,)]
            while stack:
                lead = stack.pop()
                for edge in self.after(lead):
                    if self.begins_on[edge] in ways and edge not in lead and not self._turns_back(lead[-1], edge):
                        if len(lead) < _VIA_EDGES:
                            stack.append((*lead, edge))
                    elif len(lead) > 1 and self.begins_on[edge] == target:
                        yield lead
                        break

    def _named(self, lead: Sequence[int], origin: int, target: int, kind: str) -> list[int]:
        """Edges that a restriction names after `lead`.

        Where both its ways are one, the way may go on beyond the junction: a U-turn means back along the same piece,
        any other turn means on.
        """
        one_way_twice = origin == target and len(lead) == 1
        back = kind.endswith("u_turn")
        return [
            edge
            for edge in self.after(lead)
            if self.begins_on[edge] == target and not (one_way_twice and self._turns_back(lead[-1], edge) != back)
        ]

    def _turns_back(self, edge: int, other: int) -> bool:
        return bool(self.edges.piece[edge] == self.edges.piece[other])

    def _out(self, node: int) -> range:
        return range(int(self.first_out[node]), int(self.first_out[node + 1]))

    def _in(self, node: int) -> list[int]:
        return [int(edge) for edge in self.into[self.first_in[node] : self.first_in[node + 1]]]
