"""Kinds of lists, maps and objects, packed into one cell in CSV."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from api.inputs.columns import Bad, Column, Kind, Wrong, bad, convert_fields, shown
from api.inputs.scalars import Number, Text
from api.inputs.times import Times
from dispatch.errors import InputError

NOTHING = "-"
"""Stands in a cell for "none", where an empty cell means something else."""


def split(text: str, separator: str = ";") -> list[str]:
    """Parts of a packed cell without the blanks around them; a separator at the end is forgiven."""
    if not text.isascii():
        text = text.replace("；", ";").replace("：", ":").replace("｜", "|")
    parts = [part.strip() for part in text.split(separator)]
    return parts[:-1] if len(parts) > 1 and not parts[-1] else parts


def items_of(value: object) -> list[Any]:
    """A JSON value that must be a list."""
    if not isinstance(value, list):
        raise bad("value.type", "must be a list", value)
    return value


def mapping_of(value: object) -> dict[str, Any]:
    """A JSON value that must be an object."""
    if not isinstance(value, dict):
        raise bad("value.type", "must be an object", value)
    return value


def each[S, T](values: Iterable[tuple[str, S]], call: Callable[[S], T]) -> list[T]:
    """`call` of each value; one :class:`Bad` with all that is wrong, below the path of each value."""
    results: list[T] = []
    wrongs: list[Wrong] = []
    for path, value in values:
        try:
            results.append(call(value))
        except Bad as error:
            wrongs += [wrong.below(path) for wrong in error.wrongs]
    if wrongs:
        raise Bad(wrongs)
    return results


def by_index(values: list[Any]) -> Iterator[tuple[str, Any]]:
    """Items with their paths."""
    return ((f"[{number}]", value) for number, value in enumerate(values))


def by_key(values: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Values with their paths."""
    return ((f".{key}", value) for key, value in values.items())


class Listed(Kind):
    """A list of values of one kind."""

    def __init__(self, item: Kind, make: Callable[[list[Any]], Any] = tuple) -> None:
        self.item, self.make = item, make
        self.form = f"{item.form}; …"

    def unpack(self, text: str) -> object:
        return [self.item.unpack(part) for part in split(text)]

    def pack(self, value: Any) -> str:
        return "; ".join(self.item.pack(item) for item in value)

    def convert(self, value: object, times: Times) -> Any:
        return self.make(each(by_index(items_of(value)), lambda item: self.item.convert(item, times)))

    def schema(self) -> dict[str, object]:
        return {"type": "array", "items": self.item.schema()}


class NameSet(Listed):
    """Different names, in any order."""

    def __init__(self, form: str = "name; …") -> None:
        super().__init__(Text(), frozenset)
        self.form = form


class Held(NameSet):
    """Names, where an empty cell means every name and ``-`` none."""

    def __init__(self) -> None:
        super().__init__("name; … or `-`")

    def unpack(self, text: str) -> object:
        return [] if text == NOTHING else super().unpack(text)

    def pack(self, value: Any) -> str:
        return super().pack(value) if value else NOTHING


class Pairs(Kind):
    """A map of names to numbers."""

    def __init__(self, number: Number, form: str) -> None:
        self.name, self.number, self.form = Text(), number, form

    def unpack(self, text: str) -> object:
        pairs: dict[str, object] = {}
        for part in split(text):
            name, colon, number = part.rpartition(":")
            name = name.strip()
            if not colon or not name:
                raise bad("pair.format", f"write name:number, several by ';' ({self.form})", part)
            if name in pairs:
                raise bad("pair.twice", "the name stands more than once", part)
            pairs[name] = self.number.unpack(number.strip())
        return pairs

    def pack(self, value: Any) -> str:
        return "; ".join(f"{name}:{number}" for name, number in value.items())

    def convert(self, value: object, times: Times) -> dict[str, int]:
        pairs = mapping_of(value)
        each(((f".{name}", name) for name in pairs), lambda name: self.name.convert(name, times))
        numbers: list[int] = each(by_key(pairs), lambda number: self.number.convert(number, times))
        return dict(zip(pairs, numbers, strict=True))

    def schema(self) -> dict[str, object]:
        return {"type": "object", "propertyNames": {"minLength": 1}, "additionalProperties": self.number.schema()}


class Crew(Listed):
    """Skills of the further crew members."""

    def __init__(self, skills: Pairs) -> None:
        super().__init__(skills)
        self.form = "skill:level; … | `-`"

    def unpack(self, text: str) -> object:
        return [{} if part == NOTHING else self.item.unpack(part) for part in split(text, "|")]

    def pack(self, value: Any) -> str:
        return " | ".join(self.item.pack(member) if member else NOTHING for member in value)


class Thing(Kind):
    """An object of named fields, made into a domain object."""

    def __init__(self, columns: Iterable[Column], make: Callable[[dict[str, Any]], Any]) -> None:
        self.columns = {column.name: column for column in columns}
        self.make = make

    def convert(self, value: object, times: Times) -> Any:
        wrongs: list[Wrong] = []
        values = convert_fields(self.columns, mapping_of(value), times, wrongs)
        if wrongs:
            raise Bad(wrongs)
        try:
            return self.make(values)
        except InputError as error:
            shown = self.pack(value)
            raise Bad(Wrong(rule=f.rule, message=f.message, value=shown) for f in error.faults) from None

    def pack(self, value: Any) -> str:
        return shown(value)

    def schema(self) -> dict[str, object]:
        return object_schema(self.columns)


class Keyed(Kind):
    """A map of names to objects."""

    def __init__(self, item: Kind) -> None:
        self.item = item

    def convert(self, value: object, times: Times) -> dict[str, Any]:
        things = mapping_of(value)
        made: list[Any] = each(by_key(things), lambda thing: self.item.convert(thing, times))
        return dict(zip(things, made, strict=True))

    def schema(self) -> dict[str, object]:
        return {"type": "object", "additionalProperties": self.item.schema()}


def object_schema(columns: Mapping[str, Column]) -> dict[str, object]:
    """JSON schema of an object of `columns` and nothing else."""
    schema: dict[str, object] = {
        "type": "object",
        "additionalProperties": False,
        "properties": {column.name: {**column.kind.schema(), "title": column.doc} for column in columns.values()},
    }
    required = [column.name for column in columns.values() if column.required]
    return schema | ({"required": required} if required else {})
