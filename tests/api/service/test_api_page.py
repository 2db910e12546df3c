"""The commands of docs/api.md, pasted one after another into a shell, against a service that runs."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
BLOCKS = re.compile(r"^```bash\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture
def demo(tmp_path):
    """Address and passwords of a demo service."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log, kept = tmp_path / "log", tmp_path / "kept"
    kept.mkdir()
    words = ["-c", "from api.cli import main; main()", "serve", "--demo", "examples/pearl_river_delta"]
    with log.open("w") as out:
        process = subprocess.Popen(
            [sys.executable, *words, "--port", str(port)], cwd=ROOT, stderr=out, env=os.environ | {"TMPDIR": str(kept)}
        )
    try:
        for _ in range(600):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/ready", timeout=5).close()
                break
            except OSError:
                assert process.poll() is None, log.read_text()[-2000:]
                time.sleep(0.1)
        assert "its clock says 2026-03-02T07:00:00+08:00" in log.read_text()
        passwords = dict(re.findall(r"^login (\w+) password (\S+)$", log.read_text(), re.MULTILINE))
        yield f"http://127.0.0.1:{port}", passwords
    finally:
        process.send_signal(signal.SIGTERM)
        ended = process.wait(timeout=60)
    assert ended == 0, log.read_text()[-2000:]
    assert list(kept.iterdir()) == []  # what a demo keeps goes with it


@pytest.mark.enable_socket
@pytest.mark.skipif(shutil.which("curl") is None, reason="the page's commands call curl")
def test_the_page_can_be_pasted(demo):
    host, passwords = demo
    text = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    script = "set -euo pipefail\n" + "\n".join(BLOCKS.findall(text))
    environment = {
        "HOST": host,
        "PASSWORD": passwords["dispatcher"],
        "PHONE_PASSWORD": passwords["technician"],
        "PATH": os.environ["PATH"],
    }
    done = subprocess.run(["bash", "-c", script], env=environment, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    assert "{'added': 1, 'changed': 0, 'same': 0}" in done.stdout
    assert "304" in done.stdout
    assert "most_moved" not in done.stderr
