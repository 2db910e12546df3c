"""Times as people write them: RFC 3339 with an offset, or local time in the zone of the plan."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dispatch.problem import MAX_HORIZON_S

_ISO = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:?\d\d)?", re.ASCII)
_DAY_ONLY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_EXCEL = re.compile(
    r"\d{1,4}[/.]\d{1,2}[/.]\d{1,4}(\s.*)?"  # 3/2/2026 9:00, 2026/3/2
    r"|\d{4}-\d{1,2}-\d{1,2}([T ]\d{1,2}(:\d{1,2})*)?"  # 2026-3-2 9:00
    r"|\d{4}年.*"
    r"|\d{1,2}-[A-Za-z]{3}-\d{2,4}(\s.*)?"  # 2-Mar-26
    r"|[2-7]\d{4}(\.\d+)?",  # days since 1900: 1954 to 2119
    re.ASCII,
)
_CLOCK = re.compile(r"\d\d:\d\d(:\d\d)?", re.ASCII)
EXCEL_HINT = "a date as Excel shows it; format the column as text and write 2026-03-02T09:00+08:00"
YEARS = range(1900, 2201)


class TimeFault(ValueError):  # noqa: N818 - a signal to kinds, never seen outside
    """A text that is no usable time, with the rule that it breaks."""

    def __init__(self, rule: str, message: str) -> None:
        super().__init__(message)
        self.rule = rule
        self.message = message


def zone_of(name: str) -> ZoneInfo:
    """Time zone of an IANA name; raises :class:`TimeFault`."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise TimeFault("zone.unknown", "no such IANA time zone, for example Asia/Shanghai") from None


def resolve(local: datetime, zone: ZoneInfo) -> datetime:
    """UTC instant of a local time without offset; raises :class:`TimeFault` when it has none, or two."""
    before, behind = (local.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    first, second = before.utcoffset(), behind.utcoffset()
    if first != second and first is not None and second is not None:
        if first < second:
            raise TimeFault("time.impossible", f"clocks in {zone.key} go forward over this time")
        raise TimeFault("time.ambiguous", f"clocks in {zone.key} go back and show this time twice; add an offset")
    return before.astimezone(UTC)


class Times:
    """Reads times of one input; results are remembered, as the same times stand in many rows.

    Parameters
    ----------
    zone : ZoneInfo or None
        Zone of times without offset; None: they are faults.
    start : datetime or None
        Second 0. None while it is not known: seconds are then counted from 1970, and only good for comparing.
    """

    def __init__(self, zone: ZoneInfo | None = None, start: datetime | None = None) -> None:
        self.zone = zone
        self.start = start
        self.origin = datetime(1970, 1, 1, tzinfo=UTC) if start is None else start.astimezone(UTC)
        self._seconds: dict[str, int] = {}

    def moment(self, text: str) -> datetime:
        """Aware datetime of a text: with the offset written, else in UTC; raises :class:`TimeFault`."""
        shape = text.upper()
        if not _ISO.fullmatch(shape):
            if _DAY_ONLY.fullmatch(shape):
                raise TimeFault("time.format", "the time of day is missing: write 2026-03-02T09:00+08:00")
            if len(text) < 60 and _EXCEL.fullmatch(text):
                raise TimeFault("time.excel", EXCEL_HINT)
            raise TimeFault("time.format", "not a time: write 2026-03-02T09:00+08:00")
        try:
            moment = datetime.fromisoformat(shape)
        except ValueError:
            raise TimeFault("time.impossible", "no such date or time of day") from None
        if moment.year not in YEARS:
            raise TimeFault("time.range", f"the year must be {YEARS[0]}..{YEARS[-1]}")
        if moment.tzinfo is not None:
            return moment
        if self.zone is None:
            raise TimeFault("time.naive", "the offset from UTC is missing: add one (+08:00), or set zone in plan.toml")
        return resolve(moment, self.zone)

    def second(self, text: str) -> int:
        """Second of the horizon of a text; raises :class:`TimeFault`."""
        known = self._seconds.get(text)
        if known is not None:
            return known
        delta = self.moment(text) - self.origin
        if delta.microseconds:
            raise TimeFault("time.fraction", "times must be whole seconds from the start of the plan")
        second = delta.days * 86_400 + delta.seconds
        if self.start is not None and abs(second) > 2 * MAX_HORIZON_S:
            raise TimeFault("time.range", "this is years away from the start of the plan")
        self._seconds[text] = second
        return second

    def second_at(self, day: date, clock: time, anchor: datetime) -> int:
        """Second of a time of day on `day` in the plan's zone, or at the offset of `anchor` without one."""
        local = datetime.combine(day, clock)
        moment = resolve(local, self.zone) if self.zone is not None else local.replace(tzinfo=anchor.tzinfo)
        delta = moment - self.origin
        return delta.days * 86_400 + delta.seconds


def clock_of(text: str) -> time:
    """Time of day ``HH:MM`` or ``HH:MM:SS``; ``24:00`` is the end of the day (00:00); raises :class:`TimeFault`."""
    if not _CLOCK.fullmatch(text):
        raise TimeFault("time.clock", "not a time of day: write 09:00")
    if text in ("24:00", "24:00:00"):
        return time(0)
    try:
        return time.fromisoformat(text)
    except ValueError:
        raise TimeFault("time.clock", "no such time of day") from None
