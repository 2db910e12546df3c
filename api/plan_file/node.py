"""What a plan file holds, asked for by name and kind."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from dispatch.errors import Fault, InputError
from dispatch.problem import MAX_HORIZON_S, Problem


class Node:
    """One JSON object with typed getters that raise ``plan.format`` with the path of what does not fit."""

    def __init__(self, value: object, path: str, file: str, problem: Problem) -> None:
        self.path, self.file, self.problem = path, file, problem
        if not isinstance(value, Mapping):
            raise self.bad("", "expected an object")
        self.values = value

    def bad(self, name: str, message: str) -> InputError:
        where = ".".join(part for part in (self.path, name) if part)
        value = str(self.values.get(name, "")) if name and hasattr(self, "values") else ""
        return InputError(
            "plan.format",
            f"{self.file}: {where or 'document'}: {message}",
            [Fault(rule="plan.format", message=message, file=self.file, field=where, value=value[:80])],
        )

    def names(self) -> list[str]:
        return [str(key) for key in self.values]

    def value(self, name: str) -> object:
        if name not in self.values:
            raise self.bad(name, "is missing")
        return self.values[name]

    def text(self, name: str) -> str:
        value = self.value(name)
        if not isinstance(value, str):
            raise self.bad(name, "expected text")
        return value

    def integer(self, name: str) -> int:
        value = self.value(name)
        if not isinstance(value, int) or isinstance(value, bool) or abs(value) > 2**62:
            raise self.bad(name, "expected a whole number")
        return value

    def number(self, name: str) -> int | float:
        value = self.value(name)
        if not isinstance(value, int | float) or isinstance(value, bool) or value != value or abs(value) > 2**62:
            raise self.bad(name, "expected a number")
        return value

    def flag(self, name: str) -> bool:
        value = self.value(name)
        if not isinstance(value, bool):
            raise self.bad(name, "expected true or false")
        return value

    def fact(self, name: str) -> int | str:
        return self.text(name) if isinstance(self.value(name), str) else self.integer(name)

    def scalar(self, name: str) -> int | float | str | bool:
        value = self.value(name)
        if not isinstance(value, int | float | str):
            raise self.bad(name, "expected text, a number, true or false")
        return value

    def second(self, name: str) -> int:
        text = self.text(name)
        try:
            moment = datetime.fromisoformat(text)
            second = self.problem.second(moment) if moment.tzinfo is not None else None
        except (ValueError, OverflowError):
            second = None
        if second is None:
            raise self.bad(name, "expected an RFC 3339 time with an offset")
        if moment.microsecond:
            raise self.bad(name, "expected whole seconds")
        if abs(second) > 3 * MAX_HORIZON_S:
            raise self.bad(name, "is years away from the start of the input")
        return second

    def node(self, name: str) -> Node:
        return Node(self.value(name), f"{self.path}.{name}".lstrip("."), self.file, self.problem)

    def nodes(self, name: str) -> list[Node]:
        value = self.value(name)
        if not isinstance(value, list):
            raise self.bad(name, "expected a list")
        return [
            Node(item, f"{self.path}.{name}[{number}]".lstrip("."), self.file, self.problem)
            for number, item in enumerate(value)
        ]
