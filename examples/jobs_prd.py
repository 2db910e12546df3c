"""Work and people of the demo day's repair company: what is repaired, and who can do it. All of it is made up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One kind of repair: its skills, usual time, parts used and tools needed."""

    name: str
    skills: Mapping[str, int]
    minutes: int
    parts: Mapping[str, int] = field(default_factory=dict)
    tools: frozenset[str] = frozenset()


JOBS: tuple[Job, ...] = (
    Job(name="lift-door", skills={"lift": 1}, minutes=75, parts={"door_roller": 1}),
    Job(name="lift-landing", skills={"lift": 2}, minutes=100, parts={"limit_switch": 1}),
    Job(
        name="lift-controller",
        skills={"lift": 3},
        minutes=135,
        parts={"relay_board": 1},
        tools=frozenset({"lift_terminal"}),
    ),
    Job(
        name="lift-ropes", skills={"lift": 4}, minutes=190, parts={"hoist_rope": 1}, tools=frozenset({"lift_terminal"})
    ),
    Job(name="infusion-pump", skills={"medical": 1}, minutes=65, tools=frozenset({"flow_analyser"})),
    Job(name="patient-monitor", skills={"medical": 2}, minutes=90, parts={"monitor_battery": 1}),
    Job(name="ultrasound", skills={"medical": 3}, minutes=125, parts={"probe_cable": 1}),
    Job(name="x-ray-tube", skills={"medical": 4}, minutes=180, parts={"xray_tube": 1}, tools=frozenset({"dosimeter"})),
    Job(name="access-point", skills={"network": 1}, minutes=65, parts={"access_point": 1}),
    Job(name="switch", skills={"network": 2}, minutes=90, parts={"switch_24": 1}),
    Job(name="fibre", skills={"network": 3}, minutes=120, tools=frozenset({"fibre_splicer"})),
    Job(name="core-router", skills={"network": 4}, minutes=155, parts={"router_card": 1}),
    Job(name="oven", skills={"appliance": 1}, minutes=65, parts={"heating_coil": 1}),
    Job(name="washer", skills={"appliance": 2}, minutes=80, parts={"drain_pump": 1}),
    Job(name="cold-room", skills={"appliance": 3}, minutes=125, parts={"compressor": 1}),
    Job(name="fan-coil", skills={"hvac": 1}, minutes=75, parts={"fan_motor": 1}),
    Job(
        name="split-unit", skills={"hvac": 2}, minutes=100, parts={"refrigerant": 2}, tools=frozenset({"recovery_pump"})
    ),
    Job(name="chiller", skills={"hvac": 3}, minutes=155, parts={"refrigerant": 3}, tools=frozenset({"recovery_pump"})),
)

HEAVY = frozenset({"hoist_rope", "xray_tube", "compressor"})
"""Parts that no van carries: they are fetched at a service centre on the way."""

STOCKED = frozenset(part for job in JOBS for part in job.parts)
"""What every service centre holds."""

TOOLS = frozenset(tool for job in JOBS for tool in job.tools)
"""What every service centre lends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """One kind of technician; `percent` as in :class:`dispatch.technicians.Technician`."""

    skills: Mapping[str, int]
    tools: frozenset[str]
    percent: Mapping[str, int] = field(default_factory=dict)


ROLES: dict[str, Role] = {
    "lift-senior": Role(skills={"lift": 4, "hvac": 1}, tools=frozenset({"lift_terminal"}), percent={"lift": 90}),
    "lift": Role(skills={"lift": 3, "appliance": 2}, tools=frozenset({"lift_terminal"})),
    "medical-senior": Role(
        skills={"medical": 4, "network": 1}, tools=frozenset({"dosimeter", "flow_analyser"}), percent={"medical": 90}
    ),
    "medical": Role(skills={"medical": 3, "network": 2}, tools=frozenset({"flow_analyser"})),
    "network-senior": Role(skills={"network": 4}, tools=frozenset({"fibre_splicer"}), percent={"network": 85}),
    "network": Role(
        skills={"network": 3, "appliance": 2}, tools=frozenset({"fibre_splicer"}), percent={"appliance": 115}
    ),
    "appliance": Role(skills={"appliance": 3, "hvac": 2}, tools=frozenset({"recovery_pump"})),
    "hvac": Role(skills={"hvac": 3, "appliance": 2}, tools=frozenset({"recovery_pump"})),
    "junior": Role(
        skills={"appliance": 2, "hvac": 2, "network": 1}, tools=frozenset({"recovery_pump"}), percent={"*": 120}
    ),
    "on-call": Role(skills={"lift": 2, "network": 3, "hvac": 3}, tools=frozenset({"fibre_splicer", "recovery_pump"})),
}

CREWS: dict[str, tuple[str, ...]] = {
    "GZ": (
        "lift-senior",
        "lift",
        "medical-senior",
        "medical",
        "network-senior",
        "network",
        "appliance",
        "hvac",
        "junior",
        "on-call",
    ),
    "SZ": (
        "lift-senior",
        "lift",
        "medical-senior",
        "medical",
        "network-senior",
        "network",
        "appliance",
        "hvac",
        "junior",
        "on-call",
    ),
    "DG": ("lift-senior", "lift", "medical", "network", "appliance", "hvac"),
    "FS": ("lift-senior", "lift", "medical", "network", "appliance", "hvac"),
    "ZS": ("lift", "medical", "network", "hvac"),
    "ZH": ("lift", "medical", "network", "hvac"),
}
"""Technicians of each service centre by role: 40 in all."""
