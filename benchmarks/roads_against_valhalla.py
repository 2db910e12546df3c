"""Times of the own roads against Valhalla's, for random pairs of places of one extract.

    python -m benchmarks.roads_against_valhalla EXTRACT... [--pairs 500] [--seed 4]

Both read the same file. Prints percentiles of the ratio own / Valhalla as a table of Markdown.
"""

from __future__ import annotations

import argparse
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.valhalla_matrix import build_tiles, random_places, service
from dispatch.places import Place
from geo.roads.travel import RoadTravel
from geo.servers.address import parse_server
from geo.servers.client import JsonClient, Patience
from geo.servers.split import Block
from geo.servers.table import Ask, Coordinates
from geo.servers.valhalla import Valhalla

PERCENTILES = (5, 25, 50, 75, 95)
SAME_WAY = 0.01
"""Ways whose lengths differ by less are taken for one way."""

_AT_ONCE = 10
"""Pairs in one table, of which the diagonal counts."""

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Legs of the same pairs, arrays of shape (pairs,); -1 where there is no way."""

    own_s: Ints
    own_m: Ints
    valhalla_s: Ints
    valhalla_m: Ints

    @property
    def both(self) -> npt.NDArray[np.bool_]:
        """Pairs that both can drive, and that are not one point of a road."""
        return (self.own_s > 0) & (self.valhalla_s > 0) & (self.valhalla_m > 0)

    @property
    def time_ratio(self) -> Floats:
        """Own time over Valhalla's, of the pairs of `both`."""
        return self.own_s[self.both] / self.valhalla_s[self.both]

    @property
    def length_ratio(self) -> Floats:
        """Own length over Valhalla's, of the pairs of `both`."""
        return self.own_m[self.both] / self.valhalla_m[self.both]

    @property
    def same_way(self) -> npt.NDArray[np.bool_]:
        """Pairs of `both` whose two ways are equally long, see `SAME_WAY`."""
        return np.abs(self.length_ratio - 1) < SAME_WAY


def compare(extract: Path, url: str, *, pairs: int, seed: int, cache: Path) -> Comparison:
    """Ask both for `pairs` random pairs; `url` is a Valhalla with tiles of `extract`."""
    lat, lon = (np.round(values, 6) for values in random_places(extract, 2 * pairs, seed=seed))
    roads = RoadTravel(extract, cache=cache)
    client = JsonClient("valhalla", parse_server(url), timeout_s=600, patience=Patience(), seed=seed)
    ask = Ask(client=client, profile="car", stop=threading.Event())
    legs: list[Floats] = []
    for first in range(0, 2 * pairs, 2 * _AT_ONCE):
        some = slice(first, first + 2 * _AT_ONCE)
        points = Coordinates(lat=lat[some], lon=lon[some])
        half = len(points) // 2
        places = [
            Place(id=str(number), lat=float(y), lon=float(x))
            for number, (y, x) in enumerate(zip(points.lat, points.lon, strict=True))
        ]
        block = Block(first_row=0, end_row=half, first_column=half, end_column=2 * half)
        theirs, own = Valhalla().table(ask, points, block), roads.matrix(places, ["car"]).legs("car")
        at = np.arange(half)
        legs.append(
            np.array(
                [
                    own.travel_s[at, at + half],
                    own.distance_m[at, at + half],
                    np.nan_to_num(theirs.travel_s[at, at], nan=-1.0),
                    np.nan_to_num(theirs.distance_m[at, at], nan=-1.0),
                ]
            )
        )
    client.close()
    own_s, own_m, valhalla_s, valhalla_m = np.rint(np.concatenate(legs, axis=1)).astype(np.int64)
    return Comparison(own_s=own_s, own_m=own_m, valhalla_s=valhalla_s, valhalla_m=valhalla_m)


def line(name: str, made: Comparison) -> str:
    """One line of the table."""
    ratio, length = made.time_ratio, made.length_ratio
    cells = [
        name,
        f"{len(ratio)} of {len(made.own_s)}",
        *(f"{value:.2f}" for value in np.percentile(ratio, PERCENTILES)),
        f"{np.median(length):.3f}",
        f"{made.same_way.mean():.0%}",
        f"{np.median(ratio[made.same_way]):.2f}",
        f"{(made.own_s < 0).sum()} / {(made.valhalla_s < 0).sum()}",
    ]
    return f"| {' | '.join(cells)} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("extracts", nargs="+", type=Path)
    parser.add_argument("--pairs", type=int, default=500)
    parser.add_argument("--seed", type=int, default=4)
    given = parser.parse_args()
    percents = " | ".join(f"{percent} %" for percent in PERCENTILES)
    print(f"| extract | pairs | {percents} | length | same way | time there | no way |")
    print("|---" * (len(PERCENTILES) + 6) + "|")
    for extract in given.extracts:
        with tempfile.TemporaryDirectory() as folder, service(build_tiles(extract, Path(folder))) as url:
            made = compare(extract, url, pairs=given.pairs, seed=given.seed, cache=Path(folder) / "cache")
            print(line(extract.name.removesuffix(".osm.pbf"), made), flush=True)


if __name__ == "__main__":
    main()
