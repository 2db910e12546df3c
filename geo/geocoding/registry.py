"""Geocoders by the name that the command line uses. A new one is one file and one line here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from dispatch.errors import UsageError
from dispatch.ports import Geocoder
from geo.geocoding.gazetteer import Gazetteer
from geo.geocoding.options import GeocodingOptions


@dataclass(frozen=True, slots=True, kw_only=True)
class GeocoderKind:
    """One line of the registry.

    Parameters
    ----------
    form : str
        How it is written, for example ``nominatim:URL``.
    build : callable
        Makes the geocoder of what stands behind the colon and the options.
    """

    form: str
    build: Callable[[str, GeocodingOptions], Geocoder]


def _nominatim(url: str, options: GeocodingOptions) -> Geocoder:
    from geo.geocoding.nominatim import NominatimGeocoder

    return NominatimGeocoder(url, options)


def _photon(url: str, options: GeocodingOptions) -> Geocoder:
    from geo.geocoding.photon import PhotonGeocoder

    return PhotonGeocoder(url, options)


GEOCODERS: Mapping[str, GeocoderKind] = {
    "gazetteer": GeocoderKind(form="gazetteer", build=lambda argument, options: Gazetteer(options)),
    "nominatim": GeocoderKind(form="nominatim:URL", build=_nominatim),
    "photon": GeocoderKind(form="photon:URL", build=_photon),
}
DEFAULT = "gazetteer"
"""The one that asks nobody. Servers are asked only when someone names one."""


def geocoder(spec: str = DEFAULT, *, options: GeocodingOptions | None = None) -> Geocoder:
    """Build the geocoder that `spec` names.

    Parameters
    ----------
    spec : str
        As of ``--geocoder``.
    options : GeocodingOptions, optional
        Countries, limits, who asks, where answers are kept.

    Raises
    ------
    UsageError
        ``geocoding.unknown`` listing the known ones, ``geocoding.url``, ``geocoding.user_agent``.
    UnavailableError
        ``extra.missing`` without the library of the gazetteer.
    """
    name, colon, argument = spec.partition(":")
    kind = GEOCODERS.get(name)
    if kind is None or bool(argument) != (":" in kind.form) or bool(colon) != bool(argument):
        known = ", ".join(kind.form for kind in GEOCODERS.values())
        raise UsageError("geocoding.unknown", f"unknown geocoder {spec[:80]!r}; there are: {known}")
    return kind.build(argument, options or GeocodingOptions())
