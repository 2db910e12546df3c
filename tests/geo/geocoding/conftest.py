"""Servers on loopback that speak like Nominatim and Photon, in the forms that their documentation gives."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from geo.geocoding.options import GeocodingOptions

AGENT = "Callout tests (planner@example.org)"

# https://nominatim.org/release-docs/latest/api/Output/, names and numbers of OpenStreetMap's Vaduz.
NOMINATIM: dict[str, list[dict[str, Any]]] = {
    "Städtle 5, Vaduz": [
        {
            "place_id": 111,
            "licence": "Data © OpenStreetMap contributors, ODbL 1.0. http://osm.org/copyright",
            "osm_type": "way",
            "osm_id": 101,
            "lat": "47.1390000",
            "lon": "9.5220000",
            "class": "building",
            "type": "yes",
            "place_rank": 30,
            "importance": 6.4e-05,
            "addresstype": "building",
            "name": "",
            "display_name": "5, Städtle, Vaduz, Oberland, 9490, Liechtenstein",
            "address": {"house_number": "5", "road": "Städtle", "town": "Vaduz", "country_code": "li"},
            "boundingbox": ["47.13", "47.14", "9.52", "9.53"],
        },
        {
            "place_id": 112,
            "osm_type": "way",
            "osm_id": 102,
            "lat": "47.1395000",
            "lon": "9.5215000",
            "class": "highway",
            "type": "pedestrian",
            "place_rank": 26,
            "importance": 0.05,
            "display_name": "Städtle, Vaduz, Oberland, 9490, Liechtenstein",
        },
    ],
    "瓦杜兹": [
        {
            "place_id": 113,
            "osm_type": "node",
            "osm_id": 103,
            "lat": "47.1392862",
            "lon": "9.5227962",
            "class": "place",
            "type": "town",
            "importance": 0.56,
            "display_name": "Vaduz, Oberland, 9490, Liechtenstein",
            "namedetails": {"name": "Vaduz", "name:zh": "瓦杜兹", "name:ru": "Вадуц"},
        },
        {
            "place_id": 114,
            "osm_type": "relation",
            "osm_id": 104,
            "lat": "47.15",
            "lon": "9.55",
            "class": "boundary",
            "type": "country",
            "place_rank": 4,
            "importance": 0.7,
            "display_name": "Liechtenstein",
            "namedetails": None,
        },
    ],
}
# https://github.com/komoot/photon/blob/master/docs/api-v1.md
PHOTON: dict[str, list[dict[str, Any]]] = {
    "Städtle 5, Vaduz": [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [9.522, 47.139]},
            "properties": {
                "osm_type": "W",
                "osm_id": 101,
                "osm_key": "building",
                "osm_value": "yes",
                "type": "house",
                "housenumber": "5",
                "street": "Städtle",
                "postcode": "9490",
                "city": "Vaduz",
                "country": "Liechtenstein",
                "countrycode": "LI",
            },
        },
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [9.6, 47.5]},
            "properties": {
                "osm_type": "N",
                "osm_id": 105,
                "osm_key": "place",
                "osm_value": "town",
                "type": "city",
                "name": "Vaduz am See",
                "country": "Österreich",
                "countrycode": "AT",
            },
        },
    ]
}


@dataclass
class Server:
    """A geocoding server that does what a test wants of it."""

    url: str = ""
    asked: list[dict[str, str]] = field(default_factory=list)
    agents: list[str] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    """Statuses of the next answers; 200 when there is none left."""
    body: bytes | None = None
    """What is answered in place of places."""
    delay_s: float = 0.0


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    state = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
            state.asked.append(query)
            state.agents.append(self.headers["User-Agent"])
            time.sleep(state.delay_s)
            status = state.statuses.pop(0) if state.statuses else 200
            if parts.path.endswith("/search"):
                document: Any = NOMINATIM.get(query["q"], [])[: int(query["limit"])]
            elif parts.path.endswith("/api"):
                document = {"type": "FeatureCollection", "features": PHOTON.get(query["q"], [])}
            else:
                status, document = 404, {}
            body = state.body if state.body is not None else json.dumps(document).encode()
            try:
                self.send_response(status)
                self.send_header("Content-Type", "application/json; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
            except ConnectionError:
                pass  # whoever asked had no patience

        def log_message(self, format: str, *args: object) -> None:
            pass

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    state.url = f"http://127.0.0.1:{http.server_address[1]}"
    yield state
    http.shutdown()
    thread.join()
    http.server_close()


@pytest.fixture
def options(tmp_path: Path) -> GeocodingOptions:
    """As for a server in the same house: no waiting between questions."""
    return GeocodingOptions(user_agent=AGENT, interval_s=0, timeout_s=5)
