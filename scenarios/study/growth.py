"""More or fewer tickets than a demand brings."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from dispatch.tickets import Ticket
from scenarios.demand.ports import Demand
from scenarios.streams import Streams
from scenarios.study.setup import Growth


@dataclass(frozen=True, slots=True, kw_only=True)
class GrownDemand:
    """A demand of which each ticket comes ``percent / 100`` times in the mean.

    Whether a ticket stays away, or how often it comes again, hangs on its id alone: scenarios that grow otherwise meet
    the same other tickets, and of two sizes the larger holds the smaller. A ticket that comes again does so at the same
    time, at the place of another ticket of the day.
    """

    demand: Demand
    growth: tuple[Growth, ...]

    def day(self, index: int, streams: Streams) -> tuple[Ticket, ...]:
        tickets = self.demand.day(index, streams)
        grown = []
        for ticket in tickets:
            mean = 1.0
            for one in self.growth:
                if (not one.tier or one.tier == ticket.tier) and (not one.skill or one.skill in ticket.skills):
                    mean *= one.percent / 100
            times = int(mean) + (streams.uniform("growth", ticket.id) < mean % 1)
            for copy in range(times):
                if copy == 0:
                    grown.append(ticket)
                    continue
                name = f"{ticket.id}~{copy}"
                other = tickets[int(streams.uniform("growth place", name) * len(tickets))]
                grown.append(dataclasses.replace(ticket, id=name, place=other.place))
        return tuple(sorted(grown, key=lambda ticket: (ticket.opened_s, ticket.id)))
