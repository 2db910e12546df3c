"""What compiled code reads of a problem: names, types and meaning of the arrays.

``docs/kernel.md`` is the page about them. Nodes 0..n-1 are tickets in the order of the problem, n..n+c-1 restock stops
at its centres. A shift is a row.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

I32 = npt.NDArray[np.int32]
I64 = npt.NDArray[np.int64]
U64 = npt.NDArray[np.uint64]
U8 = npt.NDArray[np.uint8]

FAR_S = 2**40
PINNED_CENTS = 10**12
"""Added to the cost of leaving out a pinned or locked ticket: a dispatcher's decision comes before any cost."""


class Instance(NamedTuple):
    """Read-only arrays of one problem; n tickets, c centres, m shifts, k technician classes, p places."""

    place_of: I64  # (n+c,) place of each node
    legs: I32  # (profiles, p, p, 2) seconds and metres side by side, -1 = no way
    out_legs: I32  # (profiles, p, p, 2) seconds and cents (plain problems, else empty)
    in_legs: I32  # the same, transposed: row = to (elsewhere `legs` transposed)
    service_of: I32  # (k, n+c) service or restock time
    allowed: U8  # (k, n) 1 = this class may serve this ticket
    fixed_cents: I32  # (k, n) preference and overqualification
    opens_s: I64  # (n+c, w) padded with the last window
    closes_s: I64  # (n+c, w)
    window_count: I64  # (n+c,) number of windows, at least 1 (an unlimited one)
    dues_s: I64  # (n, t) soft deadlines, FAR_S = none
    on_finish: U8  # (n, t)
    breach_cents: I64  # (n,) each missed target
    late_cents: I64  # (n,)
    drop_cents: I64  # (n,) leaving the ticket out
    need: I32  # (n, q) parts
    stock: I32  # (k, q)
    holds: U8  # (c, q) 1 = the centre has the part
    tool_need: U64  # (n,) bit set
    tool_have: U64  # (k,)
    tool_hold: U64  # (c,)
    class_of: I64  # (m,) technician class of each shift
    technician_of: I64  # (m,)
    profile_of: I64  # (k,)
    max_leg_s: I64  # (k,) FAR_S = none
    max_leg_m: I64  # (k,)
    start_place: I64  # (m,) -1 = none
    end_place: I64  # (m,)
    shift_start_s: I64  # (m,)
    regular_end_s: I64  # (m,)
    shift_end_s: I64  # (m,)
    fair_s: I64  # (m,) share before imbalance counts
    break_earliest_s: I64  # (m, b)
    break_latest_s: I64  # (m, b)
    break_length_s: I64  # (m, b)
    break_count: I64  # (m,)
    base_technician: I64  # (n,) technician in the plan in force, -1 = not in it, -2 = somebody who is gone
    base_start_s: I64  # (n,)
    twin: I64  # (m,) lowest row of a shift that is equal in everything that matters
    rates: I64  # see RATES


RATES = (
    "overtime_cents_per_h", "work_time_cents_per_h", "travel_time_cents_per_h", "travel_distance_cents_per_km",
    "waiting_cents_per_h", "imbalance_cents_per_h", "change_cents", "change_tolerance_s",
)  # fmt: skip
"""Order of the weights in ``Instance.rates``."""

OVERTIME, WORK, DRIVE, KM, WAIT, IMBALANCE, CHANGE, TOLERANCE = range(len(RATES))


def is_plain(d: Instance) -> bool:
    """Whether costs are linear in the legs and one pass of earliest and latest times is all that time means.

    Then insertions are priced exactly in O(1). Legs are part of the question: without them the answer means nothing.
    """
    rates = d.rates
    linear = rates[DRIVE] % 3600 == 0 and rates[KM] % 1000 == 0
    timeless = not any(rates[rate] for rate in (OVERTIME, WORK, WAIT, IMBALANCE, CHANGE))
    no_targets = bool((d.dues_s == FAR_S).all()) or not (d.breach_cents.any() or d.late_cents.any())
    simple = not d.break_count.any() and bool((d.window_count == 1).all()) and not d.tool_need.any()
    no_limits = bool((d.max_leg_s == FAR_S).all() and (d.max_leg_m == FAR_S).all()) and bool((d.legs >= 0).all())
    no_restock = d.holds.shape[0] == 0 or not d.need.any()
    return bool(linear and timeless and no_targets and simple and no_limits and no_restock)
