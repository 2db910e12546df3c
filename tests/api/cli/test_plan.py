"""``callout plan``: results, options, and what it refuses."""

from __future__ import annotations

import json

import pytest

from solver.registry import ENGINES


@pytest.fixture
def plan(callout, six, tmp_path):
    """Plan the six tickets with `options` into ``out.json``."""

    def run(*options, engine="greedy", iterations=20):
        words = ["--out", tmp_path / "out.json", "--engine", engine, "--iterations", iterations, *options]
        return callout("plan", six, *words)

    return run


def _cents(path):
    return json.loads(path.read_text(encoding="utf-8"))["total_cents"]


def test_tables_go_to_stderr_and_the_plan_to_its_file(plan, tmp_path):
    ran = plan()
    assert (ran.code, ran.out) == (0, "")
    made = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
    assert made["format"] == "callout-plan/1"
    assert f"{made['total_cents'] / 100:,.2f}" in ran.err
    assert f"written: {tmp_path / 'out.json'}" in ran.err


def test_quiet_says_nothing(plan, tmp_path):
    ran = plan("--quiet")
    assert (ran.code, ran.out, ran.err) == (0, "", "")
    assert plan("-q").err == ""
    assert (tmp_path / "out.json").exists()


def test_pictures_are_written_beside_the_plan(plan, tmp_path):
    ran = plan("--html", tmp_path / "new" / "page.html", "--geojson", tmp_path / "new" / "map.geojson")
    assert ran.code == 0
    assert "<html" in (tmp_path / "new" / "page.html").read_text(encoding="utf-8")
    assert json.loads((tmp_path / "new" / "map.geojson").read_text(encoding="utf-8"))["type"] == "FeatureCollection"
    assert {path.name for path in (tmp_path / "new").iterdir()} == {"page.html", "map.geojson"}


def test_the_page_speaks_the_language(plan, tmp_path):
    assert "路线" in plan("--lang", "zh", "--html", tmp_path / "page.html").err
    assert 'lang="zh' in (tmp_path / "page.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("engine", sorted(ENGINES))
def test_iterations_alone_give_the_same_bytes(plan, tmp_path, engine, workers):
    first, again = (
        (plan("--seed", 5, "--workers", workers, "-q", engine=engine).code, (tmp_path / "out.json").read_bytes())
        for _ in range(2)
    )
    assert first == again
    assert first[0] == 0
    assert json.loads(first[1])["provenance"]["seed"] == 5


def test_the_seed_is_stored(plan, tmp_path):
    plan("--seed", 6, "--workers", 3, "-q")
    provenance = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))["provenance"]
    assert (provenance["seed"], provenance["workers"], provenance["iterations"]) == (6, 3, 20)
    assert (provenance["engine"], provenance["seconds"]) == ("greedy", None)


def test_without_a_limit_the_default_one_is_used(callout, six, tmp_path):
    out = tmp_path / "out.json"
    assert callout("plan", six, "--out", out, "--engine", "greedy", "-q").code == 0
    provenance = json.loads(out.read_text(encoding="utf-8"))["provenance"]
    assert (provenance["seconds"], provenance["iterations"]) == (10.0, None)


def test_weights_change_the_cost_and_are_stored(plan, tmp_path):
    plan("-q")
    before = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
    plan("-q", "--weight", "work_time_cents_per_h=0", "--weight", "travel_time_cents_per_h=0")
    made = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
    assert before["cost_cents"]["work_time"] > 0 < before["cost_cents"]["travel_time"]
    assert (made["cost_cents"]["work_time"], made["cost_cents"]["travel_time"]) == (0, 0)
    assert made["provenance"]["weights"] == {
        **before["provenance"]["weights"], "work_time_cents_per_h": 0, "travel_time_cents_per_h": 0,
    }  # fmt: skip


@pytest.mark.parametrize("engine", sorted(ENGINES))
def test_a_warm_start_costs_no_more(plan, planned, tmp_path, engine):
    ran = plan("--warm-start", planned, "-q", engine=engine, iterations=1)
    assert (ran.code, ran.err) == (0, "")
    assert _cents(tmp_path / "out.json") <= _cents(planned)


def test_a_plan_may_replace_the_one_it_starts_from(callout, six, planned):
    before = _cents(planned)
    ran = callout("plan", six, "--out", planned, "--warm-start", planned, "--engine", "greedy", "--iterations", 5, "-q")
    assert ran.code == 0
    assert _cents(planned) <= before


def test_a_warm_start_of_another_input_is_refused(plan, planned, six):
    path = six / "tickets.csv"
    rows = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(row for row in rows if not row.startswith("T1,")), encoding="utf-8")
    ran = plan("--warm-start", planned)
    assert ran.code == 3
    assert "[plan.warm_start]" in ran.err
    assert "T1" in ran.err


