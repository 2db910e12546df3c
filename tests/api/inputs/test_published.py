"""What is published is what the code does: schema, guide, example."""

import ast
import json
import re
from pathlib import Path

import jsonschema
import pytest

from api import inputs
from api.inputs.aliases import ALIASES
from api.inputs.publish import GUIDE_FILE, SCHEMA_FILE, guide_text, schema_text
from api.inputs.rules import RULES
from api.inputs.tables import TABLES
from dispatch.errors import InputError
from dispatch.technicians import Break
from dispatch.tickets import After, Pin, Window
from dispatch.tiers import Point

RULE = re.compile(r"[a-z]+\.[a-z_]+")
SIGNALS = {"bad", "TimeFault", "add", "wrong", "Wrong", "reject", "Fault", "BadRule"}


def rules_raised_in(folder: Path) -> set[str]:
    """First argument, or ``rule=``, of every call that builds a fault."""
    found = set()
    for path in folder.rglob("*.py"):
        for call in (
            node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)
        ):
            name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
            if name in SIGNALS:
                values = [*call.args[:2], *(keyword.value for keyword in call.keywords if keyword.arg == "rule")]
                found |= {
                    v.value
                    for v in values
                    if isinstance(v, ast.Constant) and isinstance(v.value, str) and RULE.fullmatch(v.value)
                }
    return found


def test_every_rule_that_is_raised_is_documented(root: Path) -> None:
    raised = rules_raised_in(root / "api/inputs")
    assert len(raised) > 40
    assert raised <= set(RULES)
    composed = {f"{table.singular}.{end}" for table in TABLES.values() for end in ("duplicate", "unknown")}
    domain = {
        rule
        for name in ("tickets", "technicians", "tiers", "clock", "places", "problem_rules", "weights")
        for rule in rules_raised_in_file(root / f"dispatch/{name}.py")
    }
    assert domain <= set(RULES)
    unused = set(RULES) - raised - composed - domain - {"tier.duplicate", "tier.unknown", "calendar.duplicate"}
    assert unused == set()


def rules_raised_in_file(path: Path) -> set[str]:
    text = path.read_text(encoding="utf-8")
    return set(re.findall(r'(?:reject\(\s*|rule=)"([a-z]+\.[a-z_]+)"', text))


def test_the_guide_is_current(root: Path) -> None:
    text = (root / GUIDE_FILE).read_text(encoding="utf-8")
    assert text == guide_text(text), "run python -m api.inputs.publish"
    for rule in RULES:
        assert f"| `{rule}` |" in text
    for name, table in TABLES.items():
        for column in table.columns:
            assert column.doc
            assert column.kind.form
            assert column.name in text
            assert all(alias in text for alias in ALIASES[name][column.name]) if column.name in ALIASES[name] else True


def test_the_json_of_the_guide_can_be_read(root: Path) -> None:
    (block,) = re.findall(r"```json\n(.*?)```", (root / GUIDE_FILE).read_text(encoding="utf-8"), re.DOTALL)
    document = json.loads(block)
    jsonschema.Draft202012Validator(inputs.json_schema()).validate(document)
    assert inputs.from_json(document).problem.ticket_by_id["T1"].duration_s == 45 * 60


def test_the_schema_is_current_and_valid(root: Path) -> None:
    assert (root / SCHEMA_FILE).read_text(encoding="utf-8") == schema_text(), "run python -m api.inputs.publish"
    jsonschema.Draft202012Validator.check_schema(inputs.json_schema())
    document = json.loads((root / "docs/examples/tiny/tiny.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(inputs.json_schema()).validate(document)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("tickets", 0, "duration_min"), -1),
        (("tickets", 0, "duration_min"), "45"),
        (("tickets", 0, "lat"), 91),
        (("tickets", 0, "skills"), {"lift": 6}),
        (("tickets", 0, "skils"), {}),
        (("tickets", 0, "windows"), [{"start": "x"}]),
        (("technicians", 0, "base"), "hut"),
        (("plan", "start"), None),
        (("tiers", 0, "targets", 0, "point"), "middle"),
    ],
)
def test_the_schema_refuses_what_the_reader_refuses(root: Path, path: tuple[str | int, ...], value: object) -> None:
    document = json.loads((root / "docs/examples/tiny/tiny.json").read_text(encoding="utf-8"))
    node = document
    for key in path[:-1]:
        node = node[key]
    node[path[-1]] = value
    assert not jsonschema.Draft202012Validator(inputs.json_schema()).is_valid(document)
    with pytest.raises(InputError):
        inputs.from_json(document)


def test_the_example_means_what_its_comments_say(root: Path) -> None:
    """The horizon starts at midnight in Shenzhen, so hours of the day are hours of the horizon."""
    hour = 3600
    problem = inputs.read(root / "docs/examples/tiny")
    assert problem.end_s == 24 * hour
    first, second, third, fourth, fifth = problem.tickets
    assert (first.duration_s, first.opened_s, first.skills, first.parts, first.tools) == (
        2700,
        7.5 * hour,
        {"lift": 3},
        {"pump": 1},
        {"ladder"},
    )
    assert first.windows == (Window(start_s=9 * hour, end_s=12 * hour), Window(start_s=14 * hour, end_s=16 * hour))
    assert second.opened_s == -9 * hour
    assert second.preferred == {"wang"}
    assert third.crew == ({"lift": 2},)
    assert fourth.after == (After(ticket_id="T1", min_gap_s=1800, max_gap_s=4 * hour, point=Point.FINISH),)
    assert fourth.excluded == {"li"}
    assert fifth.pin == Pin(technician_ids=("li",), start_s=14 * hour)
    assert fifth.opened_s == 9.25 * hour
    assert fifth.unserved_cents == 90_000
    li, wang = problem.technicians
    assert (li.name, li.skills, li.duration_percent, li.stock, li.max_drive_s) == (
        "李明",
        {"lift": 4, "plc": 2},
        {"lift": 80, "*": 110},
        {"pump": 1, "belt": 2},
        90 * 60,
    )
    assert (li.base, wang.base) == (li.base, problem.centres[0].place)
    assert li.base is not None
    assert (li.base.id, li.base.lat, wang.profile) == ("home:li", 22.5431, "scooter")
    long, short = problem.shifts
    assert (long.id, long.start_s, long.regular_end_s, long.end_s) == ("li#1", 8 * hour, 17 * hour, 19 * hour)
    assert long.breaks == (Break(earliest_s=11.5 * hour, latest_s=13 * hour, duration_s=1800),)  # type: ignore[arg-type]
    assert (short.start_place, short.end_place) == (problem.centres[0].place, None)
    assert (problem.centres[0].restock_s, problem.centres[0].coverage_m, problem.centres[0].parts) == (
        900,
        40_000,
        None,
    )
    assert [tier.name for tier in problem.tiers] == ["basic", "enterprise"]
    assert problem.weights.overtime_cents_per_h == 6000
    # 16 office hours from Sunday 15:00: nine on Monday are 9-12 and 13-18 (8 h), so 8 h remain for Tuesday: 18:00
    assert [deadline.due_s for deadline in problem.deadlines["T2"]] == [(24 + 18) * hour]
