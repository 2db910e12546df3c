"""The part of the input that is no table: plan, travel, weights, tiers, calendars."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from api.inputs.appointments import HoursKind
from api.inputs.columns import Bad, Column, Wrong, bad, convert_fields
from api.inputs.composites import Keyed, Listed, NameSet, Thing, items_of, mapping_of
from api.inputs.report import Report, columns_of
from api.inputs.scalars import HOURS, Choice, Day, Integer, Moment, Number, Text, Zone
from api.inputs.tables import TABLES
from api.inputs.times import TimeFault, Times, zone_of
from dispatch.clock import ALWAYS, Calendar
from dispatch.problem import unique_faults
from dispatch.tiers import DEFAULT_TIERS, Point, Target, Tier
from dispatch.weights import Weights
from geo.datum import Datum

SOURCES = ("geodesic", "matrix", "roads", "osrm", "valhalla")
STAND_IN = ZoneInfo("UTC")
"""Zone of times without offset where the plan's own can't be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileTravel:
    """Travel settings of one profile; None: as for all profiles."""

    detour: float | None = None
    speed_kmh: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TravelSettings:
    """What the input says about travel.

    Parameters
    ----------
    source : str
        As of ``--travel``: ``geodesic``, ``matrix:FILE``, ``roads:FILE``, ``osrm:URL`` or ``valhalla:URL``. A file
        that the input names relative to itself is already joined to the input's folder.
    detour : float or None
        Road distance over straight distance, at least 1; None: the source's own default.
    speed_kmh : float or None
        Mean speed; None: the source's own default.
    profiles : mapping of str to ProfileTravel
        Exceptions by profile.
    """

    source: str = "geodesic"
    detour: float | None = None
    speed_kmh: float | None = None
    profiles: Mapping[str, ProfileTravel] = field(default_factory=dict)

    def of(self, profile: str) -> ProfileTravel:
        """Detour and speed of one profile, with those for all where it has none of its own."""
        own = self.profiles.get(profile, ProfileTravel())
        return ProfileTravel(
            detour=self.detour if own.detour is None else own.detour,
            speed_kmh=self.speed_kmh if own.speed_kmh is None else own.speed_kmh,
        )


class Source(Text):
    """Travel source."""

    form = "source"

    def convert(self, value: object, times: Times) -> str:
        text = super().convert(value, times)
        name, _, argument = text.partition(":")
        if name not in SOURCES or (name != "geodesic") != bool(argument):
            raise bad("travel.source", "write geodesic, matrix:FILE, roads:FILE, osrm:URL or valhalla:URL", value)
        return text


class Coordinates(Text):
    """Coordinate system; letter case, ``-``, ``_`` and spaces make no difference."""

    form = " or ".join(f"`{datum}`" for datum in Datum)

    def convert(self, value: object, times: Times) -> Datum:
        text = super().convert(value, times)
        datum = {_letters(datum): datum for datum in Datum}.get(_letters(text))
        if datum is None:
            raise bad("plan.coordinates", f"must be one of: {', '.join(Datum)}", value)
        return datum


def _letters(name: str) -> str:
    return re.sub(r"[\s_-]", "", name).upper()


_SPEEDS = (
    Column(name="detour", kind=Number(1, 10), doc="road distance over straight distance; default: that of the source"),
    Column(name="speed_kmh", kind=Number(0, 1000, above=True), doc="mean speed; default: that of the source"),
)
PLAN = columns_of(
    Column(name="start", kind=Moment(), doc="start of the plan", required=True),
    Column(name="end", kind=Moment(), doc="end of the plan, at most 366 days later", required=True),
    Column(name="zone", kind=Zone(), doc="IANA time zone of all times without offset; without it they are faults"),
    Column(
        name="coordinates",
        kind=Coordinates(),
        doc="system of all coordinates; they are converted to WGS-84 once; default: WGS-84",
    ),
    Column(name="skills", kind=NameSet(), doc="skills that exist although no technician has them today"),
)
TRAVEL = columns_of(
    Column(
        name="source", kind=Source(), doc="as of --travel; a relative FILE stands beside the input; default: geodesic"
    ),
    *_SPEEDS,
    Column(
        name="profiles",
        kind=Keyed(Thing(_SPEEDS, lambda values: ProfileTravel(**values))),
        doc="exceptions by travel profile",
    ),
)
WEIGHTS = columns_of(
    *(Column(name=item.name, kind=Integer(), doc=f"default: {item.default}") for item in dataclasses.fields(Weights))
)
TARGET = Thing(
    (
        Column(name="name", kind=Text(), doc="for example respond or solve", required=True),
        Column(name="within_h", kind=HOURS, doc="hours on the clock", required=True),
        Column(name="point", kind=Choice("start", "finish"), doc="where on the visit it is measured", required=True),
        Column(name="clock", kind=Text(), doc="always (default) or the name of a calendar"),
    ),
    lambda values: Target(
        name=values["name"],
        within_s=values["within_h"],
        point=Point(values["point"]),
        clock=values.get("clock", ALWAYS),
    ),
)
TIER = Thing(
    (
        Column(name="name", kind=Text(), doc="unique name", required=True),
        Column(name="level", kind=Integer(-(10**9)), doc="order: a higher level is a stronger promise", required=True),
        Column(name="weight", kind=Integer(), doc="multiplies the costs of its tickets; at least 1", required=True),
        Column(name="targets", kind=Listed(TARGET), doc="promises"),
    ),
    lambda values: Tier(**values),
)
CALENDAR = Thing(
    (
        Column(name="name", kind=Text(), doc="unique name", required=True),
        Column(name="zone", kind=Zone(), doc="IANA time zone", required=True),
        Column(name="hours", kind=HoursKind(), doc="weekday (mon … sun) to opening hours", required=True),
        Column(name="holidays", kind=Listed(Day(), frozenset), doc="local dates without opening hours"),
    ),
    lambda values: Calendar(**values),
)
SECTIONS = {"plan": PLAN, "travel": TRAVEL, "weights": WEIGHTS}
LISTS = {"tiers": TIER, "calendars": CALENDAR}


