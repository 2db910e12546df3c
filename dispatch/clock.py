"""Business clocks: when does a promised number of hours end?

A tier target runs on a clock: the built-in ``always`` (every second counts) or a :class:`Calendar`, on which
only opening hours count. All arithmetic on the calendar is done in elapsed (UTC) seconds, so a day with a
daylight-saving change has its true length.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dispatch.errors import reject

ALWAYS = "always"
"""Name of the clock on which every second counts."""

_DAY_LIMIT = 366 * 5  # a calendar that gives no opening hours in five years is taken as never open


DAY_MIN = 24 * 60


def _minute(moment: time) -> int:
    return moment.hour * 60 + moment.minute


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """Opening hours of a business.

    Parameters
    ----------
    name : str
        Name that tier targets use.
    zone : str
        IANA time zone, for example ``Asia/Shanghai``.
    hours : mapping of int to tuple of (time, time)
        Weekday (Monday = 0) to opening intervals in local time, in order, not overlapping.
        An end of 00:00 means the end of the day.
    holidays : frozenset of date
        Local dates without opening hours.

    Raises
    ------
    InputError
        ``calendar.zone``, ``calendar.weekday``, ``calendar.hours`` or ``calendar.never_open``.
    """

    name: str
    zone: str
    hours: Mapping[int, tuple[tuple[time, time], ...]]
    holidays: frozenset[date] = field(default=frozenset())

    def __post_init__(self) -> None:
        try:
            ZoneInfo(self.zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise reject("calendar.zone", "unknown time zone", field="zone", value=self.zone, owner=self.name) from None
        if not any(self.hours.values()):
            raise reject("calendar.never_open", "a calendar needs opening hours", field="hours", owner=self.name)
        for weekday, intervals in self.hours.items():
            if weekday not in range(7):
                raise reject("calendar.weekday", "weekday must be 0..6", field="hours", value=weekday, owner=self.name)
            free_from = 0  # minute of the day from which the next interval may open
            for opens, closes in intervals:
                begin, end = _minute(opens), _minute(closes) or DAY_MIN
                if begin < free_from or end <= begin:
                    raise reject(
                        "calendar.hours",
                        "opening intervals must be in order and end after they start",
                        field="hours",
                        value=f"{opens:%H:%M}-{closes:%H:%M}",
                        owner=self.name,
                    )
                free_from = end

    def _open_intervals(self, day: date) -> list[tuple[datetime, datetime]]:
        """Opening intervals of one local date, as UTC instants."""
        if day in self.holidays:
            return []
        zone = ZoneInfo(self.zone)
        spans = []
        for opens, closes in self.hours.get(day.weekday(), ()):
            end_day = day + timedelta(days=1) if closes == time(0) else day
            start = datetime.combine(day, opens, zone).astimezone(UTC)
            end = datetime.combine(end_day, closes, zone).astimezone(UTC)
            if end > start:  # an interval may vanish on the day that clocks go forward
                spans.append((start, end))
        return spans

    def add(self, moment: datetime, seconds: int) -> datetime:
        """Return the instant at which `seconds` opening seconds have passed since `moment`.

        Parameters
        ----------
        moment : datetime
            Timezone-aware.
        seconds : int
            At least 0. With 0 the answer is `moment` itself.

        Raises
        ------
        InputError
            ``calendar.never_open`` when five years hold too few opening hours.
        """
        if seconds == 0:
            return moment
        now = moment.astimezone(UTC)
        day = moment.astimezone(ZoneInfo(self.zone)).date() - timedelta(days=1)
        for _ in range(_DAY_LIMIT):
            for start, end in self._open_intervals(day):
                begin = max(start, now)
                if begin >= end:
                    continue
                span_s = int((end - begin).total_seconds())
                if span_s >= seconds:
                    return begin + timedelta(seconds=seconds)
                seconds -= span_s
            day += timedelta(days=1)
        raise reject("calendar.never_open", "too few opening hours within five years", field="hours", owner=self.name)
