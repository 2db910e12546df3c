"""``callout scenario sites`` on the six tickets and on files that are wrong."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from api.cli.scenario_sites import sites
from api.sites_file import read_sites
from api.trades_file import read_trades
from dispatch.errors import InputError, UsageError

HEIDELBERG = Path(__file__).parents[3] / "examples" / "heidelberg"
CANDIDATES = "id,lat,lon,status,rent,capacity_h\n"
CANDIDATES += "north,49.44,8.68,,1000,400\nsouth,49.37,8.69,,900,400\nwest,49.41,8.62,forbidden,1,\n"


def test_an_answer_with_alternatives_and_curve(tmp_path):
    (tmp_path / "sites.csv").write_text(CANDIDATES, encoding="utf-8")

    sites(
        HEIDELBERG, tmp_path / "sites.csv", tmp_path / "answer.json", count=2, travel="geodesic", curve=True, quiet=True
    )

    answer = json.loads((tmp_path / "answer.json").read_text(encoding="utf-8"))
    assert answer["proved"]
    assert len(answer["opened"]) == 2
    assert "west" not in answer["opened"]
    assert [point["p"] for point in answer["curve"]] == [1, 2]
    assert answer["curve"][1]["objective"] == answer["objective"] < answer["curve"][0]["objective"]
    assert all(other["objective"] >= answer["objective"] for other in answer["alternatives"])


def test_an_option_that_a_model_has_not_is_refused(tmp_path):
    with pytest.raises(UsageError, match="--minutes"):
        sites(HEIDELBERG, tmp_path / "sites.csv", tmp_path / "answer.json", count=2, minutes=5)


def test_all_faults_of_a_file_of_sites_at_once(tmp_path):
    path = tmp_path / "sites.csv"
    path.write_text("id,lat,lon,status,rent\n,49,8,,\nA,x,8,maybe,-\nB,95,8,,5\n", encoding="utf-8")

    with pytest.raises(InputError) as caught:
        read_sites(path)

    found = [(fault.row, fault.field) for fault in caught.value.faults]
    assert found == [(2, "id"), (3, "lat"), (3, "rent"), (3, "status"), (4, "lat")]


def test_unknown_and_missing_columns(tmp_path):
    path = tmp_path / "sites.csv"
    path.write_text("id,lat,rend\nA,49,8\n", encoding="utf-8")

    with pytest.raises(InputError) as caught:
        read_sites(path)

    assert [(fault.rule, fault.field) for fault in caught.value.faults] == [
        ("column.missing", "lon"),
        ("column.unknown", "rend"),
    ]


def test_technicians_are_hired_by_skill_and_tier(tmp_path):
    (tmp_path / "sites.csv").write_text(CANDIDATES, encoding="utf-8")
    trades = "id,skills,hours,wage\nheat,heating;electric,8,200\nnet,network,8,180\n"
    (tmp_path / "trades.csv").write_text(trades, encoding="utf-8")

    sites(
        HEIDELBERG,
        tmp_path / "sites.csv",
        tmp_path / "answer.json",
        model="staffed-cover",
        minutes=30,
        tier_minutes=["basic=20"],
        tier_weight=["advanced=3"],
        trades=tmp_path / "trades.csv",
        budget=2500,
        travel="geodesic",
        alternatives=1,
    )

    answer = json.loads((tmp_path / "answer.json").read_text(encoding="utf-8"))
    assert answer["proved"]
    assert answer["objective"] > 0
    assert sum(sum(row.values()) for row in answer["staff"].values()) >= 2
    assert answer["figures"]["cost_cents"] <= 250_000
    assert all(other["objective"] <= answer["objective"] for other in answer["alternatives"])


@pytest.mark.parametrize("word", ["basic", "basic=x", "=3", "basic=nan"])
def test_a_limit_of_a_tier_is_a_tier_and_a_number(tmp_path, word):
    with pytest.raises(UsageError, match="--tier-minutes"):
        sites(
            HEIDELBERG, tmp_path / "s.csv", tmp_path / "a.json", model="max-cover", minutes=5, count=1,
            tier_minutes=[word],
        )  # fmt: skip


def test_all_faults_of_a_file_of_technicians_at_once(tmp_path):
    path = tmp_path / "trades.csv"
    path.write_text("id,skills,hours,wage\n,a,8,1\nb,,x,1\nc,,0,1\nd,,8,-1\ne,,8,1\ne,,8,1\n", encoding="utf-8")

    with pytest.raises(InputError) as caught:
        read_trades(path)

    assert [fault.row for fault in caught.value.faults] == [2, 3, 4, 5, 7]
