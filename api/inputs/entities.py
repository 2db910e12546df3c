"""From records to domain objects."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any

from api.inputs.appointments import BreakText
from api.inputs.columns import LOCATE_HINT, Bad, bad
from api.inputs.places import CENTRE_SPOT, HOME_SPOT, OTHER, SHIFT_SPOTS, TICKET_SPOT, PlaceBook, Spot
from api.inputs.report import Record, Report
from api.inputs.times import TimeFault, Times
from dispatch.errors import InputError
from dispatch.places import Place
from dispatch.problem import Assignment
from dispatch.technicians import Break, ServiceCentre, Shift, Technician
from dispatch.tickets import Pin, Ticket

COLUMN_OF = {"pin": "pin_technicians", "shift": "end"}
"""Column that holds what the domain calls by another name."""


@dataclass(slots=True)
class Builder:
    """Builds domain objects, and remembers what later ones refer to.

    Each method returns None, after a fault, when its record can't be built.
    """

    book: PlaceBook
    times: Times
    report: Report
    horizon_s: int | None
    centres: dict[str, ServiceCentre] = field(default_factory=dict)
    technicians: dict[str, Technician] = field(default_factory=dict)
    shifts: dict[str, Shift] = field(default_factory=dict)
    tickets: dict[str, Ticket] = field(default_factory=dict)
    _homes: dict[str, Place | None] = field(default_factory=dict)
    _lost_centres: set[str] = field(default_factory=set)

    def centre(self, record: Record) -> None:
        """Build one centre."""
        place = self._needed_place(record, CENTRE_SPOT)
        names = {
            "restock_min": "restock_s",
            "parts": "parts",
            "tools": "tools",
            "coverage_km": "coverage_m",
            "coverage_min": "coverage_s",
        }
        made = self._construct(ServiceCentre, record, {"id": record.id, "place": place} | _renamed(record, names))
        if made is not None:
            self.centres[record.id] = made

    def technician(self, record: Record) -> None:
        """Build one technician."""
        values = record.values
        home = self.book.place(record, HOME_SPOT) if HOME_SPOT.given(record) else None
        centre = self.centres.get(values.get("centre", ""))
        base = values.get("base", "home" if home else "centre" if centre else "none")
        place = {"home": home, "centre": centre.place if centre else None, "none": None}[base]
        if base == "home" and home is None:
            record.wrong(self.report, "place.no_home", "the base is home, but home_lat and home_lon are empty", "base")
        if base == "centre" and "centre" not in record.raw:
            record.wrong(self.report, "place.no_centre", "the base is the centre, but centre is empty", "base")
        names = {
            "name": "name",
            "skills": "skills",
            "duration_percent": "duration_percent",
            "centre": "centre_id",
            "profile": "profile",
            "stock": "stock",
            "tools": "tools",
            "max_distance_km": "max_distance_m",
            "max_drive_min": "max_drive_s",
            "max_leg_km": "max_leg_m",
            "max_leg_min": "max_leg_s",
        }
        if record.faulty and place is None:  # a reach from a base that is reported already
            names = {name: to for name, to in names.items() if name not in ("max_distance_km", "max_drive_min")}
        made = self._construct(Technician, record, {"id": record.id, "base": place} | _renamed(record, names))
        if made is not None:
            self.technicians[record.id] = made
            self._homes[record.id] = home
            if "centre" in record.raw and centre is None:
                self._lost_centres.add(record.id)

    def shift(self, record: Record) -> None:
        """Build one shift."""
        values = record.values
        if not all(name in values for name in ("technician", "start", "end")):
            return
        start_s, end_s = values["start"], values["end"]
        if self.horizon_s is not None:
            for name, second in (("start", start_s), ("end", end_s)):
                if not 0 <= second <= self.horizon_s:
                    record.wrong(self.report, "shift.horizon", "the shift leaves the plan", name)
                    break
        start_place, end_place = (self._shift_place(record, spot) for spot in SHIFT_SPOTS)
        breaks = self._breaks(record, start_s, end_s)
        made = self._construct(
            Shift,
            record,
            {
                "id": record.id,
                "technician_id": values["technician"],
                "start_s": start_s,
                "regular_end_s": values.get("regular_end", end_s),
                "end_s": end_s,
                "start_place": start_place,
                "end_place": end_place,
                "breaks": breaks,
            },
        )
        if made is not None:
            self.shifts[record.id] = made

    def ticket(self, record: Record) -> None:
        """Build one ticket."""
        values = record.values
        pinned = values.get("pin_technicians")
        if "pin_start" in record.raw and not record.raw.get("pin_technicians"):
            record.wrong(self.report, "pin.technicians", "pin_start needs pin_technicians", "pin_start")
        place = self._needed_place(record, TICKET_SPOT)
        names = {
            "duration_min": "duration_s",
            "tier": "tier",
            "opened": "opened_s",
            "windows": "windows",
            "skills": "skills",
            "parts": "parts",
            "tools": "tools",
            "required": "required",
            "preferred": "preferred",
            "excluded": "excluded",
            "crew": "crew",
            "after": "after",
            "unserved_cost_cents": "unserved_cents",
        }
        given = {"id": record.id, "place": place} | _renamed(record, names)
        if pinned:
            given["pin"] = Pin(technician_ids=pinned, start_s=values.get("pin_start"))
        if "duration_s" not in given or "tier" not in given:
            given = {"duration_s": 0, "tier": ""} | given  # its other faults are found all the same
            self._construct(Ticket, record, given)
            return
        made = self._construct(Ticket, record, given)
        if made is not None:
            self.tickets[record.id] = made

    def assignments(self, records: list[Record]) -> tuple[Assignment, ...]:
        """The baseline, as far as it is right."""
        return tuple(
            Assignment(ticket_id=v["ticket"], role=v.get("role", 0), technician_id=v["technician"], start_s=v["start"])
            for v in (record.values for record in records)
            if {"ticket", "technician", "start"} <= v.keys()
        )

    def _construct[T](self, cls: type[T], record: Record, given: dict[str, Any]) -> T | None:
        """Build an object; what breaks a rule is reported, left out, and the rest tried again."""
        while True:
            try:
                return cls(**given)
            except InputError as error:
                fault = error.faults[0]
                message = fault.message.removeprefix(f"{record.id}: ")
                column = COLUMN_OF.get(fault.field, fault.field)
                record.wrong(self.report, fault.rule, message, column, None if column in record.raw else fault.value)
                if given.pop(fault.field, None) is None:
                    return None

    def _needed_place(self, record: Record, spot: Spot) -> Place:
        place = self.book.place(record, spot)
        if place is None:
            if spot.lat not in record.absent:
                hint = f"; {LOCATE_HINT}" if "address" in record.raw else ""
                record.wrong(
                    self.report, "place.missing", f"give lat and lon, or the place in a travel matrix{hint}", spot.lat
                )
            return Place(id=record.id)
        return place

    def _shift_place(self, record: Record, spot: Spot) -> Place | None:
        owner = self.technicians.get(record.values["technician"])
        home = self._homes.get(record.values["technician"])
        centre = self.centres.get(owner.centre_id) if owner is not None and owner.centre_id is not None else None
        text = record.values.get(spot.place, "home" if home else "centre" if centre else "none")
        if text.startswith(OTHER) and len(text) > len(OTHER):
            return self.book.place(record, spot)
        if spot.lat in record.raw or spot.lon in record.raw or text not in ("home", "centre", "none"):
            record.wrong(
                self.report,
                "place.reference",
                f"write home, centre, none, or {OTHER}NAME (with coordinates)",
                spot.place,
                text,
            )
        elif text == "home" and home is None and owner is not None:
            record.wrong(self.report, "place.no_home", "the technician has no home", spot.place)
        elif text == "centre" and centre is None and owner is not None and owner.id not in self._lost_centres:
            record.wrong(self.report, "place.no_centre", "the technician has no centre", spot.place)
        else:
            return {"home": home, "centre": centre.place if centre else None, "none": None}[text]
        return None

    def _breaks(self, record: Record, start_s: int, end_s: int) -> tuple[Break, ...]:
        written: tuple[BreakText, ...] = record.values.get("breaks", ())
        if not written:
            return ()
        anchor = self.times.moment(record.raw["start"])
        breaks = []
        for item in written:
            try:
                breaks.append(self._break(item, anchor, start_s, end_s))
            except InputError as error:
                record.wrong(self.report, error.faults[0].rule, error.faults[0].message, "breaks")
            except Bad as error:
                record.wrong(self.report, error.wrongs[0].rule, error.wrongs[0].message, "breaks")
        return tuple(sorted(breaks, key=lambda rest: rest.earliest_s))

    def _break(self, item: BreakText, anchor: datetime, start_s: int, end_s: int) -> Break:
        """Put a break on the calendar. A span that ends before the shift starts is that of the next day; so is a
        latest start before the earliest, if the shift lasts that long.
        """
        day = anchor.astimezone(self.times.zone).date() if self.times.zone else anchor.date()

        def second(clock: time | int, days: int) -> int:
            if isinstance(clock, int):
                return clock
            try:
                return self.times.second_at(day + timedelta(days=days), clock, anchor)
            except TimeFault as fault:
                raise bad(fault.rule, fault.message, clock) from None

        earliest_s, latest_s = second(item.earliest, 0), second(item.latest, 0)
        if latest_s < start_s and latest_s >= earliest_s:
            earliest_s, latest_s = second(item.earliest, 1), second(item.latest, 1)
        elif latest_s < earliest_s and second(item.latest, 1) <= end_s:
            latest_s = second(item.latest, 1)
        return Break(earliest_s=earliest_s, latest_s=latest_s, duration_s=item.duration_s)


def _renamed(record: Record, names: dict[str, str]) -> dict[str, Any]:
    """Values of a record under the domain's names."""
    values = record.values
    return {to: values[name] for name, to in names.items() if name in values}
