"""From an extract to the network of one profile."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from dispatch.errors import reject
from geo.refusals import unknown_profile
from geo.roads.chains import pieces_of
from geo.roads.components import components_of
from geo.roads.edges import edges_of, first_of
from geo.roads.extract import Extract, read_extract
from geo.roads.faults import check_file, extract_fault
from geo.roads.network import RoadNetwork
from geo.roads.nodes import node_rules
from geo.roads.profiles import PROFILES, Profile
from geo.roads.restrictions import ForbiddenTurns, forbidden_turns, named_nodes
from geo.roads.segments import segments_of
from geo.roads.turns import split_junctions
from geo.roads.visitors import public_and_visitors, without_through_traffic
from geo.roads.ways import roads_of

RULES_VERSION = 1
"""Raised with every change of a rule or table: networks of other rules are built anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildSettings:
    """What can be set about a network.

    Parameters
    ----------
    speed_percent : int
        Speeds of all roads over those of the table, 10..200: lower for a place where traffic is slow all day.

    Raises
    ------
    InputError
        ``roads.speed_percent``.
    """

    speed_percent: int = 100

    def __post_init__(self) -> None:
        if not 10 <= self.speed_percent <= 200:
            raise reject(
                "roads.speed_percent", "the speed must be in 10..200 %", field="speed_percent", value=self.speed_percent
            )

    def __str__(self) -> str:
        return f"speed={self.speed_percent}% rules={RULES_VERSION}"


DEFAULT_SETTINGS = BuildSettings()


def source_of(path: Path, *, profile: str = "car", settings: BuildSettings = DEFAULT_SETTINGS) -> str:
    """Text that names an extract by its content, with profile and settings; equal texts mean equal networks.

    Raises
    ------
    InputError
        ``roads.*`` when the file can't be read, ``travel.profile`` when the profile is not known.
    """
    _profile(profile)
    check_file(path)
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()[:16]
    return f"{path.name} sha256={digest} profile={profile} {settings}"


def build_network(
    path: Path,
    *,
    profile: str = "car",
    settings: BuildSettings = DEFAULT_SETTINGS,
    on_progress: Callable[[float, str], None] = lambda share, step: None,
) -> RoadNetwork:
    """Build the network of one profile.

    Parameters
    ----------
    path : Path
        Extract of OpenStreetMap: ``.osm.pbf``, ``.osm``, ``.osm.gz`` or ``.osm.bz2``.
    profile : str
        ``car``, ``van``, ``ebike`` or ``walk``.
    settings : BuildSettings
        What can be set.
    on_progress : callable
        Told the share that is done (0..1) and what comes next.

    Raises
    ------
    InputError
        ``roads.*``: see :mod:`geo.roads.faults`; ``roads.no_roads`` when the profile can use nothing in the extract;
        ``travel.profile`` when the profile is not known.
    UnavailableError
        ``extra.missing`` when a library is not installed.
    """
    source = source_of(path, profile=profile, settings=settings)
    on_progress(0.0, "read")
    extract = read_extract(path, on_ways=lambda ways: on_progress(0.1, f"{ways:,} ways read"))
    on_progress(0.7, "sort out roads")
    network = network_of(
        extract, profile=_profile(profile), settings=settings, source=source,
        on_turns=lambda turns: on_progress(0.9, str(turns)),
    )  # fmt: skip
    if not len(network.tail):
        raise extract_fault("roads.no_roads", f"there is no road for the profile {profile} in this extract", path=path)
    on_progress(1.0, "built")
    return network


def network_of(
    extract: Extract,
    *,
    profile: Profile,
    settings: BuildSettings = DEFAULT_SETTINGS,
    source: str,
    on_turns: Callable[[ForbiddenTurns], None] = lambda turns: None,
) -> RoadNetwork:
    """Build the network out of what was read; without edges where the profile can use nothing."""
    roads = roads_of(extract, profile)
    rules = node_rules(extract, profile)
    segments = segments_of(extract, roads, rules, profile=profile, speed=settings.speed_percent / 100)
    pieces = pieces_of(segments, roads, ends=named_nodes(extract))
    edges = edges_of(pieces)
    forbidden = forbidden_turns(extract, roads, pieces, edges, origin=segments.origin, profile=profile)
    on_turns(forbidden)
    edges = split_junctions(edges, forbidden.sequences)
    component = components_of(edges, used=np.ones(len(edges.tail), dtype=np.bool_))
    public, visitors = public_and_visitors(edges, private=pieces.private, component=component)
    edges, stands_for = without_through_traffic(edges, public=public, visitors=visitors)

    exact_ms = np.where(edges.forward, pieces.forward_ms[edges.piece], pieces.backward_ms[edges.piece])
    node, point = segments.origin[edges.site], segments.origin[pieces.point]
    return RoadNetwork(
        source=source,
        profile=profile.name,
        node_lat=extract.node_lat[node],
        node_lon=extract.node_lon[node],
        node_osm=extract.node_osm[node],
        tail=edges.tail.astype(np.int32),
        head=edges.head.astype(np.int32),
        first_out=first_of(edges.tail, nodes=edges.nodes).astype(np.int32),
        travel_ms=np.maximum(1, np.rint(exact_ms)).astype(np.int32),
        length_dm=np.rint(pieces.length_m[edges.piece] * 10).astype(np.int32),
        piece=edges.piece.astype(np.int32),
        forward=edges.forward.astype(np.uint8),
        road_class=roads.road_class[pieces.road],
        street=roads.street[pieces.road],
        first_point=pieces.first_point,
        point_lat=extract.node_lat[point],
        point_lon=extract.node_lon[point],
        component=component[stands_for],
        classes=roads.classes,
        streets=roads.streets,
        roundabout=roads.roundabout[pieces.road].astype(np.uint8),
    )


def _profile(name: str) -> Profile:
    try:
        return PROFILES[name]
    except KeyError:
        raise unknown_profile(name, PROFILES) from None
