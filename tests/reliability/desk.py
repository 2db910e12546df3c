"""The service as processes that can be killed, and the dispatcher who works with it over HTTP."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx

ROOT = Path(__file__).parents[2]
PATIENCE_S = 60
"""How long anything is waited for before the test gives up."""
PASSWORD = "a password of tests"


def wait_until(true: Callable[[], Any], what: str) -> Any:
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        if found := true():
            return found
        time.sleep(0.05)
    raise AssertionError(f"{what}: not after {PATIENCE_S} s")


class Processes:
    """API and worker on one database, with a clock that stands until it is set."""

    def __init__(self, url: str, folder: Path) -> None:
        self._folder, self._clock = folder, folder / "clock"
        self._env = os.environ | {
            "CALLOUT_DATABASE_URL": url,
            "CALLOUT_SECRET": "k" * 32,
            "CALLOUT_ACCESS_MINUTES": "60",
            "PYTHONPATH": str(ROOT),
        }
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    @property
    def is_up(self) -> bool:
        """Whether there is an API that has to answer."""
        return "api" in self._running

    def set_clock(self, now: datetime) -> None:
        new = self._clock.with_suffix(".new")
        new.write_text(now.isoformat())
        new.replace(self._clock)

    def start(self, what: str) -> None:
        words = ["serve", str(self.port)] if what == "api" else ["work"]
        with (self._folder / f"{what}.log").open("ab") as log:
            self._running[what] = subprocess.Popen(
                [sys.executable, str(Path(__file__).with_name("day_server.py")), *words, str(self._clock)],
                cwd=ROOT,
                env=self._env,
                stdout=log,
                stderr=log,
            )

    def wait_for_api(self) -> None:
        def answers() -> bool:
            try:
                return httpx.get(f"http://127.0.0.1:{self.port}/ready").status_code == 200
            except httpx.TransportError:
                return False

        wait_until(answers, "the API answers")

    def kill(self, what: str) -> None:
        """At once, whatever it is doing."""
        process = self._running.pop(what)
        process.send_signal(signal.SIGKILL)
        process.wait()

    def stop(self) -> None:
        for what in list(self._running):
            self.kill(what)


class Desk:
    """A dispatcher, or an admin."""

    def __init__(self, port: int, login: str) -> None:
        self._client = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE_S)
        self._tokens = self._client.post("/v1/auth/login", json={"login": login, "password": PASSWORD}).json()

    def close(self) -> None:
        self._client.close()

    def _refresh(self) -> None:
        """The next tokens; each refresh token works once."""
        body = {"refresh_token": self._tokens["refresh_token"]}
        answer = self._client.post("/v1/auth/refresh", json=body)
        assert answer.status_code == 200, answer.text
        self._tokens = answer.json()

    def ask(self, method: str, path: str, body: Any = None, *, expect: int | None = None, **more: Any) -> Any:
        headers = {"Authorization": f"Bearer {self._tokens['access_token']}"} | more.pop("headers", {})
        answer = self._client.request(method, path, json=body, headers=headers, **more)
        if answer.status_code == 401 and answer.json()["code"] == "auth.expired":
            self._refresh()
            headers["Authorization"] = f"Bearer {self._tokens['access_token']}"
            answer = self._client.request(method, path, json=body, headers=headers, **more)
        good = answer.status_code < 300 if expect is None else answer.status_code == expect
        assert good, f"{method} {path}: {answer.status_code} {answer.text[:500]}"
        return answer

    def get(self, path: str, **params: Any) -> Any:
        return self.ask("GET", path, params=params).json()

    def change(self, plan: str, *, accept: bool = False, **words: Any) -> Any:
        headers = {}
        if accept:
            headers["If-Match"] = self.ask("GET", f"/v1/plans/{plan}").headers["ETag"]
        return self.ask("POST", f"/v1/plans/{plan}/changes", {"accept": accept, **words}, headers=headers).json()

    def publish(self, plan: str) -> Any:
        tag = self.ask("GET", f"/v1/plans/{plan}").headers["ETag"]
        return self.ask("POST", f"/v1/plans/{plan}/publish", headers={"If-Match": tag}).json()

    def plan_of(self, job: str) -> str:
        """The plan that a job made, once it is done."""

        def ended() -> Any:
            state = self.get(f"/v1/jobs/{job}")
            return state if state["state"] in ("done", "failed", "cancelled") else None

        state = wait_until(ended, f"job {job} ends")
        assert state["state"] == "done", state
        return str(state["plan"])
