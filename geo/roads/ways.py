"""From tags to roads: which ways a profile may use, in which directions, and how fast."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from geo.roads.access import Access, access_of
from geo.roads.extract import Extract, Tags
from geo.roads.maxspeed import limit_kmh
from geo.roads.profiles import Profile

LEAST_KMH = 1.0
"""Slower than this nothing goes: a limit tagged as 0.1 is a slip of the pen."""

# A way for guests of one address: no way through, see https://wiki.openstreetmap.org/wiki/Key:service.
PRIVATE_SERVICES = frozenset(("driveway", "parking_aisle", "drive-through", "emergency_access"))
# Speeds of service roads; judgement, about half of the class.
SERVICE_KMH = {"driveway": 10.0, "parking_aisle": 8.0, "drive-through": 6.0, "alley": 10.0}
ROUNDABOUTS = frozenset(("roundabout", "circular"))
# https://wiki.openstreetmap.org/wiki/Key:oneway: a motorway or its link needs no tag to be one-way.
IMPLIED_ONEWAY = frozenset(("motorway", "motorway_link"))
FORWARD_VALUES = frozenset(("yes", "true", "1"))
BACKWARD_VALUES = frozenset(("-1", "reverse"))
# No direction of these can be relied on.
CHANGING_VALUES = frozenset(("reversible", "alternating"))
DISMOUNT_KMH = 4.0
"""Somebody who pushes a bicycle walks slower than without it; judgement."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Road:
    """What a profile may do on one way.

    Parameters
    ----------
    road_class : str
        Value of ``highway``, or ``ferry``.
    forward_kmh, backward_kmh : float
        Speed along and against the way; 0 where it is closed in that direction.
    duration_s : float
        Time of the whole way where it is tagged (ferries), else 0.
    private : bool
        Open to trips that begin or end there, not to traffic that passes.
    roundabout : bool
        Part of a roundabout.
    """

    road_class: str
    forward_kmh: float
    backward_kmh: float
    duration_s: float
    private: bool
    roundabout: bool


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Roads:
    """Usable ways of an extract as arrays; `way` is the index into the extract's ways.

    The other arrays are of shape (roads,); see :class:`Road`. `classes` and `streets` are what `road_class` and
    `street` point into; street 0 is the empty name.
    """

    way: npt.NDArray[np.int64]
    road_class: npt.NDArray[np.uint8]
    street: npt.NDArray[np.int32]
    forward_kmh: npt.NDArray[np.float64]
    backward_kmh: npt.NDArray[np.float64]
    duration_s: npt.NDArray[np.float64]
    private: npt.NDArray[np.bool_]
    roundabout: npt.NDArray[np.bool_]
    classes: tuple[str, ...]
    streets: tuple[str, ...]


def roads_of(extract: Extract, profile: Profile) -> Roads:
    """Sort out the ways that `profile` may use."""
    usable = [(way, road) for way, tags in enumerate(extract.way_tags) if (road := road_of(tags, profile)) is not None]
    names = [extract.way_tags[way].get("name") or extract.way_tags[way].get("ref", "") for way, _ in usable]
    streets = ("", *sorted({name for name in names if name}))
    classes = tuple(sorted({road.road_class for _, road in usable}))
    street_number = {name: number for number, name in enumerate(streets)}
    class_number = {name: number for number, name in enumerate(classes)}
    return Roads(
        way=np.array([way for way, _ in usable], dtype=np.int64),
        road_class=np.array([class_number[road.road_class] for _, road in usable], dtype=np.uint8),
        street=np.array([street_number[name] for name in names], dtype=np.int32),
        forward_kmh=np.array([road.forward_kmh for _, road in usable], dtype=np.float64),
        backward_kmh=np.array([road.backward_kmh for _, road in usable], dtype=np.float64),
        duration_s=np.array([road.duration_s for _, road in usable], dtype=np.float64),
        private=np.array([road.private for _, road in usable], dtype=np.bool_),
        roundabout=np.array([road.roundabout for _, road in usable], dtype=np.bool_),
        classes=classes,
        streets=streets,
    )


def road_of(tags: Tags, profile: Profile) -> Road | None:
    """What `profile` may do on a way with these tags; None where it may not use it.

    Construction sites, plans, areas and classes without a speed are no roads. Of several conditions only those that
    always hold are read: ``*:conditional`` tags count as absent.
    """
    road_class = "ferry" if tags.get("route") == "ferry" and "highway" not in tags else tags.get("highway", "")
    kmh = profile.class_kmh.get(road_class)
    if kmh is None or tags.get("area") == "yes" or tags.get("impassable") == "yes":
        return None
    private = _private(tags, road_class, profile)
    if private is None:
        return None
    forward, backward = _directions(tags, road_class, profile)
    if not (forward or backward):
        return None
    if road_class == "ferry":
        speeds = [kmh * forward, kmh * backward]
    else:
        speeds = [
            _speed_kmh(tags, road_class, profile, key) if allowed else 0.0
            for allowed, key in ((forward, "maxspeed:forward"), (backward, "maxspeed:backward"))
        ]
    return Road(
        road_class=road_class,
        forward_kmh=speeds[0],
        backward_kmh=speeds[1],
        duration_s=duration_s(tags.get("duration", "")) if road_class == "ferry" else 0.0,
        private=private,
        roundabout=tags.get("junction") in ROUNDABOUTS,
    )


