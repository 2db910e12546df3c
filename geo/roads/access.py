"""Who may use a road or pass a barrier: https://wiki.openstreetmap.org/wiki/Key:access."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum

from geo.roads.extract import Tags


class Access(IntEnum):
    """What a tag allows; of several values of one tag the highest counts."""

    CLOSED = 0
    DESTINATION = 1
    OPEN = 2


# A technician on a job is a visitor whom somebody has asked to come: what is open to owners, customers, suppliers and
# residents is open to a trip that begins or ends there, and to no other.
MEANING = {
    **dict.fromkeys(("yes", "permissive", "designated", "official", "public", "allowed"), Access.OPEN),
    **dict.fromkeys(
        ("destination", "customers", "customer", "private", "delivery", "permit", "residents", "restricted"),
        Access.DESTINATION,
    ),
    **dict.fromkeys(
        ("no", "agricultural", "forestry", "emergency", "military", "psv", "bus", "hgv", "use_sidepath", "discouraged"),
        Access.CLOSED,
    ),
}


def access_of(tags: Tags, keys: Sequence[str]) -> tuple[Access | None, str]:
    """What the most particular tag allows.

    Parameters
    ----------
    tags : mapping of str to str
        Tags of a way or node.
    keys : sequence of str
        From the most particular key (``motorcar``) to the most general (``access``).

    Returns
    -------
    Access or None, str
        Meaning and key of the first tag whose value has one; None and no key where no tag says anything. A value
        without a known meaning counts as no tag.
    """
    for key in keys:
        value = tags.get(key)
        if value is None:
            continue
        meanings = [MEANING[part] for part in map(str.strip, value.split(";")) if part in MEANING]
        if meanings:
            return max(meanings), key
    return None, ""
