"""Take up an input document: everything, or nothing and all faults."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, SQLModel, col, insert, select, update

from api.inputs import from_json, to_json
from api.service.days.customers import import_customers
from api.service.http.errors import ForbiddenError
from api.service.store.audits import Author, record
from api.service.store.tables import Centre, DaySetting, Shift, Technician, Ticket
from dispatch.errors import Fault, InputError

Json = dict[str, Any]
_SETTINGS = ("weights", "tiers", "calendars")
MOST_TEXT = 10_000
"""Characters where a column names no limit."""
_AT_ONCE = 500
"""Ids of one question: SQLite takes a limited number of parameters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """How the objects of a list become rows."""

    table: type[Any]
    columns: Callable[[Json], Json]


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


KINDS = {
    "centres": Kind(table=Centre, columns=lambda item: {}),
    "technicians": Kind(table=Technician, columns=lambda item: {"centre_id": item.get("centre")}),
    "shifts": Kind(
        table=Shift,
        columns=lambda item: {
            "technician_id": item["technician"],
            "starts_at": _moment(item["start"]),
            "ends_at": _moment(item["end"]),
        },
    ),
    "tickets": Kind(table=Ticket, columns=lambda item: {"tier": item["tier"], "opened_at": _moment(item["opened"])}),
}


def import_document(
    session: Session, document: Mapping[str, Any], author: Author, *, centres: frozenset[str] | None = None
) -> dict[str, dict[str, int]]:
    """Make the objects of a document those of the database; what it does not name stays.

    Parameters
    ----------
    session : Session
        Of a writing transaction.
    document : mapping
        As ``callout plan`` reads it, and ``customers``; its travel source and baseline are passed over.
    author : Author
        Who imports.
    centres : frozenset of str or None
        Centres that the author is limited to; None: no limit.

    Returns
    -------
    dict
        For each list how many objects were `added`, `changed` and `same`.

    Raises
    ------
    InputError
        ``input.invalid`` with all faults at once.
    ForbiddenError
        ``auth.centre`` when it holds centres, or their technicians, that are not the author's.
    """
    asked = {name: value for name, value in document.items() if name not in ("travel", "baseline", "customers")}
    plain = to_json(from_json(asked, name="import").problem)
    if centres is not None:
        named = {one["id"] for one in plain["centres"]} | {one.get("centre") for one in plain["technicians"]}
        if not named <= centres:
            raise ForbiddenError("auth.centre", "name only what is yours", facts={"centres": sorted(centres)})
    shared = _SETTINGS if centres is None else ()  # what all centres share is not theirs to change
    settings = [{"id": name, "value": plain[name]} for name in shared if name in plain]
    seen = {"settings": _take(session, DaySetting, ((item, {}) for item in settings), author)}
    for name in KINDS:
        seen[name] = take(session, name, plain[name], author)
    if "customers" in document:
        seen["customers"] = import_customers(session, document["customers"], author)
    return seen


def take(session: Session, kind: str, items: Iterable[Json], author: Author) -> dict[str, int]:
    """Keep objects of one list, which have been checked; how many were `added`, `changed` and `same`."""
    of = KINDS[kind]
    return _take(session, of.table, ((item, of.columns(item)) for item in items), author)


def _take(
    session: Session, table: type[SQLModel], items: Iterable[tuple[Json, Json]], author: Author
) -> dict[str, int]:
    """Insert what is new, change what differs."""
    wanted = {item["id"]: ({k: v for k, v in item.items() if k != "id"}, columns) for item, columns in items}
    _check_lengths(table, wanted)
    known = _known(session, table, list(wanted))
    counts = Counter({"added": 0, "changed": 0, "same": 0})
    new = []
    for name, (fields, columns) in wanted.items():
        before = known.get(name)
        if before is None:
            new.append({"id": name, "version": 1, "fields": fields, **columns})
            record(session, author, "add", table, name, before=None, after=fields)
            counts["added"] += 1
        elif before == fields:
            counts["same"] += 1
        else:
            key, version = col(table.id), col(table.version)  # type: ignore[attr-defined]
            session.exec(update(table).where(key == name).values(fields=fields, version=version + 1, **columns))
            record(session, author, "change", table, name, before=before, after=fields)
            counts["changed"] += 1
    if new:
        session.exec(insert(table), params=new)
    session.flush()
    return dict(counts)


def _check_lengths(table: type[SQLModel], wanted: Mapping[str, tuple[Json, Json]]) -> None:
    """Refuse texts that are longer than their column: PostgreSQL would, and SQLite would not."""
    name = str(table.__tablename__)
    limits = {column.name: getattr(column.type, "length", None) for column in table.metadata.tables[name].columns}
    faults = []
    for object_id, (_, columns) in wanted.items():
        texts: Json = {"id": object_id} | columns
        for field, value in texts.items():
            most = limits[field] or MOST_TEXT
            if isinstance(value, str) and len(value) > most:
                message = f"has more than {most} characters"
                faults.append(Fault(rule="text.length", message=message, file=name, field=field, value=value))
    if faults:
        raise InputError.from_faults(faults)


def _known(session: Session, table: type[Any], names: list[str]) -> dict[str, Json]:
    found: dict[str, Json] = {}
    for first in range(0, len(names), _AT_ONCE):
        some = names[first : first + _AT_ONCE]
        found.update(session.exec(select(table.id, table.fields).where(col(table.id).in_(some))).all())
    return found
