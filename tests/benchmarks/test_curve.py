"""Quality over time: from runs to means to a picture."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from itertools import pairwise
from pathlib import Path

import pytest

from benchmarks import curve
from benchmarks.curve import Point, limits_to, means, read
from benchmarks.line_chart import LABEL_STEP, line_chart, spread, value_ticks
from dispatch.errors import InputError

SVG = "{http://www.w3.org/2000/svg}"


def point(instance: str, seconds: float, gap: float | None, group: str = "R1 100") -> Point:
    return Point(group=group, instance=instance, seconds=seconds, gap=gap)


def line(instance: str, limit_s: float | None, gap: float | None, **more: object) -> str:
    said = {"suite": "vrptw", "instance": instance, "engine": "search", "limit_s": limit_s, "gap": gap, "unserved": 1}
    return json.dumps({**said, "routes": [[1, 2], [3]], **more})


def test_limits_end_with_the_longest() -> None:
    assert limits_to(60) == [1, 5, 30, 60]
    assert limits_to(10) == [1, 5, 10]
    assert limits_to(0.5) == [0.5]


def test_means_are_over_the_instances_with_a_gap_at_every_limit(capsys: pytest.CaptureFixture[str]) -> None:
    points = [point("a", 1, 0.04), point("b", 1, 0.02), point("a", 5, 0.02), point("b", 5, 0.0)]
    points += [point("c", 1, None), point("c", 5, 0.5), point("x", 5, 0.1, "C1 100"), point("x", 1, 0.2, "C1 100")]

    found = means(points)

    assert list(found) == ["R1 100", "C1 100"]
    assert found["R1 100"] == [(1, pytest.approx(0.03)), (5, pytest.approx(0.01))]
    assert found["C1 100"] == [(1, 0.2), (5, 0.1)]
    assert capsys.readouterr().err == "R1 100: 1 instance(s) without a gap at every limit are left out\n"


def test_results_are_read_with_their_class(tmp_path: Path) -> None:
    file = tmp_path / "results.jsonl"
    lines = [
        line("R101", 1.0, 0.1),
        line("R101", 1.0, 0.3, engine="ortools"),
        line("R101", None, 0.3),
        line("C204", 5.0, None, suite="trsp"),
        line("ORTEC", 5.0, 0.2),
        line("R1_10_1", 5.0, 0.2, **{"class": "R1 1000"}),
    ]
    file.write_text("\n".join(lines), encoding="utf-8")

    assert read(file) == [
        point("R101", 1.0, 0.1, "R1 4"),
        point("C204", 5.0, None, "C2 trsp"),
        point("ORTEC", 5.0, 0.2, "vrptw"),
        point("R1_10_1", 5.0, 0.2, "R1 1000"),
    ]


@pytest.mark.parametrize("broken", ["{", '{"instance": "a"}', "[1]", '"text"'])
def test_a_file_of_something_else_is_refused_with_its_row(tmp_path: Path, broken: str) -> None:
    file = tmp_path / "results.jsonl"
    file.write_text(line("R101", 1.0, 0.1) + "\n" + broken, encoding="utf-8")

    with pytest.raises(InputError) as raised:
        read(file)

    assert raised.value.faults[0].row == 2


def test_a_picture_and_a_table_come_from_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, limit_s, gaps in (("short", 1.0, (0.04, 0.02)), ("long", 60.0, (0.01, 0.005))):
        lines = [line(one, limit_s, gap) for one, gap in zip(("R101", "C101"), gaps, strict=True)]
        (tmp_path / name).write_text("\n".join(lines), encoding="utf-8")
    picture, numbers = tmp_path / "new" / "quality.svg", tmp_path / "quality.csv"
    files = [str(tmp_path / "short"), str(tmp_path / "long")]

    assert curve.main(["--from", *files, "--out", str(picture), "--csv", str(numbers)]) == 0

    root = ET.fromstring(picture.read_text(encoding="utf-8"))
    words = [found.text for found in root.iter(f"{SVG}text")]
    assert len(root.findall(f"{SVG}polyline")) == 2
    assert {"R1 4: 1.00%", "C1 4: 0.50%", "1 s", "60 s", "0%", "4%"} <= set(words)
    assert capsys.readouterr().out.splitlines()[-2:] == ["| R1 4 | +4.00% | +1.00% |", "| C1 4 | +2.00% | +0.50% |"]
    assert numbers.read_text(encoding="utf-8").splitlines() == [
        "class,instance,seconds,gap",
        "R1 4,R101,1.0,0.04",
        "C1 4,C101,1.0,0.02",
        "R1 4,R101,60.0,0.01",
        "C1 4,C101,60.0,0.005",
    ]


def test_calls_that_make_no_sense(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = str(tmp_path / "quality.svg")
    for arguments in ([], ["a.txt", "--from", "b.jsonl"], ["a.txt", "--seconds", "0"]):
        with pytest.raises(SystemExit) as raised:
            curve.main([*arguments, "--out", out])
        assert raised.value.code == 2
    (tmp_path / "none.jsonl").write_text(line("R101", 1.0, None), encoding="utf-8")
    assert curve.main(["--from", str(tmp_path / "none.jsonl"), "--out", out]) == 3
    assert "curve.empty" in capsys.readouterr().err


def test_the_time_axis_is_logarithmic() -> None:
    root = ET.fromstring(line_chart({"a": [(1, 0.3), (10, 0.2), (100, 0.1)]}, title="t", x_title="x", y_title="y"))

    xs = [float(circle.attrib["cx"]) for circle in root.iter(f"{SVG}circle")]
    ys = [float(circle.attrib["cy"]) for circle in root.iter(f"{SVG}circle")]
    assert xs[1] - xs[0] == pytest.approx(xs[2] - xs[1], abs=0.2)
    assert ys == sorted(ys)  # a smaller gap lies lower


def test_a_single_point_and_odd_names_can_be_drawn() -> None:
    root = ET.fromstring(line_chart({"<&>": [(60, 0.0)]}, title="t", x_title="x", y_title="y"))

    assert "<&>: 0.00%" in [found.text for found in root.iter(f"{SVG}text")]


@pytest.mark.parametrize("values", [[0.129, 0.0008], [0.0], [-0.002, 0.001], [5.0], [-0.3], [0.1]])
def test_ticks_cover_the_values_and_zero(values: list[float]) -> None:
    ticks = value_ticks(values)

    assert ticks[0] <= min(0, *values) + 1e-12
    assert ticks[-1] >= max(0, *values) - 1e-12
    assert 0 in ticks
    assert 4 <= len(ticks) <= 10


def test_labels_do_not_overlap() -> None:
    placed = spread([100, 101, 102, 300, 375, 376])

    assert all(below - above >= LABEL_STEP for above, below in pairwise(placed))
    assert placed[0] == 100
    assert placed[3] == 300
    assert spread([50.0]) == [50.0]
