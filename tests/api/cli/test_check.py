"""``callout check``: a right plan, spoiled plans, and files that are no plans."""

from __future__ import annotations

import copy
import json
from datetime import datetime, timedelta

import pytest

from api.cli.options import load
from api.plan_file import from_json, head_differences
from dispatch.errors import InputError
from dispatch.feasibility import CODES, check_plan


@pytest.fixture
def document(planned):
    return json.loads(planned.read_text(encoding="utf-8"))


@pytest.fixture
def check(callout, six, planned):
    """Check the six tickets against a document, or against the text of a plan file."""

    def run(content, *options):
        text = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)
        planned.write_text(text, encoding="utf-8")
        return callout("check", six, planned, *options)

    return run


def _codes(ran):
    return [json.loads(line)["code"] for line in ran.out.splitlines()]


def test_a_right_plan(check, document):
    ran = check(document)
    assert (ran.code, ran.out, ran.err) == (0, "", "the plan is right\n")


def test_a_plan_with_its_own_weights_is_right(callout, six, tmp_path):
    out = tmp_path / "weighed.json"
    words = ("plan", six, "--out", out, "--engine", "greedy", "--iterations", 9, "-q", "--weight", "unserved_cents=7")
    assert callout(*words).code == 0
    assert callout("check", six, out).code == 0


def test_a_cheaper_visit_is_a_difference_with_its_numbers(check, document):
    real = document["cost_cents"]["work_time"]
    document["cost_cents"]["work_time"] -= 1
    ran = check(document, "--json")
    assert ran.code == 1
    assert "2 difference(s)" in ran.err
    first, second = map(json.loads, ran.out.splitlines())
    assert first == {
        "code": "cost_differs", "shift": "", "ticket": "",
        "facts": {"name": "work_time", "plan": str(real - 1), "real": str(real)},
    }  # fmt: skip
    assert (second["code"], second["facts"]["name"]) == ("cost_differs", "total_cents")


def test_differences_are_sentences_without_json(check, document):
    document["routes"][0]["stops"][0]["travel_s"] += 60
    ran = check(document)
    assert ran.code == 1
    assert "[travel_differs] shift" in ran.out
    assert f"{len(ran.out.splitlines())} difference(s)" in ran.err


def test_the_total_is_checked(check, document):
    document["total_cents"] += 1
    ran = check(document, "--json")
    assert (ran.code, _codes(ran)) == (1, ["cost_differs"])


@pytest.mark.parametrize("name", ["start", "end"])
def test_the_horizon_is_checked(check, document, name):
    moved = datetime.fromisoformat(document[name]) + timedelta(hours=1)
    document[name] = moved.isoformat()
    ran = check(document, "--json")
    assert (ran.code, _codes(ran)) == (1, ["problem_differs"])
    assert json.loads(ran.out)["facts"]["name"] == name


def test_a_plan_of_another_input(callout, planned, repository):
    ran = callout("check", repository / "docs" / "examples" / "tiny", planned, "--json")
    assert ran.code == 1
    assert "problem_differs" in _codes(ran)
    assert {"unknown_shift", "travel_source_differs"} <= set(_codes(ran))
    assert f"{len(_codes(ran))} difference(s)" in ran.err


def test_a_changed_input(callout, six, planned):
    path = six / "tickets.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("T3,T3,30,", "T3,T3,31,"), encoding="utf-8")
    ran = callout("check", six, planned, "--json")
    assert ran.code == 1
    assert {"problem_differs", "duration_differs"} <= set(_codes(ran))


def test_another_travel_source(callout, six, planned):
    matrix = six / "matrix.csv"
    assert callout("check", six, planned, "--travel", f"matrix:{matrix}").code == 0
    head, *legs = (line.split(",") for line in matrix.read_text(encoding="utf-8").splitlines())
    slower = [[origin, target, str(int(travel_s) * 2), distance_m] for origin, target, travel_s, distance_m in legs]
    matrix.write_text("".join(",".join(line) + "\n" for line in (head, *slower)), encoding="utf-8")
    ran = callout("check", six, planned, "--json")
    assert ran.code == 1
    assert {"travel_source_differs", "travel_differs"} <= set(_codes(ran))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "plan.json"),
        ("not a plan", "plan.json"),
        ("id,place\nT1,T1\n", "plan.json"),
        ("[" * 100_000, "plan.json"),
        ("9" * 10_000, "plan.json"),
        ("[]", "plan.format"),
        ("null", "plan.format"),
        ("{}", "plan.format"),
        ('{"format": "callout-plan/2"}', "plan.format"),
        ('{"format": "callout-plan/1"}', "plan.format"),
        ('{"format": "callout-plan/1", "routes": {}}', "plan.format"),
    ],
)
def test_what_is_no_plan(check, text, code):
    ran = check(text)
    assert (ran.code, ran.out) == (3, "")
    assert f"[{code}]" in ran.err


