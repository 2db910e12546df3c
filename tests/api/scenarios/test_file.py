"""Scenario files: bases, changes, and every fault at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from api.scenarios.file import read_scenario, read_scenarios
from api.scenarios.forms import SETTINGS
from dispatch.errors import InputError

ROOT = Path(__file__).parents[3]
SIX = ROOT / "examples" / "six_tickets"
DOCS = ROOT / "docs" / "scenarios.md"


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def base(tmp_path):
    return write(tmp_path, "base.toml", f'input = "{SIX}"\ndays = 7\n[prices]\nwage_per_h = 40\nper_km = 0.5\n')


def faults(path: Path) -> set[tuple[str, str, str]]:
    with pytest.raises(InputError) as caught:
        read_scenario(path)
    return {(fault.file, fault.field, fault.rule) for fault in caught.value.faults}


def test_a_file_takes_what_its_bases_say_and_changes_it(base, tmp_path):
    write(tmp_path, "middle.toml", 'base = "base.toml"\n[prices]\nwage_per_h = 41\n[[demand.grow]]\npercent = 120\n')
    top = write(tmp_path, "top.toml", 'base = "middle.toml"\nseed = 5\n[[demand.grow]]\npercent = 50\ntier = "basic"\n')

    scenario = read_scenario(top)

    assert (scenario.title, scenario.days, scenario.seed) == ("top", 7, 5)
    assert (scenario.setup.prices.wage_cents_per_h, scenario.setup.prices.km_cents) == (4100, 50)
    assert [(one.percent, one.tier) for one in scenario.setup.growth] == [(120, ""), (50, "basic")]


def test_a_new_site_takes_its_technicians_along(base, tmp_path):
    day = read_scenario(base).setup.problem
    (first, *others) = day.technicians
    path = write(
        tmp_path,
        "new.toml",
        f'base = "base.toml"\n[[sites.open]]\nid = "north"\nlat = 23.2\nlon = 113.3\nrent_per_year = 1000.5\n'
        f'technicians = ["{first.id}"]\n',
    )

    setup = read_scenario(path).setup

    assert setup.problem.centre_by_id["north"].place.lat == 23.2
    assert setup.problem.technician_by_id[first.id].centre_id == "north"
    assert setup.prices.rent_cents_per_year["north"] == 100_050
    assert [setup.problem.technician_by_id[one.id] for one in others] == others


def test_hiring_copies_skills_and_shifts(base, tmp_path):
    problem = read_scenario(base).setup.problem
    model = problem.technicians[0]
    path = write(tmp_path, "more.toml", f'base = "base.toml"\n[[technicians.hire]]\nlike = "{model.id}"\ncount = 3\n')

    grown = read_scenario(path).setup.problem

    hired = [one for one in grown.technicians if one.id not in problem.technician_by_id]
    assert [one.id for one in hired] == [f"{model.id}+{number}" for number in (1, 2, 3)]
    assert all(one.skills == model.skills for one in hired)
    assert len(grown.shifts) == len(problem.shifts) + 3 * len(problem.shifts_by_technician[model.id])


def test_promises_shifts_skills_coverage_and_speed(base, tmp_path):
    before = read_scenario(base).setup.problem
    path = write(
        tmp_path,
        "all.toml",
        'base = "base.toml"\n[[tiers.promise]]\ntier = "enterprise"\ntarget = "respond"\nwithin_h = 4\n'
        '[[shifts.change]]\nend_min = 60\n[[skills.train]]\ntechnicians = ["*"]\nskill = "lasers"\nlevel = 2\n'
        "[[coverage.set]]\ncoverage_km = 12\n[[speed.scale]]\npercent = 80\n[[speed.scale]]\npercent = 50\n",
    )

    setup = read_scenario(path).setup

    targets = {target.name: target.within_s for target in setup.problem.tier_by_name["enterprise"].targets}
    assert targets == {"respond": 14_400, "solve": 43_200}
    assert [shift.end_s for shift in setup.problem.shifts] == [shift.end_s + 3600 for shift in before.shifts]
    assert {one.skills["lasers"] for one in setup.problem.technicians} == {2}
    assert {centre.coverage_m for centre in setup.problem.centres} == {12_000}
    assert set(setup.speed_percent.values()) == {40}


def test_all_faults_of_all_files_at_once(base, tmp_path):
    write(
        tmp_path,
        "middle.toml",
        'base = "base.toml"\ndayz = 3\n[pricez]\nwage_per_h = 3\n[play]\nreplan_mins = 4\nengine = "serch"\n'
        '[[sites.close]]\nid = "nowhere"\nto = "also-nowhere"\n',
    )
    top = write(
        tmp_path,
        "top.toml",
        'base = "middle.toml"\ndays = 0\n[chances]\nill_share = 1.5\n[[technicians.hire]]\nlike = "nobody"\ncount = 0\n'
        '[[technicians.leave]]\ntechnicians = ["gone-*"]\n[[tiers.promise]]\ntier = "entreprise"\ntarget = "x"\n'
        "within_h = 4\n[speed]\nscale = 3\n",
    )

    assert faults(top) == {
        ("middle.toml", "dayz", "key.unknown"),
        ("middle.toml", "pricez", "key.unknown"),
        ("middle.toml", "play.replan_mins", "key.unknown"),
        ("top.toml", "play.engine", "engine.unknown"),
        ("middle.toml", "sites.close[0].id", "centre.unknown"),
        ("middle.toml", "sites.close[0].to", "centre.unknown"),
        ("top.toml", "days", "number.range"),
        ("top.toml", "chances.ill_share", "chance.share"),
        ("top.toml", "technicians.hire[0].count", "number.range"),
        ("top.toml", "technicians.leave[0].technicians", "technician.unknown"),
        ("top.toml", "tiers.promise[0].tier", "tier.unknown"),
        ("top.toml", "speed.scale", "value.type"),
    }


def test_the_nearest_key_is_named(base, tmp_path):
    path = write(tmp_path, "typo.toml", 'base = "base.toml"\ndayz = 3\n[[technicians.hyre]]\nlike = "x"\n')
    with pytest.raises(InputError) as caught:
        read_scenario(path)
    assert [fault.message for fault in caught.value.faults] == [
        "no such key; did you mean 'days'?",
        "no such key; did you mean 'hire'?",
    ]


def test_bases_in_a_circle(tmp_path):
    write(tmp_path, "one.toml", 'base = "two.toml"\nzeed = 1\n')
    write(tmp_path, "two.toml", 'base = "three.toml"\n')
    path = write(tmp_path, "three.toml", 'base = "one.toml"\n')
    assert faults(path) == {("two.toml", "base", "scenario.cycle"), ("one.toml", "zeed", "key.unknown")}
    with pytest.raises(InputError) as caught:
        read_scenario(path)
    message = "bases lead in a circle: three.toml -> one.toml -> two.toml -> three.toml"
    assert message in [fault.message for fault in caught.value.faults]


def test_missing_files(tmp_path):
    one = write(tmp_path, "one.toml", 'base = "nothing.toml"\n')
    two = write(tmp_path, "two.toml", 'input = "no-folder"\n')
    with pytest.raises(InputError) as caught:
        read_scenarios([one, two, tmp_path / "absent.toml"])
    assert [(fault.file, fault.rule) for fault in caught.value.faults] == [
        ("nothing.toml", "file.missing"),
        ("no-folder", "file.missing"),
        ("absent.toml", "file.missing"),
    ]


def test_a_file_needs_an_input(tmp_path):
    assert faults(write(tmp_path, "bare.toml", "days = 3\n")) == {("bare.toml", "input", "value.missing")}


@pytest.mark.parametrize("section", ["play", "chances"])
def test_the_documentation_has_every_key_of_a_section_with_its_default(section):
    text = DOCS.read_text(encoding="utf-8")
    _, _, table = text.partition(f"| key of `[{section}]` | default | meaning |\n|---|---|---|\n")
    rows = [line.strip("|").split("|") for line in table.partition("\n\n")[0].splitlines()]
    written = {
        name: f"default: {default}"
        for names, defaults, _ in rows
        for name, default in zip(names.strip().split(", "), defaults.strip().split(", "), strict=True)
    }
    assert written == {name: column.doc for name, column in SETTINGS[section].items()}
