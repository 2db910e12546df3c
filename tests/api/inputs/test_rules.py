"""Each rule alone: one edit of the example breaks it, and exactly it, at the right place."""

from collections.abc import Callable

import pytest

from api.inputs.rules import RULES
from dispatch.errors import Fault

Edit = tuple[str, str, str]
T, W, S, C, P = "tickets.csv", "technicians.csv", "shifts.csv", "centres.csv", "plan.toml"
T1 = (
    "T1,22.5405,113.9345,45,enterprise,2026-03-02T07:30,"
    "2026-03-02T09:00/2026-03-02T12:00; 2026-03-02T14:00/2026-03-02T16:00,lift:3,pump:1,ladder,,,,,,,"
)
T2 = "T2,22.5229,113.9411,30,basic,2026-03-01T15:00,,,,,wang,,,,,,"
T3 = "T3,22.5550,114.0840,60,basic,2026-03-01T10:00,,lift:1,,,,,lift:2,,,,"
T4 = "T4,22.5470,113.9500,20,basic,2026-03-02T08:00,,,,,,li,,T1:30..240,,,"
HOURS = 'hours = { mon = ["09:00-12:00", "13:00-18:00"], tue = ["09:00-12:00", "13:00-18:00"], fri = ["09:00-12:00"] }'
WANG = "wang,Wang Fang,lift:2,,,,,Nanshan,scooter,,,"
WANG_SHIFT = "wang,2026-03-02T09:00,,2026-03-02T17:30,centre,none,12:00-13:00/45"

