"""A travel source that stands in for another one, and says so."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from dispatch.errors import InputError, UnavailableError
from dispatch.places import Place
from dispatch.plan import Reason
from dispatch.ports import TravelTimes
from dispatch.travel import TravelMatrix


class FallbackTravel:
    """Ask `first`; where it is out of reach, ask `second` for everything.

    Legs of two sources are never mixed, since the cheaper estimate would win. The travel says what happened in its
    source (``geodesic ... instead of osrm http://...: travel.unreachable``), and carries the warning
    ``travel_fallback``, which a plan stores.

    Parameters
    ----------
    first, second : TravelTimes
        Sources in the order of trust.
    name : str
        Name of the first one, for people; without secrets.
    """

    def __init__(self, first: TravelTimes, second: TravelTimes, *, name: str) -> None:
        self._first = first
        self._second = second
        self._name = name

    def matrix(self, places: Sequence[Place], profiles: Sequence[str]) -> TravelMatrix:
        """Travel between all `places`, of one of the two.

        Raises
        ------
        InputError
            Of the first source: a wrong input is not hidden.
        UnavailableError
            Of the first source, when the second does not know a profile.
        """
        try:
            return self._first.matrix(places, profiles)
        except UnavailableError as error:
            try:
                travel = self._second.matrix(places, profiles)
            except InputError:
                raise error from None
            return dataclasses.replace(
                travel,
                source=f"{travel.source} instead of {self._name}: {error.code}",
                warnings=(
                    *travel.warnings,
                    Reason(code="travel_fallback", facts={"source": self._name, "cause": error.code}),
                ),
            )
