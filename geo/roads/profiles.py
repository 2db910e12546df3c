"""The four vehicle profiles: which roads each may use, and how fast.

Speeds are those of free flow, delays at signals apart. Where no limit is tagged, the speed of the class holds. A driver
does not hold the limit from end to end, so a tagged limit counts with a factor; the project OSRM takes 0.8 for it
(``speed_reduction`` in https://github.com/Project-OSRM/osrm-backend/blob/master/profiles/car.lua). The values of the
tables are this project's judgement in the range of that file, checked against the travel times of another router:
``docs/roads.md`` has the figures.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

CAR_KMH: Mapping[str, float] = {
    "motorway": 105, "motorway_link": 55, "trunk": 85, "trunk_link": 50, "primary": 60, "primary_link": 40,
    "secondary": 52, "secondary_link": 35, "tertiary": 45, "tertiary_link": 30, "unclassified": 38, "residential": 30,
    "living_street": 12, "service": 18, "road": 30, "track": 15, "busway": 20, "ferry": 15,
}  # fmt: skip
BIKE_KMH: Mapping[str, float] = {
    "trunk": 20, "trunk_link": 20, "primary": 20, "primary_link": 20, "secondary": 20, "secondary_link": 20,
    "tertiary": 20, "tertiary_link": 20, "unclassified": 20, "residential": 20, "living_street": 15, "service": 15,
    "road": 18, "track": 14, "cycleway": 21, "path": 14, "bridleway": 10, "pedestrian": 8, "footway": 8, "busway": 18,
    "ferry": 15,
}  # fmt: skip
# Bohannon & Williams Andrews (2011), Normal walking speed: a descriptive meta-analysis, Physiotherapy 97(3), 182-189,
# doi:10.1016/j.physio.2010.12.004: 1.3..1.45 m/s for adults below 60; 5 km/h is 1.39 m/s. Steps: Fujiyama & Tyler
# (2010), Predicting the walking speed of pedestrians on stairs, Transportation Planning and Technology 33(2), 177-202,
# doi:10.1080/03081061003643770: about half of it along the slope.
WALK_KMH: Mapping[str, float] = {
    **dict.fromkeys(
        (
            "trunk", "trunk_link", "primary", "primary_link", "secondary", "secondary_link", "tertiary",
            "tertiary_link", "unclassified", "residential", "living_street", "service", "road", "track", "cycleway",
            "path", "bridleway", "pedestrian", "footway", "corridor", "platform", "busway",
        ),
        5.0,
    ),
    "steps": 2.5, "ferry": 15,
}  # fmt: skip

# https://wiki.openstreetmap.org/wiki/Key:surface, Key:tracktype, Key:smoothness; the caps follow OSRM's car profile.
CAR_CAPS_KMH: Mapping[str, Mapping[str, float]] = {
    "surface": {
        "compacted": 60, "fine_gravel": 60, "paving_stones": 50, "sett": 40, "bricks": 50, "metal": 50, "wood": 30,
        "cobblestone": 30, "unhewn_cobblestone": 20, "gravel": 35, "unpaved": 35, "ground": 25, "dirt": 25,
        "pebblestone": 25, "grass_paver": 20, "grass": 15, "earth": 20, "clay": 20, "sand": 15, "stone": 15,
        "rock": 15, "mud": 8,
    },
    "tracktype": {"grade1": 40, "grade2": 30, "grade3": 20, "grade4": 12, "grade5": 8},
    "smoothness": {"bad": 35, "very_bad": 18, "horrible": 8, "very_horrible": 4},
}  # fmt: skip
BIKE_CAPS_KMH: Mapping[str, Mapping[str, float]] = {
    "surface": {
        "cobblestone": 12, "unhewn_cobblestone": 8, "sett": 15, "gravel": 12, "unpaved": 14, "ground": 12, "dirt": 12,
        "pebblestone": 10, "grass": 8, "earth": 10, "sand": 5, "stone": 6, "rock": 6, "mud": 5,
    },
    "tracktype": {"grade3": 14, "grade4": 11, "grade5": 8},
    "smoothness": {"bad": 14, "very_bad": 9, "horrible": 6, "very_horrible": 4},
}  # fmt: skip

SOFT_BARRIERS = frozenset(
    ("gate", "lift_gate", "swing_gate", "toll_booth", "cattle_grid", "border_control", "entrance", "no", "sally_port",
     "kerb", "height_restrictor", "bump_gate", "sliding_gate", "bus_trap")
)  # fmt: skip
THIN_BARRIERS = frozenset(
    ("bollard", "cycle_barrier", "block", "chicane", "chain", "planter", "jersey_barrier", "rope", "log", "debris",
     "stone", "motorcycle_barrier", "yes", "barrier_board", "swing_gate", "horse_stile", "tyres")
)  # fmt: skip
STEP_BARRIERS = frozenset(("stile", "kissing_gate", "turnstile", "full-height_turnstile", "hampshire_gate"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """Rules of one kind of vehicle.

    Parameters
    ----------
    name : str
        As technicians name it.
    class_kmh : mapping of str to float
        Usable classes and their speeds where no limit is tagged.
    by_permission : frozenset of str
        Classes that need a tag of the vehicle's own key to be open.
    access_keys : tuple of str
        From particular to general.
    oneway_keys : tuple of str
        Tags that limit the direction, from particular to general; none for people on foot.
    restriction_keys : tuple of str
        Tags of turn restrictions that hold for it.
    exceptions : frozenset of str
        Values of ``except`` that free it from a restriction.
    limit_factor : float
        Speed driven over the tagged limit; 0: limits play no part.
    top_kmh : float
        Speed that it never exceeds.
    class_top_kmh : mapping of str to float
        Lower tops of single classes.
    caps_kmh : mapping of str to mapping of str to float
        Highest speeds by surface, track type and smoothness.
    barriers : frozenset of str
        Barriers that let it pass where no tag says otherwise.
    delay_s : mapping of str to float
        Mean delays at nodes: ``signals``, ``crossing_signals``, ``stop``, ``give_way``, ``crossing``.
    turn_s : float
        Delay of passing a junction of three or more roads.
    """

    name: str
    class_kmh: Mapping[str, float]
    by_permission: frozenset[str] = frozenset()
    access_keys: tuple[str, ...]
    oneway_keys: tuple[str, ...]
    restriction_keys: tuple[str, ...]
    exceptions: frozenset[str]
    limit_factor: float = 0.0
    top_kmh: float
    class_top_kmh: Mapping[str, float] = field(default_factory=dict)
    caps_kmh: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    barriers: frozenset[str]
    delay_s: Mapping[str, float] = field(default_factory=dict)
    turn_s: float = 0.0


_MOTOR_KEYS = ("motorcar", "motor_vehicle", "vehicle", "access")
_MOTOR_BY_PERMISSION = frozenset(("footway", "path", "cycleway", "pedestrian", "bridleway", "busway"))
_MOTOR_DELAYS_S = {"signals": 5.0, "crossing_signals": 1.0, "stop": 4.0, "give_way": 2.0, "crossing": 0.0}
_CAR_CLASS_KMH = {**CAR_KMH, **dict.fromkeys(("footway", "path", "cycleway", "pedestrian", "bridleway"), 8.0)}

CAR = Profile(
    name="car", class_kmh=_CAR_CLASS_KMH, by_permission=_MOTOR_BY_PERMISSION, access_keys=_MOTOR_KEYS,
    oneway_keys=("oneway:motorcar", "oneway:motor_vehicle", "oneway:vehicle", "oneway"),
    restriction_keys=("restriction:motorcar", "restriction:motor_vehicle", "restriction"),
    exceptions=frozenset(("motorcar", "motor_vehicle", "vehicle")), limit_factor=0.95, top_kmh=130.0,
    caps_kmh=CAR_CAPS_KMH, barriers=SOFT_BARRIERS, delay_s=_MOTOR_DELAYS_S, turn_s=0.4,
)  # fmt: skip

# Limits of vans in the United Kingdom, https://www.gov.uk/speed-limits: 50 mph on single carriageways, 60 mph on dual
# ones, 70 mph on motorways, here in whole km/h and by class.
VAN = Profile(
    name="van", class_kmh=_CAR_CLASS_KMH, by_permission=_MOTOR_BY_PERMISSION,
    access_keys=("goods", *_MOTOR_KEYS),
    oneway_keys=CAR.oneway_keys,
    restriction_keys=("restriction:goods", "restriction:motor_vehicle", "restriction"),
    exceptions=frozenset(("goods", "motor_vehicle", "vehicle")), limit_factor=0.95, top_kmh=80.0,
    class_top_kmh={"motorway": 112.0, "motorway_link": 96.0, "trunk": 96.0},
    caps_kmh=CAR_CAPS_KMH, barriers=SOFT_BARRIERS, delay_s=_MOTOR_DELAYS_S, turn_s=0.4,
)  # fmt: skip

# A pedelec helps up to 25 km/h (EU regulation 168/2013, article 2(2)(h)) and is a bicycle for every rule of the road.
EBIKE = Profile(
    name="ebike", class_kmh=BIKE_KMH, by_permission=frozenset(("footway", "pedestrian", "bridleway", "busway")),
    access_keys=("bicycle", "vehicle", "access"), oneway_keys=("oneway:bicycle", "oneway"),
    restriction_keys=("restriction:bicycle", "restriction"), exceptions=frozenset(("bicycle", "vehicle")),
    top_kmh=25.0, caps_kmh=BIKE_CAPS_KMH, barriers=SOFT_BARRIERS | THIN_BARRIERS,
    delay_s={"signals": 5.0, "crossing_signals": 2.0, "stop": 2.0, "give_way": 1.0, "crossing": 0.0}, turn_s=1.0,
)  # fmt: skip

WALK = Profile(
    name="walk", class_kmh=WALK_KMH, by_permission=frozenset(("busway",)), access_keys=("foot", "access"),
    oneway_keys=("oneway:foot",), restriction_keys=("restriction:foot",), exceptions=frozenset(("foot",)),
    top_kmh=5.0, barriers=SOFT_BARRIERS | THIN_BARRIERS | STEP_BARRIERS,
    delay_s={"signals": 10.0, "crossing_signals": 10.0, "stop": 0.0, "give_way": 0.0, "crossing": 0.0},
)  # fmt: skip

PROFILES: Mapping[str, Profile] = {profile.name: profile for profile in (CAR, VAN, EBIKE, WALK)}
"""Profiles by name."""
