"""Tickets of the demo day that nobody can serve, each for another reason, which its id tells."""

from __future__ import annotations

from collections.abc import Sequence

from dispatch.places import Place
from dispatch.technicians import Technician
from dispatch.tickets import Ticket, Window
from examples.places_prd import OUT_OF_REACH, TOWNS, Town

SUNDAY_NOON_S = -12 * 3600
TUESDAY_S = 86_400


def _place(name: str, town: Town) -> Place:
    return Place(id=name, lat=town.lat, lon=town.lon)


def unservable_tickets(technicians: Sequence[Technician]) -> tuple[Ticket, ...]:
    """Eight tickets opened on Sunday at noon, whose tier is *basic*.

    ``X7`` requires a technician who works on Monday only (`GZ-T04`) and may only start on Tuesday. ``X8`` needs a
    skill of people on day shifts only, and lasts longer than those.
    """
    specialists = frozenset(one.id for one in technicians if one.skills.get("medical", 0) >= 4)

    def ticket(name: str, town: Town, minutes: int, **more: object) -> Ticket:
        return Ticket(
            id=name, place=_place(name, town), duration_s=minutes * 60, tier="basic", opened_s=SUNDAY_NOON_S, **more
        )  # type: ignore[arg-type]

    guangzhou, shenzhen, dongguan, foshan = (TOWNS[zone] for zone in ("GZ", "SZ", "DG", "FS"))
    return (
        ticket("X1-skill-level", shenzhen[5], 120, skills={"medical": 5}),
        ticket("X2-part-nowhere", guangzhou[0], 90, skills={"medical": 2}, parts={"mri_coil": 1}),
        ticket("X3-tool-missing", foshan[3], 90, skills={"lift": 2}, tools=frozenset({"mobile_crane"})),
        ticket(
            "X4-window-outside-shifts",
            dongguan[2],
            60,
            skills={"appliance": 1},
            windows=(Window(start_s=TUESDAY_S + 23 * 3600, end_s=TUESDAY_S + 23 * 3600 + 1800),),
        ),
        ticket("X5-out-of-reach", OUT_OF_REACH, 60, skills={"network": 1}),
        ticket("X6-all-excluded", guangzhou[20], 150, skills={"medical": 4}, excluded=specialists),
        ticket(
            "X7-required-off-duty",
            guangzhou[4],
            60,
            skills={"medical": 1},
            required=frozenset({"GZ-T04"}),
            windows=(Window(start_s=TUESDAY_S + 9 * 3600, end_s=TUESDAY_S + 11 * 3600),),
        ),
        ticket("X8-longer-than-shifts", shenzhen[14], 780, skills={"lift": 4}),
    )
