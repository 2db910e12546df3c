"""What to tell a driver: a list of turns with the names of streets.

A turn is named by the change of bearing in degrees, clockwise, between the last metres before a junction and the first
ones behind it. The limits are those of Valhalla: https://github.com/valhalla/valhalla/blob/master/src/baldr/turn.cc.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from geo.roads.way import Way, WayPart

BEARING_M = 20.0
"""Bearings are taken over so many metres: the first centimetres of a mapped street may point anywhere. A judgement."""

_METRES_PER_DEGREE = 111_195.0  # of latitude, on a sphere of 6,371 km


class Manoeuvre(StrEnum):
    """What to do; the names are stable codes."""

    DEPART = "depart"
    CONTINUE = "continue"
    SLIGHT_RIGHT = "slight_right"
    RIGHT = "right"
    SHARP_RIGHT = "sharp_right"
    U_TURN = "u_turn"
    SHARP_LEFT = "sharp_left"
    LEFT = "left"
    SLIGHT_LEFT = "slight_left"
    ROUNDABOUT = "roundabout"
    FERRY = "ferry"
    ARRIVE = "arrive"


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One line of the list.

    Parameters
    ----------
    manoeuvre : Manoeuvre
    street : str
        Street that is driven from here on, empty without a name.
    point : int
        Where, as a point of the way's line.
    travel_s, distance_m : int
        From here to the next turn, rounded.
    exit : int
        Exit to take, counted from the entry, in a roundabout; else 0.
    """

    manoeuvre: Manoeuvre
    street: str
    point: int
    travel_s: int
    distance_m: int
    exit: int = 0


def manoeuvre_of(change_deg: float) -> Manoeuvre:
    """Name of a change of bearing, clockwise, any number of degrees."""
    degrees = round(change_deg) % 360
    for limit, manoeuvre in (
        (10, Manoeuvre.CONTINUE),
        (44, Manoeuvre.SLIGHT_RIGHT),
        (135, Manoeuvre.RIGHT),
        (159, Manoeuvre.SHARP_RIGHT),
        (200, Manoeuvre.U_TURN),
        (224, Manoeuvre.SHARP_LEFT),
        (315, Manoeuvre.LEFT),
        (349, Manoeuvre.SLIGHT_LEFT),
    ):
        if degrees <= limit:
            return manoeuvre
    return Manoeuvre.CONTINUE


def turns(way: Way) -> tuple[Turn, ...]:
    """List of turns of a way: from ``depart`` to ``arrive``.

    A junction is passed in silence where the street keeps its name and the road goes on without a real turn, and
    where no other road could be taken.
    """
    end = len(way.lat) - 1
    if not way.parts:
        return (
            Turn(manoeuvre=Manoeuvre.DEPART, street="", point=0, travel_s=0, distance_m=0),
            Turn(manoeuvre=Manoeuvre.ARRIVE, street="", point=end, travel_s=0, distance_m=0),
        )
    begins: list[tuple[int, Manoeuvre, str, int]] = [(0, _start(way.parts[0]), way.parts[0].street, 0)]
    at = 1
    while at < len(way.parts):
        before, after = way.parts[at - 1], way.parts[at]
        if after.roundabout and not before.roundabout:
            last = at
            while last + 1 < len(way.parts) and way.parts[last + 1].roundabout:
                last += 1
            leaves = last + 1 < len(way.parts)
            # Each junction of the ring with a road besides the ring is an exit; the last one is taken.
            exits = sum(part.exits > 1 for part in way.parts[at:last]) + 1
            street = way.parts[last + 1].street if leaves else after.street
            begins.append((at, Manoeuvre.ROUNDABOUT, street, exits))
            at = last + 2
            continue
        manoeuvre = _between(way, before, after)
        if manoeuvre is not None:
            begins.append((at, manoeuvre, after.street, 0))
        at += 1
    stops = [begin[0] for begin in begins[1:]] + [len(way.parts)]
    listed = [
        Turn(
            manoeuvre=manoeuvre,
            street=street,
            point=way.parts[first].first_point,
            travel_s=(sum(part.travel_ms for part in way.parts[first:stop]) + 500) // 1000,
            distance_m=(sum(part.length_dm for part in way.parts[first:stop]) + 5) // 10,
            exit=exits,
        )
        for (first, manoeuvre, street, exits), stop in zip(begins, stops, strict=True)
    ]
    last_street = way.parts[-1].street
    return (*listed, Turn(manoeuvre=Manoeuvre.ARRIVE, street=last_street, point=end, travel_s=0, distance_m=0))


def _start(part: WayPart) -> Manoeuvre:
    return Manoeuvre.FERRY if part.road_class == "ferry" else Manoeuvre.DEPART


def _between(way: Way, before: WayPart, after: WayPart) -> Manoeuvre | None:
    """What to do between two parts; None: nothing that needs saying."""
    if (after.road_class == "ferry") != (before.road_class == "ferry"):
        return Manoeuvre.FERRY if after.road_class == "ferry" else Manoeuvre.CONTINUE
    manoeuvre = manoeuvre_of(_bearing(way, after, backwards=False) - _bearing(way, before, backwards=True))
    if manoeuvre is Manoeuvre.U_TURN:
        return manoeuvre
    if before.exits <= 1:  # nothing else could be done here
        return None if after.street == before.street else Manoeuvre.CONTINUE
    gentle = manoeuvre in (Manoeuvre.CONTINUE, Manoeuvre.SLIGHT_LEFT, Manoeuvre.SLIGHT_RIGHT)
    return None if gentle and after.street == before.street else manoeuvre


def _bearing(way: Way, part: WayPart, *, backwards: bool) -> float:
    """Direction in which a part begins, or (backwards) ends, in degrees from north."""
    points = slice(part.first_point, part.last_point + 1)
    lat, lon = way.lat[points], way.lon[points]
    if backwards:
        lat, lon = lat[::-1], lon[::-1]
    north = (lat - lat[0]) * _METRES_PER_DEGREE
    east = (lon - lon[0]) * _METRES_PER_DEGREE * math.cos(math.radians(lat[0]))
    along = np.concatenate([[0.0], np.cumsum(np.hypot(np.diff(north), np.diff(east)))])
    there = min(BEARING_M, float(along[-1]))
    east_m, north_m = float(np.interp(there, along, east)), float(np.interp(there, along, north))
    return math.degrees(math.atan2(-east_m, -north_m) if backwards else math.atan2(east_m, north_m))
