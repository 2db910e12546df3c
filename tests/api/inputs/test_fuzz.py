"""Whatever stands in a file: a plan or faults, never another exception."""

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

import hypothesis.strategies as st
import pytest
from hypothesis import example, given, settings

from api import inputs
from dispatch.errors import InputError

TINY = Path(__file__).parents[3] / "docs/examples/tiny"
FILES = ["plan.toml", "tickets.csv", "technicians.csv", "shifts.csv", "centres.csv", "baseline.csv", "tiny.json"]
CELLS = st.sampled_from(
    [
        "",
        "-",
        ";",
        ":",
        "/",
        "|",
        "@",
        "..",
        "a:b",
        "lift:99999999999999999999",
        "1e999",
        "1e-9",
        "nan",
        "inf",
        "-0",
        "+1",
        ".5",
        "5.",
        "2026-03-02T09:00",
        "2026-03-02T09:00Z/",
        "/2026-03-02T09:00Z",
        "0001-01-01T00:00Z",
        "9999-12-31T23:59-23:59",
        "08:00-07:00/1",
        "00:00-00:00/0",
        "T1:..",
        "T1:1..@start",
        "T1@finish@start",
        "li; li",
        "home",
        "place:",
        "place:T1",
        "\ud7ff",
        "\u202e",
        '"',
        "１",
    ]
)


def attempt(path: Path) -> None:
    """Read; either it works, or there are faults, and they can be printed and sent."""
    faults = inputs.faults(path)
    "\n".join(map(str, faults)).encode()
    if faults:
        with pytest.raises(InputError):
            inputs.read_day(path)
    else:
        inputs.read_day(path)


def put(name: str, content: bytes) -> None:
    with TemporaryDirectory() as scratch:
        folder = Path(shutil.copytree(TINY, Path(scratch) / "day"))
        (folder / name).write_bytes(content)
        attempt(folder / name if name.endswith(".json") else folder)


@given(st.sampled_from(FILES), st.binary(max_size=200))
@example("tickets.csv", b'"')
@example("plan.toml", b"a = " + b"[" * 5000)
@example("plan.toml", b"plan = " + b"9" * 5000)
@settings(max_examples=100)
def test_random_bytes(name: str, content: bytes) -> None:
    put(name, content)


@given(st.sampled_from(FILES), st.data())
@settings(max_examples=100)
def test_damaged_files(name: str, data: st.DataObject) -> None:
    """Some bytes of a good file are replaced, or left out."""
    content = (
        (TINY / name).read_bytes() if (TINY / name).exists() else b"ticket,technician,start\nT1,li,2026-03-02T09:00\n"
    )
    start = data.draw(st.integers(0, len(content)))
    end = min(len(content), start + data.draw(st.integers(0, 20)))
    put(name, content[:start] + data.draw(st.binary(max_size=10)) + content[end:])


@given(st.sampled_from(["tickets.csv", "technicians.csv", "shifts.csv", "centres.csv"]), st.data())
@settings(max_examples=80)
def test_odd_cells(name: str, data: st.DataObject) -> None:
    """Cells of a good file become odd ones."""
    lines = (TINY / name).read_text(encoding="utf-8").splitlines()
    row = data.draw(st.integers(1, len(lines) - 1))
    cells = lines[row].split(",")
    for column in data.draw(st.sets(st.integers(0, len(cells) - 1), min_size=1, max_size=4)):
        cells[column] = data.draw(CELLS | st.text(max_size=12)).replace(",", "")
    lines[row] = ",".join(cells)
    put(name, "\n".join(lines).encode("utf-8", "replace"))
