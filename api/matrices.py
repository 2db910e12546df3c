"""Travel as a file that ``matrix:FILE`` reads: see :mod:`geo.matrix_npz` and :mod:`geo.matrix_csv`."""

from __future__ import annotations

import csv
import io

import numpy as np

from dispatch.technicians import DEFAULT_PROFILE
from dispatch.travel import TravelMatrix


def matrix_bytes(travel: TravelMatrix, *, npz: bool) -> bytes:
    """The matrices of all profiles, as NPZ or else as CSV with a row for each pair.

    The same travel gives the same bytes.
    """
    return _npz(travel) if npz else _csv(travel).encode()


def _npz(travel: TravelMatrix) -> bytes:
    arrays = {
        "ids": np.array([place.id for place in travel.places], dtype=np.str_),
        "profiles": np.array(list(travel.profiles), dtype=np.str_),
        "travel_s": np.stack([legs.travel_s for legs in travel.profiles.values()]),
        "distance_m": np.stack([legs.distance_m for legs in travel.profiles.values()]),
    }
    stream = io.BytesIO()
    np.savez_compressed(stream, **arrays)  # type: ignore[arg-type]
    return stream.getvalue()


def _csv(travel: TravelMatrix) -> str:
    """Pairs without a way are blank."""
    stream = io.StringIO(newline="")
    rows = csv.writer(stream, lineterminator="\n")
    one_profile = list(travel.profiles) == [DEFAULT_PROFILE]
    rows.writerow(["from", "to", "travel_s", "distance_m", *([] if one_profile else ["profile"])])
    ids = [place.id for place in travel.places]
    for profile, legs in travel.profiles.items():
        more = [] if one_profile else [profile]
        for origin, seconds, metres in zip(ids, legs.travel_s.tolist(), legs.distance_m.tolist(), strict=True):
            for target, travel_s, distance_m in zip(ids, seconds, metres, strict=True):
                way = ["", ""] if travel_s < 0 else [travel_s, distance_m]
                rows.writerow([origin, target, *way, *more])
    return stream.getvalue()
