"""Seconds of calls, memory of a process, and where a measurement was made."""

from __future__ import annotations

import os
import platform
import resource
import statistics
import subprocess
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path


def seconds_of(call: Callable[[], object]) -> float:
    """Seconds of one call."""
    begun = time.perf_counter()
    call()
    return time.perf_counter() - begun


def median_s(call: Callable[[], object], runs: int) -> float:
    """Median seconds of some calls."""
    return statistics.median(seconds_of(call) for _ in range(runs))


def peak_mib() -> float:
    """Largest memory of this process so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def provenance() -> str:
    """Commit, date, processor and Python, as the tables of ``docs/benchmarks.md`` name them."""
    command = ["git", "-C", str(Path(__file__).parent), "describe", "--always", "--dirty"]
    commit = subprocess.run(command, capture_output=True, encoding="utf-8", check=False).stdout.strip() or "unknown"
    day = datetime.now(UTC).date().isoformat()
    return f"commit {commit}, {day}, {os.cpu_count()} cores of {_processor()}, CPython {platform.python_version()}"


def _processor() -> str:
    facts = Path("/proc/cpuinfo")
    lines = facts.read_text(encoding="utf-8").splitlines() if facts.is_file() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()
