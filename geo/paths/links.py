"""How places hang on a graph: by links to nodes, from which ways begin and at which they end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from dispatch.errors import reject

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

I32 = npt.NDArray[np.int32]
I64 = npt.NDArray[np.int64]

FAR = 1 << 62
"""Ways of this weight or more count as none (with 32 bits for the length: 12 days), so that no sum leaves 64 bits."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Links:
    """Links of places to a graph, and the ways that touch no node.

    Parameters
    ----------
    out_first : int64, (places + 1,)
        Links from place p are ``out_first[p]:out_first[p + 1]``; none where a place is on no road.
    out_node, out_weight : int32 and int64, (out links,)
        Node where a way from the place can begin, and the weight from the place to it (0 or more).
    in_first : int64, (places + 1,)
        Links to place p, as `out_first`.
    in_node, in_weight : int32 and int64, (in links,)
        Node from which a way can end at the place, and the weight from it to the place.
    direct_from, direct_to, direct_weight : int64, (direct,)
        Pairs of places on one piece of road, one ahead of the other: the weight of the way between them along it. A way
        over nodes may still be shorter, so the least counts.
    """

    out_first: I64
    out_node: I32
    out_weight: I64
    in_first: I64
    in_node: I32
    in_weight: I64
    direct_from: I64
    direct_to: I64
    direct_weight: I64

    def __post_init__(self) -> None:
        fix(self)

    def __len__(self) -> int:
        return len(self.out_first) - 1


def fixed[T: np.integer[Any]](array: npt.ArrayLike, dtype: type[T]) -> npt.NDArray[T]:
    """View an array as read-only and contiguous, so that compiled code meets one kind of array, mapped or not."""
    view = np.ascontiguousarray(array, dtype=dtype).view(np.ndarray)
    view.flags.writeable = False
    return view


def fix(instance: DataclassInstance) -> None:
    """Replace all arrays of a frozen dataclass by `fixed` views, of the type that their fields name."""
    for field in fields(instance):
        dtype: type[np.integer[Any]] = np.int32 if field.type == "I32" else np.int64
        object.__setattr__(instance, field.name, fixed(getattr(instance, field.name), dtype))


def chosen(links: Links, places: Sequence[int] | I64) -> I64:
    """Numbers of places as an array; ``links.place`` for one that there is not."""
    numbers = fixed(places, np.int64)
    for number in numbers[(numbers < 0) | (numbers >= len(links))][:1].tolist():
        raise reject("links.place", f"there is no place {number}, only 0..{len(links) - 1}", value=number)
    return numbers


def check_links(links: Links, node_count: int) -> None:
    """``links.node`` for a link to a node that there is not, ``links.weight`` for a weight outside 0..`FAR`."""
    for nodes, weights in ((links.out_node, links.out_weight), (links.in_node, links.in_weight)):
        if len(nodes) and (nodes.min() < 0 or nodes.max() >= node_count):
            raise reject("links.node", f"a link leads to a node outside 0..{node_count - 1}")
        if len(weights) and (weights.min() < 0 or weights.max() >= FAR):
            raise reject("links.weight", "the weight of a link is negative, or 2^62 or more")
    for places in (links.direct_from, links.direct_to):
        if len(places) and (places.min() < 0 or places.max() >= len(links)):
            raise reject("links.place", f"a direct way leads to a place outside 0..{len(links) - 1}")


def starts(first: I64, places: I64) -> I64:
    """Numbers of all links of some places, place by place, out of ``out_first`` or ``in_first``."""
    counts = first[places + 1] - first[places]
    before = np.cumsum(counts) - counts
    return np.repeat(first[places] - before, counts) + np.arange(counts.sum(), dtype=np.int64)
