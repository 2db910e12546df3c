"""How a scenario file is written: its settings and, one line each, the changes that it may ask for."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

from api.inputs.columns import Column, Kind, bad
from api.inputs.composites import Keyed, Listed, Thing, items_of
from api.inputs.report import columns_of
from api.inputs.scalars import (
    BIG,
    HOURS,
    KILOMETRES,
    MINUTES,
    SIGNED_MINUTES,
    Amount,
    Choice,
    Integer,
    Level,
    Number,
    Text,
)
from api.inputs.times import Times
from dispatch.places import Place
from dispatch.technicians import ServiceCentre
from scenarios.simulation.world import Chances, Play
from scenarios.study.changes.coverage import Cover
from scenarios.study.changes.demand import Grow
from scenarios.study.changes.shifts import MoveHours
from scenarios.study.changes.sites import CloseSite, MoveSite, OpenSite
from scenarios.study.changes.skills import Train
from scenarios.study.changes.speed import Speed
from scenarios.study.changes.technicians import Hire, Leave, Transfer
from scenarios.study.changes.tiers import Promise
from scenarios.study.setup import Growth, Prices

MONEY = Amount("money", "cents", 100, BIG * 100)
PERCENT = Integer(1, 10_000)
MAX_DAYS = 100_000


class Patterns(Listed):
    """Ids, in which ``*`` and ``?`` may stand for letters; at least one."""

    def __init__(self) -> None:
        super().__init__(Text())
        self.form = "list of ids"

    def convert(self, value: object, times: Times) -> tuple[str, ...]:
        if not items_of(value):
            raise bad("list.empty", "name at least one", value)
        return tuple(super().convert(value, times))


class MoneyByName(Keyed):
    """Amounts of money by name."""

    form = "table of name = money"

    def __init__(self) -> None:
        super().__init__(MONEY)


def _thing(make: Callable[..., Any], *columns: Column, **names: str) -> Thing:
    """An object whose fields become those of `make`, renamed by `names` (written name = field)."""
    return Thing(columns, lambda values: make(**{names.get(name, name): value for name, value in values.items()}))


TECHNICIANS = Column(name="technicians", kind=Patterns(), doc="ids, with `*` and `?`", required=True)
ALL_TECHNICIANS = dataclasses.replace(TECHNICIANS, doc="ids, with `*` and `?`; default: all", required=False)
LAT = Column(name="lat", kind=Number(-90, 90), doc="latitude, WGS-84", required=True)
LON = Column(name="lon", kind=Number(-180, 180), doc="longitude, WGS-84", required=True)
RENT = Column(name="rent_per_year", kind=MONEY, doc="money a year")
CENTRE = Column(name="centre", kind=Text(), doc="id of a centre", required=True)
COVERAGE = (
    Column(name="coverage_km", kind=KILOMETRES, doc="radius that it serves"),
    Column(name="coverage_min", kind=MINUTES, doc="drive time that it serves"),
)
LIMITS = {"coverage_km": "coverage_m", "coverage_min": "coverage_s"}


def _open_site(**values: Any) -> OpenSite:
    limits = {field: values.get(name) for name, field in LIMITS.items()}
    place = Place(id=f"centre:{values['id']}", lat=values["lat"], lon=values["lon"])
    return OpenSite(
        centre=ServiceCentre(id=values["id"], place=place, restock_s=values.get("restock_min", 600), **limits),
        technicians=values.get("technicians", ()),
        rent_cents_per_year=values.get("rent_per_year", 0),
    )


CHANGES: Mapping[str, Mapping[str, Thing]] = {
    "sites": {
        "open": _thing(
            _open_site,
            Column(name="id", kind=Text(), doc="new id", required=True),
            LAT,
            LON,
            dataclasses.replace(ALL_TECHNICIANS, doc="who works from it; default: nobody"),
            RENT,
            Column(name="restock_min", kind=MINUTES, doc="length of a restock stop; default: 10"),
            *COVERAGE,
        ),
        "move": _thing(
            MoveSite,
            Column(name="id", kind=Text(), doc="id of a centre", required=True),
            LAT,
            LON,
            RENT,
            rent_per_year="rent_cents_per_year",
        ),
    },
    "technicians": {
        "hire": _thing(
            Hire,
            Column(name="like", kind=Text(), doc="id of one whose skills, van and shifts they get", required=True),
            Column(name="count", kind=Integer(1, 10_000), doc="how many; default: 1"),
            dataclasses.replace(CENTRE, doc="where they work from; default: as the model", required=False),
        ),
        "transfer": _thing(Transfer, TECHNICIANS, CENTRE),
        "leave": _thing(Leave, TECHNICIANS),
    },
    "closing": {
        "close": _thing(
            CloseSite,
            Column(name="id", kind=Text(), doc="id of a centre", required=True),
            Column(name="to", kind=Text(), doc="centre that its technicians work from", required=True),
        ),
    },
    "shifts": {
        "change": _thing(
            MoveHours,
            ALL_TECHNICIANS,
            Column(name="start_min", kind=SIGNED_MINUTES, doc="start so much later, or earlier below 0"),
            Column(name="regular_end_min", kind=SIGNED_MINUTES, doc="regular end so much later"),
            Column(name="end_min", kind=SIGNED_MINUTES, doc="latest end so much later"),
            start_min="start_s",
            regular_end_min="regular_end_s",
            end_min="end_s",
        ),
    },
    "skills": {
        "train": _thing(
            Train,
            TECHNICIANS,
            Column(name="skill", kind=Text(), doc="name", required=True),
            Column(name="level", kind=Level(), doc="1..5", required=True),
        ),
    },
    "tiers": {
        "promise": _thing(
            Promise,
            Column(name="tier", kind=Text(), doc="name", required=True),
            Column(name="target", kind=Text(), doc="name of its target", required=True),
            Column(name="within_h", kind=HOURS, doc="hours on the target's clock", required=True),
            within_h="within_s",
        ),
    },
    "coverage": {
        "set": _thing(
            Cover,
            Column(name="centres", kind=Patterns(), doc="ids, with `*` and `?`; default: all"),
            *COVERAGE,
            **LIMITS,
        ),
    },
    "speed": {
        "scale": _thing(
            Speed,
            Column(name="percent", kind=PERCENT, doc="of the speed so far", required=True),
            Column(name="profile", kind=Text(), doc="travel profile; default: all"),
        ),
    },
    "demand": {
        "grow": _thing(
            lambda **values: Grow(growth=Growth(**values)),
            Column(name="percent", kind=PERCENT, doc="of the tickets so far", required=True),
            Column(name="tier", kind=Text(), doc="of this tier alone"),
            Column(name="skill", kind=Text(), doc="of this skill alone"),
        ),
    },
}
"""Section to word to form. Changes of one file are applied in this order, those of a base before."""


def written_section(section: str) -> str:
    """Section of the file: closing a site is written with the sites, and applied when the staff has moved."""
    return "sites" if section == "closing" else section


def _play(item: dataclasses.Field[Any]) -> tuple[str, Kind]:
    if item.name == "engine":
        return item.name, Text()
    if item.name.endswith("_s"):
        return item.name[:-1] + "min", MINUTES
    return item.name, Integer()


def _chance(item: dataclasses.Field[Any]) -> tuple[str, Kind]:
    return (item.name[:-1] + "min", MINUTES) if item.name.endswith("_s") else (item.name, Number(0, 3))


def _default(kind: Kind, value: object) -> str:
    return f"default: {value / 60:g}" if kind is MINUTES and isinstance(value, int) else f"default: {value}"


def _settings(cls: type, form: Callable[[Any], tuple[str, Kind]]) -> dict[str, Column]:
    pairs = [(form(item), item) for item in dataclasses.fields(cls) if item.default is not dataclasses.MISSING]
    return columns_of(*(Column(name=name, kind=kind, doc=_default(kind, item.default)) for (name, kind), item in pairs))


TOP = columns_of(
    Column(name="base", kind=Text(), doc="scenario file that this one changes"),
    Column(name="input", kind=Text(), doc="folder or JSON file of the typical day; a file without base needs it"),
    Column(name="title", kind=Text(), doc="for people; default: the name of the file"),
    Column(name="days", kind=Integer(1, MAX_DAYS), doc="simulated days; default: 30"),
    Column(name="seed", kind=Integer(0, 2**31 - 1), doc="seed of all chance; default: 1"),
)
DEMAND = columns_of(
    Column(name="past", kind=Text(), doc="folder or JSON file of past tickets; default: the input"),
    Column(
        name="kind",
        kind=Choice("sampled", "replayed"),
        doc="days drawn from rates (default), or past days",
    ),
    Column(name="closes_h", kind=Integer(1, 24), doc="tickets from this hour on are the next morning's; default: 24"),
)
PRICES = columns_of(
    Column(name="wage_per_h", kind=MONEY, doc="regular hours of all shifts"),
    Column(name="overtime_per_h", kind=MONEY, doc="overtime worked"),
    Column(name="per_km", kind=MONEY, doc="driving"),
    Column(name="days_per_year", kind=Integer(1, 366), doc="working days; default: 250"),
    Column(name="currency", kind=Text(), doc="for people"),
    Column(name="rent_per_year", kind=MoneyByName(), doc="by centre"),
)
PRICE_FIELDS = {
    "wage_per_h": "wage_cents_per_h",
    "overtime_per_h": "overtime_cents_per_h",
    "per_km": "km_cents",
    "rent_per_year": "rent_cents_per_year",
}
SETTINGS: Mapping[str, Mapping[str, Column]] = {
    "demand": DEMAND,
    "prices": PRICES,
    "play": _settings(Play, _play),
    "chances": _settings(Chances, _chance),
}
"""Section to columns; the sections of a base hold where a file does not set the same key."""


def prices(values: Mapping[str, Any]) -> Prices:
    """Prices of a section."""
    return Prices(**{PRICE_FIELDS.get(name, name): value for name, value in values.items()})


def seconds_fields(values: Mapping[str, Any]) -> dict[str, Any]:
    """Fields in seconds of keys in minutes: ``replan_min`` is ``replan_s``."""
    return {name[:-3] + "s" if name.endswith("_min") else name: value for name, value in values.items()}
