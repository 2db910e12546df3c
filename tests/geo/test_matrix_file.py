"""Given matrices: what the forms mean, and what is said about broken files."""

from __future__ import annotations

import contextlib
import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from dispatch.errors import InputError
from dispatch.places import Place
from dispatch.travel import TravelMatrix
from geo import matrix_faults, matrix_file, matrix_npz
from geo.matrix_file import MatrixFile

A, B, C = (Place(id=name) for name in "abc")
Write = Callable[[str | bytes], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write(content: str | bytes) -> Path:
        path = tmp_path / "given"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


def _npz(**arrays: object) -> bytes:
    stream = io.BytesIO()
    np.savez_compressed(stream, **arrays)
    return stream.getvalue()


def _travel(path: Path, *profiles: str) -> TravelMatrix:
    return MatrixFile(path).matrix([A, B, C], profiles or ("car",))


def _faults(path: Path) -> list[tuple[int, str, str, str]]:
    with pytest.raises(InputError) as caught:
        MatrixFile(path)
    assert caught.value.code == "travel.matrix_file"
    assert {fault.file for fault in caught.value.faults} == {"given"}
    return [(fault.row, fault.field, fault.value, fault.rule) for fault in caught.value.faults]


def test_pairs_by_profile(write: Write) -> None:
    text = (
        "profile,to,from,distance_m,travel_s\n"
        "bike,b,a,900,300\n"
        ",b,a,1000.4,119.6\n"  # no profile: the default one
        "car,a,b,1100,130\n"
        "car,c,c,,\n"
    )

    travel = _travel(write(text), "car", "bike")

    assert travel.leg("car", A, B) == (120, 1000)
    assert travel.leg("car", B, A) == (130, 1100)
    assert travel.leg("bike", A, B) == (300, 900)
    assert travel.leg("bike", B, A) == (-1, -1)


def test_what_is_blank_negative_or_no_number_is_unreachable_in_both(write: Write) -> None:
    text = "from,to,travel_s,distance_m\na,b,,10\nb,a,60,-5\na,c,nan,10\nc,a,inf,10\nb,c,60,10\n"

    travel = _travel(write(text))

    assert [(x.id, y.id) for x, y in travel.unreachable_pairs("car")] == [
        ("a", "b"), ("a", "c"), ("b", "a"), ("c", "a"), ("c", "b"),
    ]  # fmt: skip
    assert travel.legs("car").distance_m.min() == -1
    assert travel.leg("car", B, C) == (60, 10)
    assert travel.leg("car", A, A) == (0, 0)


def test_square_rows_may_stand_in_another_order(write: Write) -> None:
    travel = _travel(write("id,a,b,c\nc,31,32,0\na,0,12,13\nb,21,,\n"))

    assert travel.legs("car").travel_s.tolist() == [[0, 12, 13], [21, 0, -1], [31, 32, 0]]
    assert travel.legs("car").distance_m.tolist() == [[0, 0, 0], [0, 0, -1], [0, 0, 0]]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_encodings(write: Write, encoding: str) -> None:
    path = write("from,to,travel_s\n广州,深圳,60\n深圳,广州,61\n".encode(encoding))

    travel = MatrixFile(path).matrix([Place(id="深圳"), Place(id="广州")], ["car"])

    assert travel.legs("car").travel_s.tolist() == [[0, 61], [60, 0]]


def test_npz_with_profiles(write: Write) -> None:
    seconds = np.array([[[0, 1.6, np.nan], [3, 0, -7], [5, 6, 0]], [[0, 2, 3], [4, 0, 5], [6, 7, 0]]])
    names = {"ids": np.array(["a", "b", "c"]), "profiles": np.array(["car", "bike"])}

    travel = _travel(write(_npz(**names, travel_s=seconds, distance_m=np.ones((2, 3, 3)) - np.eye(3))), "car", "bike")

    assert travel.legs("car").travel_s.tolist() == [[0, 2, -1], [3, 0, -1], [5, 6, 0]]
    assert travel.legs("car").distance_m.tolist() == [[0, 1, -1], [1, 0, -1], [1, 1, 0]]
    assert travel.legs("bike").travel_s[2, 1] == 7


def test_npz_ids_may_be_whole_numbers(write: Write) -> None:
    path = write(_npz(ids=np.array([10, 20]), travel_s=np.array([[0, 5], [6, 0]])))

    travel = MatrixFile(path).matrix([Place(id="20"), Place(id="10")], ["car"])

    assert travel.legs("car").travel_s.tolist() == [[0, 6], [5, 0]]


def test_the_source_changes_with_the_content(write: Write) -> None:
    first = _travel(write("from,to,travel_s\na,b,1\nb,c,1\n")).source
    second = _travel(write("from,to,travel_s\na,b,2\nb,c,1\n")).source

    assert first.startswith("matrix given sha256:")
    assert first != second


def test_unknown_places_are_all_named(write: Write) -> None:
    source = MatrixFile(write("from,to,travel_s\na,b,1\n"))

    with pytest.raises(InputError) as caught:
        source.matrix([C, A, Place(id="d")], ["car"])

    assert caught.value.code == "travel.unknown_place"
    assert [fault.value for fault in caught.value.faults] == ["c", "d"]


@pytest.mark.parametrize(
    ("content", "faults"),
    [
        pytest.param("", [(0, "", "", "file.empty")], id="empty"),
        pytest.param("from,to,travel_s\n", [(0, "", "", "file.empty")], id="header only"),
        pytest.param("from,to,time\na,b,1\n", [
            (1, "travel_s", "", "column.missing"), (1, "time", "time", "column.unknown")], id="columns"),
        pytest.param("from,to,to,travel_s\na,b,b,1\n", [(1, "to", "to", "column.duplicate")], id="column twice"),
        pytest.param("from,to,travel_s\na,b,1\na,c", [(3, "", "", "row.cells")], id="cut in a row"),
        pytest.param('from,to,travel_s\na,b,1\na,"c', [(3, "", "", "file.csv")], id="cut in a quote"),
        pytest.param("from,to,travel_s\na,b,x\na,,1\na,c,1e12\n", [
            (2, "travel_s", "x", "number.format"), (3, "to", "", "travel.place_id"),
            (4, "travel_s", "1e12", "travel.range")], id="values"),
        pytest.param("from,to,travel_s\na,b,1\na,c,1\na,b,y\na,b,2\nc,c,9\n", [
            (4, "travel_s", "y", "number.format"), (4, "from", "a", "travel.pair_twice"),
            (5, "from", "a", "travel.pair_twice"), (6, "to", "c", "travel.diagonal")], id="pairs in file order"),
        pytest.param("id,a,b\na,0,1\n", [(0, "b", "", "travel.not_square")], id="square cut"),
        pytest.param("id,a,b\na,0,1\nb,1\n", [(3, "", "", "row.cells")], id="square cut in a row"),
        pytest.param("id,a,a,\na,0,1,1\nc,1,0,1\n", [
            (1, "a", "a", "travel.place_twice"), (1, "", "", "travel.place_id")], id="square header"),
        pytest.param("id,a,b\na,0,1\nc,1,0\nb,1,0\n", [(3, "id", "c", "travel.not_square")], id="square ids"),
        pytest.param("id,a,b\na,3,1\na,0,1\nb,1,0\n", [
            (2, "a", "3", "travel.diagonal"), (3, "id", "a", "travel.place_twice")], id="square rows"),
        pytest.param("hello\nworld\n", [(1, "", "", "column.missing")], id="no table"),
        pytest.param(b"\xff\xfe\x00from", [(0, "", "", "file.encoding")], id="not text"),
    ],
)  # fmt: skip
def test_faults_of_csv(write: Write, content: str | bytes, faults: list[tuple[int, str, str, str]]) -> None:
    assert _faults(write(content)) == faults


@pytest.mark.parametrize(
    ("arrays", "rules"),
    [
        pytest.param({"ids": np.array(["a"])}, ["column.missing"], id="no matrix"),
        pytest.param({"ids": np.array(["a", "b"]), "travel_s": np.zeros((2, 3))}, ["travel.not_square"], id="shape"),
        pytest.param({"ids": np.array(["a", "a"]), "travel_s": np.zeros((2, 2))}, ["travel.place_twice"], id="twice"),
        pytest.param({"ids": np.array(["a", ""]), "travel_s": np.zeros((2, 2))}, ["travel.place_id"], id="blank"),
        pytest.param({"ids": np.array([1.5]), "travel_s": np.zeros((1, 1))}, ["travel.names"], id="float ids"),
        pytest.param({"ids": np.array(["a"]), "travel_s": np.array([["x"]])}, ["number.format"], id="texts"),
        pytest.param({"ids": np.array(["a"]), "travel_s": np.zeros((1, 1), object)}, ["file.npz"], id="objects"),
        pytest.param({"ids": np.array(["a", "b"]), "travel_s": np.full((2, 2), 3e9)}, [
            "travel.range"] * 4 + ["travel.diagonal"] * 2, id="range"),
    ],
)  # fmt: skip
def test_faults_of_npz(write: Write, arrays: dict[str, np.ndarray], rules: list[str]) -> None:
    assert [rule for *_, rule in _faults(write(_npz(**arrays)))] == rules


def test_an_npz_cut_anywhere_is_a_fault_and_not_a_crash(write: Write) -> None:
    whole = _npz(ids=np.array(["a", "b"]), travel_s=np.arange(4).reshape(2, 2) % 3)

    for length in range(2, len(whole), 7):
        assert _faults(write(whole[:length]))[0][3] == "file.npz"


def test_an_npz_with_a_flipped_byte_is_a_fault_or_an_answer(write: Write) -> None:
    whole = bytearray(_npz(ids=np.array(["a", "b"]), travel_s=np.arange(4).reshape(2, 2) % 3))

    for at in range(2, len(whole), 3):
        damaged = whole.copy()
        damaged[at] ^= 0xFF
        with contextlib.suppress(InputError):
            MatrixFile(write(bytes(damaged)))


def test_too_large_files_are_refused_with_the_limit(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matrix_file, "MAX_FILE_BYTES", 1024**2)
    path = write(b"x" * (1024**2 + 1))

    with pytest.raises(InputError, match="limit of 1 MiB") as caught:
        MatrixFile(path)

    assert [fault.rule for fault in caught.value.faults] == ["file.size"]


def test_an_archive_that_unpacks_to_too_much_is_refused(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matrix_npz, "MAX_FILE_BYTES", 1024**2)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("travel_s.npy", b"\0" * (1024**2 + 1))

    assert [rule for *_, rule in _faults(write(stream.getvalue()))] == ["file.size"]


def test_more_places_than_the_limit_are_refused(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matrix_faults, "MAX_PLACES", 2)

    assert _faults(write("from,to,travel_s\na,b,1\na,c,1\n")) == [(3, "", "", "travel.too_many_places")]
    assert _faults(write("id,a,b,c\n")) == [(1, "", "", "travel.too_many_places")]


def test_reading_stops_after_too_many_faults(write: Write) -> None:
    text = "from,to,travel_s\n" + "a,b,x\n" * (matrix_faults.MAX_FAULTS + 50)

    faults = _faults(write(text))

    assert len(faults) == matrix_faults.MAX_FAULTS + 1
    assert faults[-1][3] == "travel.too_many_faults"


def test_a_missing_file_and_a_folder(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        MatrixFile(tmp_path / "none.csv")
    assert caught.value.code == "travel.file_missing"
    assert [fault.rule for fault in caught.value.faults] == ["file.missing"]

    with pytest.raises(InputError) as caught:
        MatrixFile(tmp_path)
    assert [fault.rule for fault in caught.value.faults] == ["file.kind"]
