"""Which candidate is best, and with what confidence: one rule for all geocoders, so that their answers compare."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from dispatch.places import Place
from dispatch.ports import Candidate, Precision
from geo.ellipsoid import distance_m

SAME_M = 1000
"""Candidates nearer than this are no rivals: a street comes in several pieces, a town as a point and as an area."""
_DIGITS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A candidate before it is compared with the others.

    Parameters
    ----------
    place, name, precision
        As of `Candidate`.
    agreement : float
        Share of the address that it accounts for, 0..1.
    prominence : float
        Above 0; how often this one is meant rather than another of the same name: inhabitants, or a server's own
        figure. Only its ratio to that of rivals matters.
    """

    place: Place
    name: str
    precision: Precision
    agreement: float
    prominence: float


def ranked(matches: Iterable[Match], *, source: str, limit: int) -> tuple[Candidate, ...]:
    """Candidates by agreement, then prominence; at most `limit`.

    Confidence is the agreement times the candidate's share of the prominence among all that account for at least as
    much of the address and lie elsewhere; and never above that of a better candidate.
    """
    order = sorted(
        (match for match in matches if match.agreement > 0),
        key=lambda match: (-match.agreement, -match.prominence, match.name, match.place.id),
    )
    spots = _spots(order)
    # Ranks go by agreement, so the rivals of a candidate are the spots of those before it, and of its equals.
    candidates: list[Candidate] = []
    ceiling = 1.0
    for match, spot in list(zip(order, spots, strict=True))[:limit]:
        weights: dict[int, float] = {}
        for rival, rival_spot in zip(order, spots, strict=True):
            if rival.agreement >= match.agreement:
                weights[rival_spot] = max(weights.get(rival_spot, 0.0), rival.prominence)
        confidence = min(ceiling, round(match.agreement * weights[spot] / sum(weights.values()), _DIGITS))
        candidates.append(
            Candidate(
                place=match.place,
                name=match.name,
                confidence=confidence,
                precision=match.precision,
                source=source,
            )
        )
        ceiling = confidence
    return tuple(candidates)


def _spots(order: Sequence[Match]) -> list[int]:
    """Number of the spot of each match; those near an earlier one share its spot."""
    lat = np.array([match.place.lat for match in order], dtype=np.float64)
    lon = np.array([match.place.lon for match in order], dtype=np.float64)
    firsts = np.empty(0, dtype=np.int64)
    spots: list[int] = []
    for number in range(len(order)):
        here = np.full(firsts.size, number)
        near = np.flatnonzero(distance_m(lat[here], lon[here], lat[firsts], lon[firsts]) <= SAME_M)
        if near.size:
            spots.append(int(near[0]))
        else:
            spots.append(firsts.size)
            firsts = np.append(firsts, number)
    return spots
