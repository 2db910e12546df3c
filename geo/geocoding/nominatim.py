"""Nominatim and servers that speak like it (https://nominatim.org/release-docs/latest/api/Search/)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from geopy.geocoders import Nominatim
from geopy.location import Location

from dispatch.ports import Precision
from geo.geocoding.service import Answer, Raw, Service

# https://nominatim.org/release-docs/latest/customize/Ranking/: 28 and above are houses and what stands in them, 26 and
# 27 streets, 13 to 25 cities down to blocks; below that counties, states and countries.
_HOUSE_RANK, _STREET_RANK, _CITY_RANK = 28, 26, 13
_WIDE = {"country", "state", "region", "province", "county", "state_district"}
_LEAST_IMPORTANCE = 1e-5
"""Servers call places without any fame 0, or slightly below."""


class NominatimGeocoder(Service):
    """Geocoder on a Nominatim server."""

    name = "nominatim"

    def _client(self, **settings: Any) -> Callable[[str], Sequence[Location] | None]:
        server, options = Nominatim(**settings), self._options

        def ask(text: str) -> Sequence[Location] | None:
            found: Sequence[Location] | None = server.geocode(
                text,
                exactly_one=False,
                limit=options.limit,
                addressdetails=True,
                namedetails=True,
                language=options.language or False,
                country_codes=[code.lower() for code in options.countries],
            )
            return found

        return ask

    def _read(self, raw: Raw, position: int) -> Answer:
        name = str(raw["display_name"])
        # The display name is in one language; the address may be in another that the place has a name in.
        texts = [name, *(raw.get("namedetails") or {}).values(), *(raw.get("address") or {}).values()]
        return Answer(
            id=f"osm:{raw['osm_type']}/{raw['osm_id']}" if "osm_id" in raw else f"nominatim:{raw['place_id']}",
            name=name,
            precision=_precision(raw),
            texts=tuple(map(str, texts)),
            prominence=max(float(raw.get("importance") or 0), _LEAST_IMPORTANCE),
        )


def _precision(raw: Raw) -> Precision:
    """By rank; servers that give none tell by the main tag."""
    rank = raw.get("place_rank")
    kind, value = raw.get("class") or raw.get("category"), raw.get("type")
    if rank is not None:
        rank = int(rank)
    elif value in _WIDE or (kind == "boundary" and value != "administrative"):
        rank = 0
    elif kind == "highway":
        rank = _STREET_RANK
    elif kind in ("place", "boundary") and value != "house":
        rank = _CITY_RANK
    else:
        rank = _HOUSE_RANK
    if rank >= _HOUSE_RANK:
        return Precision.HOUSE
    if rank >= _STREET_RANK:
        return Precision.STREET
    return Precision.CITY if rank >= _CITY_RANK else Precision.REGION
