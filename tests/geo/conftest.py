"""Public extracts, roads written by hand, a small real network, and routing servers on loopback."""

from __future__ import annotations

import json
import math
import socket
import struct
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from xml.sax.saxutils import quoteattr

import numpy as np
import pytest
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from geo.roads.build import build_network
from geo.roads.network import RoadNetwork

EXTRACTS = ("helsinki_centre", "liechtenstein", "porto_alegre", "heidelberg", "porto")


@pytest.fixture(scope="session")
def extracts() -> Callable[[str], Path]:
    """Path of a public extract beside the project, by name; tests that need one are skipped elsewhere."""
    folder = Path(__file__).parents[2].parent / "shared" / "bench" / "roads"

    def path(name: str) -> Path:
        found = folder / f"{name}.osm.pbf"
        if not found.is_file():
            pytest.skip(f"the public extract {name} is not here")
        return found

    return path


@pytest.fixture(scope="session")
def helsinki(extracts: Callable[[str], Path]) -> RoadNetwork:
    """The car network of the centre of Helsinki."""
    return build_network(extracts("helsinki_centre"))


@dataclass
class OsmMap:
    """A map written by hand: nodes by number, ways and relations in the order of the calls."""

    nodes: dict[int, tuple[float, float, Mapping[str, str]]] = field(default_factory=dict)
    ways: list[tuple[int, Sequence[int], Mapping[str, str]]] = field(default_factory=list)
    relations: list[tuple[Sequence[tuple[str, int, str]], Mapping[str, str]]] = field(default_factory=list)

    def node(self, number: int, lat: float, lon: float, /, **tags: str) -> OsmMap:
        """Add a node; a double underscore in the name of a tag stands for a colon."""
        self.nodes[number] = (lat, lon, _tags(tags))
        return self

    def way(self, number: int, refs: Sequence[int], /, highway: str = "residential", **tags: str) -> OsmMap:
        """Add a way; an empty `highway` gives one without the tag."""
        self.ways.append((number, refs, _tags({"highway": highway, **tags} if highway else tags)))
        return self

    def relation(self, members: Sequence[tuple[str, int, str]], /, **tags: str) -> OsmMap:
        """Add a relation of (kind, number, role), kind ``node`` or ``way``."""
        self.relations.append((members, _tags({"type": "restriction", **tags})))
        return self

    def xml(self) -> str:
        """The map in the XML form of OpenStreetMap."""
        lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<osm version="0.6">']
        for number, (lat, lon, tags) in sorted(self.nodes.items()):
            lines += [f'<node id="{number}" version="1" lat="{lat:.7f}" lon="{lon:.7f}">', *_xml_tags(tags), "</node>"]
        for number, refs, tags in self.ways:
            members = [f'<nd ref="{ref}"/>' for ref in refs]
            lines += [f'<way id="{number}" version="1">', *members, *_xml_tags(tags), "</way>"]
        for number, (people, tags) in enumerate(self.relations, start=1):
            members = [f'<member type="{kind}" ref="{ref}" role="{role}"/>' for kind, ref, role in people]
            lines += [f'<relation id="{number}" version="1">', *members, *_xml_tags(tags), "</relation>"]
        return "\n".join([*lines, "</osm>"])

    def write(self, path: Path) -> Path:
        """Write the map as ``.osm``; returns `path`."""
        path.write_text(self.xml(), encoding="utf-8")
        return path


def _tags(tags: Mapping[str, str]) -> dict[str, str]:
    return {name.replace("__", ":"): value for name, value in tags.items()}


def _xml_tags(tags: Mapping[str, str]) -> list[str]:
    return [f"<tag k={quoteattr(name)} v={quoteattr(value)}/>" for name, value in tags.items()]


@pytest.fixture
def osm_map() -> OsmMap:
    """An empty map."""
    return OsmMap()


@pytest.fixture(scope="session")
def make_map() -> Callable[[], OsmMap]:
    """Empty maps, for tests that need many."""
    return OsmMap


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., RoadNetwork]:
    """Build the network of a map written by hand."""
    path = tmp_path_factory.mktemp("maps") / "map.osm"

    def build(osm: OsmMap, *, profile: str = "car") -> RoadNetwork:
        return build_network(osm.write(path), profile=profile)

    return build


