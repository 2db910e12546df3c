"""Ids that stand twice, and names that nobody bears."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from api.inputs.report import Record, Report
from api.inputs.tables import TABLES
from dispatch.tickets import After


def drop_duplicates(records: Iterable[Record], report: Report) -> list[Record]:
    """Records whose id stands for the first time; those without an id are left out."""
    first: dict[str, Record] = {}
    for record in records:
        if not record.id:
            continue
        earlier = first.setdefault(record.id, record)
        if earlier is not record:
            record.duplicate = True
            where = f"row {earlier.row}" if earlier.row else earlier.path
            record.wrong(
                report, f"{record.table.singular}.duplicate", f"the id stands in {where} already", "id", record.id
            )
    return list(first.values())


def name_shifts(records: Iterable[Record]) -> None:
    """Give shifts without an id theirs: technician, ``#``, number of the technician's shift."""
    counts: dict[str, int] = {}
    for record in records:
        owner = record.values.get("technician")
        if owner is not None:
            counts[owner] = counts.get(owner, 0) + 1
            if "id" not in record.raw:
                record.values["id"] = f"{owner}#{counts[owner]}"


class References:
    """Known ids by table. A table that could not be read in full knows nothing, and nothing is reported against it.

    Parameters
    ----------
    known : mapping of str to collection of str or None
        Ids that stand in the input.
    """

    def __init__(self, known: dict[str, Collection[str] | None], report: Report) -> None:
        self._known = known
        self._report = report

    def check(self, record: Record, built: dict[str, Collection[str]]) -> None:
        """Report unknown names, and drop values that name what is unknown or could not be built."""
        for column in record.table.columns:
            if not column.refers or column.name not in record.values:
                continue
            names = _names_in(record.values[column.name])
            known = self._known[column.refers]
            for name in names:
                if known is not None and name not in known:
                    singular = "tier" if column.refers == "tiers" else TABLES[column.refers].singular
                    record.wrong(self._report, f"{singular}.unknown", f"no such {singular}", column.name, name, known)
            if any(name not in built.get(column.refers, names) for name in names):
                del record.values[column.name]


def _names_in(value: object) -> list[str]:
    """Ids in a value: one, several, or those of :class:`After`."""
    if isinstance(value, str):
        return [value]
    items = sorted(value) if isinstance(value, frozenset) else value
    assert isinstance(items, (list, tuple))
    return [item.ticket_id if isinstance(item, After) else item for item in items]


def check_skills(tickets: Iterable[Record], technicians: list[Record], listed: Collection[str], report: Report) -> None:
    """Report skills that no technician has and the plan does not list."""
    known = {skill for record in technicians for skill in record.values.get("skills", ())} | set(listed)
    for record in [*technicians, *tickets]:
        wanted = [("skills", skill) for skill in record.values.get("skills", ())]
        wanted += [("crew", skill) for member in record.values.get("crew", ()) for skill in member]
        wanted += [("duration_percent", skill) for skill in record.values.get("duration_percent", ()) if skill != "*"]
        for column, skill in wanted:
            if skill not in known:
                record.wrong(
                    report,
                    "skill.unknown",
                    "no technician has this skill; if it is right, list it in skills of the plan",
                    column,
                    skill,
                    known,
                )
