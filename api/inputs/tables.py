"""The tables of the input: one declaration that readers, writers, JSON schema and documentation share."""

from __future__ import annotations

from api.inputs.appointments import AfterKind, BreakKind, WindowKind
from api.inputs.columns import Column, Table
from api.inputs.composites import Crew, Held, Listed, NameSet, Pairs
from api.inputs.scalars import KILOMETRES, MINUTES, Choice, Coordinate, Integer, Level, Second, Text

LEVELS = Pairs(Level(), "skill:level; …")
COUNTS = Pairs(Integer(), "part:count; …")
PERCENTS = Pairs(Integer(1, 1000), "skill:percent; …")
TECHNICIANS = NameSet("technician; …")

TICKETS = Table(
    name="tickets",
    singular="ticket",
    columns=(
        Column(name="id", kind=Text(), doc="unique id", required=True),
        Column(name="lat", kind=Coordinate(90), doc="latitude; may be empty when place is given"),
        Column(name="lon", kind=Coordinate(180), doc="longitude"),
        Column(name="place", kind=Text(), doc="name of the point in a given travel matrix; default: the ticket id"),
        Column(
            name="address",
            kind=Text(),
            doc="for people, and for `callout geo locate` to find coordinates; planning does not read it",
        ),
        Column(name="duration_min", kind=MINUTES, doc="service time of a technician with factor 100 %", required=True),
        Column(name="tier", kind=Text(), doc="name of the service tier", required=True, refers="tiers"),
        Column(
            name="opened",
            kind=Second(),
            doc="when the customer reported it; tier targets run from here; default: start of the plan",
        ),
        Column(name="windows", kind=Listed(WindowKind()), doc="the service starts inside one of them; empty: any time"),
        Column(name="skills", kind=LEVELS, doc="least level 1..5 of the technician (of a crew: of its lead)"),
        Column(name="parts", kind=COUNTS, doc="parts used, from the lead's van"),
        Column(name="tools", kind=NameSet(), doc="tools that the lead carries"),
        Column(name="required", kind=TECHNICIANS, doc="only these technicians may come", refers="technicians"),
        Column(name="preferred", kind=TECHNICIANS, doc="these technicians are wished", refers="technicians"),
        Column(name="excluded", kind=TECHNICIANS, doc="these technicians must not come", refers="technicians"),
        Column(name="crew", kind=Crew(LEVELS), doc="skills of each further crew member, `-` for anybody"),
        Column(
            name="after",
            kind=Listed(AfterKind()),
            doc="starts after others, gap in minutes: `T12`, `T12:30..`, `T12:30..120`, from their finish or `@start`",
            refers="tickets",
        ),
        Column(
            name="pin_technicians",
            kind=Listed(Text()),
            doc="the dispatcher's choice, in the order of the crew",
            refers="technicians",
        ),
        Column(
            name="pin_start", kind=Second(), doc="the dispatcher's start of service; empty: only the technician is kept"
        ),
        Column(name="unserved_cost_cents", kind=Integer(), doc="cost of leaving it out, in place of the one by tier"),
    ),
)

TECHNICIANS_TABLE = Table(
    name="technicians",
    singular="technician",
    columns=(
        Column(name="id", kind=Text(), doc="unique id", required=True),
        Column(name="name", kind=Text(), doc="name shown to people"),
        Column(name="skills", kind=LEVELS, doc="levels 1..5"),
        Column(
            name="duration_percent",
            kind=PERCENTS,
            doc="share of the service time that this person needs (80 = faster), `*` for other work",
        ),
        Column(name="home_lat", kind=Coordinate(90), doc="latitude of the home"),
        Column(name="home_lon", kind=Coordinate(180), doc="longitude of the home"),
        Column(
            name="home_place", kind=Text(), doc="name of the home in a given travel matrix; default: `home:` and the id"
        ),
        Column(
            name="base",
            kind=Choice("home", "centre", "none"),
            doc="where reach is measured from; default: home if given, else centre",
        ),
        Column(name="centre", kind=Text(), doc="service centre that the technician belongs to", refers="centres"),
        Column(name="profile", kind=Text(), doc="travel profile; default: car"),
        Column(name="stock", kind=COUNTS, doc="parts in the van at the start of each shift"),
        Column(name="tools", kind=NameSet(), doc="tools in the van"),
        Column(name="max_distance_km", kind=KILOMETRES, doc="farthest ticket from base, one way"),
        Column(name="max_drive_min", kind=MINUTES, doc="longest drive from base to a ticket"),
        Column(name="max_leg_km", kind=KILOMETRES, doc="longest single leg to a ticket"),
        Column(name="max_leg_min", kind=MINUTES, doc="longest drive of a single leg to a ticket"),
    ),
)

_WHERE = "`home`, `centre`, `none`, or `place:` and a name; default: home if given, else centre, else none"

SHIFTS = Table(
    name="shifts",
    singular="shift",
    columns=(
        Column(name="id", kind=Text(), doc="unique id; default: technician, `#` and the number of the shift"),
        Column(name="technician", kind=Text(), doc="whose shift", required=True, refers="technicians"),
        Column(name="start", kind=Second(), doc="earliest departure", required=True),
        Column(name="regular_end", kind=Second(), doc="from here to end is overtime; default: end"),
        Column(name="end", kind=Second(), doc="latest return", required=True),
        Column(name="start_place", kind=Text(), doc=_WHERE),
        Column(name="start_lat", kind=Coordinate(90), doc="latitude of a start at `place:`"),
        Column(name="start_lon", kind=Coordinate(180), doc="longitude of a start at `place:`"),
        Column(name="end_place", kind=Text(), doc=_WHERE),
        Column(name="end_lat", kind=Coordinate(90), doc="latitude of an end at `place:`"),
        Column(name="end_lon", kind=Coordinate(180), doc="longitude of an end at `place:`"),
        Column(
            name="breaks",
            kind=Listed(BreakKind()),
            doc="each starts inside its span; times of day are those of the shift's first day",
        ),
    ),
)

CENTRES = Table(
    name="centres",
    singular="centre",
    optional=True,
    columns=(
        Column(name="id", kind=Text(), doc="unique id", required=True),
        Column(name="lat", kind=Coordinate(90), doc="latitude; may be empty when place is given"),
        Column(name="lon", kind=Coordinate(180), doc="longitude"),
        Column(
            name="place", kind=Text(), doc="name of the point in a given travel matrix; default: `centre:` and the id"
        ),
        Column(name="restock_min", kind=MINUTES, doc="length of a restock stop; default: 10"),
        Column(name="parts", kind=Held(), doc="kinds of parts held; empty: every kind"),
        Column(name="tools", kind=Held(), doc="tools held; empty: every tool"),
        Column(name="coverage_km", kind=KILOMETRES, doc="radius that its technicians serve"),
        Column(name="coverage_min", kind=MINUTES, doc="drive time that its technicians serve"),
    ),
)

BASELINE = Table(
    name="baseline",
    singular="baseline",
    optional=True,
    columns=(
        Column(name="ticket", kind=Text(), doc="ticket of the plan that is in force", required=True),
        Column(name="role", kind=Integer(), doc="crew role, 0 = lead; default: 0"),
        Column(name="technician", kind=Text(), doc="who was to serve it", required=True),
        Column(name="start", kind=Second(), doc="start of service", required=True),
    ),
)

TABLES = {table.name: table for table in (CENTRES, TECHNICIANS_TABLE, SHIFTS, TICKETS, BASELINE)}
"""In the order of reading: a table refers to those before it."""
