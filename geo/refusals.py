"""Refusals that travel sources have in common."""

from __future__ import annotations

from collections.abc import Iterable

from dispatch.errors import Fault, InputError
from dispatch.places import Place

_SHOWN = 5


def shown_ids(ids: Iterable[str]) -> str:
    """The first few ids, and how many more there are."""
    every = list(ids)
    more = f" and {len(every) - _SHOWN} more" if len(every) > _SHOWN else ""
    return ", ".join(every[:_SHOWN]) + more


def unknown_profile(profile: str, known: Iterable[str]) -> InputError:
    """The error of a travel profile that a source does not have."""
    message = f"unknown travel profile {profile!r}; this source has: {', '.join(sorted(known))}"
    fault = Fault(rule="travel.profile", message=message, field="profile", value=profile)
    return InputError("travel.profile", message, [fault])


def require_coordinates(places: Iterable[Place], *, needed_by: str) -> None:
    """Refuse places without coordinates.

    Raises
    ------
    InputError
        ``travel.no_coordinates`` naming all of them.
    """
    faults = [
        Fault(
            rule="travel.no_coordinates",
            message=f"{place.id}: {needed_by} needs lat and lon; give them, or a travel matrix with this place",
            field="place",
            value=place.id,
        )
        for place in places
        if place.lat is None or place.lon is None
    ]
    if faults:
        raise InputError(
            "travel.no_coordinates", f"places without coordinates: {shown_ids(f.value for f in faults)}", faults
        )
