"""Every label is there in every language, and every label is used."""

import json
import re
from importlib.resources import files

import pytest

from api.report.figures import cost_rows, kpi_rows
from api.report.labels import LANGUAGES, labels
from dispatch.errors import UsageError
from dispatch.explain import LANGUAGES as EXPLAINED
from dispatch.objective import TERMS

ASSETS = files("api.report") / "assets"
CODE = "".join(
    item.read_text(encoding="utf-8")
    for folder in (files("api.report"), ASSETS)
    for item in folder.iterdir()
    if item.name.endswith((".py", ".js", ".html"))
)


def test_same_keys_in_every_language():
    table = json.loads((ASSETS / "labels.json").read_text(encoding="utf-8"))
    for key, words in table.items():
        assert set(words) == set(LANGUAGES), key
        assert all(words.values()), key
        assert len({tuple(sorted(re.findall(r"\{\d\}", text))) for text in words.values()}) == 1, f"{key}: placeholders"


def test_chinese_is_chinese():
    same = {key for key, text in labels("zh").items() if text == labels("en")[key]}
    assert same == set()


def test_the_reasons_speak_the_same_languages():
    assert set(EXPLAINED) == set(LANGUAGES)


def test_labels_asked_for_by_the_page_exist():
    asked = set(re.findall(r"""\bt\('([\w.]+)'\)""", CODE)) | set(re.findall(r"\{\{t\.([\w.]+)\}\}", CODE))
    assert len(asked) > 50
    assert asked <= set(labels("en"))


def test_no_label_is_left_over():
    quoted = set(re.findall(r"""['"]([\w.]+)['"]""", CODE)) | set(re.findall(r"\{\{t\.([\w.]+)\}\}", CODE))
    generated = {f"kpi.{name}" for name in re.findall(r'^ +f?"(\w+)', KPI_CODE, re.M)} | {
        f"cost.{one}" for one in TERMS
    }
    generated |= {f"kpi.{stem}" for stem in ("kept_share", "response_s")}
    generated |= {key for key in labels("en") if key.removeprefix("provenance.") in quoted}
    assert set(labels("en")) - quoted - generated == set()


KPI_CODE = (files("dispatch") / "kpi.py").read_text(encoding="utf-8")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_figure_has_a_name(made, language):
    _, plan = made
    shown = [name.partition(":")[0] for name, _ in [*kpi_rows(plan, language), *cost_rows(plan.cost, language)]]
    assert len(shown) == len(plan.kpis) + len(plan.cost)
    assert set(shown) <= set(labels(language).values())


def test_unknown_language():
    with pytest.raises(UsageError, match="known: en, zh") as caught:
        labels("tlh")
    assert caught.value.code == "report.language"
