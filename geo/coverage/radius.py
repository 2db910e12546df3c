"""How wrong a circle is about the road, and which circle is least wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dispatch.errors import reject
from geo.coverage.legs import BoolArray, CentreLegs, Counts, demand_of, share
from geo.coverage.limits import Limits, in_circle, in_time


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What a circle says against what the road says.

    Parameters
    ----------
    right_in, false_in, false_out, right_out : int
        Tickets inside the circle and within the road limit; inside, but the road is too long or there is none;
        outside, but the road is short enough; outside and beyond.
    right_in_s, false_in_s, false_out_s, right_out_s : int
        Their demand.
    precision : float or None
        Share of the tickets inside the circle that the road confirms; None for an empty circle.
    recall : float or None
        Share of the tickets within the road limit that the circle holds; None when there are none.
    """

    right_in: int
    false_in: int
    false_out: int
    right_out: int
    right_in_s: int
    false_in_s: int
    false_out_s: int
    right_out_s: int
    precision: float | None
    recall: float | None

    @property
    def wrong(self) -> int:
        """Tickets misclassified."""
        return self.false_in + self.false_out

    @property
    def wrong_s(self) -> int:
        """Demand misclassified."""
        return self.false_in_s + self.false_out_s


@dataclass(frozen=True, slots=True, kw_only=True)
class BestRadius:
    """The radius with the least misclassified demand; of equals with the fewest misclassified tickets, then the least.

    Parameters
    ----------
    radius_m : int
        Metres.
    up_to_m : int or None
        Every radius from `radius_m` to this one judges all tickets alike; None: however large.
    judgement : Judgement
        What it gets right and wrong.
    """

    radius_m: int
    up_to_m: int | None
    judgement: Judgement


@dataclass(frozen=True, slots=True, kw_only=True)
class CircleAgainstRoad:
    """One centre, or all of them together (`centre_id` empty).

    For all together a ticket counts as inside when any circle holds it, and as within the limit when any centre
    reaches it in its time; the best radius is then one radius for all centres.

    Parameters
    ----------
    centre_id : str
    limit_s : int or None
        Road limit; None where the centres' limits differ.
    radius_m : int or None
        Radius that was judged; None where there is none, or the centres' radii differ.
    judgement : Judgement or None
        None where a centre has no radius.
    best : BestRadius
    false_in_ids, false_out_ids : tuple of str
        Tickets that the given radius gets wrong; those of the best radius where none is given.
    """

    centre_id: str
    limit_s: int | None
    radius_m: int | None
    judgement: Judgement | None
    best: BestRadius
    false_in_ids: tuple[str, ...]
    false_out_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Misclassification:
    """The circles of all centres against the road: each one, and all together."""

    centres: tuple[CircleAgainstRoad, ...]
    together: CircleAgainstRoad


def misclassification(
    legs: CentreLegs, limits: Limits | None = None, *, demand_s: Mapping[str, int] | None = None
) -> Misclassification:
    """Judge the radius of each centre by its road limit, and find the radius that fits best.

    Parameters
    ----------
    legs : CentreLegs
    limits : Limits, optional
        Without it those of the centres. Every centre needs a `limit_s`; without a `radius_m` only the best is found.
    demand_s : mapping of str to int, optional
        Demand of each ticket, at least 0; without it service time times crew.

    Raises
    ------
    InputError
        ``coverage.no_limit`` for a centre without a road limit; ``coverage.demand``.
    """
    limits = limits or Limits.of(legs.centres)
    for centre, limit_s in zip(legs.centres, limits.limit_s, strict=True):
        if limit_s is None:
            raise reject(
                "coverage.no_limit",
                "to judge a circle, a drive time is needed that the road must keep",
                field="limit_s",
                owner=centre.id,
            )
    demand = demand_of(legs, demand_s)
    circle, road = in_circle(legs, limits.radius_m), in_time(legs, limits.limit_s)
    rows = [
        _against(
            legs,
            centre.id,
            limits.limit_s[row],
            limits.radius_m[row],
            circle=circle[row] if limits.radius_m[row] is not None else None,
            road=road[row],
            air_m=legs.air_m[row],
            demand=demand,
        )
        for row, centre in enumerate(legs.centres)
    ]
    together = _against(
        legs,
        "",
        _common(limits.limit_s),
        _common(limits.radius_m),
        circle=circle.any(axis=0) if None not in limits.radius_m else None,
        road=road.any(axis=0),
        air_m=legs.air_m.min(axis=0),
        demand=demand,
    )
    return Misclassification(centres=tuple(rows), together=together)


def judge(circle: BoolArray, road: BoolArray, demand: Counts) -> Judgement:
    """Compare two answers to "is it covered?", (tickets,) each."""
    parts = {
        "right_in": circle & road,
        "false_in": circle & ~road,
        "false_out": ~circle & road,
        "right_out": ~(circle | road),
    }
    count = {name: int(part.sum()) for name, part in parts.items()}
    weight = {f"{name}_s": int(demand[part].sum()) for name, part in parts.items()}
    return Judgement(
        **count,
        **weight,
        precision=share(count["right_in"], count["right_in"] + count["false_in"]),
        recall=share(count["right_in"], count["right_in"] + count["false_out"]),
    )


def best_radius(air_m: npt.NDArray[np.int32], road: BoolArray, demand: Counts) -> BestRadius:
    """The radius that misclassifies least, exactly: only 0 and the distances themselves can change the judgement.

    Sorted by distance, each further ticket inside adds its demand to the false ones when the road is too long, and
    takes it from them when the road is short enough; the least running sum is the best. O(n log n).

    Parameters
    ----------
    air_m : int32, (tickets,)
        Straight distances.
    road : bool, (tickets,)
        Within the road limit.
    demand : int64, (tickets,)
        At least 0.
    """
    order = np.argsort(air_m, kind="stable")
    candidates = np.unique(np.concatenate(([0], air_m)))
    inside = np.searchsorted(air_m[order], candidates, side="right")  # how many tickets each candidate holds
    sign = np.where(road[order], -1, 1)
    wrong = int(road.sum()) + np.concatenate(([0], np.cumsum(sign)))[inside]
    wrong_demand = int(demand[road].sum()) + np.concatenate(([0], np.cumsum(sign * demand[order])))[inside]
    best = int(np.lexsort((candidates, wrong, wrong_demand))[0])
    radius_m = int(candidates[best])
    return BestRadius(
        radius_m=radius_m,
        up_to_m=int(candidates[best + 1]) - 1 if best + 1 < len(candidates) else None,
        judgement=judge(np.asarray(air_m <= radius_m), road, demand),
    )


def _against(
    legs: CentreLegs,
    centre_id: str,
    limit_s: int | None,
    radius_m: int | None,
    *,
    circle: BoolArray | None,
    road: BoolArray,
    air_m: npt.NDArray[np.int32],
    demand: Counts,
) -> CircleAgainstRoad:
    best = best_radius(air_m, road, demand)
    shown = np.asarray(air_m <= best.radius_m) if circle is None else circle
    return CircleAgainstRoad(
        centre_id=centre_id,
        limit_s=limit_s,
        radius_m=radius_m,
        judgement=None if circle is None else judge(circle, road, demand),
        best=best,
        false_in_ids=_ids(legs, shown & ~road),
        false_out_ids=_ids(legs, ~shown & road),
    )


def _ids(legs: CentreLegs, which: BoolArray) -> tuple[str, ...]:
    return tuple(legs.tickets[column].id for column in np.nonzero(which)[0].tolist())


def _common(values: Sequence[int | None]) -> int | None:
    return values[0] if len(set(values)) == 1 else None
