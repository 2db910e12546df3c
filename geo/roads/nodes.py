"""What nodes do to traffic: barriers that stop it, signals and signs that hold it up."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from geo.roads.access import Access, access_of
from geo.roads.extract import Extract, Tags
from geo.roads.profiles import Profile

# Where a sign does not say which direction it faces, only one of the two is meant: each gets half of the delay.
_UNKNOWN_SIDE = 0.5


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class NodeRules:
    """Rules at the nodes of an extract, arrays of shape (nodes,).

    Parameters
    ----------
    blocked : bool
        No vehicle of the profile passes; roads end on both sides.
    private : bool
        Only visitors pass: the segments at the node are open to trips that begin or end there.
    along_ms, against_ms : float64
        Delay of who arrives at the node along, or against, the line of the way.
    """

    blocked: npt.NDArray[np.bool_]
    private: npt.NDArray[np.bool_]
    along_ms: npt.NDArray[np.float64]
    against_ms: npt.NDArray[np.float64]


def node_rules(extract: Extract, profile: Profile) -> NodeRules:
    """Read the tags of barriers, signals and signs."""
    count = len(extract.node_osm)
    rules = NodeRules(
        blocked=np.zeros(count, dtype=np.bool_),
        private=np.zeros(count, dtype=np.bool_),
        along_ms=np.zeros(count),
        against_ms=np.zeros(count),
    )
    for node, tags in extract.node_tags.items():
        if "barrier" in tags:
            access = _barrier(tags, profile)
            rules.blocked[node] = access is Access.CLOSED
            rules.private[node] = access is Access.DESTINATION
        rules.along_ms[node], rules.against_ms[node] = _delays_ms(tags, profile)
    return rules


def _barrier(tags: Tags, profile: Profile) -> Access:
    """Whom a barrier lets pass: https://wiki.openstreetmap.org/wiki/Key:barrier.

    A tag of access says it; without one, the kind of the barrier does.
    """
    access, _ = access_of(tags, profile.access_keys)
    if access is not None:
        return access
    return Access.OPEN if tags["barrier"] in profile.barriers else Access.CLOSED


def _delays_ms(tags: Tags, profile: Profile) -> tuple[float, float]:
    """Delay along and against the way.

    https://wiki.openstreetmap.org/wiki/Tag:highway=traffic_signals, =stop, =give_way, =crossing.
    """
    kind = tags.get("highway", "")
    if kind.startswith("traffic_signals"):
        delay_s = profile.delay_s["signals"]
    elif kind.startswith("crossing"):
        delay_s = profile.delay_s["crossing_signals" if "traffic_signals" in tags.get("crossing", "") else "crossing"]
    elif kind in ("stop", "give_way"):
        delay_s = profile.delay_s[kind]
    else:
        return 0.0, 0.0
    side = tags.get("traffic_signals:direction") or tags.get("direction", "")
    if side in ("forward", "backward"):
        return delay_s * 1000 * (side == "forward"), delay_s * 1000 * (side == "backward")
    if kind in ("stop", "give_way") and tags.get("stop") != "all":
        delay_s *= _UNKNOWN_SIDE
    return delay_s * 1000, delay_s * 1000