@dataclass(slots=True)
class Settings:
    """What was read, as far as it is right."""

    times: Times = field(default_factory=Times)
    start: datetime | None = None
    end: datetime | None = None
    skills: frozenset[str] = frozenset()
    coordinates: Datum = Datum.WGS84
    travel: TravelSettings = field(default_factory=TravelSettings)
    weights: Weights = field(default_factory=Weights)
    tiers: tuple[Tier, ...] = DEFAULT_TIERS
    calendars: tuple[Calendar, ...] = ()
    tier_names: set[str] | None = None
    """None: not known, as the list of tiers is broken."""


def read_settings(document: Mapping[str, Any], file: str, base: Path, report: Report, *, tables: bool) -> Settings:
    """Settings of a document; faults go to `report`.

    Parameters
    ----------
    document : mapping
        What ``plan.toml`` or the JSON file holds.
    file : str
        Its name in faults.
    base : Path
        Folder that relative files are joined to.
    tables : bool
        Whether the tables stand in the document too.
    """

    def note(wrongs: list[Wrong], path: str) -> None:
        for wrong in wrongs:
            report.add(
                wrong.rule, wrong.message, file=file, field=path + wrong.path, value=wrong.value, known=wrong.known
            )

    known = [*SECTIONS, *LISTS, *(TABLES if tables else ()), *(["$schema"] if tables else ())]
    for name in document:
        if name not in known:
            report.add("key.unknown", "no such key", file=file, field=name, value=name, known=known)

    values: dict[str, dict[str, Any]] = {}
    settings = Settings()
    for name, columns in SECTIONS.items():
        wrongs: list[Wrong] = []
        raw: dict[str, Any] = {}
        try:
            raw = mapping_of(document.get(name, {}))
        except Bad as error:
            wrongs += error.wrongs
        if name == "plan":  # its own times are read in its own zone
            settings.times = Times(_zone(raw["zone"]) if "zone" in raw else None)
        values[name] = convert_fields(columns, raw, settings.times, wrongs)
        note(wrongs, name)

    _read_lists(document, settings, file, report, note)
    plan, travel = values["plan"], values["travel"]
    settings.skills = plan.get("skills", frozenset())
    settings.coordinates = plan.get("coordinates", Datum.WGS84)
    settings.weights = Weights(**values["weights"])
    settings.travel = TravelSettings(**travel | {"source": _beside(travel.get("source", "geodesic"), base)})
    settings.start, settings.end = plan.get("start"), plan.get("end")
    if settings.start is not None:
        if settings.times.zone is not None:
            settings.start = settings.start.astimezone(settings.times.zone)
        settings.times = Times(settings.times.zone, settings.start)
    return settings


def _read_lists(document: Mapping[str, Any], settings: Settings, file: str, report: Report, note: Any) -> None:
    """Fill tiers and calendars; check their names."""
    made: dict[str, list[Any]] = {}
    broken = set()
    for name, kind in LISTS.items():
        made[name] = []
        try:
            items = items_of(document.get(name, []))
        except Bad as error:
            note(list(error.wrongs), name)
            broken.add(name)
            continue
        for number, item in enumerate(items):
            try:
                made[name].append(kind.convert(item, settings.times))
            except Bad as error:
                note(list(error.wrongs), f"{name}[{number}]")
                broken.add(name)
        for fault in unique_faults((item.name for item in made[name]), name[:-1]):
            report.faults.append(dataclasses.replace(fault, file=file, field=f"{name}.name"))
            broken.add(name)
    clocks = {ALWAYS, *(calendar.name for calendar in made["calendars"])}
    if "calendars" not in broken:
        for tier, target in ((one, target) for one in made["tiers"] for target in one.targets):
            if target.clock not in clocks:
                report.add(
                    "calendar.unknown",
                    f"tier {tier.name}: no such clock",
                    file=file,
                    field=f"tiers.{tier.name}.{target.name}.clock",
                    value=target.clock,
                    known=clocks,
                )
    # so that an unknown clock, told here or gone with its own fault, is not told again by the problem
    made["tiers"] = [
        dataclasses.replace(tier, targets=tuple(t for t in tier.targets if t.clock in clocks)) for tier in made["tiers"]
    ]
    if "tiers" in document:
        settings.tiers = tuple(made["tiers"])
    settings.calendars = tuple(made["calendars"])
    settings.tier_names = None if "tiers" in broken else {tier.name for tier in settings.tiers}


def _zone(name: object) -> ZoneInfo:
    """Zone of the plan. A wrong one is reported with its field; UTC then stands in: times are no faults too."""
    try:
        return zone_of(name) if isinstance(name, str) else STAND_IN
    except TimeFault:
        return STAND_IN


def _beside(source: str, base: Path) -> str:
    """Source whose relative file is joined to the folder of the input."""
    name, _, argument = source.partition(":")
    return f"{name}:{base / argument}" if name in ("matrix", "roads") else source
