"""Places on the map."""

from __future__ import annotations

import math
from dataclasses import dataclass

from dispatch.errors import reject


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A named point.

    Parameters
    ----------
    id : str
        Name of the point in a travel matrix. Two places with one id are one point.
    lat, lon : float or None
        WGS-84 degrees; None where only a given travel matrix knows the place.

    Raises
    ------
    InputError
        ``place.latitude`` or ``place.longitude`` when a coordinate is out of range or only one is given.
    """

    id: str
    lat: float | None = None
    lon: float | None = None

    def __post_init__(self) -> None:
        if (self.lat is None) != (self.lon is None):
            raise reject(
                "place.latitude", "give both lat and lon, or neither", field="lat", value=self.lat, owner=self.id
            )
        if self.lat is None or self.lon is None:
            return
        if not (math.isfinite(self.lat) and -90 <= self.lat <= 90):
            raise reject("place.latitude", "lat must be in -90..90", field="lat", value=self.lat, owner=self.id)
        if not (math.isfinite(self.lon) and -180 <= self.lon <= 180):
            raise reject("place.longitude", "lon must be in -180..180", field="lon", value=self.lon, owner=self.id)
        # Equal places must be equal to the byte: 23 is 23.0, and -0.0 is 0.0.
        object.__setattr__(self, "lat", float(self.lat) + 0.0)
        object.__setattr__(self, "lon", float(self.lon) + 0.0)
