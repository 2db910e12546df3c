"""Points of the records: ranges, swapped coordinates, and one point for one place name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from statistics import median

from api.inputs.report import Record, Report
from dispatch.places import Place
from geo.datum import Datum, to_wgs84

OTHER = "place:"
"""Stands before the name of a shift's start or end that is neither home nor centre."""

_DECIMALS = 7
"""Converted degrees are rounded to these (1 cm), so that they are the same on every machine."""
_FEWEST = 4  # points that make a neighbourhood
_FAR_DEGREES, _NEAR_DEGREES = 5.0, 1.0  # about 550 km and 110 km: farther than a day's drive, nearer than one


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """Columns of one point in a table, and what stands before the record's id in the default place name."""

    lat: str
    lon: str
    place: str
    prefix: str = ""

    def given(self, record: Record) -> bool:
        """Whether the file says anything about this point."""
        return any(name in record.raw for name in (self.lat, self.lon, self.place))

    def name(self, record: Record) -> str:
        """Place name; empty when the record gives none."""
        name = str(record.values.get(self.place, ""))
        if record.table.name == "shifts":
            return name.removeprefix(OTHER) if name.startswith(OTHER) else ""
        return name or (self.prefix + record.id if record.id else "")


TICKET_SPOT = Spot(lat="lat", lon="lon", place="place")
CENTRE_SPOT = Spot(lat="lat", lon="lon", place="place", prefix="centre:")
HOME_SPOT = Spot(lat="home_lat", lon="home_lon", place="home_place", prefix="home:")
SHIFT_SPOTS = tuple(Spot(lat=f"{end}_lat", lon=f"{end}_lon", place=f"{end}_place") for end in ("start", "end"))
SPOTS: dict[str, tuple[Spot, ...]] = {
    "tickets": (TICKET_SPOT,),
    "centres": (CENTRE_SPOT,),
    "technicians": (HOME_SPOT,),
    "shifts": SHIFT_SPOTS,
}

Point = tuple[float, float]


@dataclass(slots=True)
class PlaceBook:
    """Points of all records whose coordinates are right, WGS-84."""

    points: dict[tuple[int, str], Point] = field(default_factory=dict)
    by_name: dict[str, Point] = field(default_factory=dict)

    def place(self, record: Record, spot: Spot) -> Place | None:
        """The place; without coordinates of its own it takes those of its namesake. None: nothing is known of it."""
        name = spot.name(record)
        point = self.points.get((id(record), spot.lat)) or self.by_name.get(name)
        if point is not None:
            return Place(id=name, lat=point[0], lon=point[1])
        return Place(id=name) if spot.given(record) else None

    def convert(self, datum: Datum) -> None:
        """Make WGS-84 of points that were read in `datum`."""
        if datum is Datum.WGS84 or not self.points:
            return
        given = list({*self.points.values(), *self.by_name.values()})
        lat, lon = to_wgs84([lat for lat, _ in given], [lon for _, lon in given], datum)
        # A shift over the pole or the date line ends at it: both are far from where these systems are used.
        lat, lon = lat.round(_DECIMALS).clip(-90, 90), lon.round(_DECIMALS).clip(-180, 180)
        converted = dict(zip(given, zip(lat.tolist(), lon.tolist(), strict=True), strict=True))
        self.points = {key: converted[point] for key, point in self.points.items()}
        self.by_name = {name: converted[point] for name, point in self.by_name.items()}


def read_places(records: Iterable[Record], report: Report, *, datum: Datum = Datum.WGS84) -> PlaceBook:
    """Check all points, which are written in `datum`, and collect the right ones. Faults show what is written."""
    book = PlaceBook()
    found: list[tuple[Record, Spot, Point]] = []
    for record in records:
        for spot in SPOTS.get(record.table.name, ()):
            point = _point(record, spot, report)
            if point is not None:
                found.append((record, spot, point))
    swapped = _swapped([point for _, _, point in found])
    for number, (record, spot, point) in enumerate(found):
        if number in swapped:
            record.wrong(
                report,
                "place.swapped",
                "lat and lon seem swapped: the other points lie around the swapped ones",
                spot.lat,
                f"{point[0]}, {point[1]}",
            )
            continue
        name = spot.name(record)
        if not name or record.duplicate:
            continue
        if book.by_name.setdefault(name, point) != point:
            record.wrong(
                report,
                "place.twice",
                f"the place {name} already stands for another point",
                spot.place,
                f"{point[0]}, {point[1]}",
            )
            continue
        book.points[id(record), spot.lat] = point
    book.convert(datum)
    return book


def _point(record: Record, spot: Spot, report: Report) -> Point | None:
    """Coordinates in range, or None with a fault when something is wrong with them."""
    lat, lon = record.values.get(spot.lat), record.values.get(spot.lon)
    if lat is None or lon is None:
        if (spot.lat in record.raw) != (spot.lon in record.raw) and not {spot.lat, spot.lon} & record.absent:
            missing = spot.lon if spot.lat in record.raw else spot.lat
            rule = "place.latitude" if missing == spot.lat else "place.longitude"
            record.wrong(report, rule, "give both coordinates, or neither", missing)
        return None
    if abs(lat) <= 90 and abs(lon) <= 180:
        return lat, lon
    if 90 < abs(lat) <= 180 and abs(lon) <= 90:
        record.wrong(
            report, "place.swapped", "lat and lon are swapped: lat must be in -90..90", spot.lat, f"{lat}, {lon}"
        )
        return None
    if abs(lat) > 90:
        record.wrong(report, "place.latitude", "must be in -90..90", spot.lat)
    if abs(lon) > 180:
        record.wrong(report, "place.longitude", "must be in -180..180", spot.lon)
    return None


def _swapped(points: list[Point]) -> set[int]:
    """Numbers of points that lie far from the others, but among them when swapped."""
    if len(points) < _FEWEST:
        return set()
    middle = median(lat for lat, _ in points), median(lon for _, lon in points)

    def away(lat: float, lon: float) -> float:
        return max(abs(lat - middle[0]), abs(lon - middle[1]))

    distances = [away(*point) for point in points]
    spread = sorted(distances)[int(0.75 * (len(points) - 1))]
    far, near = max(_FAR_DEGREES, 4 * spread), max(_NEAR_DEGREES, 2 * spread)
    return {number for number, (lat, lon) in enumerate(points) if distances[number] > far and away(lon, lat) <= near}
