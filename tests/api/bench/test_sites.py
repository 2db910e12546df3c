"""Readers of location instances, on texts small enough to solve by hand."""

from __future__ import annotations

import json

import pytest
import typer

from api.bench.sites import solve_case
from api.bench.sites_text import may_be_sites, read_sites_cases
from api.bench.sources import Source, expand
from api.cli.bench_sites import bench_sites
from dispatch.errors import InputError


def _cases(folder, name, text, **others):
    (folder / name).write_text(text, encoding="utf-8")
    for other, content in others.items():
        (folder / other.replace("__", ".")).write_text(content, encoding="utf-8")
    return read_sites_cases(Source(path=folder / name))


def test_of_a_repeated_edge_the_last_counts(tmp_path):
    """A path 1-2-3 with 2-3 given twice: 9, then 4."""
    text = "3 3 1\n1 2 5\n2 3 9\n3 2 4\n"

    (case,) = _cases(tmp_path, "pmed1.txt", text, p_median_optima__txt="Data file   Optimal\npmed1       9\n")
    result = solve_case(case, seconds=10, seed=1)

    assert result.outcome.objective == case.best == 9
    assert json.loads(result.line())["sites"] == [2]
    assert json.loads(result.line())["proved"] is True


def test_the_word_capacity_stands_for_four_instances(tmp_path):
    """Two sites, two points of 4,000: one site of 8,000 suffices, and capacity 14,000 changes nothing."""
    text = "2 2\ncapacity 100.\ncapacity 50.\n4000\n1. 2.\n4000\n3. 9.\n"
    optima = "Data\ncapa   61.0 (capacity 8000)\n"
    optima += "   61.0 (capacity 10000)\n   61.0 (capacity 12000)\n   61.0 (capacity 14000)\n"

    cases = _cases(tmp_path, "capa.txt", text, capacitated_optima__txt=optima)

    assert [case.name for case in cases] == ["capa_8000", "capa_10000", "capa_12000", "capa_14000"]
    for case in cases:
        assert solve_case(case, seconds=10, seed=1).outcome.objective == pytest.approx(case.best) == 61


def test_covering_in_plane_metres_has_an_instance_for_each_listed_optimum(tmp_path):
    """Points at 0, 800 and 1,600 m: the middle one covers all within 800 m, its own included."""
    listed = "instance,n,radius,p,optimal_covered_demand,total_demand,status\n"
    listed += "SJC3,3,800,1,7,7,optimal\nSJC3,3,800,2,7,7,optimal\n"

    cases = _cases(tmp_path, "SJC3.txt", "3 9999 p S\n0 0 2\n800 0 1\n1600 0 4\n", sjc_optima_radius800__csv=listed)
    results = [solve_case(case, seconds=10, seed=1) for case in cases]

    assert [case.name for case in cases] == ["SJC3_p1_r800", "SJC3_p2_r800"]
    assert [result.outcome.objective for result in results] == [7, 7]
    assert results[0].outcome.chosen == (1,)
    assert results[0].gap == 0


def test_cities_are_measured_along_great_circles(tmp_path):
    """0.01 degrees of longitude are 1,113 m on the equator, and half of that at 60 degrees."""
    listed = "instance,p,radius_m,optimal_value_in_file\nTown,1,700,5\n"
    text = "4 9999 p S\n0 0 1\n0 0.01 1\n60 0 2\n60 0.01 3\n"

    (case,) = _cases(tmp_path, "Town4.txt", text, city_optima__csv=listed)

    assert solve_case(case, seconds=10, seed=1).outcome.objective == case.best == 5


def test_a_file_that_is_no_instance_is_told(tmp_path):
    with pytest.raises(InputError) as caught:
        _cases(tmp_path, "pmed1.txt", "three points\n")

    assert caught.value.code == "bench.unreadable"


def test_folders_give_instances_and_not_their_optima(tmp_path):
    for name in ("pmed1.txt", "p_median_optima.txt", "capacitated_optima.txt", "SJC3.txt", "Bronx77.txt", "README.txt"):
        (tmp_path / name).write_text("x", encoding="utf-8")

    assert [source.file_name for source in expand(tmp_path, may_be_sites)] == ["Bronx77.txt", "SJC3.txt", "pmed1.txt"]


@pytest.mark.parametrize(("others", "only", "said"), [(["notes.md"], "*", "notes.md"), ([], "X*", "called 'X*'")])
def test_what_holds_no_instance_is_told_and_the_rest_go_on(tmp_path, capsys, others, only, said):
    (tmp_path / "notes.md").write_text("No instance.\n", encoding="utf-8")
    (tmp_path / "pmed1.txt").write_text("3 3 1\n1 2 5\n2 3 9\n3 2 4\n", encoding="utf-8")
    out = tmp_path / "results.jsonl"

    with pytest.raises(typer.Exit) as caught:
        bench_sites(
            [tmp_path / name for name in [*others, "pmed1.txt"]], out, seconds=10, seed=1, only=only, quiet=True
        )

    assert caught.value.exit_code == 3
    shown = capsys.readouterr().err
    assert "[bench.no_instance]" in shown
    assert said in shown
    assert len(out.read_text(encoding="utf-8").splitlines()) == len(others)
