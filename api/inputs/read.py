"""Reading an input: from files to a problem, or to all faults at once."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from api.inputs.entities import Builder
from api.inputs.locate import add_located
from api.inputs.places import read_places
from api.inputs.references import References, check_skills, drop_duplicates, name_shifts
from api.inputs.report import Report
from api.inputs.settings import TravelSettings
from api.inputs.sources import PLAN_FILE, Source, from_document, open_source
from api.inputs.tables import TABLES
from dispatch.errors import Fault, InputError
from dispatch.problem import MAX_HORIZON_S, Problem
from dispatch.tickets import Ticket


@dataclass(frozen=True, slots=True, kw_only=True)
class DayInput:
    """An input that is right: what to plan, and how the input wants travel to be measured."""

    problem: Problem
    travel: TravelSettings


def read_day(path: Path) -> DayInput:
    """Read a folder or a JSON file.

    Raises
    ------
    InputError
        ``input.invalid`` with all faults at once.
    """
    day, found = _read(path)
    if day is None or found:
        raise InputError.from_faults(found)
    return day


def read(path: Path) -> Problem:
    """Read the problem of a folder or a JSON file.

    Raises
    ------
    InputError
        ``input.invalid`` with all faults at once.
    """
    return read_day(path).problem


def faults(path: Path) -> list[Fault]:
    """All faults of a folder or a JSON file, file by file and row by row; empty when it can be planned."""
    return _read(path)[1]


def from_json(document: Mapping[str, Any], *, name: str = "input.json", base: Path = Path()) -> DayInput:
    """Read a JSON document that is parsed already.

    Parameters
    ----------
    document : mapping
        As :func:`api.inputs.json_schema` describes it.
    name : str
        What faults call the document.
    base : Path
        Folder that relative files in it are joined to.

    Raises
    ------
    InputError
        ``input.invalid`` with all faults at once.
    """
    report = Report()
    day = _build(from_document(document, name, base, report), report)
    if day is None or report.faults:
        raise InputError.from_faults(report.faults)
    return day


def _read(path: Path) -> tuple[DayInput | None, list[Fault]]:
    report = Report()
    source = open_source(path, report)
    day = _build(source, report) if source is not None else None
    order = {name: number for number, name in enumerate([PLAN_FILE, *(table.file for table in TABLES.values())])}
    return day, sorted(report.faults, key=lambda fault: (order.get(fault.file, 0), fault.row))


def _build(source: Source, report: Report) -> DayInput | None:
    """Check and build everything; None when there are faults."""
    settings, tables = source.settings, source.records
    horizon_s = _horizon(source, report)
    for records in tables.values():
        memo: dict[str, dict[str, Any]] = {}
        for record in records:
            record.convert(settings.times, report, memo)
    name_shifts(tables["shifts"])
    unique = {name: drop_duplicates(tables[name], report) for name in TABLES if name != "baseline"}
    book = read_places(
        (record for name in ("tickets", "centres", "technicians", "shifts") for record in tables[name]),
        report,
        datum=settings.coordinates,
    )

    builder = Builder(book, settings.times, report, horizon_s)
    known = {name: {record.id for record in unique[name]} if _has_all_ids(source, name) else None for name in unique}
    references = References({**known, "tiers": settings.tier_names}, report)
    tier_names = {tier.name for tier in settings.tiers}
    built: dict[str, Collection[str]] = {
        "centres": builder.centres,
        "technicians": builder.technicians,
        "tiers": tier_names,
    }
    order = {
        "centres": builder.centre,
        "technicians": builder.technician,
        "shifts": builder.shift,
        "tickets": builder.ticket,
    }
    for name, build in order.items():
        for record in unique[name]:
            references.check(record, built)
            build(record)
    if "technicians" in source.complete and not any(
        "skills" in r.raw and "skills" not in r.values for r in tables["technicians"]
    ):
        check_skills(tables["tickets"], tables["technicians"], settings.skills, report)
    if settings.start is None or horizon_s is None:
        return None
    try:
        problem = Problem(
            start=settings.start,
            end_s=horizon_s,
            tickets=_consistent(builder, source, report),
            technicians=tuple(builder.technicians.values()),
            shifts=tuple(builder.shifts.values()),
            centres=tuple(builder.centres.values()),
            tiers=settings.tiers,
            calendars=settings.calendars,
            weights=settings.weights,
            baseline=builder.assignments(tables["baseline"]),
        )
    except InputError as error:
        found = {(name, record.id): record for name, records in unique.items() for record in records}
        said = {fault.rule for fault in report.faults}  # names and duplicates are told with their row already
        for fault in error.faults:
            if fault.rule not in said or fault.rule.startswith(("pin.", "shift.overlap", "after.cycle")):
                add_located(fault, found, source.settings_file, report)
        return None
    return DayInput(problem=problem, travel=settings.travel) if not report.faults else None


def _horizon(source: Source, report: Report) -> int | None:
    """Length of the plan; None, with a fault, when it has none."""
    settings = source.settings
    if settings.start is None or settings.end is None:
        return None
    length = settings.end - settings.times.origin
    seconds = length.days * 86_400 + length.seconds
    if length.microseconds:
        report.add(
            "time.fraction",
            "the plan must last whole seconds",
            file=source.settings_file,
            field="plan.end",
            value=str(settings.end),
        )
        return None
    if not 0 < seconds <= MAX_HORIZON_S:
        report.add(
            "horizon.length",
            "the plan must last 1 second to 366 days",
            file=source.settings_file,
            field="plan.end",
            value=settings.end.isoformat(),
        )
        return None
    return seconds


def _has_all_ids(source: Source, name: str) -> bool:
    """Whether every row of a table could be read as far as its id."""
    return name in source.complete and all(record.id for record in source.records[name])


def _consistent(builder: Builder, source: Source, report: Report) -> tuple[Ticket, ...]:
    """Tickets to check together. After faults: without order against what could not be built, and without pins
    to technicians whose own data or shifts are in doubt.
    """
    tickets = tuple(builder.tickets.values())
    if not report.faults:
        return tickets
    doubtful = {record.id for record in source.records["technicians"] if record.faulty}
    doubtful |= {record.values.get("technician", "") for record in source.records["shifts"] if record.faulty}
    all_doubtful = "" in doubtful or not {"technicians", "shifts"} <= source.complete
    return tuple(
        dataclasses.replace(
            ticket,
            after=tuple(after for after in ticket.after if after.ticket_id in builder.tickets),
            pin=None if ticket.pin and (all_doubtful or doubtful & set(ticket.pin.technician_ids)) else ticket.pin,
        )
        for ticket in tickets
    )
