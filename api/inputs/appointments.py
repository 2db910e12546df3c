"""Packed kinds of the domain: time windows, order against other tickets, breaks, opening hours."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import time
from typing import Any

from api.inputs.columns import Column, Kind, bad
from api.inputs.composites import Thing, by_index, by_key, each, items_of, mapping_of
from api.inputs.scalars import MINUTES, SIGNED_MINUTES, Choice, ClockOrSecond, Second, Text, text_of
from api.inputs.times import TimeFault, Times, clock_of
from dispatch.tickets import After, Window
from dispatch.tiers import Point

_NUMBER = r"-?\d+(?:\.\d+)?"
_AFTER = re.compile(
    rf"(?P<ticket>[^@:].*?)(?::(?P<low>{_NUMBER})\.\.(?P<high>{_NUMBER})?)?(?:@(?P<point>start|finish))?", re.ASCII
)
_SPAN = re.compile(r"(?P<first>\d\d:\d\d(?::\d\d)?)\s*-\s*(?P<last>\d\d:\d\d(?::\d\d)?)", re.ASCII)
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class WindowKind(Thing):
    """Appointment window ``A/B``."""

    form = "start/end"

    def __init__(self) -> None:
        super().__init__(
            (
                Column(name="start", kind=Second(), doc="earliest start of service", required=True),
                Column(name="end", kind=Second(), doc="latest start of service", required=True),
            ),
            lambda values: Window(start_s=values["start"], end_s=values["end"]),
        )

    def unpack(self, text: str) -> object:
        start, slash, end = text.partition("/")
        if not slash or not start.strip() or not end.strip():
            raise bad("window.format", "write start/end, several by ';'", text)
        return {"start": start.strip(), "end": end.strip()}

    def pack(self, value: Any) -> str:
        return f"{value['start']}/{value['end']}"


class AfterKind(Thing):
    """Order against another ticket: ``T12``, ``T12:30..``, ``T12:30..120``, each with ``@start`` or not."""

    form = "ticket:min..max@start"

    def __init__(self) -> None:
        super().__init__(
            (
                Column(name="ticket", kind=Text(), doc="id of the earlier ticket", required=True, refers="tickets"),
                Column(name="min_gap_min", kind=SIGNED_MINUTES, doc="least gap, default 0"),
                Column(name="max_gap_min", kind=SIGNED_MINUTES, doc="greatest gap, default none"),
                Column(
                    name="point",
                    kind=Choice("start", "finish"),
                    doc="where the gap begins on the earlier ticket, default finish",
                ),
            ),
            lambda values: After(
                ticket_id=values["ticket"],
                min_gap_s=values.get("min_gap_min", 0),
                max_gap_s=values.get("max_gap_min"),
                point=Point(values.get("point", "finish")),
            ),
        )

    def unpack(self, text: str) -> object:
        found = _AFTER.fullmatch(text)
        if found is None:
            raise bad(
                "after.format",
                "write T12, T12:30.. or T12:30..120, and @start behind it where the gap begins there",
                text,
            )
        value: dict[str, object] = {"ticket": found["ticket"].strip()}
        for key, group in (("min_gap_min", "low"), ("max_gap_min", "high")):
            if found[group] is not None:
                value[key] = SIGNED_MINUTES.unpack(found[group])
        return value | ({"point": found["point"]} if found["point"] else {})

    def pack(self, value: Any) -> str:
        text = str(value["ticket"])
        if "min_gap_min" in value or "max_gap_min" in value:
            text += f":{value.get('min_gap_min', 0)}..{value.get('max_gap_min', '')}"
        return text + (f"@{value['point']}" if "point" in value else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakText:
    """A break as written; times of day get their date from the shift."""

    earliest: time | int
    latest: time | int
    duration_s: int


class BreakKind(Thing):
    """Break ``11:30-13:00/30`` or ``A/B/30``."""

    form = "11:30-13:00/minutes or earliest/latest/minutes"

    def __init__(self) -> None:
        super().__init__(
            (
                Column(name="earliest", kind=ClockOrSecond(), doc="earliest start of the break", required=True),
                Column(name="latest", kind=ClockOrSecond(), doc="latest start of the break", required=True),
                Column(name="duration_min", kind=MINUTES, doc="length", required=True),
            ),
            lambda values: BreakText(
                earliest=values["earliest"], latest=values["latest"], duration_s=values["duration_min"]
            ),
        )

    def unpack(self, text: str) -> object:
        parts = [part.strip() for part in text.split("/")]
        if len(parts) == 2 and (span := _SPAN.fullmatch(parts[0])):
            parts = [span["first"], span["last"], parts[1]]
        if len(parts) != 3 or not all(parts):
            raise bad("break.format", "write 11:30-13:00/30 (earliest start, latest start, minutes)", text)
        return {"earliest": parts[0], "latest": parts[1], "duration_min": MINUTES.unpack(parts[2])}

    def pack(self, value: Any) -> str:
        return f"{value['earliest']}/{value['latest']}/{value['duration_min']}"


class HoursKind(Kind):
    """Opening hours by weekday."""

    form = 'weekday to ["09:00-12:00", …]'

    def convert(self, value: object, times: Times) -> dict[int, tuple[tuple[time, time], ...]]:
        days = mapping_of(value)
        for day in days:
            if day not in WEEKDAYS:
                raise bad("calendar.weekday", f"must be one of: {', '.join(WEEKDAYS)}", day)
        spans = each(by_key(days), lambda texts: tuple(each(by_index(items_of(texts)), self._span)))
        return dict(zip((WEEKDAYS.index(day) for day in days), spans, strict=True))

    def _span(self, value: object) -> tuple[time, time]:
        found = _SPAN.fullmatch(text_of(value))
        if found is None:
            raise bad("calendar.hours", "write 09:00-12:00", value)
        try:
            return clock_of(found["first"]), clock_of(found["last"])
        except TimeFault as fault:
            raise bad(fault.rule, fault.message, value) from None

    def schema(self) -> dict[str, object]:
        span = {"type": "string", "pattern": r"^[0-9]{2}:[0-9]{2}(:[0-9]{2})?\s*-\s*[0-9]{2}:[0-9]{2}(:[0-9]{2})?$"}
        return {
            "type": "object",
            "propertyNames": {"enum": list(WEEKDAYS)},
            "additionalProperties": {"type": "array", "items": span},
        }
