"""What is kept on disk is built once, is never wrong, and is not needed."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from dispatch.errors import InputError
from geo.roads import keeping
from geo.roads.keeping import CacheWarning, cache_folder, kept


class Workshop:
    """Builds the numbers 0, 1, 2 and counts how often."""

    def __init__(self) -> None:
        self.built = 0

    def build(self) -> np.ndarray:
        self.built += 1
        return np.arange(3)

    def get(self, path: Path) -> list[int]:
        made = kept(path, self.build, pack=lambda array: ({"it": array}, {}), unpack=lambda arrays, facts: arrays["it"])
        return made.tolist()


@pytest.fixture
def shop() -> Workshop:
    return Workshop()


def test_the_second_time_it_is_read(shop: Workshop, tmp_path: Path) -> None:
    path = tmp_path / "new" / "folder" / "a.roads"

    assert shop.get(path) == [0, 1, 2]
    assert shop.get(path) == [0, 1, 2]

    assert shop.built == 1


def test_a_damaged_file_is_replaced(shop: Workshop, tmp_path: Path) -> None:
    path = tmp_path / "a.roads"
    shop.get(path)
    path.write_bytes(path.read_bytes()[:-1])

    with pytest.warns(CacheWarning, match=r"a\.roads: .* it is made anew"):
        assert shop.get(path) == [0, 1, 2]
    assert shop.get(path) == [0, 1, 2]

    assert shop.built == 2


def test_an_unfinished_file_is_not_read_and_goes_away(shop: Workshop, tmp_path: Path) -> None:
    path = tmp_path / "a.roads"
    (tmp_path / ".a.roads.77.unfinished").write_bytes(b"CALLOUT1")

    assert shop.get(path) == [0, 1, 2]

    assert {found.name for found in tmp_path.iterdir()} == {"a.roads", "a.roads.lock"}


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EACCES, errno.EDQUOT])
def test_a_full_disk_is_a_warning(shop: Workshop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    def full(descriptor: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", full)

    with pytest.warns(CacheWarning, match="can't be kept"):
        assert shop.get(tmp_path / "a.roads") == [0, 1, 2]

    assert not (tmp_path / "a.roads").exists()


def test_a_folder_that_cannot_be_made_is_a_warning(shop: Workshop, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")

    with pytest.warns(CacheWarning, match="prepared anew at each start"):
        assert shop.get(tmp_path / "file" / "a.roads") == [0, 1, 2]


def test_errors_of_the_builder_pass_and_nothing_is_kept(shop: Workshop, tmp_path: Path) -> None:
    path = tmp_path / "a.roads"

    def refuse() -> np.ndarray:
        raise InputError("roads.empty", "the file is empty")

    with pytest.raises(InputError, match="the file is empty"):
        kept(path, refuse, pack=lambda array: ({}, {}), unpack=lambda arrays, facts: arrays["it"])

    assert shop.get(path) == [0, 1, 2]
    assert shop.built == 1


def test_two_processes_build_once(tmp_path: Path) -> None:
    script = """
import sys, time
from pathlib import Path
import numpy as np
from geo.roads.keeping import kept
folder = Path(sys.argv[1])
def build():
    with (folder / "built").open("a") as log:
        log.write("x")
    while len(list(folder.glob("ready-*"))) < 3:
        time.sleep(0.01)  # all three are here while one builds
    return np.arange(100_000)
(folder / f"ready-{sys.argv[2]}").touch()
made = kept(folder / "a.roads", build, pack=lambda it: ({"it": it}, {}), unpack=lambda arrays, facts: arrays["it"])
print(int(made.sum()))
"""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    started = [
        subprocess.Popen(
            [sys.executable, "-c", script, str(tmp_path), str(number)], env=environment, stdout=subprocess.PIPE
        )
        for number in range(3)
    ]
    answers = [process.communicate()[0].decode().strip() for process in started]

    assert answers == [str(sum(range(100_000)))] * 3
    assert (tmp_path / "built").read_text() == "x"


def test_what_was_not_used_for_longest_makes_room(
    shop: Workshop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("old", "used", "new"):
        shop.get(tmp_path / f"{name}.roads")
    os.utime(tmp_path / "old.roads", ns=(1, 1))
    os.utime(tmp_path / "used.roads", ns=(2, 2))
    shop.get(tmp_path / "used.roads")
    os.utime(tmp_path / "new.roads", ns=(3, 3))
    monkeypatch.setattr(keeping, "MAX_BYTES", 2 * (tmp_path / "old.roads").stat().st_size)

    shop.get(tmp_path / "last.roads")

    assert {path.name for path in tmp_path.glob("*.roads")} == {"used.roads", "last.roads"}


def test_the_folder_can_be_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "/somewhere")
    monkeypatch.delenv("CALLOUT_CACHE", raising=False)
    assert cache_folder() == Path("/somewhere/callout/roads")

    monkeypatch.setenv("CALLOUT_CACHE", "/else")
    assert cache_folder() == Path("/else/roads")
