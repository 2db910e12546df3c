"""Turns of a way as text and as facts."""

from __future__ import annotations

from typing import Any

from api.maps.labels import labels
from api.report.figures import duration_text
from geo.roads.directions import Manoeuvre, Turn, turns
from geo.roads.way import Way


def turn_text(turn: Turn, language: str) -> str:
    """What to do, with the street that is driven from there: ``left into Landstrasse``."""
    words = labels(language)
    if turn.manoeuvre is Manoeuvre.ROUNDABOUT and turn.exit:
        done = words["turn.roundabout.exit"].format(turn.exit)
    else:
        done = words[f"turn.{turn.manoeuvre}"]
    if not turn.street:
        return done
    kind = "on" if turn.manoeuvre in (Manoeuvre.DEPART, Manoeuvre.CONTINUE, Manoeuvre.FERRY) else "into"
    return words["turn.at" if turn.manoeuvre is Manoeuvre.ARRIVE else f"turn.{kind}"].format(done, turn.street)


def metres_text(metres: int, language: str) -> str:
    """``80 m`` and ``1.2 km``."""
    words = labels(language)
    return f"{metres} {words['unit.m']}" if metres < 1000 else f"{metres / 1000:,.1f} {words['unit.km']}"


def drive_text(seconds: int, language: str) -> str:
    """``40 s`` and, from a minute on, as the report writes it."""
    return f"{seconds} {labels(language)['unit.second']}" if seconds < 60 else duration_text(seconds, language)


def leg_facts(way: Way) -> dict[str, Any]:
    """A way as a JSON object: time, length, encoded line (precision 5) and turns."""
    return {
        "travel_s": way.travel_s,
        "distance_m": way.distance_m,
        "access_m": way.access_m,
        "egress_m": way.egress_m,
        "polyline": way.polyline(),
        "turns": [
            {
                "manoeuvre": str(turn.manoeuvre),
                "street": turn.street,
                "travel_s": turn.travel_s,
                "distance_m": turn.distance_m,
                "exit": turn.exit,
                "lat": round(float(way.lat[turn.point]), 6),
                "lon": round(float(way.lon[turn.point]), 6),
            }
            for turn in turns(way)
        ],
    }
