"""Tickets of the demo day that nobody can serve, each for another reason, which its id tells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from dispatch.places import Place
from dispatch.technicians import Technician
from dispatch.tickets import Ticket, Window
from examples.places_prd import OUT_OF_REACH, TOWNS, Town

SUNDAY_NOON_S = -12 * 3600
TUESDAY_S = 86_400


def _plain(name: str, town: Town, minutes: int, skills: Mapping[str, int]) -> Ticket:
    """A ticket that could be served, but for what is changed about it."""
    return Ticket(
        id=name,
        place=Place(id=name, lat=town.lat, lon=town.lon),
        duration_s=minutes * 60,
        tier="basic",
        opened_s=SUNDAY_NOON_S,
        skills=skills,
    )


def _tuesday(first_h: int, last_h: int) -> Window:
    """A window of whole hours on the Tuesday."""
    return Window(start_s=TUESDAY_S + first_h * 3600, end_s=TUESDAY_S + last_h * 3600)


def unservable_tickets(technicians: Sequence[Technician]) -> tuple[Ticket, ...]:
    """Eight tickets opened on Sunday at noon, whose tier is *basic*.

    ``X7`` requires a technician who works on Monday only (`GZ-T04`) and may only start on Tuesday. ``X8`` needs a
    skill of people on day shifts only, and lasts longer than those.
    """
    specialists = frozenset(one.id for one in technicians if one.skills.get("medical", 0) >= 4)

    guangzhou, shenzhen, dongguan, foshan = (TOWNS[zone] for zone in ("GZ", "SZ", "DG", "FS"))
    return (
        _plain("X1-skill-level", shenzhen[5], 120, {"medical": 5}),
        replace(_plain("X2-part-nowhere", guangzhou[0], 90, {"medical": 2}), parts={"mri_coil": 1}),
        replace(_plain("X3-tool-missing", foshan[3], 90, {"lift": 2}), tools=frozenset({"mobile_crane"})),
        replace(_plain("X4-window-outside-shifts", dongguan[2], 60, {"appliance": 1}), windows=(_tuesday(23, 24),)),
        _plain("X5-out-of-reach", OUT_OF_REACH, 60, {"network": 2}),
        replace(_plain("X6-all-excluded", guangzhou[20], 150, {"medical": 4}), excluded=specialists),
        replace(
            _plain("X7-required-off-duty", guangzhou[4], 60, {"medical": 1}),
            required=frozenset({"GZ-T04"}),
            windows=(_tuesday(9, 11),),
        ),
        _plain("X8-longer-than-shifts", shenzhen[14], 780, {"lift": 4}),
    )
