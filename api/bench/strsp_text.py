"""Reader of the service technician instances: a task file, and the two files of technicians that go with it."""

from __future__ import annotations

from pathlib import Path

from api.bench.case import unreadable
from api.bench.sources import Source
from api.bench.strsp import StrspCase, Task
from dispatch.errors import UnsupportedError

CREWS = {"full": "technicians_noTeam", "reduced": "techniciansReduced_noTeam"}
"""Crew, and the folder beside the tasks' folder that holds its files."""

COLUMNS = 8
"""Number x y demand ready due service cost; then the demands by domain and level."""

LEVELS = 4
"""Levels in each domain (``x4`` in the names)."""


def read_strsp(source: Source, text: str) -> list[StrspCase]:
    """Read the instances of a task file: one for each crew whose file is there.

    Raises
    ------
    UnsupportedError
        ``bench.unsupported`` when tasks need teams.
    InputError
        ``bench.unreadable`` with the row.
    """
    tasks = _tasks(source, text)
    if any(needed > 1 for task in tasks for row in task.demand for needed in row):
        raise UnsupportedError(
            "bench.unsupported",
            f"{source.label}: its tasks need teams that travel together all day; only the noTeam instances are planned",
        )
    cases = []
    for crew, folder in CREWS.items():
        file = Source(path=source.path.parent.parent / folder / f"technicians_{source.stem}.txt")
        if file.path.is_file():
            name = source.stem if crew == "full" else f"{source.stem}_{crew}"
            technicians = _technicians(file, len(tasks[0].demand))
            cases.append(StrspCase(name=name, crew=crew, tasks=tasks, technicians=technicians))
    if not cases:
        wanted = Path("..") / CREWS["full"] / f"technicians_{source.stem}.txt"
        raise unreadable(source.label, f"its technicians are missing: there is no {wanted.as_posix()} beside it")
    return cases


def _table(source: Source, text: str, head: str) -> list[tuple[int, list[int]]]:
    """Rows of whole numbers below the line that starts with `head`."""
    lines = text.splitlines()
    first = next((row for row, line in enumerate(lines, start=1) if line.startswith(head)), 0)
    if not first:
        raise unreadable(source.label, f"expected a table with the head {head!r}")
    rows = []
    for row, line in enumerate(lines[first:], start=first + 1):
        words = line.split()
        if not words:
            continue
        if not all(word.isdecimal() for word in words):
            raise unreadable(source.label, "expected whole numbers, none negative", row=row, value=line.strip()[:60])
        rows.append((row, [int(word) for word in words]))
    return rows


def _tasks(source: Source, text: str) -> tuple[Task, ...]:
    tasks: list[Task] = []
    wide = 0
    for row, values in _table(source, text, "CUST NO."):
        wide = wide or len(values)
        if len(values) != wide or wide <= COLUMNS or (wide - COLUMNS) % LEVELS or values[0] != len(tasks) + 1:
            message = (
                f"expected number x y demand ready due service cost and {LEVELS} demands a domain, from 1 in order"
            )
            raise unreadable(source.label, message, row=row)
        number, x, y, _, ready, due, service, _ = values[:COLUMNS]
        if due < ready:
            raise unreadable(source.label, "the due time is before the ready time", row=row, value=str(number))
        rows = (values[k : k + LEVELS] for k in range(COLUMNS, wide, LEVELS))
        demand = tuple(tuple(row) for row in rows)
        tasks.append(Task(x=x, y=y, ready=ready, due=due, service=service, demand=demand))
    if len(tasks) < 2:
        raise unreadable(source.label, "there is no task")
    return tuple(tasks)


def _technicians(source: Source, domains: int) -> tuple[tuple[int, ...], ...]:
    levels: list[tuple[int, ...]] = []
    for row, values in _table(source, source.text(), "ID"):
        if len(values) != domains + 1 or values[0] != len(levels) + 1 or max(values[1:]) > LEVELS:
            raise unreadable(
                source.label, f"expected a number from 1 in order and {domains} levels 0..{LEVELS}", row=row
            )
        levels.append(tuple(values[1:]))
    if not levels:
        raise unreadable(source.label, "there is no technician")
    return tuple(levels)
