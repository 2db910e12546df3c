"""What the checker reports."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

CODES: dict[str, str] = {
    "unknown_shift": "a route names a shift that the input does not have",
    "unknown_ticket": "a visit, or an unserved entry, names a ticket that the input does not have",
    "unknown_centre": "a restock names a centre that the input does not have",
    "unknown_break": "a rest names a break that the shift does not have",
    "unknown_role": "a visit names a crew role that the ticket does not have",
    "duplicate_route": "one shift has two routes",
    "duplicate_visit": "one crew role of a ticket is filled twice",
    "empty_route": "a route has no visit",
    "wrong_technician": "a route names another technician than its shift",
    "missing_ticket": "a ticket is neither served nor listed as unserved",
    "served_and_unserved": "a ticket is served and listed as unserved",
    "unserved_twice": "a ticket is listed as unserved twice",
    "departure_before_shift": "the route departs before the shift starts",
    "return_after_shift": "the route returns after the shift's latest end",
    "travel_differs": "a leg's travel time is not that of the travel source",
    "distance_differs": "a leg's distance is not that of the travel source",
    "unreachable_leg": "no way leads from one stop to the next",
    "arrival_too_early": "a stop is reached before the leg can have been driven",
    "return_too_early": "the route returns before the last leg can have been driven",
    "start_before_arrival": "a service starts before the arrival",
    "duration_differs": "a service does not last as long as this technician needs",
    "restock_duration": "a restock does not last as long as the centre needs",
    "window_missed": "a service starts outside all windows of its ticket",
    "break_missing": "a break that falls into the route is not taken",
    "break_twice": "a break is taken twice",
    "break_window": "a break starts outside its window",
    "break_duration": "a break does not have its length",
    "break_overlap": "a break overlaps a service, another break, or lies outside the route",
    "skill_level": "the technician's level is below the ticket's",
    "technician_excluded": "the ticket excludes this technician",
    "technician_not_required": "the ticket requires other technicians",
    "base_distance": "the ticket lies farther from the technician's base than allowed",
    "base_drive": "the ticket lies more drive time from the technician's base than allowed",
    "leg_distance": "a leg is longer than the technician's limit",
    "leg_drive": "a leg takes longer than the technician's limit",
    "outside_coverage": "the ticket lies outside the coverage of the technician's centre",
    "pin_technician": "a pinned or locked ticket is served by somebody else",
    "pin_start": "a pinned ticket starts at another time",
    "part_short": "the van runs out of a part",
    "tool_missing": "the van lacks a tool",
    "crew_incomplete": "a crew ticket is served by too few technicians",
    "crew_same_technician": "one technician fills two roles of a crew",
    "crew_apart": "a crew does not start together",
    "after_unserved": "a ticket is served although the one before it is not",
    "after_too_soon": "the minimum gap between two tickets is not kept",
    "after_too_late": "the maximum gap between two tickets is not kept",
    "lateness_differs": "the missed targets of a visit are not those of its tier",
    "schedule_differs": "replaying the route gives other times",
    "cost_differs": "a cost term is not what the routes cost",
    "kpi_differs": "a figure is not what the routes give",
    "late_reason": "a missed target has no reason, or a reason stands without a missed target",
    "deferred_differs": "an unserved ticket is marked as deferred although it isn't, or the other way round",
    "problem_differs": "the plan was made for another input",
    "travel_source_differs": "the plan was made with another travel source",
}
"""Every violation code and what it means. Codes are stable."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """One broken rule.

    Parameters
    ----------
    code : str
        A key of `CODES`.
    shift_id, ticket_id : str
        Where; empty where it has no meaning.
    facts : mapping of str to int or str
        Numbers that show it, with the unit in the name.
    """

    code: str
    shift_id: str = ""
    ticket_id: str = ""
    facts: Mapping[str, int | float | str] = field(default_factory=dict)

    def __str__(self) -> str:
        where = " ".join(
            part
            for part in (self.shift_id and f"shift {self.shift_id}", self.ticket_id and f"ticket {self.ticket_id}")
            if part
        )
        facts = ", ".join(f"{name} {value}" for name, value in self.facts.items())
        return f"[{self.code}] {where}{': ' if where else ''}{CODES[self.code]}{f' ({facts})' if facts else ''}"
