"""Every code has a sentence in every language, and every placeholder can be filled with the facts of the code."""

from __future__ import annotations

import ast
import string
from pathlib import Path

import pytest

import dispatch.explain
import geo
import solver
from dispatch.explain import LANGUAGES, text
from dispatch.explain.remedies import CHANGES
from dispatch.plan import Reason

# Engines and travel sources warn with reasons too; a report on coverage words its own.
FOLDERS = (Path(dispatch.explain.__file__).parent, Path(solver.__file__).parent, Path(geo.__file__).parent)
OWN_WORDS = Path(geo.__file__).parent / "coverage"


def _codes_with_facts():
    """Code to the set of fact names of every place in the package that makes such a reason.

    A place whose facts are a variable is left out; the reasons made in the other tests cover those.
    """
    found: dict[str, list[set[str] | None]] = {}
    for path in sorted(path for folder in FOLDERS for path in folder.rglob("*.py")):
        if path.is_relative_to(OWN_WORDS):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Reason"):
                continue
            given = {keyword.arg: keyword.value for keyword in node.keywords}
            facts: set[str] | None = set()
            if "facts" in given:
                value = given["facts"]
                literal = isinstance(value, ast.Dict) and all(isinstance(key, ast.Constant) for key in value.keys)
                facts = {key.value for key in value.keys} if literal else None
            if isinstance(given["code"], ast.Constant):
                found.setdefault(given["code"].value, []).append(facts)
    return found


# Codes whose names or facts are put together at run time.
BUILT = {
    "kept_stable": {"cost_cents", "unserved_cents"},
    "raise_max_distance_m": {"limit", "need"},
    "raise_max_drive_s": {"limit", "need"},
    "raise_coverage_m": {"centre", "limit", "need"},
    "raise_coverage_s": {"centre", "limit", "need"},
    "raise_max_leg_s": {"limit", "need"},
    "raise_max_leg_m": {"limit", "need"},
    "extend_shift_end": {"extra_s", "end_s"},
    "extend_shift_start": {"extra_s", "start_s"},
    "window_until": {"extra_s", "until_s"},
    "window_from": {"extra_s", "from_s"},
    "nobody_in_time": {"latest_start_s"},
    "add_skill": {"skill", "have", "need"},
}


def _placeholders(template):
    return {name for _, name, _, _ in string.Formatter().parse(template) if name is not None}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_has_a_sentence(language):
    codes = set(_codes_with_facts()) | set(BUILT) | set(CHANGES)
    assert len(codes) > 30
    assert codes - set(LANGUAGES[language]) == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_without_a_code(language):
    codes = set(_codes_with_facts()) | set(BUILT) | set(CHANGES)
    assert set(LANGUAGES[language]) - codes == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_placeholder_can_be_filled(language):
    for code, places in {**_codes_with_facts(), **{code: [facts] for code, facts in BUILT.items()}}.items():
        for facts in places:
            if facts is not None:
                assert _placeholders(LANGUAGES[language][code]) <= facts, code


def test_languages_say_the_same():
    for code, template in LANGUAGES["en"].items():
        assert _placeholders(template) == _placeholders(LANGUAGES["zh"][code]), code


def test_chinese_sentences_are_chinese():
    for code, template in LANGUAGES["zh"].items():
        assert any("一" <= character <= "鿿" for character in template), code


@pytest.fixture
def say(line):
    problem = line.solo([line.ticket("x", 20)])
    return lambda code, language="en", **facts: text(Reason(code=code, facts=facts), language, problem)


def test_lengths_of_time_are_hours_and_minutes_rounded_up(say):
    assert say("longer_than_shift", need_s=3_601, shift_s=3_540) == (
        "drive and service take 1 h 01 min, the shift lasts 59 min"
    )
    assert say("break_before", rest_s=0) == "a break of 0 min comes first"
    assert say("break_before", rest_s=36_000) == "a break of 10 h 00 min comes first"


def test_instants_are_local_times(say):
    # second 30,600 of Monday, 2 March at UTC+8 is 08:30; the next day's 01:00 is 90,000
    assert say("extend_shift_end", extra_s=600, end_s=90_000) == "shift 10 min longer, until 03-03 01:00"
    assert say("pinned_late", "zh", start_s=30_600) == "已固定在 03-02 08:30"
    assert say("due_before_horizon", due_s=-60) == "it was due 03-01 23:59, before this plan begins"


def test_metres_are_kilometres(say):
    assert say("base_distance", distance_m=20_049, limit_m=15_000) == "20.0 km from base, the limit is 15.0 km"
    assert say("leg_distance", distance_m=25_000, limit_m=9_940) == "a leg of 25.0 km, the limit is 9.9 km"


def test_legs_and_parts_say_both_numbers(say):
    assert say("leg_drive", travel_s=1_200, limit_s=900) == "a leg of 20 min, the limit is 15 min"
    assert say("leg_drive", "zh", travel_s=1_200, limit_s=900) == "单程 20 min，上限 15 min"
    assert say("part_used_up", part="fuse", short=2) == "the van runs out of fuse: 2 short"
    assert say("raise_max_leg_s", limit=900, need=1_200) == "legs of 1200 s instead of 900 s"
    assert say("raise_max_leg_m", "zh", limit=900, need=1_200) == "单程距离上限由 900 米提高到 1200 米"


def test_cents_have_two_decimals(say):
    assert (
        say("too_dear", cost_cents=123_456, unserved_cents=5) == "serving it would cost 1,234.56, leaving it costs 0.05"
    )


def test_numbers_and_names_stay_as_they_are(say):
    assert say("skill_level", skill="gas_s", have=2, need=5) == "skill gas_s level 5 is needed, level 2 is there"


def test_unknown_code_or_language(say):
    with pytest.raises(KeyError):
        say("no_such_code")
    with pytest.raises(KeyError):
        say("no_shift", "tlh")


def test_all_reasons_of_a_plan_can_be_said(day):
    reasons = [one.reason for one in day.plan.late]
    for entry in day.plan.unserved:
        reasons += [entry.reason, *(one.reason for one in entry.obstacles), *(one.change for one in entry.remedies)]
    assert len(reasons) > 8
    for reason in reasons:
        for language in LANGUAGES:
            assert "{" not in text(reason, language, day.problem)