def _private(tags: Tags, road_class: str, profile: Profile) -> bool | None:
    """Whether a way is open to visitors only; None where it is closed."""
    access, key = access_of(tags, profile.access_keys)
    own = key not in ("", "access")
    if access is Access.CLOSED:
        return None
    if access is None or not own:
        closed = (
            road_class in profile.by_permission
            or (tags.get("motorroad") == "yes" and "motor_vehicle" not in profile.access_keys)
            or tags.get("service") in ("bus", "busbay")
            # Ferries say whom they carry; those that do not may carry nobody but people on foot.
            or (road_class == "ferry" and access is None and profile.name != "walk")
        )
        if closed:
            return None
    visitors = tags.get("service") in PRIVATE_SERVICES or (
        road_class == "track" and "motor_vehicle" in profile.access_keys and not own
    )
    return access is Access.DESTINATION or (visitors and not own)


def _directions(tags: Tags, road_class: str, profile: Profile) -> tuple[bool, bool]:
    """Whether a way is open along and against its line."""
    if not profile.oneway_keys:
        return True, True
    value = next((tags[key] for key in profile.oneway_keys if key in tags), "")
    own = next((key for key in profile.oneway_keys if key in tags), "oneway") != "oneway"
    if "oneway:bicycle" in profile.oneway_keys and not own and _contraflow(tags):
        return True, True
    if value in CHANGING_VALUES:
        return False, False
    if value in FORWARD_VALUES:
        return True, False
    if value in BACKWARD_VALUES:
        return False, True
    if value != "no" and profile.name != "walk":
        implied = tags.get("junction") in ROUNDABOUTS or road_class in IMPLIED_ONEWAY
        return True, not implied
    return True, True


def _contraflow(tags: Tags) -> bool:
    """Whether bicycles may go against a one-way street: ``cycleway=opposite*``."""
    return any(tags.get(key, "").startswith("opposite") for key in ("cycleway", "cycleway:left", "cycleway:right"))


def _speed_kmh(tags: Tags, road_class: str, profile: Profile, directed: str) -> float:
    """Free-flow speed in one direction."""
    kmh = profile.class_kmh[road_class]
    if road_class == "service":
        kmh = min(kmh, SERVICE_KMH.get(tags.get("service", ""), kmh))
    if profile.limit_factor:
        limit = _limit(tags, directed)
        if limit is not None:
            kmh = limit * profile.limit_factor
            if road_class in ("service", "living_street", "track"):
                kmh = min(kmh, profile.class_kmh[road_class])
    if tags.get("bicycle") == "dismount" and "bicycle" in profile.access_keys:
        kmh = DISMOUNT_KMH
    caps = [cap[tags[key]] for key, cap in profile.caps_kmh.items() if tags.get(key) in cap]
    top = profile.class_top_kmh.get(road_class, profile.top_kmh)
    return max(LEAST_KMH, min(kmh, top, *caps))


def _limit(tags: Tags, directed: str) -> float | None:
    """Limit that holds in one direction, from the most particular tag that has one."""
    for key in (directed, "maxspeed", "maxspeed:type", "source:maxspeed", "zone:maxspeed", "zone:traffic"):
        if key in tags and (limit := limit_kmh(tags[key])) is not None:
            return limit
    return None


_CLOCK = re.compile(r"(?:(\d+):)?(\d+):(\d\d)|(\d+)")
_ISO = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")


def duration_s(value: str) -> float:
    """Seconds of a tagged duration; 0 where it has no meaning.

    https://wiki.openstreetmap.org/wiki/Key:duration: ``HH:MM``, ``HH:MM:SS``, plain minutes, or ISO 8601 (``PT10M``).
    """
    value = value.strip()
    if (clock := _CLOCK.fullmatch(value)) is not None:
        first, second, third, minutes = clock.groups()
        if minutes:
            return float(minutes) * 60
        if first:
            return float(first) * 3600 + float(second) * 60 + float(third)
        return float(second) * 3600 + float(third) * 60
    if value != "P" and (iso := _ISO.fullmatch(value)) is not None:
        days, hours, minutes, seconds = (float(part or 0) for part in iso.groups())
        return days * 86_400 + hours * 3600 + minutes * 60 + seconds
    return 0.0
