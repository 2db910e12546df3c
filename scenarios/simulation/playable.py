"""Tickets that a simulated day can play."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

from dispatch.errors import Fault, InputError
from dispatch.problem import Problem
from dispatch.tickets import Ticket


def playable(template: Problem, tickets: Iterable[Ticket]) -> tuple[Ticket, ...]:
    """The tickets without wishes for technicians who are not in the template; crews and orders are refused."""
    known = frozenset(template.technician_by_id)
    kept, faults = [], []
    for ticket in tickets:
        if ticket.crew or ticket.after:
            faults.append(
                Fault(
                    rule="simulation.ties",
                    message=f"ticket {ticket.id}: crews and orders between tickets can't be simulated",
                    field="crew" if ticket.crew else "after",
                )
            )
            continue
        kept.append(
            dataclasses.replace(
                ticket,
                required=ticket.required & known,
                preferred=ticket.preferred & known,
                excluded=ticket.excluded & known,
            )
        )
    if faults:
        raise InputError.from_faults(faults)
    return tuple(kept)
