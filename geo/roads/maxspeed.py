"""Speed limits as they are tagged: https://wiki.openstreetmap.org/wiki/Key:maxspeed."""

from __future__ import annotations

import re
from functools import lru_cache

# Exact by definition: 1 international mile is 1,609.344 m, 1 nautical mile is 1,852 m.
KMH_OF_UNIT = {"": 1.0, "km/h": 1.0, "kmh": 1.0, "kph": 1.0, "mph": 1.609344, "knots": 1.852}

WALK_KMH = 7.0
"""``maxspeed=walk``: a German court's walking pace is 4..7 km/h, and 7 is the value that the wiki page names."""

NO_LIMIT_KMH = 130.0
"""``maxspeed=none``: the recommended speed of German motorways, https://wiki.openstreetmap.org/wiki/Key:maxspeed."""

# Implicit limits, https://wiki.openstreetmap.org/wiki/Speed_limits, where a country differs from the common values.
COMMON_KMH = {
    "urban": 50.0, "rural": 90.0, "trunk": 110.0, "motorway": 120.0, "living_street": 20.0, "walk": WALK_KMH,
    "bicycle_road": 30.0, "school": 30.0, "nsl_single": 96.56064, "nsl_dual": 112.65408, "nsl_restricted": 48.28032,
}  # fmt: skip
COUNTRY_KMH = {
    ("AT", "rural"): 100.0, ("AT", "trunk"): 100.0, ("AT", "motorway"): 130.0, ("BE", "rural"): 70.0,
    ("BR", "urban"): 60.0, ("BR", "rural"): 80.0, ("BR", "motorway"): 110.0, ("CH", "rural"): 80.0,
    ("CH", "trunk"): 100.0, ("CZ", "motorway"): 130.0, ("DE", "rural"): 100.0, ("DE", "motorway"): NO_LIMIT_KMH,
    ("DE", "living_street"): WALK_KMH, ("DK", "rural"): 80.0, ("DK", "motorway"): 130.0, ("FI", "rural"): 80.0,
    ("FR", "rural"): 80.0, ("FR", "motorway"): 130.0, ("GB", "motorway"): 112.65408, ("HU", "motorway"): 130.0,
    ("IT", "motorway"): 130.0, ("LI", "rural"): 80.0, ("NL", "rural"): 80.0, ("NL", "motorway"): 100.0,
    ("NO", "rural"): 80.0, ("NO", "motorway"): 110.0, ("PL", "motorway"): 140.0, ("RO", "motorway"): 130.0,
    ("RU", "urban"): 60.0, ("RU", "motorway"): 110.0, ("SE", "rural"): 70.0, ("SE", "motorway"): 110.0,
    ("SI", "motorway"): 130.0, ("SK", "motorway"): 130.0, ("UA", "motorway"): 130.0,
}  # fmt: skip

_NUMBER = re.compile(r"(\d+(?:\.\d+)?)\s*([a-z/]*)")
_CODE = re.compile(r"([A-Z]{2}):(?:(zone)?:?(\d+)|([a-z_]+))")
_HIGHEST_KMH = 200.0


@lru_cache(maxsize=4096)
def limit_kmh(value: str) -> float | None:
    """Speed limit of one tag value.

    Parameters
    ----------
    value : str
        As tagged: ``50``, ``30 mph``, ``5 knots``, ``walk``, ``none``, ``DE:urban``, ``DE:zone:30``, ``80;60``.

    Returns
    -------
    float or None
        km/h, above 0 and at most 200; the lowest of several values; None for a value without a meaning (``signals``,
        ``variable``, a slip of the pen), which counts as no tag at all.
    """
    found = [limit for part in re.split(r"[;|,]", value) if (limit := _one(part.strip())) is not None]
    return min(found, default=None)


def _one(value: str) -> float | None:
    if value == "none":
        return NO_LIMIT_KMH
    if value == "walk":
        return WALK_KMH
    if (code := _CODE.fullmatch(value)) is not None:
        country, _, number, kind = code.groups()
        return float(number) if number else COUNTRY_KMH.get((country, kind), COMMON_KMH.get(kind))
    if (plain := _NUMBER.fullmatch(value.lower())) is not None and plain[2] in KMH_OF_UNIT:
        limit = float(plain[1]) * KMH_OF_UNIT[plain[2]]
        return limit if 0 < limit <= _HIGHEST_KMH else None
    return None