@pytest.mark.parametrize(
    ("options", "code", "named"),
    [
        (("--weight", "nonsense=3"), "weight.unknown", "overtime_cents_per_h"),
        (("--weight", "unserved_cents"), "weight.value", "WHOLE_NUMBER"),
        (("--weight", "unserved_cents=-1"), "weight.value", "unserved_cents=-1"),
        (("--weight", "unserved_cents=1.5"), "weight.value", "unserved_cents=1.5"),
        (("--weight", "unserved_cents=²"), "weight.value", "²"),
        (("--weight", "unserved_cents=1000000001"), "weight.value", "1,000,000,000"),
        (("--weight", "unserved_cents=" + "9" * 5000), "weight.value", "WHOLE_NUMBER"),
        (("--lang", "tlh"), "language.unknown", "en, zh"),
        (("--engine", "magic"), "engine.unknown", "greedy"),
        (("--travel", "magic"), "travel.unknown_source", "matrix:FILE"),
        (("--travel", "matrix:"), "travel.unknown_source", "matrix:FILE"),
        (("--travel", "geodesic:fast"), "travel.unknown_source", "geodesic"),
        (("--iterations", "0"), "plan.limits", "iterations"),
        (("--seconds", "0"), "plan.limits", "seconds"),
        (("--seconds", "nan"), "plan.limits", "seconds"),
        (("--seed", "-1"), "plan.seed", "2147483647"),
        (("--seed", "2147483648"), "plan.seed", "2147483647"),
        (("--workers", "0"), "plan.workers", "1..1024"),
        (("--workers", "-2"), "plan.workers", "1..1024"),
    ],
)
def test_a_call_that_makes_no_sense_is_usage(plan, tmp_path, options, code, named):
    ran = plan(*options)
    assert (ran.code, ran.out) == (2, "")
    assert f"[{code}]" in ran.err
    assert named in ran.err
    assert not (tmp_path / "out.json").exists()


@pytest.mark.parametrize(
    "words",
    [
        ("plan", "six"),  # no --out
        ("plan", "--out", "out.json"),  # no input
        ("plan", "six", "--out", "out.json", "--iterations", "many"),
        ("plan", "six", "--out", "out.json", "--nonsense"),
        ("check", "six"),
        ("validate",),
        ("validate", "six", "seven"),
        ("nonsense",),
        ("--nonsense",),
        (),
    ],
)
def test_a_call_that_can_not_be_read_is_usage(callout, words):
    ran = callout(*words)
    assert ran.code == 2
    assert "callout" in ran.out + ran.err


def test_a_missing_matrix_is_an_input_fault(plan):
    ran = plan("--travel", "matrix:nowhere.csv")
    assert ran.code == 3
    assert "nowhere.csv" in ran.err


def test_a_missing_warm_start_is_an_input_fault(plan):
    ran = plan("--warm-start", "nowhere.json")
    assert ran.code == 3
    assert "[plan.unreadable]" in ran.err


def test_an_engine_that_can_not_keep_a_rule_says_so(callout, repository, tmp_path):
    ran = callout("plan", repository / "docs" / "examples" / "tiny", "--out", tmp_path / "x.json", "--engine", "greedy")
    assert ran.code == 3
    assert "[engine.unsupported] engine greedy does not plan: crews, after; use --engine ortools" in ran.err
    assert "crews='T3'" in ran.err
    assert "after='T4'" in ran.err


def test_a_fault_of_callout_itself(callout, six, tmp_path, monkeypatch):
    """Exit 5, one line, and no half-written plan; CALLOUT_DEBUG shows where."""

    def broken(*args, **options):
        raise ZeroDivisionError("by zero")

    monkeypatch.setattr("dispatch.service.plan_day", broken)
    words = ("plan", six, "--out", tmp_path / "x.json", "--engine", "greedy")
    ran = callout(*words)
    assert ran.code == 5
    assert "error [internal.unexpected] ZeroDivisionError: by zero" in ran.err
    assert "CALLOUT_DEBUG=1" in ran.err
    assert not (tmp_path / "x.json").exists()
    monkeypatch.setenv("CALLOUT_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        callout(*words)


def test_ctrl_c_while_reading_ends_quietly(callout, six, tmp_path, monkeypatch):
    def interrupted(*args, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr("api.inputs.read_day", interrupted)
    ran = callout("plan", six, "--out", tmp_path / "x.json", "--engine", "greedy")
    assert ran.code == 130
    assert not (tmp_path / "x.json").exists()


def test_version(callout):
    from dispatch.version import VERSION

    assert callout("--version").out == f"{VERSION}\n"
