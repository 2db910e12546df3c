"""Measure the service: ``python -m benchmarks.service [--database URL] [--seconds S]``.

One run, one table: polls of an unchanged and of a changed route against an empty handler of the same framework, a large
import, an emergency's price, and phones that listen while a dispatcher moves visits. The load generator shares the
machine with what it measures.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from api.inputs import to_json
from benchmarks.random_day import random_day
from benchmarks.roads.timing import provenance
from benchmarks.service.listening import listen
from benchmarks.service.load import Load, get, load

CONNECTIONS = 50
TICKETS, TECHNICIANS = 1_000, 120
IMPORTED = 20_000


@contextmanager
def launched(*words: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """A process that serves, on a free port; what it said when it began."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "benchmarks.service.launch", str(port), *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            assert process.stdout is not None
            said = json.loads(process.stdout.readline())
            for _ in range(600):
                with socket.socket() as probe:
                    if probe.connect_ex(("127.0.0.1", port)) == 0:
                        break
                time.sleep(0.05)
            yield port, said
        finally:
            process.terminate()


class Client:
    """Plain requests of the dispatcher."""

    def __init__(self, port: int, token: str) -> None:
        self._host, self._token = f"http://127.0.0.1:{port}", token

    def send(self, method: str, path: str, body: object = None, **headers: str) -> tuple[Any, Any]:
        """Answer and headers."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self._host + path, data=data, method=method)
        request.add_header("Authorization", f"Bearer {self._token}")
        request.add_header("Content-Type", "application/json")
        for name, value in headers.items():
            request.add_header(name.replace("_", "-"), value)
        with urllib.request.urlopen(request, timeout=600) as answer:
            text = answer.read()
            return json.loads(text) if text else None, answer.headers

    def planned(self, span: dict[str, str]) -> str:
        """A plan of the day, in force."""
        job, _ = self.send("POST", "/v1/plans", span | {"engine": "greedy", "iterations": 1})
        while job["state"] in ("queued", "running"):
            time.sleep(0.2)
            job, _ = self.send("GET", f"/v1/jobs/{job['id']}")
        _, headers = self.send("GET", f"/v1/plans/{job['plan']}")
        self.send("POST", f"/v1/plans/{job['plan']}/publish", If_Match=headers["ETag"])
        return str(job["plan"])


def polls(port: int, tokens: dict[str, str], span: dict[str, str], seconds: float) -> dict[str, Load]:
    """Polls of routes: unchanged, kept since the last change, and made anew for every request."""
    phones = [token for name, token in tokens.items() if name != "dispatcher"]
    path = f"/v1/me/route?start={quote(span['start'])}&end={quote(span['end'])}"
    tags = []
    for token in phones:
        request = urllib.request.Request(f"http://127.0.0.1:{port}{path}")
        request.add_header("Authorization", f"Bearer {token}")
        with urllib.request.urlopen(request, timeout=60) as answer:
            tags.append(answer.headers["ETag"])
    unchanged = [get(path, token, If_None_Match=tag) for token, tag in zip(phones, tags, strict=True)]
    changed = [get(path, token) for token in phones]
    count = len(phones)

    def anew(own: int, number: int) -> bytes:
        """A span that nobody has asked for: nothing that is kept can answer it."""
        end = span["end"].replace("+", f".{(own * 10_000 + number) % 1_000_000:06d}+")
        return get(f"/v1/me/route?start={quote(span['start'])}&end={quote(end)}", phones[own % count])

    run = {"connections": CONNECTIONS, "seconds": seconds}
    return {
        "unchanged route (304)": load(port, lambda own, number: unchanged[(own + number) % count], **run),
        "changed route, made for an earlier poll": load(
            port, lambda own, number: changed[(own + number) % count], **run
        ),
        "changed route, made anew": load(port, anew, **run),
    }


def emergencies(client: Client, plan: str, count: int = 20) -> tuple[float, float]:
    """Seconds until the difference of an emergency is there: the first, which reads the day, and the median."""
    took_s = []
    for number in range(count):
        fields = {"lat": 48.1, "lon": 11.6 + number / 1000, "tier": "enterprise", "opened": "2026-03-02T07:30:00+01:00"}
        client.send("PUT", f"/v1/tickets/E{number}", fields | {"duration_min": 30, "skills": {"lift": 1}})
        begun_s = time.perf_counter()
        answer, _ = client.send("POST", f"/v1/plans/{plan}/changes", {"kind": "move", "ticket": f"E{number}"})
        took_s.append(time.perf_counter() - begun_s)
        assert answer["technician"], answer
    return took_s[0], statistics.median(took_s[1:])


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Measure the service.")
    parser.add_argument("--database", help="address of an empty PostgreSQL database; default: a SQLite file")
    parser.add_argument("--seconds", type=float, default=10.0, help="length of each load")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="callout-load-") as folder:
        url = options.database or f"sqlite:///{Path(folder)}/load.sqlite"
        with launched("empty") as (port, _):
            load(port, lambda own, number: get("/"), connections=CONNECTIONS, seconds=2)
            empty = load(port, lambda own, number: get("/"), connections=CONNECTIONS, seconds=options.seconds)
        with launched(url, str(TICKETS), str(TECHNICIANS)) as (port, said):
            client = Client(port, said["tokens"]["dispatcher"])
            plan = client.planned(said["span"])
            rows = {"empty handler": empty} | polls(port, said["tokens"], said["span"], options.seconds)
            _show_loads(rows, "PostgreSQL" if options.database else "SQLite")
            first_s, usual_s = emergencies(client, plan)
            print(
                f"\nemergency priced in a plan of {TICKETS:,}: first {first_s:.3f} s, then {usual_s:.3f} s", flush=True
            )
            print(asyncio.run(listen(port, said["tokens"], client, plan)), flush=True)
            many = to_json(random_day(IMPORTED, 5, seed=2))
            many["tickets"] = [one | {"id": f"I{one['id']}"} for one in many["tickets"]]
            document = {name: many[name] for name in ("plan", "centres", "technicians", "shifts", "tickets")}
            begun_s = time.perf_counter()
            client.send("POST", "/v1/imports", document)
            import_s = time.perf_counter() - begun_s
    print(f"{IMPORTED:,} tickets imported in {import_s:.1f} s")


def _show_loads(rows: dict[str, Load], database: str) -> None:
    """The table, as soon as it is there."""
    empty = rows["empty handler"]
    print(f"{database}; {provenance()}\n")
    print("| what | per second | ratio | p50 | p99 | answers |\n|---|---|---|---|---|---|")
    for name, one in rows.items():
        print(
            f"| {name} | {one.per_s:,.0f} | {one.per_s / empty.per_s:.2f} | {one.p50_ms:.1f} ms | {one.p99_ms:.1f} ms "
            f"| {one.statuses} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
