"""The JSON document: the same as the folder, and every oddity a fault."""

import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from api import inputs
from dispatch.errors import Fault, InputError


@pytest.fixture
def document(root: Path) -> dict[str, Any]:
    """The example as JSON."""
    return dict(json.loads((root / "docs/examples/tiny/tiny.json").read_text(encoding="utf-8")))


@pytest.fixture
def faults_of(tmp_path: Path) -> Callable[[str], list[Fault]]:
    """Faults of a text as a JSON file."""

    def run(text: str) -> list[Fault]:
        (tmp_path / "day.json").write_text(text, encoding="utf-8")
        return inputs.faults(tmp_path / "day.json")

    return run


def test_folder_and_document_are_the_same_day(root: Path) -> None:
    folder = root / "docs/examples/tiny"
    assert inputs.read_day(folder) == inputs.read_day(folder / "tiny.json")


def test_faults_name_the_path(document: dict[str, Any]) -> None:
    document["tickets"][0]["windows"][1]["end"] = "2026/3/2"
    document["tickets"][1]["tier"] = "basik"
    document["tickets"][2]["crew"][0] = {"lift": 7}
    document["technicians"][1]["skils"] = {}
    del document["shifts"][0]["end"]
    with pytest.raises(InputError) as caught:
        inputs.from_json(document, name="day.json")
    assert {(f.file, f.field, f.rule, f.value) for f in caught.value.faults} == {
        ("day.json", "tickets[0].windows[1].end", "time.excel", "2026/3/2"),
        ("day.json", "tickets[1].tier", "tier.unknown", "basik"),
        ("day.json", "tickets[2].crew[0].lift", "skill.level", "7"),
        ("day.json", "technicians[1].skils", "key.unknown", "skils"),
        ("day.json", "shifts[0].end", "value.missing", ""),
    }


@pytest.mark.parametrize(
    "text",
    [
        "{",
        '{"plan": {',
        '{"plan": "2026',
        "[]",
        "7",
        "null",
        '"plan"',
        "{,}",
        "[" * 100_000,
        '{"a":' * 100_000,
        '{"plan": NaN}',
        '{"plan": -Infinity}',
        '{"plan": ' + "9" * 5_000 + "}",
        '{"plan": {}} {}',
        "﻿{",
    ],
)
def test_what_is_no_document(faults_of: Callable[[str], list[Fault]], text: str) -> None:
    assert [fault.rule for fault in faults_of(text)] == ["file.json"]


def test_a_cut_document_says_so(faults_of: Callable[[str], list[Fault]], document: dict[str, Any]) -> None:
    text = json.dumps(document, indent=1)
    (fault,) = faults_of(text[: text.rindex("}")])
    assert "cut" in fault.message
    assert fault.row == text.count("\n") + 1


def test_a_key_that_stands_twice(faults_of: Callable[[str], list[Fault]], document: dict[str, Any]) -> None:
    text = json.dumps(document).replace('"id": "T1"', '"id": "T1", "id": "T0"')
    assert [(fault.rule, fault.field) for fault in faults_of(text) if fault.rule.startswith("key")] == [
        ("key.duplicate", "id")
    ]


ODD = [None, True, 7, -1, 1e308, 10**400, "", "x", "\ud800", [], [None], [[]], {}, {"": None}, {"x": {"y": []}}]


@pytest.mark.parametrize("odd", ODD, ids=[str(number) for number in range(len(ODD))])
def test_every_field_survives_odd_values(
    faults_of: Callable[[str], list[Fault]], document: dict[str, Any], odd: object
) -> None:
    """Each value of the example, one at a time, becomes something odd: faults or a plan, never anything else."""

    def walk(node: Any) -> None:
        keys = list(node) if isinstance(node, dict) else range(len(node)) if isinstance(node, list) else []
        for key in keys:
            old = node[key]
            node[key] = odd
            with suppress(InputError):
                inputs.from_json(document)
            node[key] = old
            walk(old)

    walk(document)
    if odd is None:
        document["tickets"][0]["parts"] = None
        assert [fault.rule for fault in faults_of(json.dumps(document))] == ["value.type"]


def test_empty_and_missing_parts(document: dict[str, Any]) -> None:
    with pytest.raises(InputError) as caught:
        inputs.from_json({})
    assert {(f.field, f.rule) for f in caught.value.faults} == {
        (name, "value.missing") for name in ("plan.start", "plan.end", "tickets", "technicians", "shifts")
    }
    bare = {"plan": document["plan"], "technicians": [], "shifts": [], "tickets": []}
    assert inputs.from_json(bare).problem.tickets == ()


def test_a_relative_matrix_stands_beside_the_input(document: dict[str, Any]) -> None:
    document["travel"] = {"source": "matrix:times.csv"}
    assert inputs.from_json(document, base=Path("days/monday")).travel.source == "matrix:days/monday/times.csv"
    document["travel"] = {"source": "osrm:http://localhost:5000"}
    assert inputs.from_json(document, base=Path("days/monday")).travel.source == "osrm:http://localhost:5000"


def test_settings_of_a_profile(document: dict[str, Any]) -> None:
    travel = inputs.from_json(document).travel
    assert travel.of("scooter") == inputs.ProfileTravel(detour=1.35, speed_kmh=24.0)
    assert travel.of("car") == inputs.ProfileTravel(detour=1.35, speed_kmh=32.0)
