"""The transportation problem with few sinks: tickets to centres that have room for a number of them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from geo.compiled import compiled

I64 = npt.NDArray[np.int64]

_FAR = np.int64(1) << 60


def cheapest(cost: I64, room: I64) -> I64:
    """Owner of each ticket with the least sum of costs.

    Successive shortest paths (Ahuja, Magnanti & Orlin 1993, Network Flows, section 9.7) on a graph of the centres
    alone: a ticket enters at a centre, which passes on the ticket that another one takes over at the least extra cost,
    and so on to a centre with room. Each ticket added leaves the assignment of those so far the best. Exact, in
    integers; time grows with tickets * (centres^3 + tickets).

    Parameters
    ----------
    cost : int64, (centres, tickets)
        0 or more, below 2^40.
    room : int64, (centres,)
        Tickets that each can take; together there must be room for all.

    Returns
    -------
    int64, (tickets,)
        Row of the owner.
    """
    return _assigned(np.ascontiguousarray(cost), room.astype(np.int64))


@compiled
def _assigned(cost: I64, room: I64) -> I64:
    centres, tickets = cost.shape
    owner = np.full(tickets, -1, dtype=np.int64)
    own = np.empty((centres, tickets), dtype=np.int64)  # tickets of each centre
    size = np.zeros(centres, dtype=np.int64)
    place = np.zeros(tickets, dtype=np.int64)  # where a ticket stands in its centre's list
    extra = np.full((centres, centres), _FAR, dtype=np.int64)  # least cost of passing a ticket from row to column
    passed = np.full((centres, centres), -1, dtype=np.int64)  # the ticket
    distance, before = np.empty(centres, dtype=np.int64), np.empty(centres, dtype=np.int64)
    changed = np.empty(centres, dtype=np.int64)
    for ticket in range(tickets):
        # Shortest way from the ticket to each centre (Bellman-Ford: passing on may save, but no cycle does).
        for c in range(centres):
            distance[c], before[c] = cost[c, ticket], -1
        improved = True
        while improved:
            improved = False
            for a in range(centres):
                for b in range(centres):
                    if extra[a, b] < _FAR and distance[a] + extra[a, b] < distance[b]:
                        distance[b], before[b] = distance[a] + extra[a, b], a
                        improved = True
        end = -1
        for c in range(centres):
            if size[c] < room[c] and (end < 0 or distance[c] < distance[end]):
                end = c

        # From the end of the way back to its beginning, each ticket moves on by one centre.
        count, at = 0, end
        while True:
            changed[count] = at
            count += 1
            source = before[at]
            moved = ticket if source < 0 else passed[source, at]
            if source >= 0:  # the last of the list takes the place of the one that leaves
                size[source] -= 1
                last = own[source, size[source]]
                own[source, place[moved]], place[last] = last, place[moved]
            owner[moved] = at
            own[at, size[at]], place[moved] = moved, size[at]
            size[at] += 1
            if source < 0:
                break
            at = source

        for index in range(count):
            a = changed[index]
            for b in range(centres):
                extra[a, b], passed[a, b] = _FAR, -1
            for position in range(size[a]):
                mine = own[a, position]
                for b in range(centres):
                    if b != a and cost[b, mine] - cost[a, mine] < extra[a, b]:
                        extra[a, b], passed[a, b] = cost[b, mine] - cost[a, mine], mine
    return owner
