"""Refusals that travel sources have in common."""

from __future__ import annotations

from collections.abc import Iterable

from dispatch.errors import Fault, InputError

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
