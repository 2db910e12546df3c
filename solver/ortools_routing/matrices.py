"""Seconds and cost of each arc, for each kind of vehicle."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from dispatch.objective import visit_cents
from dispatch.technicians import Technician
from solver.ortools_routing.costs import PER_M_OF_KM, PER_S_OF_HOUR, UNITS_PER_CENT
from solver.ortools_routing.nodes import Layout

Matrix = npt.NDArray[np.int64]


def service_s(layout: Layout, technician: Technician) -> Matrix:
    """Service time at each node, shape (nodes,)."""
    times = np.zeros(len(layout.places), dtype=np.int64)
    for number, node in enumerate(layout.visits):
        times[number] = technician.service_s(node.ticket, node.role)
    for number, stop in enumerate(layout.restocks, start=len(layout.visits)):
        times[number] = stop.centre.restock_s
    return times


def leg_matrices(layout: Layout, profile: str) -> tuple[Matrix, Matrix]:
    """Seconds and metres between nodes, 0 where an end is nowhere and -1 where there is no way."""
    legs = layout.travel.legs(profile)
    known = np.array([place is not None for place in layout.places])
    index = np.array([0 if place is None else layout.travel.index[place.id] for place in layout.places], dtype=np.int64)
    both = known[:, None] & known[None, :]
    seconds, metres = (
        np.where(both, one[np.ix_(index, index)], 0).astype(np.int64)
        if one.size
        else np.zeros(both.shape, dtype=np.int64)
        for one in (legs.travel_s, legs.distance_m)
    )
    return seconds, metres


def transit_s(layout: Layout, technician: Technician, legs: tuple[Matrix, Matrix], service: Matrix) -> Matrix:
    """Service at the first node and the drive to the second; a forbidden arc takes longer than the horizon.

    Legs to stops obey the technician's limits, the way back is free. An unused vehicle goes from its start to
    its end, which is not driven: that arc is 0.
    """
    seconds, metres = legs
    forbidden = seconds < 0
    stops = slice(0, layout.stops)
    for values, limit in ((seconds, technician.max_leg_s), (metres, technician.max_leg_m)):
        if limit is not None:
            forbidden[:, stops] |= values[:, stops] > limit
    transit = np.where(forbidden, layout.problem.end_s + 1, seconds + service[:, None])
    transit[layout.stops :, layout.stops :] = 0
    np.fill_diagonal(transit, 0)
    return transit


def visit_units(layout: Layout, technician: Technician) -> Matrix:
    """Cost of this technician's visit at each node: preference, levels above what is asked, change; shape (nodes,)."""
    units = np.zeros(len(layout.places), dtype=np.int64)
    old = {(item.ticket_id, item.role): item.technician_id for item in layout.problem.baseline}
    for number, node in enumerate(layout.visits):
        cents = sum(visit_cents(layout.problem, node.ticket, node.role, technician.id))
        if old.get((node.ticket.id, node.role), technician.id) != technician.id:
            cents += layout.problem.weights.change_cents
        units[number] = cents * UNITS_PER_CENT
    return units


def arc_units(layout: Layout, legs: tuple[Matrix, Matrix], visits: Matrix) -> Matrix:
    """Cost of driving the arc, and of the visit at its end."""
    weights = layout.problem.weights
    seconds, metres = (np.maximum(values, 0) for values in legs)
    cost: Matrix = seconds * (weights.travel_time_cents_per_h * PER_S_OF_HOUR)
    cost += metres * (weights.travel_distance_cents_per_km * PER_M_OF_KM)
    return cost + visits
