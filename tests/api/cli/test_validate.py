"""``callout validate``, and the same faults when planning."""

from __future__ import annotations

import json

import pytest

HEAD = "id,place,duration_min,tier,opened,windows,skills,parts,preferred\n"


@pytest.fixture
def ten_thousand(six):
    """Ten thousand tickets, each with a duration that is no number."""
    rows = (f"X{number},T1,much,basic,2026-03-01T09:00,,,,\n" for number in range(10_000))
    (six / "tickets.csv").write_text(HEAD + "".join(rows), encoding="utf-8")
    return six


@pytest.fixture(params=["plan", "check", "validate"])
def read(request, callout, tmp_path):
    """Read an input with each of the commands."""
    more = {"plan": ("--out", tmp_path / "out.json"), "check": (tmp_path / "plan.json",), "validate": ()}
    return lambda path: callout(request.param, path, *more[request.param])


def test_a_valid_input(callout, six):
    ran = callout("validate", six)
    assert (ran.code, ran.out, ran.err) == (0, "", "the input is valid\n")
    assert callout("validate", six, "--json").out == ""


def test_faults_go_to_stdout_and_their_count_to_stderr(callout, ten_thousand):
    ran = callout("validate", ten_thousand)
    assert ran.code == 3
    assert ran.err == "10000 fault(s)\n"
    lines = ran.out.splitlines()
    assert len(lines) == 10_000
    assert lines[0].startswith("tickets.csv:2 duration_min='much' [")
    assert lines[-1].startswith("tickets.csv:10001 duration_min='much' [")


def test_json_has_the_parts_of_each_fault(callout, ten_thousand):
    ran = callout("validate", ten_thousand, "--json")
    assert ran.code == 3
    found = [json.loads(line) for line in ran.out.splitlines()]
    assert [fault["row"] for fault in found] == list(range(2, 10_002))
    assert set(found[0]) == {"rule", "message", "file", "row", "field", "value"}
    assert (found[0]["file"], found[0]["field"], found[0]["value"]) == ("tickets.csv", "duration_min", "much")


@pytest.mark.parametrize("command", ["plan", "check"])
def test_other_commands_show_fifty_faults_and_the_count(callout, ten_thousand, tmp_path, command):
    more = ("--out", tmp_path / "out.json") if command == "plan" else (tmp_path / "plan.json",)
    ran = callout(command, ten_thousand, *more)
    assert (ran.code, ran.out) == (3, "")
    lines = ran.err.splitlines()
    assert lines[0] == "error [input.invalid] 10000 fault(s):"
    assert len(lines) == 1 + 50 + 1
    assert lines[50].startswith("  tickets.csv:51 ")
    assert lines[51] == "  ... and 9950 more; `callout validate` lists all"


def test_an_input_that_is_not_there(read, tmp_path):
    ran = read(tmp_path / "nowhere")
    assert ran.code == 3
    assert "nowhere [file.missing]" in ran.out + ran.err


def test_an_empty_folder(read, tmp_path):
    (tmp_path / "empty").mkdir()
    ran = read(tmp_path / "empty")
    assert ran.code == 3
    for name in ("plan.toml", "technicians.csv", "shifts.csv", "tickets.csv"):
        assert f"{name} [file.missing]" in ran.out + ran.err


def test_empty_files(read, six):
    for path in six.iterdir():
        path.write_bytes(b"")
    ran = read(six)
    assert ran.code == 3
    assert "tickets.csv [file.empty]" in ran.out + ran.err


def test_a_document_that_is_cut_anywhere(callout, repository, tmp_path):
    text = (repository / "docs" / "examples" / "tiny" / "tiny.json").read_bytes().rstrip()
    path = tmp_path / "cut.json"
    for length in range(0, len(text), 173):
        path.write_bytes(text[:length])
        ran = callout("validate", path)
        assert ran.code == 3, length
        assert ran.out.startswith("cut.json"), length


def test_a_table_that_is_cut_in_a_row(read, six):
    path = six / "tickets.csv"
    text = path.read_text(encoding="utf-8")
    path.write_text(text[: text.index("T6,T6,60") + 5], encoding="utf-8")
    ran = read(six)
    assert ran.code == 3
    assert "tickets.csv:7" in ran.out + ran.err


def test_a_table_that_is_cut_in_a_character(read, six):
    path = six / "technicians.csv"
    path.write_bytes(path.read_bytes().rstrip() + "\n师".encode()[:-1])
    ran = read(six)
    assert ran.code == 3
    assert "technicians.csv" in ran.out + ran.err


def test_a_table_of_a_gigabyte(read, six):
    """The size is asked before anything is read; the file has no content on the disk."""
    with (six / "tickets.csv").open("r+b") as file:
        file.truncate(2**30)
    ran = read(six)
    assert ran.code == 3
    assert "tickets.csv" in ran.out + ran.err
    assert "[file.size]" in ran.out + ran.err
    assert "64 MiB" in ran.out + ran.err


def test_a_name_that_no_terminal_can_show(callout, tmp_path):
    """A file name may be bytes that are no text."""
    ran = callout("validate", str(tmp_path / "b\udcffd"))
    assert ran.code == 3
    assert "[file.missing]" in ran.out
