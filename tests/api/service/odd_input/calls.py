"""Parts of good calls, which the tests make odd."""

from __future__ import annotations

DAY = {"start": "2026-03-02T00:00:00+08:00", "end": "2026-03-03T00:00:00+08:00"}
ORDER = DAY | {"engine": "greedy", "iterations": 10}
TICKET = {"lat": 31.2, "lon": 121.4, "tier": "basic", "opened": "2026-03-02T06:00:00+08:00", "duration_min": 30}
EVENT = {"id": "event-0001", "visit": "v", "kind": "note", "at": "2026-03-02T09:00:00+08:00"}
JSON = {"Content-Type": "application/json"}
BINARY = {"Content-Type": "application/octet-stream"}


def rules(answer):
    return {fault["rule"] for fault in answer.json()["faults"]}
