"""What is read from an OpenStreetMap extract: ways that may be roads, their nodes, and turn restrictions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from geo.extras import need
from geo.roads.faults import check_file, unreadable

Tags = Mapping[str, str]
ROAD_KEYS = ("highway", "route")
NODE_KEYS = ("highway", "barrier", "railway", "crossing")

_WAYS_AT_ONCE = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Restriction:
    """A relation of type ``restriction``: https://wiki.openstreetmap.org/wiki/Relation:restriction.

    Parameters
    ----------
    osm : int
        Number of the relation.
    tags : mapping of str to str
        All of them.
    members : tuple of (kind, number, role)
        `kind` is ``n`` or ``w``.
    """

    osm: int
    tags: Tags
    members: tuple[tuple[str, int, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Extract:
    """Ways that may be roads of any profile, and what belongs to them.

    Parameters
    ----------
    way_osm : int64, (ways,)
        Numbers of the ways.
    way_tags : list of mappings, (ways,)
        Their tags.
    first_ref : int64, (ways + 1,)
        Nodes of a way are ``ref[first_ref[way]:first_ref[way + 1]]``.
    ref : int32, (refs,)
        Index into the node arrays; -1 where the extract ends before the way does.
    node_osm : int64, (nodes,)
        Numbers of all nodes of these ways that are in the extract, rising.
    node_lat, node_lon : float64, (nodes,)
        WGS-84 degrees.
    node_tags : mapping of int to tags
        Nodes that may be barriers, signals or crossings, by index.
    restrictions : tuple of Restriction
        In the order of the file.
    """

    way_osm: npt.NDArray[np.int64]
    way_tags: list[Tags]
    first_ref: npt.NDArray[np.int64]
    ref: npt.NDArray[np.int32]
    node_osm: npt.NDArray[np.int64]
    node_lat: npt.NDArray[np.float64]
    node_lon: npt.NDArray[np.float64]
    node_tags: Mapping[int, Tags]
    restrictions: tuple[Restriction, ...]


def read_extract(path: Path, *, on_ways: Callable[[int], None] = lambda ways: None) -> Extract:
    """Read an extract with pyosmium: ways and relations first, then the places of the nodes that they use.

    Memory grows with the roads, not with all that the extract holds.

    Parameters
    ----------
    path : Path
        ``.osm.pbf``, ``.osm``, ``.osm.gz`` or ``.osm.bz2``.
    on_ways : callable
        Told now and then how many ways have been read.

    Raises
    ------
    InputError
        ``roads.*``: see :mod:`geo.roads.faults`.
    UnavailableError
        ``extra.missing`` when pyosmium is not installed.
    """
    check_file(path)
    osmium = need("osmium")
    try:
        way_osm, way_tags, counts, refs, restrictions = _ways(osmium, path, on_ways)
        used = np.unique(refs)
        node_osm, node_lat, node_lon = _positions(osmium, path, used)
        node_tags = _node_tags(osmium, path, node_osm)
    except (RuntimeError, ValueError, osmium.InvalidLocationError) as error:
        raise unreadable(path, error) from None
    at = np.searchsorted(node_osm, refs)
    found = at < len(node_osm)
    found[found] = node_osm[at[found]] == refs[found]
    return Extract(
        way_osm=np.array(way_osm, dtype=np.int64),
        way_tags=way_tags,
        first_ref=np.concatenate(([0], np.cumsum(counts, dtype=np.int64))).astype(np.int64),
        ref=np.where(found, at, -1).astype(np.int32),
        node_osm=node_osm,
        node_lat=node_lat,
        node_lon=node_lon,
        node_tags=node_tags,
        restrictions=tuple(restrictions),
    )


def _ways(
    osmium: Any, path: Path, on_ways: Callable[[int], None]
) -> tuple[list[int], list[Tags], list[int], npt.NDArray[np.int64], list[Restriction]]:
    """Ways with a key of roads, and restrictions, in one pass."""
    entities = osmium.osm.WAY | osmium.osm.RELATION
    roads = osmium.filter.KeyFilter(*ROAD_KEYS).enable_for(osmium.osm.WAY)
    restricting = osmium.filter.TagFilter(("type", "restriction")).enable_for(osmium.osm.RELATION)
    way_osm: list[int] = []
    way_tags: list[Tags] = []
    counts: list[int] = []
    refs: list[int] = []
    restrictions: list[Restriction] = []
    for item in osmium.FileProcessor(path, entities).with_filter(roads).with_filter(restricting):
        tags = dict(item.tags)
        if item.is_way():
            if "highway" not in tags and tags["route"] != "ferry":
                continue
            numbers = [node.ref for node in item.nodes]
            way_osm.append(item.id)
            way_tags.append(tags)
            counts.append(len(numbers))
            refs.extend(numbers)
            if len(way_osm) % _WAYS_AT_ONCE == 0:
                on_ways(len(way_osm))
        else:
            members = tuple((member.type, member.ref, member.role) for member in item.members)
            restrictions.append(Restriction(osm=item.id, tags=tags, members=members))
    on_ways(len(way_osm))
    return way_osm, way_tags, counts, np.array(refs, dtype=np.int64), restrictions


def _positions(
    osmium: Any, path: Path, used: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Numbers and coordinates of those used nodes that are in the extract, by number."""
    held = osmium.index.create_map("flex_mem")
    wanted = osmium.filter.IdFilter(used.tolist()).enable_for(osmium.osm.NODE)
    store = osmium.NodeLocationsForWays(held)
    store.apply_nodes_to_ways = False
    osmium.apply(str(path), wanted, store)
    there = np.zeros(len(used), dtype=np.bool_)
    x = np.zeros(len(used), dtype=np.int64)
    y = np.zeros(len(used), dtype=np.int64)
    for at, number in enumerate(used.tolist()):
        try:
            location = held.get(number)
        except KeyError:
            continue
        if location.valid():
            there[at], x[at], y[at] = True, location.x, location.y
    # OpenStreetMap keeps coordinates as whole numbers of 1e-7 degrees.
    return used[there], y[there] / 1e7, x[there] / 1e7


def _node_tags(osmium: Any, path: Path, node_osm: npt.NDArray[np.int64]) -> dict[int, Tags]:
    """Tags of barriers, signals and crossings, by index of the node."""
    numbers: list[int] = []
    tags: list[Tags] = []
    keys = osmium.filter.KeyFilter(*NODE_KEYS)
    for node in osmium.FileProcessor(path, osmium.osm.NODE).with_filter(keys):
        numbers.append(node.id)
        tags.append(dict(node.tags))
    if not numbers or not len(node_osm):
        return {}
    number = np.array(numbers, dtype=np.int64)
    at = np.minimum(np.searchsorted(node_osm, number), len(node_osm) - 1)
    of_road = node_osm[at] == number
    return {int(at[k]): tags[k] for k in np.nonzero(of_road)[0].tolist()}
