"""Slower and faster hours: speeds by road class and hour of the local day, and arrival times that follow them.

The model is a speed that changes at given times (Ichoua, Gendreau & Potvin 2003, Vehicle dispatching with
time-dependent travel times, European Journal of Operational Research 144(2), 379-396,
doi:10.1016/S0377-2217(02)00147-9): who leaves later never arrives earlier (FIFO). A table of travel *times* by hour
of departure has no such property: at the end of a slow hour waiting would pay.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from dispatch.errors import Fault, InputError
from geo.roads.network import I32, RoadNetwork

HOURS = 24
HOUR_MS = 3_600_000
OTHER = "other"
"""Row of a table for the classes that it does not name."""

LEAST_PERCENT, MOST_PERCENT = 5, 150


def _is_percent(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and LEAST_PERCENT <= value <= MOST_PERCENT


@dataclass(frozen=True, slots=True, kw_only=True)
class HourSpeeds:
    """Speeds in each hour of a day, in percent of free flow.

    Parameters
    ----------
    name : str
        Stored with plans as part of the travel source.
    percent : mapping of str to tuple of int
        For each road class 24 values, 5..150; the row ``other`` must be there, and is for all other classes.

    Raises
    ------
    InputError
        ``hours.other``, ``hours.count`` or ``hours.percent``, all faults at once.
    """

    name: str
    percent: Mapping[str, tuple[int, ...]]

    def __post_init__(self) -> None:
        faults = [] if OTHER in self.percent else [Fault(rule="hours.other", message=f"the row {OTHER!r} is missing")]
        for road_class, values in self.percent.items():
            if len(values) != HOURS:
                text = f"{HOURS} values are needed, one for each hour"
                faults.append(Fault(rule="hours.count", message=text, field=road_class, value=str(len(values))))
            bad = [value for value in values if not _is_percent(value)]
            if bad:
                text = f"whole percent of free flow are needed, {LEAST_PERCENT}..{MOST_PERCENT}"
                faults.append(Fault(rule="hours.percent", message=text, field=road_class, value=str(bad[0])))
        if faults:
            raise InputError.from_faults(faults)

    @classmethod
    def from_toml(cls, path: Path) -> HourSpeeds:
        """Read a table: ``name = [24 numbers]`` for classes of roads, and ``other``.

        Raises
        ------
        InputError
            ``hours.file`` when it can't be read, or the faults of the table.
        """
        try:
            data = path.read_bytes()
            table = tomllib.loads(data.decode())
        except (OSError, ValueError) as error:
            fault = Fault(rule="hours.file", message=f"the table of speeds can't be read: {error}", file=path.name)
            raise InputError.from_faults([fault]) from None
        rows = {name: tuple(row) if isinstance(row, list) else (row,) for name, row in table.items()}
        return cls(name=f"{path.name} sha256={hashlib.sha256(data).hexdigest()[:16]}", percent=rows)

    def of(self, road_class: str) -> tuple[int, ...]:
        """The 24 speeds of a class of roads."""
        return self.percent.get(road_class, self.percent[OTHER])

    def travel_ms(self, network: RoadNetwork, hour: int) -> I32:
        """Times of the edges of a network, all of them driven in one hour of the day, rounded up.

        Raises
        ------
        InputError
            ``hours.hour`` when it is not in 0..23.
        """
        check_hour(hour)
        percent = np.array([self.of(name)[hour] for name in network.classes], dtype=np.int64)
        of_edge = percent[network.road_class[network.piece]]
        slowed: I32 = (-(-network.travel_ms.astype(np.int64) * 100 // of_edge)).astype(np.int32)
        return slowed


EXAMPLE_HOURS = HourSpeeds(
    name="example-hours",
    percent={
        **dict.fromkeys(
            ("motorway", "motorway_link", "trunk", "trunk_link", "primary", "primary_link"),
            (100, 100, 100, 100, 100, 100, 90, 75, 65, 75, 85, 85, 80, 85, 85, 80, 70, 60, 70, 85, 95, 100, 100, 100),
        ),
        "ferry": (100,) * 24,
        OTHER: (
            100,
            100,
            100,
            100,
            100,
            100,
            95,
            85,
            80,
            85,
            90,
            90,
            90,
            90,
            90,
            85,
            80,
            75,
            80,
            90,
            95,
            100,
            100,
            100,
        ),
    },
)
"""An example to be replaced by the table of one's own city. It is a judgement with the shape of a working day: two
peaks, the evening one the deeper, main roads hit harder. It was not measured anywhere."""


def check_hour(hour: int) -> None:
    """Refuse what is no hour of a day with ``hours.hour``."""
    if not 0 <= hour < HOURS:
        message = f"an hour of the day is needed, 0..{HOURS - 1}"
        raise InputError.from_faults([Fault(rule="hours.hour", message=message, field="hour", value=str(hour))])


def arrival_ms(parts: Iterable[tuple[str, int]], departure_ms: int, speeds: HourSpeeds) -> int:
    """When a way ends that begins at some time of the day, its speed changing at each full hour.

    Parameters
    ----------
    parts : iterable of (road class, milliseconds in free flow)
        In driven order.
    departure_ms : int
        Since midnight, local time; the table repeats after 24 hours.
    speeds : HourSpeeds

    Returns
    -------
    int
        Milliseconds since the same midnight. A later departure never gives an earlier arrival, exactly.
    """
    now = departure_ms
    for road_class, travel_ms in parts:
        percent = speeds.of(road_class)
        left = travel_ms * 100  # in a millisecond, as many of these are done as the percentage says
        while left > 0:
            speed = percent[now // HOUR_MS % HOURS]
            border_ms = HOUR_MS - now % HOUR_MS
            if left <= speed * border_ms:
                now += -(-left // speed)
                break
            left -= speed * border_ms
            now += border_ms
    return now