@pytest.fixture(scope="session")
def valhalla_url(extracts: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real Valhalla that serves the centre of Helsinki, with its own default limits."""
    from benchmarks import valhalla_matrix

    if not valhalla_matrix.available():
        pytest.skip("the package pyvalhalla is not installed")
    config = valhalla_matrix.build_tiles(extracts("helsinki_centre"), tmp_path_factory.mktemp("valhalla"))
    with valhalla_matrix.service(config) as url:
        yield url


@dataclass
class RecordedOsrm:
    """OSRM's table service as its documentation writes it down; roads are straight, and slower to the north.

    ``script`` holds what happens to the next requests instead: (status, headers, body), or the word ``reset``.
    """

    url: str = ""
    max_table_size: int = 100
    profiles: Mapping[str, float] = field(default_factory=lambda: {"driving": 10.0, "cycling": 5.0, "walking": 1.4})
    island_lon: float = 180.0
    """East of it places are reached from nowhere else."""
    road_end_lat: float = 90.0
    """No road north of it: places there are moved to it."""
    script: deque[Any] = field(default_factory=deque)
    change: Callable[[dict[str, Any]], object] = lambda answer: None
    asked: list[str] = field(default_factory=list)
    headers: list[Mapping[str, str]] = field(default_factory=list)
    connections: set[Any] = field(default_factory=set)

    def answer(self, path: str) -> tuple[int, Mapping[str, Any]]:
        """Status and body of one question."""
        parts = urlsplit(path)
        service, version, profile, coordinates = parts.path.removeprefix("/osrm").strip("/").split("/")
        if service != "table" or version != "v1":
            return 400, {"code": "InvalidUrl", "message": "URL string malformed close to position 1"}
        if profile not in self.profiles:
            return 400, {"code": "InvalidValue", "message": f"Unknown profile {profile}"}
        points = [tuple(map(float, pair.split(","))) for pair in coordinates.split(";")]
        query = {name: values[0] for name, values in parse_qs(parts.query, separator="&").items()}
        assert query.keys() <= {"annotations", "generate_hints", "sources", "destinations"}
        rows, columns = (
            [points[int(number)] for number in query[name].split(";")] for name in ("sources", "destinations")
        )
        if len(rows) * len(columns) > self.max_table_size**2:
            return 400, {"code": "TooBig", "message": "Too many table coordinates"}
        legs = [[self._leg(origin, target, self.profiles[profile]) for target in columns] for origin in rows]
        answer = {
            "code": "Ok",
            "durations": [[None if leg is None else leg[0] for leg in row] for row in legs],
            "distances": [[None if leg is None else leg[1] for leg in row] for row in legs],
            "sources": [self._waypoint(*point) for point in rows],
            "destinations": [self._waypoint(*point) for point in columns],
        }
        self.change(answer)
        return 200, answer

    def _leg(self, origin: Sequence[float], target: Sequence[float], speed: float) -> tuple[float, float] | None:
        if (origin[0] > self.island_lon) != (target[0] > self.island_lon):
            return None
        north_m = (target[1] - origin[1]) * 111_195
        east_m = (target[0] - origin[0]) * 111_195 * math.cos(math.radians(origin[1] + target[1]) / 2)
        metres = math.hypot(north_m, east_m)
        return round(metres / speed + max(0.0, north_m) / 50, 1), round(metres, 1)

    def _waypoint(self, lon: float, lat: float) -> Mapping[str, Any]:
        road = min(lat, self.road_end_lat)
        return {"name": "", "location": [lon, road], "distance": (lat - road) * 111_195}


@pytest.fixture
def osrm() -> Iterator[RecordedOsrm]:
    """A server that speaks OSRM's protocol."""
    recorded = RecordedOsrm()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            recorded.asked.append(self.path)
            recorded.headers.append(dict(self.headers))
            recorded.connections.add(self.client_address)
            step = recorded.script.popleft() if recorded.script else None
            if step == "reset":
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                self.close_connection = True
                self.connection.close()
                return
            headers: Mapping[str, str] = {}
            if step is None:
                status, data = recorded.answer(self.path)
                body = json.dumps(data).encode()
            else:
                status, headers, body = step
            if body is None:  # silence, until the test is over
                over.wait()
                return
            self.send_response(status)
            for name, value in {"Content-Type": "application/json", **headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

        def finish(self) -> None:
            if not self.close_connection or not self.connection._closed:  # type: ignore[attr-defined]
                super().finish()

    over = threading.Event()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    recorded.url = f"http://127.0.0.1:{server.server_port}/osrm"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield recorded
    over.set()
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def journey() -> Callable[[RoadNetwork, int, int], list[int] | None]:
    """Junctions (numbers in OpenStreetMap) along the fastest way from one to another; None where there is no way.

    By SciPy's Dijkstra on the bare arrays: nothing of the project's own search has a part in it.
    """

    def way(network: RoadNetwork, origin: int, target: int) -> list[int] | None:
        starts, ends = (np.nonzero(network.node_osm == number)[0] for number in (origin, target))
        assert len(starts), f"node {origin} is no junction"
        assert len(ends), f"node {target} is no junction"
        nodes = len(network.node_osm)
        # Of parallel edges the fastest counts; csr_matrix would add them up.
        order = np.lexsort((network.travel_ms, network.head, network.tail))
        tail, head = network.tail[order], network.head[order]
        best = np.concatenate(([True], (np.diff(tail) != 0) | (np.diff(head) != 0)))
        times = network.travel_ms[order][best].astype(np.float64)
        graph = csr_matrix((times, (tail[best], head[best])), shape=(nodes, nodes))
        time, before = dijkstra(graph, indices=starts, return_predecessors=True)
        row, column = np.unravel_index(np.argmin(time[:, ends]), (len(starts), len(ends)))
        if not np.isfinite(time[row, ends[column]]):
            return None
        path = [int(ends[column])]
        while path[-1] != starts[row]:
            path.append(int(before[row, path[-1]]))
        return [int(network.node_osm[node]) for node in reversed(path)]

    return way
