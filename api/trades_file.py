"""Technicians that may be hired, of a CSV file: ``id, skills, hours, wage``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from api.inputs.report import Report
from api.sites_file import rows_of
from dispatch.errors import InputError
from scenarios.location.staffing import Trade

COLUMNS = ("id", "skills", "hours", "wage")


def read_trades(path: Path) -> tuple[Trade, ...]:
    """Read them; skills are separated by ``;``, and may be none.

    Raises
    ------
    InputError
        ``input.invalid`` with all faults at once.
    """
    report = Report()
    trades: dict[str, Trade] = {}
    for number, row in rows_of(path, COLUMNS, ("id", "hours", "wage"), report):
        trade = _trade(row, path.name, number, report)
        if trade is not None and trade.name in trades:
            message = f"the id {trade.name} stands more than once"
            report.add("trade.duplicate", message, file=path.name, row=number, field="id", value=trade.name)
        elif trade is not None:
            trades[trade.name] = trade
    if not trades and not report.faults:
        report.add("trade.none", "there is nobody to hire", file=path.name)
    if report.faults:
        raise InputError.from_faults(report.faults)
    return tuple(trades.values())


def _trade(row: Mapping[str, str], file: str, number: int, report: Report) -> Trade | None:
    before = len(report.faults)
    values = {}
    for column in ("hours", "wage"):
        cell = row.get(column, "")
        try:
            values[column] = float(cell)
            if not abs(values[column]) < 1e12:
                raise ValueError(cell)
        except ValueError:
            report.add("number.format", "a number is needed", file=file, row=number, field=column, value=cell)
    if not row.get("id"):
        report.add("trade.id", "an id is needed", file=file, row=number, field="id")
    if len(report.faults) > before:
        return None
    try:
        return Trade(
            name=row["id"],
            skills=frozenset(skill.strip() for skill in row.get("skills", "").split(";") if skill.strip()),
            hours_s=round(values["hours"] * 3600),
            wage_cents=round(values["wage"] * 100),
        )
    except InputError as error:
        for fault in error.faults:
            report.add(fault.rule, fault.message, file=file, row=number, field=fault.field, value=fault.value)
        return None
