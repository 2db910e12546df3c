"""Kinds of single values: names, numbers, amounts with a unit, times, choices."""

from __future__ import annotations

import math
import re
from datetime import date, datetime, time
from typing import Any

from api.inputs.columns import Kind, bad
from api.inputs.times import TimeFault, Times, clock_of, zone_of
from dispatch.problem import MAX_HORIZON_S

BIG = 10**9
"""Largest count or price."""

_CONTROL = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")
_INTEGER = re.compile(r"[+-]?\d{1,18}", re.ASCII)
_DECIMAL = re.compile(r"[+-]?(\d{1,18}(\.\d{0,40})?|\.\d{1,40})([eE][+-]?\d{1,3})?", re.ASCII)
_ROUNDING = 0.01
"""Amounts in minutes, hours or kilometres may miss a whole second or metre by this: enough for six decimals."""


def text_of(value: object) -> str:
    """A JSON value that must be a string; TOML's own dates and times become theirs."""
    if isinstance(value, (datetime, date, time)):
        return value.isoformat()
    if not isinstance(value, str):
        raise bad("value.type", "must be a string", value)
    return value


class Text(Kind):
    """A name; never empty."""

    form = "text"

    def convert(self, value: object, times: Times) -> str:
        text = text_of(value)
        if not text:
            raise bad("text.empty", "must not be empty", value)
        if not text.isprintable() and _CONTROL.search(text):
            raise bad("text.control", "must not hold control characters or line breaks", value)
        return text

    def schema(self) -> dict[str, object]:
        return {"type": "string", "minLength": 1}


class Choice(Text):
    """One of a few words."""

    def __init__(self, *options: str) -> None:
        self.options = options
        self.form = " or ".join(f"`{option}`" for option in options)

    def convert(self, value: object, times: Times) -> str:
        text = text_of(value)
        if text not in self.options:
            raise bad("value.choice", f"must be one of: {', '.join(self.options)}", value)
        return text

    def schema(self) -> dict[str, object]:
        return {"type": "string", "enum": list(self.options)}


class Number(Kind):
    """A number in ``low .. high`` (``above=True``: `low` itself is excluded)."""

    form = "number"

    def __init__(self, low: float = 0, high: float = BIG, *, above: bool = False) -> None:
        self.low, self.high, self.above = low, high, above

    def unpack(self, text: str) -> object:
        if _INTEGER.fullmatch(text):
            return int(text)
        if _DECIMAL.fullmatch(text):
            return float(text)
        hint = "; write a decimal point, not a comma" if re.fullmatch(r"[+-]?\d{1,18},\d{1,18}", text) else ""
        raise bad("number.format", f"not a number{hint}", text)

    def check(self, value: object) -> int | float:
        """A finite number in the range."""
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise bad("value.type", "must be a number", value)
        if isinstance(value, float) and not math.isfinite(value):
            raise bad("number.format", "must be a finite number", value)
        if value < 0 <= self.low:
            raise bad("number.negative", "must not be negative", value)
        if not self.low <= value <= self.high or (self.above and value == self.low):
            raise bad(
                "number.range",
                f"must be {'above' if self.above else 'at least'} {self.low:g} and at most {self.high:g}",
                value,
            )
        return value

    def convert(self, value: object, times: Times) -> Any:
        return float(self.check(value))

    def pack(self, value: Any) -> str:
        return repr(value)

    def schema(self) -> dict[str, object]:
        return {"type": "number", "exclusiveMinimum" if self.above else "minimum": self.low, "maximum": self.high}


class Integer(Number):
    """A whole number."""

    form = "whole number"

    def convert(self, value: object, times: Times) -> int:
        number = self.check(value)
        if number != int(number):
            raise bad("number.whole", "must be a whole number", value)
        return int(number)

    def schema(self) -> dict[str, object]:
        return super().schema() | {"type": "integer"}


class Level(Integer):
    """A skill level."""

    def __init__(self) -> None:
        super().__init__(1, 5)

    def check(self, value: object) -> int | float:
        if isinstance(value, (int, float)) and not isinstance(value, bool) and not 1 <= value <= 5:
            raise bad("skill.level", "a level must be 1..5", value)
        return super().check(value)


class Coordinate(Number):
    """Degrees; the range is checked with the other coordinate, as the two may be swapped."""

    form = "degrees"

    def __init__(self, limit: int) -> None:
        super().__init__(-limit, limit)

    def convert(self, value: object, times: Times) -> float:
        if isinstance(value, int) and abs(value) > BIG:
            raise bad("number.range", "not a coordinate", value)
        if isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value):
            return float(value)
        return float(self.check(value))


class Amount(Number):
    """A decimal number of a large unit that must be a whole number of a small one (minutes of seconds, ...)."""

    def __init__(self, unit: str, small: str, factor: int, high: int, *, low: float = 0) -> None:
        super().__init__(low, high / factor)
        self.form, self.small, self.factor = unit, small, factor

    def convert(self, value: object, times: Times) -> int:
        exact = self.check(value) * self.factor
        whole = round(exact)
        if abs(exact - whole) > _ROUNDING:
            raise bad("number.fraction", f"must be a whole number of {self.small}", value)
        return whole


def from_small(number: int, factor: int) -> int | float:
    """Amount in the large unit that :class:`Amount` reads back as `number` of the small one."""
    return number // factor if number % factor == 0 else round(number / factor, 6)


MINUTES = Amount("minutes", "seconds", 60, 2 * MAX_HORIZON_S)
SIGNED_MINUTES = Amount("minutes", "seconds", 60, 2 * MAX_HORIZON_S, low=-2 * MAX_HORIZON_S / 60)
HOURS = Amount("hours", "seconds", 3600, 2 * MAX_HORIZON_S)
KILOMETRES = Amount("kilometres", "metres", 1000, BIG)


class Second(Kind):
    """A time, as the second of the horizon."""

    form = "time"

    def convert(self, value: object, times: Times) -> int:
        try:
            return times.second(text_of(value))
        except TimeFault as fault:
            raise bad(fault.rule, fault.message, value) from None

    def unpack(self, text: str) -> object:
        return text

    def schema(self) -> dict[str, object]:
        return {"type": "string", "description": "RFC 3339 date-time, or local time in the plan's zone"}


class Moment(Second):
    """A time, as an aware datetime."""

    def convert(self, value: object, times: Times) -> Any:
        try:
            return times.moment(text_of(value))
        except TimeFault as fault:
            raise bad(fault.rule, fault.message, value) from None


class ClockOrSecond(Second):
    """A time of day (``datetime.time``), or a full time (second of the horizon)."""

    form = "time of day or time"

    def convert(self, value: object, times: Times) -> Any:
        text = text_of(value)
        try:
            return times.second(text) if len(text) > len("00:00:00") else clock_of(text)
        except TimeFault as fault:
            raise bad(fault.rule, fault.message, value) from None


class Zone(Text):
    """IANA time zone."""

    form = "IANA time zone"

    def convert(self, value: object, times: Times) -> str:
        try:
            return zone_of(text_of(value)).key
        except TimeFault as fault:
            raise bad(fault.rule, fault.message, value) from None


class Day(Text):
    """Local date."""

    form = "date"

    def convert(self, value: object, times: Times) -> Any:
        text = text_of(value)
        try:
            if not re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII):
                raise ValueError
            return date.fromisoformat(text)
        except ValueError:
            raise bad("time.date", "not a date: write 2026-05-01", value) from None
