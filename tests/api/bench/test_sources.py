"""Paths become instances; best-known values are found beside them."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from api.bench import best_known
from api.bench.sources import Source, expand
from dispatch.errors import InputError


def texts(source: Source) -> bool:
    return source.file_name.endswith(".txt")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A plain file, a file that is none, and a zip file with two members."""
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "R1_2.txt").write_text("plain", encoding="utf-8")
    (tmp_path / "below" / "notes.csv").write_text("", encoding="utf-8")
    with zipfile.ZipFile(tmp_path / "more.zip", "w") as archive:
        archive.writestr("inner/C1_2.txt", "zipped")
        archive.writestr("inner/C1_2.sol", "")
    return tmp_path


def test_a_folder_stands_for_all_below_and_inside_zip_files(folder: Path) -> None:
    assert [source.stem for source in expand(folder, texts)] == ["R1_2", "C1_2"]


@pytest.mark.parametrize("name", ["more.zip", "more.zip/C1_2", "more.zip/c1_2.TXT", "more.zip/inner/C1_2.txt"])
def test_members_of_a_zip_file_have_names_with_or_without_ending(folder: Path, name: str) -> None:
    (source,) = expand(folder / name, texts)

    assert (source.stem, source.text(), source.path) == ("C1_2", "zipped", folder / "more.zip")


def test_a_file_is_taken_as_it_is_called(folder: Path) -> None:
    assert expand(folder / "below" / "notes.csv", texts)[0].text() == ""


def test_a_pattern_selects_by_name(folder: Path) -> None:
    assert [source.stem for source in expand(folder, texts, only="c1*")] == ["C1_2"]


@pytest.mark.parametrize(
    ("name", "only", "code"),
    [
        ("nowhere", "*", "bench.unreadable"),
        ("more.zip/R9", "*", "bench.no_instance"),
        ("below", "X*", "bench.no_instance"),
    ],
)
def test_a_path_without_instance_is_refused(folder: Path, name: str, only: str, code: str) -> None:
    with pytest.raises(InputError) as caught:
        expand(folder / name, texts, only)

    assert caught.value.code == code


def test_what_is_no_text_is_unreadable(folder: Path) -> None:
    (folder / "binary.txt").write_bytes(b"\xff\xfe\x00")
    (folder / "torn.zip").write_bytes(b"PK\x03\x04")

    broken = [source for source in expand(folder, texts) if source.file_name in ("binary.txt", "torn.zip")]

    assert len(broken) == 2
    for source in broken:
        with pytest.raises(InputError, match=r"bench\.unreadable"):
            source.text()
    with pytest.raises(InputError, match=r"bench\.unreadable"):
        expand(folder / "torn.zip", texts)


def test_best_known_values_are_looked_up_in_the_folder_and_above(folder: Path) -> None:
    (folder / "best_known.csv").write_text("instance,cost\nR1_2,7.5\nC1_2,x\n", encoding="utf-8")
    (folder / "below" / "best_found.csv").write_text("instance,cost\nother,1\n", encoding="utf-8")

    row = best_known.find(folder / "below", ("r1_2",))

    assert best_known.number(row, ("missing", "cost")) == 7.5
    assert best_known.number(row, ("missing",)) is None
    assert best_known.find(folder, ("R9",)) == {}
    with pytest.raises(InputError, match="expected a number"):
        best_known.number(best_known.find(folder, ("C1_2",)), ("cost",))
