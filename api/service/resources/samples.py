"""Examples of the OpenAPI document that are longer than a line: inputs as docs/input.md has them."""

from __future__ import annotations

from typing import Any

CENTRE = {"lat": 23.13, "lon": 113.26}
TECHNICIAN = {"skills": {"network": 3}, "home_lat": 23.11, "home_lon": 113.27, "centre": "GZ"}
SHIFT = {"technician": "GZ-T01", "start": "2026-03-02T08:00:00+08:00", "end": "2026-03-02T18:00:00+08:00"}
TICKET = {
    "lat": 23.12,
    "lon": 113.33,
    "tier": "enterprise",
    "opened": "2026-03-02T07:00:00+08:00",
    "duration_min": 45,
    "skills": {"network": 2},
}
OBJECTS: dict[str, dict[str, Any]] = {"centres": CENTRE, "technicians": TECHNICIAN, "shifts": SHIFT, "tickets": TICKET}
"""One object of each list, without its id."""

DOCUMENT: dict[str, Any] = {
    "plan": {"start": "2026-03-02T00:00:00+08:00", "end": "2026-03-03T00:00:00+08:00"},
    "centres": [{"id": "GZ", **CENTRE}],
    "technicians": [{"id": "GZ-T01", **TECHNICIAN}],
    "shifts": [{"id": "GZ-T01-mon", **SHIFT}],
    "tickets": [{"id": "T-001", **TICKET}],
    "customers": [{"id": "K-001", "name": "Chen Wei", "phone": "+86 20 0000 0000", "tickets": ["T-001"]}],
}
TABLE = "id,lat,lon,tier,opened,duration_min,skills\nT-002,23.13,113.27,basic,2026-03-02T06:30+08:00,30,network:1\n"
