"""Some tickets and some shifts of a problem as an instance of their own."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dispatch.travel import Travel
from solver.search.arrays import tables_with
from solver.search.classes import ClassTables
from solver.search.instance import I64, Instance
from solver.search.legs import dense_legs

OF_NODES = ("opens_s", "closes_s", "window_count")
OF_TICKETS = (
    "dues_s", "on_finish", "breach_cents", "late_cents", "drop_cents", "need", "tool_need", "base_technician",
    "base_start_s",
)  # fmt: skip
OF_ROWS = (
    "technician_of", "shift_start_s", "regular_end_s", "shift_end_s", "fair_s", "break_earliest_s", "break_latest_s",
    "break_length_s", "break_count",
)  # fmt: skip
"""Fields of which lines are taken as they are."""


def subset(whole: Instance, travel: Travel, profiles: Sequence[str], *, tickets: I64, rows: I64) -> Instance:
    """Cut out a sub-problem; its routes cost what they cost in the whole.

    Node i is ticket ``tickets[i]``, then come all centres; row r is shift ``rows[r]``. Classes, profiles and places are
    renumbered to those used; technicians keep their numbers. Prices of leaving out, fair shares, the plan in force
    and which shifts are equal are those of the whole.

    Parameters
    ----------
    whole : Instance
        From :func:`solver.search.arrays.build_tables`; legs are not looked at.
    travel : Travel
        The one that `whole` was built with; asked for the legs between the places of the sub-problem.
    profiles : sequence of str
        Those of :func:`solver.search.classes.profile_names`.
    tickets, rows : arrays of int64
        Distinct nodes below n, and distinct shifts.
    """
    n = whole.need.shape[0]
    nodes = np.concatenate([tickets, np.arange(n, len(whole.place_of))])
    classes, class_of = np.unique(whole.class_of[rows], return_inverse=True)
    used, profile_of = np.unique(whole.profile_of[classes], return_inverse=True)
    stops, starts, ends = whole.place_of[nodes], whole.start_place[rows], whole.end_place[rows]
    places = np.unique(np.concatenate([stops, starts, ends]))
    places = places[places >= 0]
    _, first, twins = np.unique(whole.twin[rows], return_index=True, return_inverse=True)
    own = {name: getattr(whole, name)[classes] for name in ClassTables._fields}
    own |= {name: getattr(whole, name)[nodes] for name in OF_NODES}
    own |= {name: getattr(whole, name)[tickets] for name in OF_TICKETS}
    own |= {name: getattr(whole, name)[rows] for name in OF_ROWS}
    own |= {
        "place_of": np.searchsorted(places, stops),
        "start_place": np.where(starts < 0, -1, np.searchsorted(places, starts)),
        "end_place": np.where(ends < 0, -1, np.searchsorted(places, ends)),
        "class_of": class_of,
        "profile_of": profile_of,
        "twin": first[twins],
        "service_of": np.take(own["service_of"], nodes, axis=1),
        "allowed": np.take(own["allowed"], tickets, axis=1),
        "fixed_cents": np.take(own["fixed_cents"], tickets, axis=1),
    }
    tables = whole._replace(
        out_legs=np.zeros((1, 1, 1, 2), dtype=np.int32), in_legs=np.zeros((1, 1, 1, 2), dtype=np.int32), **own
    )
    return tables_with(tables, dense_legs(travel, [profiles[number] for number in used], places))
