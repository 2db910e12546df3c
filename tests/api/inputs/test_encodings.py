"""Encodings, delimiters and headers as spreadsheets write them."""

from pathlib import Path

import pytest

from api import inputs
from api.inputs.aliases import ALIASES, folded
from api.inputs.csvtable import column_names
from api.inputs.tables import TABLES

CHINESE_HEADERS = {
    "tickets.csv": (
        "工单号,纬度,经度,时长(分钟),等级,报修时间,时间窗,技能,备件,工具,"
        "优先工程师,排除工程师,班组,前置工单,锁定工程师,锁定时间,未服务成本"
    ),
    "technicians.csv": "工号,姓名,技能,时长系数,家纬度,家经度,基地,服务中心,出行方式,车载备件,工具,最大车程",
    "shifts.csv": "工程师,开始时间,正常下班,结束时间,出发地,返回地,休息",
    "centres.csv": "服务中心,纬度,经度,补货时长,备件,覆盖半径",
}


def rewrite(tiny: Path, encoding: str, *, names: tuple[str, ...] = tuple(CHINESE_HEADERS)) -> None:
    """Give files Chinese headers, in another encoding."""
    for name in names:
        rows = (tiny / name).read_text(encoding="utf-8").split("\n")
        (tiny / name).write_bytes("\n".join([CHINESE_HEADERS[name], *rows[1:]]).encode(encoding))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk"])
def test_chinese_files_read_as_the_same_problem(tiny: Path, encoding: str) -> None:
    problem = inputs.read(tiny)
    rewrite(tiny, encoding)
    again = inputs.read(tiny)
    assert again == problem
    assert again.technician_by_id["li"].name == "李明"


def test_a_bom_in_every_file_is_silent(tiny: Path) -> None:
    problem = inputs.read(tiny)
    for path in tiny.iterdir():
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert inputs.read(tiny) == problem
    assert inputs.read(tiny / "tiny.json") == problem


def test_chinese_names_under_english_headers_in_gb18030(tiny: Path) -> None:
    text = (tiny / "technicians.csv").read_text(encoding="utf-8")
    (tiny / "technicians.csv").write_bytes(text.encode("gb18030"))
    assert inputs.read(tiny).technician_by_id["li"].name == "李明"


@pytest.mark.parametrize(
    "data",
    [
        "id,name\nli,Andrés".encode("latin-1"),  # \xe9s would be a rare Chinese character
        "id,name\nli,Zoë Grün\n".encode("cp1252"),
        b"id,name\nli,\xff\xfe\xfd",
        "id,name\nli,李明".encode("utf-16"),
        "id,name\nli,李明".encode("utf-16-le"),
        "id,name\nli,李明".encode("utf-32"),
        "id,name\nli,李明".encode("big5"),
        b"id,name\nli,\0",
        b"PK\x03\x04 a workbook",
    ],
)
def test_other_encodings_are_refused_with_advice(tiny: Path, data: bytes) -> None:
    (tiny / "technicians.csv").write_bytes(data)
    (fault,) = inputs.faults(tiny)
    assert (fault.file, fault.rule) == ("technicians.csv", "file.encoding")
    assert "UTF-8" in fault.message


def test_a_broken_encoding_is_located(tiny: Path) -> None:
    text = (tiny / "technicians.csv").read_text(encoding="utf-8").replace("Wang Fang", "Zoë,,".rstrip(","))
    (tiny / "technicians.csv").write_bytes(text.replace("李明", "Li").encode("latin-1"))
    (fault,) = inputs.faults(tiny)
    assert (fault.rule, fault.row, fault.value[:2]) == ("file.encoding", 3, "eb")


@pytest.mark.parametrize("delimiter", [";", "\t"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_other_delimiters_and_line_ends(tiny: Path, delimiter: str, newline: str) -> None:
    import csv

    problem = inputs.read(tiny)
    for path in tiny.glob("*.csv"):
        rows = list(csv.reader(path.read_text(encoding="utf-8").splitlines()))
        with path.open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream, delimiter=delimiter, lineterminator=newline).writerows(rows)
    assert inputs.read(tiny) == problem


def test_empty_rows_and_columns_of_a_spreadsheet_do_not_matter(tiny: Path) -> None:
    problem = inputs.read(tiny)
    for path in tiny.glob("*.csv"):
        lines = [f"{line},,," for line in path.read_text(encoding="utf-8").splitlines()]
        path.write_text("\n".join([*lines[:2], "", ",,,,", *lines[2:], ",,,,,,,,,,,,,,,,,,,,,,"]), encoding="utf-8")
    assert inputs.read(tiny) == problem


def test_rows_are_numbered_as_in_a_spreadsheet(tiny: Path) -> None:
    """Blank rows count; a line break inside quotes does not."""
    text = (tiny / "shifts.csv").read_text(encoding="utf-8")
    (tiny / "shifts.csv").write_text(text.replace("\nli,", '\n\n"l\ni",').replace("wang,", "wong,"), encoding="utf-8")
    assert [(fault.row, fault.rule) for fault in inputs.faults(tiny)] == [
        (3, "text.control"),
        (4, "technician.unknown"),
    ]


def test_full_width_separators(tiny: Path) -> None:
    problem = inputs.read(tiny)
    text = (tiny / "technicians.csv").read_text(encoding="utf-8")
    (tiny / "technicians.csv").write_text(text.replace("lift:4; plc:2", "lift：4；plc：2"), encoding="utf-8")
    assert inputs.read(tiny) == problem


@pytest.mark.parametrize("name", TABLES)
def test_aliases_name_columns_and_never_two(name: str) -> None:
    table = TABLES[name]
    assert set(ALIASES[name]) <= set(table.by_name)
    everything = [folded(column.name) for column in table.columns]
    everything += [folded(alias) for aliases in ALIASES[name].values() for alias in aliases]
    assert len(everything) == len(set(everything)) == len(column_names(table))
    chinese = {column for column, aliases in ALIASES[name].items() if any(not alias.isascii() for alias in aliases)}
    assert chinese == set(table.by_name)


@pytest.mark.parametrize("header", ["Duration_Min", "duration min", "DURATION-MIN", " 时长（分钟） ", "时长 (分钟)"])
def test_headers_in_other_dress(header: str) -> None:
    assert column_names(TABLES["tickets"])[folded(header)] == "duration_min"