def test_a_plan_that_is_cut_anywhere(check, planned):
    text = planned.read_text(encoding="utf-8")
    for length in range(0, len(text) - 2, 211):
        ran = check(text[:length])
        assert ran.code == 3, length
        assert "[plan.json]" in ran.err, length


def test_a_plan_that_is_not_text(callout, six, planned):
    planned.write_bytes(b"\x80\x81\x82")
    ran = callout("check", six, planned)
    assert ran.code == 3
    assert "[plan.json]" in ran.err


@pytest.mark.parametrize("name", ["nowhere.json", "."])
def test_a_plan_that_is_no_file(callout, six, tmp_path, name):
    ran = callout("check", six, tmp_path / name)
    assert ran.code == 3
    assert "[plan.unreadable]" in ran.err


def test_a_plan_that_never_ends(callout, six):
    """A device has no size: reading it would not end."""
    ran = callout("check", six, "/dev/zero")
    assert ran.code == 3
    assert "[plan.unreadable]" in ran.err


def test_a_plan_that_is_too_large(callout, six, planned):
    with planned.open("r+b") as file:
        file.truncate(300 * 2**20)
    ran = callout("check", six, planned)
    assert ran.code == 3
    assert "[plan.too_large]" in ran.err
    assert "256 MiB" in ran.err


def test_an_invalid_input_comes_first(callout, six, planned):
    (six / "tickets.csv").unlink()
    ran = callout("check", six, planned)
    assert ran.code == 3
    assert "tickets.csv [file.missing]" in ran.err


def _leaves(value, path=()):
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _leaves(item, (*path, key))
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from _leaves(item, (*path, number))
    else:
        yield path, value


def _put(document, path, value):
    changed = copy.deepcopy(document)
    place = changed
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return changed


def _another(value):
    """Something else of the same kind."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value + 1
    if value is None:
        return 1
    try:
        return (datetime.fromisoformat(value) + timedelta(seconds=1)).isoformat()
    except ValueError:
        return value + "x"


def _free(path):
    """What nobody can check without planning again: how it was made, and the words about tickets left out or late."""
    match path:
        case ("provenance", name, *_):
            return name not in ("problem_hash", "travel_source", "weights")
        case ("unserved", _, "reason" | "obstacles" | "remedies", *_):
            return True
        case ("late", _, "late_s") | ("late", _, "reason", *_):
            return True
    return False


def _verdict(problem, travel, document):
    """Codes of what `callout check` would say: differences, or one that refuses the file."""
    try:
        made = from_json(document, problem)
        problem = problem.replace(weights=type(problem.weights)(**made.provenance.weights))
        found = [*check_plan(problem, travel, made), *head_differences(document, problem, made)]
    except InputError as error:
        return {error.code}
    return {violation.code for violation in found}


def test_no_value_of_a_plan_can_be_changed_unseen(six, document):
    problem, travel = load(six, None, None)
    assert _verdict(problem, travel, document) == set()
    seen = set()
    for path, value in _leaves(document):
        codes = _verdict(problem, travel, _put(document, path, _another(value)))
        assert codes <= {*CODES, "plan.format"}, path
        assert codes or _free(path), f"{path}: {value!r} changed to {_another(value)!r} without a difference"
        seen |= codes
    assert len(seen) > 12, seen


@pytest.mark.parametrize("wrong", [None, True, -1, 10**30, 1.5, "", "x", [], {}, "2026-03-02T08:00:00", float("nan")])
def test_no_value_of_a_plan_can_make_it_crash(six, document, wrong):
    problem, travel = load(six, None, None)
    for path, _ in _leaves(document):
        assert _verdict(problem, travel, _put(document, path, wrong)) <= {*CODES, "plan.format"}, path


def test_no_part_of_a_plan_may_be_missing(six, document):
    problem, travel = load(six, None, None)
    for path, _ in _leaves(document):
        for length in range(1, len(path) + 1):
            changed = copy.deepcopy(document)
            place = changed
            for key in path[: length - 1]:
                place = place[key]
            del place[path[length - 1]]
            codes = _verdict(problem, travel, changed)
            assert codes <= {*CODES, "plan.format"}, path[:length]
            assert codes or _free(path[:length]) or path[0] == "late", path[:length]
