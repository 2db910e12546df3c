"""A file of arrays is there whole or not at all, and a damaged one is never used."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.roads.array_file import DamagedError, read_arrays, remove_unfinished, write_arrays

ARRAYS = {
    "weights": np.arange(1000, dtype=np.int64) ** 3,
    "none": np.empty(0, dtype=np.float64),
    "square": np.arange(12, dtype=np.int32).reshape(3, 4),
    "flags": np.array([0, 1, 1], dtype=np.bool_),
}
FACTS = {"source": "Straße 東京", "classes": ["primary", "ferry"]}


def test_arrays_and_facts_come_back(tmp_path: Path) -> None:
    write_arrays(tmp_path / "a", ARRAYS, FACTS)

    arrays, facts = read_arrays(tmp_path / "a")

    assert facts == FACTS
    assert list(arrays) == list(ARRAYS)
    for name, array in ARRAYS.items():
        assert arrays[name].dtype == array.dtype
        assert arrays[name].shape == array.shape
        assert (arrays[name] == array).all()
        assert arrays[name].ctypes.data % 64 == 0


def test_arrays_are_mapped_and_writing_stays_in_memory(tmp_path: Path) -> None:
    write_arrays(tmp_path / "a", ARRAYS, FACTS)
    arrays, _ = read_arrays(tmp_path / "a")

    assert not arrays["weights"].flags.owndata
    arrays["weights"][0] = 99

    assert read_arrays(tmp_path / "a")[0]["weights"][0] == 0


def test_nothing_but_the_file_is_left(tmp_path: Path) -> None:
    write_arrays(tmp_path / "a", ARRAYS, FACTS)
    write_arrays(tmp_path / "a", ARRAYS, FACTS)

    assert [path.name for path in tmp_path.iterdir()] == ["a"]


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("whole") / "a"
    write_arrays(path, ARRAYS, FACTS)
    return path.read_bytes()


@given(data=st.data())
def test_a_cut_file_is_refused(data: st.DataObject, whole: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("cut") / "a"
    path.write_bytes(whole[: data.draw(st.integers(0, len(whole) - 1))])

    with pytest.raises(DamagedError):
        read_arrays(path)


@given(data=st.data())
def test_a_changed_file_is_refused_or_gives_the_same(
    data: st.DataObject, whole: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("changed") / "a"
    at = data.draw(st.integers(0, len(whole) - 1))
    bit = data.draw(st.integers(0, 7))
    path.write_bytes(whole[:at] + bytes([whole[at] ^ 1 << bit]) + whole[at + 1 :])

    try:
        arrays, facts = read_arrays(path)
    except DamagedError:
        return
    assert facts == FACTS  # the change hit the filling between two arrays
    assert all((arrays[name] == array).all() for name, array in ARRAYS.items())


def test_another_kind_of_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"PK\x03\x04" + bytes(1000))

    with pytest.raises(DamagedError):
        read_arrays(tmp_path / "a")


def test_a_full_disk_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_arrays(tmp_path / "a", ARRAYS, FACTS)

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write_arrays(tmp_path / "a", {"other": np.zeros(3)}, {})

    assert [path.name for path in tmp_path.iterdir()] == ["a"]
    assert read_arrays(tmp_path / "a")[1] == FACTS


def test_a_killed_writer_leaves_no_file_that_is_read(tmp_path: Path) -> None:
    script = """
import os, signal, sys
from pathlib import Path
import numpy as np
from geo.roads import array_file
os.fsync = lambda descriptor: os.kill(os.getpid(), signal.SIGKILL)
array_file.write_arrays(Path(sys.argv[1]), {"a": np.arange(100_000)}, {})
"""
    killed = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "a")],
        check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )

    assert killed.returncode == -signal.SIGKILL
    assert [path.suffix for path in tmp_path.iterdir()] == [".unfinished"]
    with pytest.raises(FileNotFoundError):
        read_arrays(tmp_path / "a")
    remove_unfinished(tmp_path / "a")
    assert not list(tmp_path.iterdir())