# The rule; file, row, field and value of its fault; the edits that break it.
CASES: list[tuple[str, tuple[str, int, str, str], list[Edit]]] = [
    # header and rows
    ("column.missing", (S, 1, "technician", ""), [(S, "technician,", "id,")]),
    ("column.unknown", (T, 1, "skils", "skils"), [(T, ",skills,", ",skils,")]),
    (
        "column.duplicate",
        (T, 1, "tools", "tools"),
        [
            (T, ",windows,", ",tools,"),
            (T, ",2026-03-02T09:00/2026-03-02T12:00; 2026-03-02T14:00/2026-03-02T16:00,", ",,"),
        ],
    ),
    (
        "row.cells",
        (T, 6, "", "T5,22.53"),
        [
            (
                T,
                "T5,22.5329,113.9892,40,enterprise,2026-03-02T09:15+08:00,,plc:2,,,,,,,li,2026-03-02T14:00,90000\n",
                "T5,22.53",
            )
        ],
    ),
    ("row.cells", (T, 3, "", T2 + ",x"), [(T, T2, T2 + ",x")]),
    ("file.csv", (T, 6, "", ""), [(T, "T5,", '"T5,')]),
    ("key.unknown", (P, 0, "plan.zoen", "zoen"), [(P, "zone =", 'zoen = "UTC"\nzone =')]),
    ("key.unknown", (P, 0, "wieghts", "wieghts"), [(P, "[weights]", "[wieghts]")]),
    ("file.toml", (P, 0, "", ""), [(P, "[plan]", "[plan")]),
    # values
    ("value.missing", (T, 3, "duration_min", ""), [(T, T2, T2.replace(",30,", ",,"))]),
    ("value.missing", (P, 0, "plan.end", ""), [(P, 'end = "2026-03-03T00:00"\n', "")]),
    ("value.type", (P, 0, "travel.speed_kmh", "32"), [(P, "speed_kmh = 32", 'speed_kmh = "32"')]),
    ("value.choice", (W, 2, "base", "hut"), [(W, ",home,", ",hut,")]),
    ("text.empty", (P, 0, "plan.skills[0]", ""), [(P, '"fibre"', '""')]),
    ("text.control", (T, 3, "id", "T\n2"), [(T, "T2,", '"T\n2",')]),
    ("number.format", (T, 3, "duration_min", "half an hour"), [(T, T2, T2.replace(",30,", ",half an hour,"))]),
    ("number.format", (T, 3, "lat", "22,5229"), [(T, T2, T2.replace("22.5229", '"22,5229"'))]),
    ("number.negative", (T, 3, "duration_min", "-30"), [(T, T2, T2.replace(",30,", ",-30,"))]),
    ("number.negative", (T, 2, "parts", "-1"), [(T, "pump:1", "pump:-1")]),
    ("number.negative", (W, 2, "stock", "-2"), [(W, "belt:2", "belt:-2")]),
    ("number.negative", (C, 2, "restock_min", "-15"), [(C, ",15,", ",-15,")]),
    ("number.range", (W, 2, "duration_percent", "1001"), [(W, "*:110", "*:1001")]),
    ("number.range", (P, 0, "weights.overtime_cents_per_h", "2000000000"), [(P, "6000", "2_000_000_000")]),
    ("number.whole", (T, 2, "parts", "0.5"), [(T, "pump:1", "pump:0.5")]),
    ("number.fraction", (T, 3, "duration_min", "30.33"), [(T, T2, T2.replace(",30,", ",30.33,"))]),
    ("pair.format", (T, 2, "skills", "lift"), [(T, "lift:3", "lift")]),
    ("pair.twice", (T, 2, "skills", "lift:2"), [(T, "lift:3", "lift:3; lift:2")]),
    # times
    ("time.format", (T, 3, "opened", "yesterday"), [(T, "2026-03-01T15:00", "yesterday")]),
    ("time.format", (T, 3, "opened", "2026-03-01"), [(T, "2026-03-01T15:00", "2026-03-01")]),
    ("time.excel", (T, 3, "opened", "3/1/2026 15:00"), [(T, "2026-03-01T15:00", "3/1/2026 15:00")]),
    ("time.excel", (T, 3, "opened", "2026/3/1"), [(T, "2026-03-01T15:00", "2026/3/1")]),
    ("time.excel", (T, 3, "opened", "46083.375"), [(T, "2026-03-01T15:00", "46083.375")]),
    (
        "time.naive",
        (P, 0, "plan.start", "2026-03-02T00:00"),
        [
            (P, 'zone = "Asia/Shanghai"       #', "#"),
            (P, "2026-03-03T00:00", "2026-03-03T00:00+08:00"),
            (
                S,
                "li,2026-03-02T08:00,2026-03-02T17:00,2026-03-02T19:00,home,home,11:30-13:00/30\n" + WANG_SHIFT + "\n",
                "",
            ),
            (
                T,
                T1,
                "T1,22.5405,113.9345,45,enterprise,,,,,,,,,,,,",
            ),
            (T, T2, T2.replace("2026-03-01T15:00", "")),
            (T, T3, T3.replace("2026-03-01T10:00", "")),
            (T, T4, T4.replace("2026-03-02T08:00", "")),
            (T, "li,2026-03-02T14:00,90000", ",,"),
        ],
    ),
    ("time.impossible", (T, 3, "opened", "2026-02-30T15:00"), [(T, "2026-03-01T15:00", "2026-02-30T15:00")]),
    ("time.fraction", (T, 3, "opened", "2026-03-01T15:00:00.5"), [(T, "2026-03-01T15:00", "2026-03-01T15:00:00.5")]),
    ("time.range", (T, 3, "opened", "2006-03-01T15:00"), [(T, "2026-03-01T15:00", "2006-03-01T15:00")]),
    ("time.clock", (S, 2, "breaks", "25:30"), [(S, "11:30-13:00/30", "25:30-13:00/30")]),
    ("time.date", (P, 0, "calendars[0].holidays[0]", "1 May"), [(P, "2026-05-01", "1 May")]),
    ("zone.unknown", (P, 0, "plan.zone", "Asia/Shenzhen"), [(P, "Asia/Shanghai", "Asia/Shenzhen")]),
    # plan, travel, tiers, calendars
    ("plan.coordinates", (P, 0, "plan.coordinates", "NAD-27"), [(P, '"WGS-84"', '"NAD-27"')]),
    (
        "horizon.length",
        (P, 0, "plan.end", "2026-03-01T16:00:00+00:00"),
        [
            (P, "2026-03-03T00:00", "2026-03-02T00:00"),
            (S, "li,2026-03-02T08:00,2026-03-02T17:00,2026-03-02T19:00,home,home,11:30-13:00/30\n", ""),
        ],
    ),
    ("travel.source", (P, 0, "travel.source", "teleport"), [(P, '"geodesic"', '"teleport"')]),
    ("travel.source", (P, 0, "travel.source", "matrix:"), [(P, '"geodesic"', '"matrix:"')]),
    ("tier.duplicate", (P, 0, "tiers.name", "basic"), [(P, 'name = "enterprise"', 'name = "basic"')]),
    ("tier.unknown", (T, 3, "tier", "basik"), [(T, T2, T2.replace("basic", "basik"))]),
    ("tier.weight", (P, 0, "tiers[0]", ""), [(P, "weight = 1\n", "weight = 0\n")]),
    ("tier.target_twice", (P, 0, "tiers[1]", ""), [(P, '"solve"', '"respond"')]),
    ("target.within", (P, 0, "tiers[1].targets[0]", ""), [(P, "within_h = 6,", "within_h = 0,")]),
    (
        "calendar.duplicate",
        (P, 0, "calendars.name", "office"),
        [
            (
                P,
                "[[calendars]]",
                '[[calendars]]\nname = "office"\nzone = "UTC"\nhours = { mon = ["09:00-12:00"] }\n\n[[calendars]]',
            )
        ],
    ),
    ("calendar.unknown", (P, 0, "tiers.basic.repair.clock", "ofice"), [(P, 'clock = "office"', 'clock = "ofice"')]),
    (
        "zone.unknown",
        (P, 0, "calendars[0].zone", "Moon"),
        [(P, 'name = "office"\nzone = "Asia/Shanghai"', 'name = "office"\nzone = "Moon"')],
    ),
    ("calendar.weekday", (P, 0, "calendars[0].hours", "fry"), [(P, "fri =", "fry =")]),
    ("calendar.hours", (P, 0, "calendars[0]", ""), [(P, '"13:00-18:00"], tue', '"11:00-18:00"], tue')]),
    (
        "calendar.hours",
        (P, 0, "calendars[0].hours.fri[0]", "morning"),
        [(P, 'fri = ["09:00-12:00"]', 'fri = ["morning"]')],
    ),
    (
        "calendar.never_open",
        (P, 0, "calendars[0]", ""),
        [
            (
                P,
                HOURS,
                "hours = {}",
            )
        ],
    ),
    # places
    ("place.missing", (T, 3, "lat", ""), [(T, T2, T2.replace("22.5229,113.9411", ","))]),
    ("place.latitude", (T, 3, "lat", "222.5229"), [(T, "22.5229", "222.5229")]),
    ("place.longitude", (T, 3, "lon", "200.1"), [(T, "113.9411", "200.1")]),
    ("place.longitude", (T, 3, "lon", ""), [(T, T2, T2.replace("113.9411", ""))]),
    ("place.swapped", (T, 3, "lat", "113.9411, 22.5229"), [(T, "22.5229,113.9411", "113.9411,22.5229")]),
    (
        "place.twice",
        (S, 2, "start_place", "22.1, 113.1"),
        [
            (S, "start_place,", "start_place,start_lat,start_lon,"),
            (S, "home,home", "place:T1,22.1,113.1,home"),
            (S, "centre,none", "centre,,,none"),
        ],
    ),
    ("place.no_home", (W, 3, "base", "home"), [(W, WANG, WANG.replace(",,,,,Nanshan", ",,,,home,Nanshan"))]),
    ("place.no_home", (S, 3, "end_place", "home"), [(S, "none", "home")]),
    (
        "place.no_centre",
        (W, 3, "base", "centre"),
        [(W, WANG, WANG.replace(",,,,,Nanshan", ",,,,centre,")), (S, "centre,none", "none,none")],
    ),
    ("place.no_centre", (S, 3, "start_place", "centre"), [(W, WANG, WANG.replace("Nanshan", ""))]),
    ("place.reference", (S, 2, "start_place", "work"), [(S, "home,home", "work,home")]),
    # tickets
    ("ticket.duplicate", (T, 3, "id", "T1"), [(T, "T2,", "T1,")]),
    ("ticket.unknown", (T, 5, "after", "T9"), [(T, "T1:30..240", "T9:30..240")]),
    (
        "window.format",
        (T, 2, "windows", "2026-03-02T09:00"),
        [(T, "2026-03-02T09:00/2026-03-02T12:00;", "2026-03-02T09:00;")],
    ),
    (
        "window.order",
        (T, 2, "windows", "2026-03-02T09:00/2026-03-02T08:00"),
        [(T, "/2026-03-02T12:00", "/2026-03-02T08:00")],
    ),
    ("skill.level", (T, 2, "skills", "6"), [(T, "lift:3", "lift:6")]),
    ("skill.unknown", (T, 2, "skills", "lifts"), [(T, "lift:3", "lifts:3")]),
    ("skill.unknown", (T, 4, "crew", "left"), [(T, T3, T3.replace("lift:2", "left:2"))]),
    ("skill.unknown", (W, 2, "duration_percent", "lit"), [(W, "lift:80", "lit:80")]),
    ("after.format", (T, 5, "after", "@start"), [(T, "T1:30..240", "@start")]),
    ("after.gap", (T, 5, "after", "T1:240..30"), [(T, "T1:30..240", "T1:240..30")]),
    ("after.self", (T, 5, "after", "T4"), [(T, "T1:30..240", "T4")]),
    (
        "after.cycle",
        (T, 5, "after", "T2"),
        [(T, "T1:30..240", "T2"), (T, T2, T2.replace("wang,,,,,,", "wang,,,T4,,,"))],
    ),
    (
        "pin.technicians",
        (T, 3, "pin_start", "2026-03-02T14:00"),
        [(T, T2, T2.replace("wang,,,,,,", "wang,,,,,2026-03-02T14:00,"))],
    ),
    ("pin.crew", (T, 4, "pin_technicians", "li"), [(T, T3, T3.replace("lift:2,,,,", "lift:2,,li,,"))]),
    ("pin.crew", (T, 4, "pin_technicians", "li; li"), [(T, T3, T3.replace("lift:2,,,,", "lift:2,,li; li,,"))]),
    ("pin.skill", (T, 6, "pin_technicians", "wang"), [(T, "li,2026-03-02T14:00", "wang,2026-03-02T14:00")]),
    ("pin.excluded", (T, 5, "pin_technicians", "li"), [(T, "T1:30..240,,", "T1:30..240,li,")]),
    (
        "pin.no_shift",
        (T, 3, "pin_technicians", "wang"),
        [(T, T2, T2.replace("wang,,,,,,", "wang,,,,wang,,")), (S, WANG_SHIFT + "\n", "")],
    ),
    ("pin.outside_shift", (T, 6, "pin_start", "2026-03-02T19:30"), [(T, "li,2026-03-02T14:00", "li,2026-03-02T19:30")]),
    (
        "pin.overlap",
        (T, 6, "pin_start", "2026-03-02T14:00"),
        [(T, T2, T2.replace("wang,,,,,,", "wang,,,,li,2026-03-02T13:45,"))],
    ),
    # technicians, shifts, centres
    (
        "technician.duplicate",
        (W, 3, "id", "li"),
        [(W, WANG, WANG.replace("wang", "li", 1)), (T, T2, T2.replace("wang", "")), (S, WANG_SHIFT + "\n", "")],
    ),
    ("technician.unknown", (T, 3, "preferred", "wong"), [(T, T2, T2.replace("wang", "wong"))]),
    ("technician.unknown", (S, 3, "technician", "wong"), [(S, "wang", "wong")]),
    ("technician.contradiction", (T, 3, "excluded", "wang"), [(T, T2, T2.replace("wang,,", "wang,wang,"))]),
    (
        "technician.base",
        (W, 3, "base", ""),
        [(W, WANG, "wang,Wang Fang,lift:2,,,,,,scooter,,,30"), (S, "centre,none", "none,none")],
    ),
    (
        "shift.duplicate",
        (S, 3, "id", "a"),
        [(S, "technician,", "id,technician,"), (S, "\nli,", "\na,li,"), (S, "\nwang,", "\na,wang,")],
    ),
    ("shift.order", (S, 2, "end", "2026-03-02T16:00"), [(S, "2026-03-02T19:00", "2026-03-02T16:00")]),
    (
        "shift.empty",
        (S, 3, "end", "2026-03-02T09:00"),
        [(S, "2026-03-02T17:30", "2026-03-02T09:00"), (S, "12:00-13:00/45", "")],
    ),
    ("shift.horizon", (S, 2, "end", "2026-03-03T03:00"), [(S, "2026-03-02T19:00", "2026-03-03T03:00")]),
    (
        "shift.overlap",
        (S, 4, "start", "2026-03-02T17:00"),
        [(S, WANG_SHIFT, WANG_SHIFT + "\nwang,2026-03-02T17:00,,2026-03-02T20:00,centre,none,")],
    ),
    ("break.format", (S, 2, "breaks", "noon"), [(S, "11:30-13:00/30", "noon")]),
    ("break.order", (S, 2, "breaks", "13:00-11:30/30"), [(S, "11:30-13:00/30", "13:00-11:30/30")]),
    ("break.duration", (S, 2, "breaks", "11:30-13:00/0"), [(S, "11:30-13:00/30", "11:30-13:00/0")]),
    (
        "break.overlap",
        (S, 2, "breaks", "11:30-13:00/30; 13:15-14:00/15"),
        [(S, "11:30-13:00/30", "11:30-13:00/30; 13:15-14:00/15")],
    ),
    ("centre.duplicate", (C, 3, "id", "Nanshan"), [(C, "40\n", "40\nNanshan,22.6,114.0,15,,\n")]),
    (
        "centre.unknown",
        (W, 3, "centre", "Nanshen"),
        [(W, WANG, WANG.replace("Nanshan", "Nanshen")), (S, "centre,none", "none,none")],
    ),
]

