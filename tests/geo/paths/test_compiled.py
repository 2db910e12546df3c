"""Compiled code is kept where it belongs, and other packages' setting stays as it was."""

import os
import subprocess
import sys

import numba
import numpy as np

from geo.compiled import cache_folder, compiled


def test_the_folder_follows_the_environment(monkeypatch, tmp_path):
    cache_folder.cache_clear()
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "numba"))
    assert cache_folder().parent == tmp_path / "numba"
    cache_folder.cache_clear()
    monkeypatch.delenv("NUMBA_CACHE_DIR")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder().parent == tmp_path / "callout"
    assert cache_folder().name.startswith("geo-")
    cache_folder.cache_clear()


def test_the_setting_of_the_process_is_put_back():
    before = numba.config.CACHE_DIR

    @compiled
    def twice(values):
        return 2 * values.sum()

    assert before == numba.config.CACHE_DIR
    assert twice(np.arange(4)) == 12


def test_without_a_folder_to_write_to_it_compiles_all_the_same(tmp_path):
    """In a process of its own: the folder is chosen at import."""
    (tmp_path / "file").write_text("no folder can be made below a file")
    program = (
        "import numpy as np; from geo.compiled import compiled\n"
        "def twice(values): return 2 * values.sum()\n"
        "print(compiled(twice)(np.arange(4)))\n"
    )
    script = tmp_path / "script.py"
    script.write_text(program)
    packages = os.pathsep.join(path for path in sys.path if path)
    folder = {"NUMBA_CACHE_DIR": str(tmp_path / "file" / "below"), "PYTHONPATH": packages}
    done = subprocess.run([sys.executable, script], env=folder, capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "12", done.stderr
