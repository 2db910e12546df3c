"""Sites and demand of a working day: its centres, and its tickets as they lie."""

from __future__ import annotations

from collections.abc import Sequence

from dispatch.errors import Fault, InputError
from dispatch.problem import Problem
from scenarios.location.problem import DemandPoint, Site, Status


def demand_of(problem: Problem) -> tuple[DemandPoint, ...]:
    """One visit for each ticket; the skill is that of the highest level that it asks for."""
    return tuple(
        DemandPoint(
            id=ticket.id,
            place=ticket.place,
            work_s=ticket.duration_s,
            tier=ticket.tier,
            skill=max(sorted(ticket.skills), key=lambda name: ticket.skills[name], default=""),
        )
        for ticket in problem.tickets
    )


def sites_of(problem: Problem, offered: Sequence[Site]) -> tuple[Site, ...]:
    """Centres of today, and the offered sites. A site with the id of a centre replaces it."""
    given = {site.id: site for site in offered}
    if len(given) < len(offered):
        ids = [site.id for site in offered]
        raise InputError.from_faults(
            [
                Fault(rule="site.duplicate", message=f"the id {name} stands more than once", field="id", value=name)
                for name in sorted({name for name in ids if ids.count(name) > 1})
            ]
        )
    today = tuple(
        Site(id=centre.id, place=centre.place, status=Status.EXISTING)
        for centre in problem.centres
        if centre.id not in given
    )
    return today + tuple(offered)
