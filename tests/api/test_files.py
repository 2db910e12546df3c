"""Writing a file whole or not at all."""

from __future__ import annotations

import os
import stat

import pytest

from api.files import require_writable, write_atomically
from dispatch.errors import UnavailableError


def _names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_an_old_file_is_replaced_by_a_new_one(tmp_path):
    path = tmp_path / "plan.json"
    path.write_text("old", encoding="utf-8")
    with path.open(encoding="utf-8") as reader:
        write_atomically(path, "new\nline 车\n")
        assert reader.read() == "old"  # who reads keeps what it opened
    assert path.read_bytes() == "new\nline 车\n".encode()
    assert _names(tmp_path) == ["plan.json"]


@pytest.mark.parametrize("failure", [KeyboardInterrupt, MemoryError, OSError(28, "No space left on device")])
@pytest.mark.parametrize("at", ["os.fsync", "pathlib.Path.replace"])
def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch, failure, at):
    path = tmp_path / "plan.json"
    path.write_text("old", encoding="utf-8")

    def fail(*args):
        raise failure

    monkeypatch.setattr(at, fail)
    with pytest.raises(UnavailableError if isinstance(failure, OSError) else failure):
        write_atomically(path, "new")
    assert path.read_text(encoding="utf-8") == "old"
    assert _names(tmp_path) == ["plan.json"]


def test_a_full_disk_is_named(tmp_path, monkeypatch):
    def full(*args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(UnavailableError, match="No space left on device") as caught:
        write_atomically(tmp_path / "plan.json", "new")
    assert (caught.value.code, caught.value.exit_code) == ("output.unwritable", 4)


def test_the_mode_is_the_usual_one(tmp_path):
    path = tmp_path / "plan.json"
    old = os.umask(0o027)
    try:
        write_atomically(path, "x")
    finally:
        os.umask(old)
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_a_link_stays_a_link(tmp_path):
    (tmp_path / "real").mkdir()
    target, link = tmp_path / "real" / "plan.json", tmp_path / "latest.json"
    target.write_text("old", encoding="utf-8")
    link.symlink_to(target)
    write_atomically(link, "new")
    assert link.is_symlink()
    assert target.read_text(encoding="utf-8") == "new"
    assert _names(tmp_path / "real") == ["plan.json"]


def test_a_link_to_nowhere_is_filled(tmp_path):
    link = tmp_path / "latest.json"
    link.symlink_to(tmp_path / "new" / "plan.json")
    require_writable(link)
    write_atomically(link, "new")
    assert (tmp_path / "new" / "plan.json").read_text(encoding="utf-8") == "new"


def test_a_pipe_is_written_as_it_is(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        require_writable(pipe)
        write_atomically(pipe, "through")
        assert os.read(reader, 100) == b"through"
    finally:
        os.close(reader)
    assert stat.S_ISFIFO(pipe.stat().st_mode)


def test_asking_leaves_nothing_but_the_folder(tmp_path):
    require_writable(tmp_path / "a" / "b" / "plan.json")
    assert _names(tmp_path / "a" / "b") == []
    with pytest.raises(UnavailableError):
        require_writable(tmp_path / "a" / "b")


def test_asking_does_not_touch_the_old_file(tmp_path):
    path = tmp_path / "plan.json"
    path.write_text("old", encoding="utf-8")
    require_writable(path)
    assert path.read_text(encoding="utf-8") == "old"
    assert _names(tmp_path) == ["plan.json"]
