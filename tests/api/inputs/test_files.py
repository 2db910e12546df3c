"""Files that are not there, not files, too large, empty, or not the text that they should be."""

import os
from pathlib import Path

import pytest

from api import inputs
from api.inputs import csvtable, files
from dispatch.errors import Fault, InputError


def found(path: Path) -> list[tuple[str, int, str]]:
    return [(fault.file, fault.row, fault.rule) for fault in inputs.faults(path)]


def test_what_is_not_there(tmp_path: Path) -> None:
    assert found(tmp_path / "nowhere") == [("nowhere", 0, "file.missing")]
    assert found(tmp_path) == [
        (name, 0, "file.missing") for name in ("plan.toml", "technicians.csv", "shifts.csv", "tickets.csv")
    ]


def test_a_misspelt_file_is_suggested(tiny: Path) -> None:
    (tiny / "tickets.csv").rename(tiny / "Ticket.csv")
    assert [(fault.rule, fault.message) for fault in inputs.faults(tiny)] == [
        ("file.missing", "there is no such file in the folder; rename Ticket.csv?")
    ]


def test_a_missing_plan_makes_nothing_else_wrong(tiny: Path) -> None:
    (tiny / "plan.toml").unlink()
    assert found(tiny) == [("plan.toml", 0, "file.missing")]


def test_optional_files_may_be_absent(tiny: Path) -> None:
    assert not (tiny / "baseline.csv").exists()
    assert inputs.read(tiny).baseline == ()


@pytest.mark.parametrize("name", ["plan.toml", "tickets.csv", "technicians.csv", "shifts.csv", "centres.csv"])
def test_a_directory_in_place_of_a_file(tiny: Path, name: str) -> None:
    (tiny / name).unlink()
    (tiny / name).mkdir()
    assert found(tiny) == [(name, 0, "file.kind")]


def test_a_device_is_no_input() -> None:
    assert found(Path("/dev/null")) == [("null", 0, "file.kind")]


def test_one_file_of_a_folder_is_no_input(tiny: Path) -> None:
    assert found(tiny / "tickets.csv") == [("tickets.csv", 0, "file.kind")]


def test_an_unreadable_file(tiny: Path) -> None:
    (tiny / "tickets.csv").unlink()
    (tiny / "tickets.csv").symlink_to(tiny / "tickets.csv")  # a circle: cannot be opened, whoever asks
    assert found(tiny) == [("tickets.csv", 0, "file.unreadable")]


@pytest.mark.parametrize("name", ["plan.toml", "tickets.csv", "technicians.csv", "shifts.csv", "centres.csv"])
@pytest.mark.parametrize("content", [b"", b" \r\n\n"])
def test_an_empty_file(tiny: Path, name: str, content: bytes) -> None:
    (tiny / name).write_bytes(content)
    assert found(tiny) == [(name, 0, "file.empty")]


def test_a_huge_file_is_refused_before_it_is_read(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with (tiny / "tickets.csv").open("wb") as stream:
        os.truncate(stream.fileno(), 1024**3)  # sparse: takes no room
    monkeypatch.setattr(files, "decode", lambda *_: pytest.fail("the file was read"))
    monkeypatch.setattr(Path, "open", lambda *_: pytest.fail("the file was opened"))
    (fault,) = [fault for fault in _faults_without_other_files(tiny) if fault.file == "tickets.csv"]
    assert (fault.rule, fault.value) == ("file.size", "1073741824 bytes")
    assert "64 MiB" in fault.message


def _faults_without_other_files(folder: Path) -> list[Fault]:
    for path in folder.iterdir():
        if path.name != "tickets.csv":
            path.unlink()
    return inputs.faults(folder)


def test_too_many_rows(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csvtable, "MAX_ROWS", 4)
    (fault,) = inputs.faults(tiny)
    assert (fault.file, fault.row, fault.rule) == ("tickets.csv", 6, "file.rows")
    assert "limit of 4" in fault.message


def test_a_file_cut_anywhere_never_raises_anything_else(tiny: Path) -> None:
    """Cut inside the last row it is always noticed, except inside a cell that still makes sense."""
    for name in ("tickets.csv", "technicians.csv", "plan.toml"):
        data = (tiny / name).read_bytes()
        for length in range(0, len(data), 41):
            (tiny / name).write_bytes(data[:length])
            inputs.faults(tiny)
        (tiny / name).write_bytes(data)
    data = (tiny / "tickets.csv").read_bytes()
    (tiny / "tickets.csv").write_bytes(data[: data.rindex(b"plc:2")])
    assert found(tiny) == [("tickets.csv", 6, "row.cells")]


def test_ten_thousand_faults_are_all_kept(tiny: Path) -> None:
    head, first, *_ = (tiny / "tickets.csv").read_text(encoding="utf-8").splitlines()
    rows = [
        first.replace("T1,", f"T{n},").replace("enterprise", f"entrprise{n}").replace(",45,", ",-45,")
        for n in range(5000)
    ]
    (tiny / "tickets.csv").write_text("\n".join([head, *rows]), encoding="utf-8")
    faults = inputs.faults(tiny)
    assert len(faults) == 10_000
    assert {fault.rule for fault in faults} == {"tier.unknown", "number.negative"}
    assert [fault.row for fault in faults] == [row for row in range(2, 5002) for _ in range(2)]
    with pytest.raises(InputError) as caught:
        inputs.read(tiny)
    assert caught.value.faults == tuple(faults)
    assert "9999 more" in caught.value.message
