"""What can be set of a geocoder."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from dispatch.errors import UsageError

DAY_S = 86_400
MAX_CANDIDATES = 40
"""Most candidates of one address: Nominatim gives no more, https://nominatim.org/release-docs/latest/api/Search/."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GeocodingOptions:
    """Settings of geocoders; each uses those that mean something to it.

    Parameters
    ----------
    countries : tuple of str
        ISO 3166-1 alpha-2 codes: look nowhere else. Empty: everywhere.
    limit : int
        Most candidates of one address, 1..40.
    language : str
        Language of names that servers answer with, for example ``zh``; empty: that of the place.
    user_agent : str
        What servers are told of who asks, with a way to reach them; servers need it.
    timeout_s : float
        Longest wait for one answer of a server.
    interval_s : float
        Shortest time between two questions to a server. At least 1 for the public Nominatim, whose policy asks that.
    cache : Path or None
        File of answers that are kept, so that no server is asked twice; None: nothing is kept.
    keep_s : int
        How long answers are kept.
    clock : callable
        Seconds since 1970, for the age of kept answers.

    Raises
    ------
    UsageError
        ``geocoding.option``.
    """

    countries: tuple[str, ...] = ()
    limit: int = 5
    language: str = ""
    user_agent: str = ""
    timeout_s: float = 10.0
    interval_s: float = 1.0
    cache: Path | None = None
    keep_s: int = 30 * DAY_S
    clock: Callable[[], float] = time.time

    def __post_init__(self) -> None:
        object.__setattr__(self, "countries", tuple(code.upper() for code in self.countries))
        for code in self.countries:
            _require(re.fullmatch("[A-Z]{2}", code), f"country {code[:20]!r}: write two letters, for example CN")
        _require(1 <= self.limit <= MAX_CANDIDATES, f"limit must be 1..{MAX_CANDIDATES}")
        _require(re.fullmatch(r"([A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*)?", self.language), "language: write for example zh")
        _require(self.user_agent.isascii() and self.user_agent.isprintable(), "the user agent must be plain ASCII")
        _require(len(self.user_agent) <= 200, "the user agent is longer than 200 characters")
        _require(0 < self.timeout_s <= 600, "the time-out must be above 0 and at most 600 s")
        _require(0 <= self.interval_s <= 600, "the interval must be 0..600 s")
        _require(self.keep_s >= 0, "answers can't be kept for a negative time")


def _require(right: object, message: str) -> None:
    if not right:
        raise UsageError("geocoding.option", message)
