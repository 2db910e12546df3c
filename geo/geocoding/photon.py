"""Photon (https://github.com/komoot/photon#search-api): OpenStreetMap behind a search that forgives misspelling."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from geopy.geocoders import Photon
from geopy.location import Location

from dispatch.ports import Precision
from geo.geocoding.service import Answer, Raw, Service

_PRECISIONS = {
    "house": Precision.HOUSE,
    "other": Precision.HOUSE,
    "street": Precision.STREET,
    "locality": Precision.CITY,
    "district": Precision.CITY,
    "city": Precision.CITY,
    "county": Precision.REGION,
    "state": Precision.REGION,
    "country": Precision.REGION,
}
"""By `type` of an answer; one without is taken for the coarsest."""
_WIDER = ("locality", "district", "postcode", "city", "county", "state", "country")
_OSM_TYPES = {"N": "node", "W": "way", "R": "relation"}


class PhotonGeocoder(Service):
    """Geocoder on a Photon server. It has no search inside countries: answers elsewhere are left out."""

    name = "photon"

    def _client(self, **settings: Any) -> Callable[[str], Sequence[Location] | None]:
        server, options = Photon(**settings), self._options

        def ask(text: str) -> Sequence[Location] | None:
            found: Sequence[Location] | None = server.geocode(
                text, exactly_one=False, limit=options.limit, language=options.language or False
            )
            return [one for one in found or () if self._wanted(one.raw)]

        return ask

    def _wanted(self, raw: Raw) -> bool:
        countries = self._options.countries
        return not countries or str(raw["properties"].get("countrycode", "")).upper() in countries

    def _read(self, raw: Raw, position: int) -> Answer:
        facts = {key: str(value) for key, value in raw["properties"].items() if value}
        house = " ".join(facts[key] for key in ("street", "housenumber") if key in facts)
        wider = [facts[key] for key in _WIDER if key in facts]
        named = [part for part in (facts.get("name"), house, *wider) if part]
        return Answer(
            id=f"osm:{_OSM_TYPES.get(facts['osm_type'], facts['osm_type'])}/{facts['osm_id']}",
            name=", ".join(dict.fromkeys(named)),
            precision=_PRECISIONS.get(facts.get("type", ""), Precision.REGION),
            texts=tuple(named),
            # Photon tells no importance; by its order the first is meant twice as often as the second, and so on.
            prominence=1 / (1 + position),
        )
