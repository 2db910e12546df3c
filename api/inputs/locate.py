"""Faults that the domain finds across objects, traced back to file and row."""

from __future__ import annotations

import re
from collections.abc import Mapping

from api.inputs.report import Record, Report
from dispatch.errors import Fault

OWNERS: dict[str, tuple[str, str, str]] = {
    "after.cycle": ("tickets", "after", r"ticket (.+) waits for .+, which waits for it"),
    "pin.skill": ("tickets", "pin_technicians", r"ticket (.+): .+ lacks a needed skill"),
    "pin.excluded": ("tickets", "pin_technicians", r"ticket (.+): .+ must not serve it"),
    "pin.no_shift": ("tickets", "pin_technicians", r"ticket (.+): .+ has no shift"),
    "pin.outside_shift": ("tickets", "pin_start", r"ticket (.+): no shift of .+ holds the pinned visit"),
    "pin.overlap": ("tickets", "pin_start", r"tickets .+ and (.+) are pinned to .+ at the same time"),
    "shift.overlap": ("shifts", "start", r"shifts .+ and (.+) of .+ overlap"),
}
"""Rule to the table and column that hold what breaks it, and where the domain's message names the record."""


def add_located(fault: Fault, records: Mapping[tuple[str, str], Record], settings_file: str, report: Report) -> None:
    """Add a fault of the finished problem, at its record if that can be told, else at the whole input.

    Parameters
    ----------
    records : mapping of (str, str) to Record
        Records by table and id.
    settings_file : str
        File that faults without a record belong to.
    """
    if fault.rule in OWNERS:
        table, column, pattern = OWNERS[fault.rule]
        found = re.fullmatch(pattern, fault.message)
        record = records.get((table, found[1])) if found else None
        if record is not None:
            record.wrong(report, fault.rule, fault.message, column, None if column in record.raw else fault.value)
            return
    field = {"horizon.length": "plan.end", "horizon.naive": "plan.start"}.get(fault.rule, fault.field)
    report.add(fault.rule, fault.message, file=settings_file, field=field, value=fault.value)
