"""What a field of the input is: its name, its kind, and how an object is read field by field.

A value has three forms: the *text* of a CSV cell, the *JSON value* of a JSON document (or of ``plan.toml``), and the
*domain value*. A :class:`Kind` knows all three: ``unpack`` text to JSON value, ``convert`` JSON value to domain value,
``pack`` JSON value to text.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from api.inputs.times import Times

SHOWN_CHARACTERS = 120
"""A fault shows no more of a value than this."""
LOCATE_HINT = "`callout geo locate` can find coordinates from addresses"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrong:
    """One broken rule inside a value.

    `path` leads from the value to the part that broke it; `known` holds the names of which one may have been meant.
    """

    rule: str
    message: str
    value: object
    path: str = ""
    known: Collection[str] = ()

    def below(self, path: str) -> Wrong:
        """The same inside a larger value."""
        return replace(self, path=path + self.path)


class Bad(Exception):  # noqa: N818 - a signal between kinds and readers, never seen outside
    """A value that breaks at least one rule."""

    def __init__(self, wrongs: Iterable[Wrong]) -> None:
        super().__init__()
        self.wrongs = tuple(wrongs)


def bad(rule: str, message: str, value: object) -> Bad:
    """A value that breaks one rule."""
    return Bad([Wrong(rule=rule, message=message, value=value)])


def shown(value: object) -> str:
    """A value as a fault shows it: text as it stands, anything else as JSON, cut when long."""
    if not isinstance(value, str):
        try:
            value = json.dumps(value, ensure_ascii=False, default=str)
        except (ValueError, RecursionError):  # a number or a nesting beyond what can be printed
            value = f"<{type(value).__name__}>"
    text = value.encode("utf-8", "replace").decode()
    return text if len(text) <= SHOWN_CHARACTERS else text[:SHOWN_CHARACTERS] + "…"


class Kind:
    """A kind of value; text and JSON value are the same unless a subclass says otherwise."""

    form: str = ""
    """How a CSV cell is written, for the documentation."""

    def unpack(self, text: str) -> object:
        """JSON value of a cell that is not empty; raises :class:`Bad`."""
        return text

    def pack(self, value: Any) -> str:
        """Cell text of a JSON value that `convert` accepts."""
        return str(value)

    def convert(self, value: object, times: Times) -> Any:
        """Domain value of a JSON value of any type; raises :class:`Bad`."""
        raise NotImplementedError

    def schema(self) -> dict[str, object]:
        """JSON schema of the JSON value."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One field of an object: a column of a CSV file, a key of a JSON object.

    Parameters
    ----------
    name : str
        Canonical name.
    kind : Kind
        What stands in it.
    doc : str
        One line for the documentation.
    required : bool
        Whether every object needs it.
    refers : str
        Table whose ids stand in it; empty: none.
    """

    name: str
    kind: Kind
    doc: str
    required: bool = False
    refers: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A list of objects of one sort: a CSV file of the folder, a list of the JSON document."""

    name: str
    singular: str
    columns: tuple[Column, ...]
    optional: bool = False
    by_name: Mapping[str, Column] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_name", {column.name: column for column in self.columns})

    @property
    def file(self) -> str:
        """File name in the folder format."""
        return f"{self.name}.csv"


def convert_fields(
    columns: Mapping[str, Column],
    raw: Mapping[str, Any],
    times: Times,
    wrongs: list[Wrong],
    *,
    memo: dict[str, dict[str, Any]] | None = None,
    absent: Collection[str] = (),
) -> dict[str, Any]:
    """Domain values of the fields of one object; what is wrong is added to `wrongs`, and its field left out.

    Parameters
    ----------
    columns : mapping of str to Column
        What the object may hold.
    raw : mapping of str to object
        JSON values; or, with `memo`, cell texts that are not empty.
    memo : dict of str to dict, or None
        Field to text to value of the rows before: tables hold the same cells over and over.
    absent : collection of str
        Required fields that are not asked for: a fault of the header tells of them already.
    """
    values = {}
    for name, value in raw.items():
        column = columns.get(name)
        if column is None:
            wrongs.append(Wrong(rule="key.unknown", message="no such key", value=name, path=f".{name}", known=columns))
            continue
        try:
            if memo is None:
                values[name] = column.kind.convert(value, times)
                continue
            same = memo.setdefault(name, {})
            if value not in same:
                same[value] = column.kind.convert(column.kind.unpack(value), times)
            values[name] = same[value]
        except Bad as error:
            wrongs += [wrong.below(f".{name}") for wrong in error.wrongs]
    for name, column in columns.items():
        if column.required and name not in raw and name not in absent:
            wrongs.append(Wrong(rule="value.missing", message="a value is needed", value="", path=f".{name}"))
    return values