ELSEWHERE = {
    "test_files.py": {
        "file.missing",
        "file.kind",
        "file.unreadable",
        "file.size",
        "file.rows",
        "file.empty",
        "file.encoding",
    },
    "test_json.py": {"file.json", "key.duplicate"},
    "test_times.py": {"time.ambiguous"},
    "the domain's own; a field or column rule speaks first": {
        "ticket.id",
        "ticket.duration",
        "ticket.time_range",
        "ticket.unserved_cost",
        "part.quantity",
        "technician.id",
        "technician.duration_percent",
        "technician.reach",
        "centre.negative",
        "weight.range",
        "horizon.naive",
        "calendar.zone",
    },
}


@pytest.mark.parametrize(("rule", "place", "edits"), CASES, ids=[f"{rule}-{place[2]}" for rule, place, _ in CASES])
def test_one_broken_rule(
    broken: Callable[..., list[Fault]], rule: str, place: tuple[str, int, str, str], edits: list[Edit]
) -> None:
    faults = broken(*edits)
    assert [fault.rule for fault in faults] == [rule], "\n".join(map(str, faults))
    file, row, field, value = place
    assert (faults[0].file, faults[0].row, faults[0].field) == (file, row, field)
    assert value == "" or faults[0].value == value
    assert faults[0].message


