"""Valhalla on this machine: tiles of an extract, the service on loopback, and a timed n x n matrix.

    python -m benchmarks.valhalla_matrix EXTRACT [PLACES]

Needs the package ``pyvalhalla`` (of the development group), which ships the programs of
https://github.com/valhalla/valhalla. No database of countries is built: country defaults of speed and access are out.
"""

from __future__ import annotations

import contextlib
import importlib.util
import json
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import numpy.typing as npt

MATRIX_PAIRS = 10_000_000
"""Largest table of the started service; Valhalla's own default is 2,500, see `valhalla_build_config`."""
START_S = 30.0
COSTING = "auto"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One matrix.

    Parameters
    ----------
    travel_s, distance_m : int64, (places, places)
        -1 where there is no way.
    seconds : float
        From the question to the parsed answer.
    """

    travel_s: npt.NDArray[np.int64]
    distance_m: npt.NDArray[np.int64]
    seconds: float


def available() -> bool:
    """Whether the package ``pyvalhalla`` is installed."""
    return importlib.util.find_spec("valhalla") is not None


def build_tiles(extract: Path, folder: Path, *, workers: int = 1) -> Path:
    """Make routing tiles of `extract` in `folder`, which must exist and be empty; returns the configuration file."""
    from valhalla.config import get_config

    tiles = folder / "tiles"
    tiles.mkdir()
    # A copy: get_config hands out parts of the module's own defaults.
    config = json.loads(json.dumps(get_config(tile_extract="", tile_dir=tiles)))
    for kind in ("admin", "landmarks", "timezone", "traffic_extract", "transit_dir", "transit_feeds_dir"):
        config["mjolnir"].pop(kind, None)
    path = folder / "valhalla.json"
    path.write_text(json.dumps(config), encoding="utf-8")
    command = [_program("valhalla_build_tiles"), "-c", str(path), "-j", str(workers), str(extract)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode or not any(tiles.rglob("*.gph")):
        raise RuntimeError(f"valhalla_build_tiles failed: {(done.stdout + done.stderr)[-2000:]}")
    return path


@contextlib.contextmanager
def service(config: Path, *, workers: int = 1, matrix_pairs: int | None = None) -> Iterator[str]:
    """Run the service on a free port of loopback; gives its URL, and stops it at the end, whatever happens.

    Parameters
    ----------
    config : Path
        Of :func:`build_tiles`.
    workers : int
        Requests that are answered at once.
    matrix_pairs : int, optional
        Largest table; without it Valhalla's default.
    """
    settings: dict[str, Any] = json.loads(config.read_text(encoding="utf-8"))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings["httpd"]["service"] |= {"listen": f"tcp://127.0.0.1:{port}", "drain_seconds": 0, "shutdown_seconds": 0}
    if matrix_pairs is not None:
        for limits in settings["service_limits"].values():
            if isinstance(limits, dict) and limits.get("max_matrix_location_pairs"):
                limits["max_matrix_location_pairs"] = matrix_pairs
    running = config.with_name(f"service-{port}.json")
    running.write_text(json.dumps(settings), encoding="utf-8")
    with running.with_suffix(".log").open("w") as log:
        process = subprocess.Popen(
            [_program("valhalla_service"), str(running), str(workers)], stdout=log, stderr=subprocess.STDOUT
        )
        try:
            url = f"http://127.0.0.1:{port}"
            _wait(url, process)
            yield url
        finally:
            process.kill()  # it holds nothing that a gentle stop would save, and takes seconds for that
            process.wait()


def timed_matrix(url: str, lat: Sequence[float], lon: Sequence[float], *, costing: str = COSTING) -> Measured:
    """One table of all places in one request, timed; the service must allow that many pairs."""
    places = [{"lat": float(y), "lon": float(x)} for y, x in zip(lat, lon, strict=True)]
    question = {"sources": places, "targets": places, "costing": costing, "verbose": False}
    with httpx.Client(timeout=3600.0, trust_env=False) as client:
        begin = time.perf_counter()
        answer = client.post(f"{url}/sources_to_targets", json=question)
        answer.raise_for_status()
        table = answer.json()["sources_to_targets"]
        travel_s = np.array(table["durations"], dtype=np.float64)
        distance_m = np.array(table["distances"], dtype=np.float64) * 1000
        seconds = time.perf_counter() - begin
    return Measured(travel_s=_whole(travel_s), distance_m=_whole(distance_m), seconds=seconds)


def valhalla_matrix(extract: Path, lat: Sequence[float], lon: Sequence[float], *, workers: int = 1) -> Measured:
    """Tiles of `extract`, a service, and the matrix between places; only the matrix is timed.

    Valhalla computes one table in one thread; `workers` count for the tiles.
    """
    with tempfile.TemporaryDirectory() as folder:
        config = build_tiles(extract, Path(folder), workers=workers)
        with service(config, matrix_pairs=MATRIX_PAIRS) as url:
            timed_matrix(url, lat[:2], lon[:2])  # tiles are mapped on the first question
            return timed_matrix(url, lat, lon)


def _whole(values: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    return np.where(np.isnan(values), -1, np.rint(np.nan_to_num(values))).astype(np.int64)


def _program(name: str) -> str:
    import valhalla

    return str(Path(valhalla.__file__).parent / "bin" / name)


def _wait(url: str, process: subprocess.Popen[bytes]) -> None:
    """Until the service answers."""
    give_up = time.monotonic() + START_S
    while True:
        try:
            httpx.get(f"{url}/status", timeout=5.0, trust_env=False).raise_for_status()
        except httpx.HTTPError as error:
            if process.poll() is not None or time.monotonic() > give_up:
                raise RuntimeError(f"valhalla_service did not start: {error}") from error
            time.sleep(0.05)
        else:
            return


def random_places(extract: Path, count: int, *, seed: int) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Latitudes and longitudes of nodes of roads for cars, drawn at random."""
    import osmium

    roads = osmium.filter.TagFilter(
        *[("highway", kind) for kind in ("primary", "secondary", "tertiary", "residential", "unclassified")]
    )
    points = [
        (node.lat, node.lon)
        for way in osmium.FileProcessor(str(extract), osmium.osm.WAY | osmium.osm.NODE)
        .with_locations()
        .with_filter(roads)
        if way.is_way()
        for node in way.nodes
        if node.location.valid()
    ]
    chosen = np.array(points)[np.random.default_rng(seed).integers(0, len(points), count)]
    return chosen[:, 0], chosen[:, 1]


def main() -> None:
    extract, count = Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 500
    lat, lon = random_places(extract, count, seed=1)
    measured = valhalla_matrix(extract, lat.tolist(), lon.tolist())
    unreachable = int((measured.travel_s < 0).sum())
    print(f"{extract.name}: {count} x {count} in {measured.seconds:.2f} s, {unreachable} without a way")


if __name__ == "__main__":
    main()
