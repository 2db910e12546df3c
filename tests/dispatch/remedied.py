"""The change that a remedy promises to help, made for real."""

from __future__ import annotations

import dataclasses

from dispatch.plan import Remedy
from dispatch.problem import Problem


def remedied(problem: Problem, ticket_id: str, remedy: Remedy) -> Problem:
    """Make the change that a remedy names, out of nothing but its code, facts, technician and shift."""
    code, facts = remedy.change.code, dict(remedy.change.facts)
    ticket, shift = problem.ticket_by_id[ticket_id], problem.shift_by_id[remedy.shift_id]
    technician = problem.technician_by_id[remedy.technician_id]
    assert shift.technician_id == technician.id

    def put(kind: str, name: str, **changes: object) -> Problem:
        items = getattr(problem, kind)
        new = [dataclasses.replace(item, **changes) if item.id == name else item for item in items]
        return problem.replace(**{kind: tuple(new)})

    match code:
        case "add_skill":
            assert technician.skills.get(facts["skill"], 0) == facts["have"]
            return put("technicians", technician.id, skills={**technician.skills, facts["skill"]: facts["need"]})
        case "add_part":
            have = technician.stock.get(facts["part"], 0)
            stock = {**technician.stock, facts["part"]: have + facts["quantity"]}
            return put("technicians", technician.id, stock=stock)
        case "add_tool":
            return put("technicians", technician.id, tools=technician.tools | {facts["tool"]})
        case "allow_technician":
            required = ticket.required | {technician.id} if ticket.required else ticket.required
            return put("tickets", ticket_id, excluded=ticket.excluded - {technician.id}, required=required)
        case "move_pin":
            assert ticket.pin is not None
            moved = dataclasses.replace(ticket.pin, technician_ids=(technician.id, *ticket.pin.technician_ids[1:]))
            return put("tickets", ticket_id, pin=moved)
        case "extend_shift_end":
            assert facts["end_s"] - shift.end_s == facts["extra_s"] > 0
            return put("shifts", shift.id, end_s=facts["end_s"])
        case "extend_shift_start":
            assert shift.start_s - facts["start_s"] == facts["extra_s"] > 0
            return put("shifts", shift.id, start_s=facts["start_s"])
        case "window_until" | "window_from":
            until = code == "window_until"
            wider = []
            for window in ticket.windows:
                if until and window.end_s == facts["until_s"] - facts["extra_s"]:
                    window = dataclasses.replace(window, end_s=facts["until_s"])
                elif not until and window.start_s == facts["from_s"] + facts["extra_s"]:
                    window = dataclasses.replace(window, start_s=facts["from_s"])
                wider.append(window)
            assert tuple(wider) != ticket.windows
            return put("tickets", ticket_id, windows=tuple(wider))
        case "raise_coverage_m" | "raise_coverage_s":
            field = code.removeprefix("raise_")
            assert getattr(problem.centre_by_id[facts["centre"]], field) == facts["limit"] < facts["need"]
            return put("centres", facts["centre"], **{field: facts["need"]})
    field = code.removeprefix("raise_")
    assert getattr(technician, field) == facts["limit"] < facts["need"]
    return put("technicians", technician.id, **{field: facts["need"]})