def test_every_rule_is_tested() -> None:
    tested = {rule for rule, _, _ in CASES}.union(*ELSEWHERE.values())
    assert tested == set(RULES)


@pytest.mark.parametrize(
    ("edit", "meant"),
    [
        ((T, ",skills,", ",skils,"), "skills"),
        ((T, T2, T2.replace("basic", "Basik")), "basic"),
        ((T, T2, T2.replace("wang", "wong")), "wang"),
        ((P, "zone =", 'zoen = "UTC"\nzone ='), "zone"),
        ((P, 'clock = "office"', 'clock = "ofice"'), "office"),
    ],
)
def test_misspelt_names_get_a_suggestion(broken: Callable[..., list[Fault]], edit: Edit, meant: str) -> None:
    assert f"did you mean {meant!r}?" in broken(edit)[0].message


def test_all_faults_come_at_once_in_the_order_of_files_and_rows(broken: Callable[..., list[Fault]]) -> None:
    faults = broken(
        (P, '"WGS-84"', '"CGCS2000"'),
        (T, "T2,", "T1,"),
        (T, "113.9345,45", "113.9345,-45"),
        (T, "lift:3", "lift:9"),
        (W, "ladder,90", "ladder,-1"),
        (S, "home,home", "hom,home"),
        (C, ",15,", ",x,"),
    )
    assert [(fault.file, fault.row, fault.rule) for fault in faults] == [
        (P, 0, "plan.coordinates"),
        (C, 2, "number.format"),
        (W, 2, "number.negative"),
        (S, 2, "place.reference"),
        (T, 2, "number.negative"),
        (T, 2, "skill.level"),
        (T, 3, "ticket.duplicate"),
    ]


def test_two_broken_domain_rules_of_one_row_are_both_reported(broken: Callable[..., list[Fault]]) -> None:
    faults = broken((T, T2, T2.replace("wang,,,,,,", "wang,wang,,T2,li; wang,,")))
    assert {fault.rule for fault in faults} == {"technician.contradiction", "after.self", "pin.crew"}
    assert {fault.row for fault in faults} == {3}


def test_a_faulty_row_does_not_make_others_faulty(broken: Callable[..., list[Fault]]) -> None:
    """Li's row is broken; shifts, pins and preferences that name li, and skills that only li has, are not."""
    faults = broken((W, "lift:4; plc:2,lift:80; *:110", "lift:4; plc:two,lift:80; *:110"))
    assert [(fault.rule, fault.row) for fault in faults] == [("number.format", 2)]
