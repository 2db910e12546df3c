"""Reading scenario files: a chain of bases, or all faults of all its files at once."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from api.inputs.columns import Bad, Wrong, convert_fields
from api.inputs.composites import items_of, mapping_of
from api.inputs.documents import parse_toml
from api.inputs.files import read_text
from api.inputs.read import DayInput, read_day
from api.inputs.report import Report
from api.inputs.times import Times
from api.scenarios.forms import CHANGES, SETTINGS, TOP, prices, seconds_fields, written_section
from dispatch.errors import Fault, InputError
from scenarios.simulation.world import Chances, Play
from scenarios.study.setup import Change, Prices, Setup

DEFAULT_DAYS = 30
TIMES = Times()


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A change, and where it stands."""

    change: Change
    file: str
    path: str


@dataclass(slots=True, kw_only=True)
class Text:
    """One file of the chain, as far as it is right."""

    path: Path
    values: dict[str, dict[str, Any]] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScenarioFile:
    """A scenario that is right.

    Parameters
    ----------
    path : Path
        The file.
    title : str
    days, seed : int
    input, past : Path
        Where the typical day and the past tickets stand.
    day : DayInput
        The typical day of the input, without changes.
    setup : Setup
        With all changes.
    play : Play
    chances : Chances
    demand_kind : str
        ``sampled`` or ``replayed``.
    closes_h : int
        Tickets opened from this hour on wait for the next morning.
    changes : tuple of str
        Section and word of each change, in order, for people.
    """

    path: Path
    title: str
    days: int
    seed: int
    input: Path
    past: Path
    day: DayInput
    setup: Setup
    play: Play
    chances: Chances
    demand_kind: str
    closes_h: int
    changes: tuple[str, ...]


def read_scenario(path: Path) -> ScenarioFile:
    """Read a file and its bases.

    Raises
    ------
    InputError
        ``input.invalid`` with all faults of all files at once.
    """
    report = Report()
    chain = _chain(path, report)
    merged = {section: _merged(chain, section) for section in ("", *SETTINGS)}
    day = _input(chain, merged[""], report)
    play = _made(lambda: Play(**seconds_fields(merged["play"])), "play", path, report)
    chances = _made(lambda: Chances(**seconds_fields(merged["chances"])), "chances", path, report)
    money = _made(lambda: prices(merged["prices"]), "prices", path, report)
    _check_engine(merged["play"].get("engine"), path, report)
    setup = None if day is None else Setup(problem=day.problem, prices=money or Prices())
    if setup is not None:
        for name in setup.prices.rent_cents_per_year:
            known = setup.problem.centre_by_id
            if name not in known:
                report.add(
                    "centre.unknown",
                    "no such centre in the input; a new one has its rent in sites.open",
                    file=path.name,
                    field="prices.rent_per_year",
                    value=name,
                    known=list(known),
                )
        for one in chain:
            for entry in one.entries:
                setup = entry.change.apply(setup, _noter(entry, report))
    if report.faults or day is None or setup is None or play is None or chances is None:
        raise InputError.from_faults(report.faults)
    top = merged[""]
    return ScenarioFile(
        path=path,
        title=chain[-1].values[""].get("title", path.stem),
        days=top.get("days", DEFAULT_DAYS),
        seed=top.get("seed", 1),
        input=top["input"],
        past=merged["demand"].get("past", top["input"]),
        day=day,
        setup=setup,
        play=play,
        chances=chances,
        demand_kind=merged["demand"].get("kind", "sampled"),
        closes_h=merged["demand"].get("closes_h", 24),
        changes=tuple(entry.path for one in chain for entry in one.entries),
    )


def read_scenarios(paths: Collection[Path]) -> list[ScenarioFile]:
    """Read several files; the faults of all at once."""
    read, faults = [], list[Fault]()
    for path in paths:
        try:
            read.append(read_scenario(path))
        except InputError as error:
            faults += [fault for fault in error.faults if fault not in faults]
    if faults:
        raise InputError.from_faults(faults)
    return read


def _chain(path: Path, report: Report) -> list[Text]:
    """The file's bases, the farthest first, then the file itself."""
    chain: list[Text] = []
    seen: list[Path] = []
    current: Path | None = path
    while current is not None:
        here = current.resolve()
        if here in seen:
            names = " -> ".join(one.name for one in (*seen[seen.index(here) :], here))
            report.add("scenario.cycle", f"bases lead in a circle: {names}", file=seen[-1].name, field="base")
            break
        seen.append(here)
        text = read_text(current, current.name, report)
        document = None if text is None else parse_toml(text, current.name, report)
        one = Text(path=current)
        _read(document or {}, one, report)
        chain.insert(0, one)
        base = one.values[""].get("base")
        current = None if base is None else current.parent / base
    return chain


def _read(document: Mapping[str, Any], text: Text, report: Report) -> None:
    """Fill settings and changes of one file."""
    name = text.path.name
    sections = {*SETTINGS, *map(written_section, CHANGES)}
    top = {key: value for key, value in document.items() if key not in sections}
    text.values[""] = _converted(TOP, top, "", name, report, also=sections)
    for key in ("input", "past"):
        _beside(text.values[""], key, text.path)
    words = dict[str, dict[str, Any]]()
    for section in sections:
        try:
            words[section] = mapping_of(document.get(section, {}))
        except Bad as error:
            _note(error.wrongs, section, name, report)
            words[section] = {}
    for section in sections:
        known = {word for key, forms in CHANGES.items() if written_section(key) == section for word in forms}
        settings = {key: value for key, value in words[section].items() if key not in known}
        values = _converted(SETTINGS.get(section, {}), settings, f"{section}.", name, report, also=known)
        _beside(values, "past", text.path)
        text.values[section] = values
    for key, forms in CHANGES.items():
        section = written_section(key)
        for word, form in forms.items():
            if word not in words[section]:
                continue
            try:
                items = items_of(words[section][word])
            except Bad:
                report.add(
                    "value.type", f"write [[{section}.{word}]]", file=name, field=f"{section}.{word}", value=word
                )
                continue
            for number, item in enumerate(items):
                path = f"{section}.{word}[{number}]"
                try:
                    change = form.convert(item, TIMES)
                    text.entries.append(Entry(change=change, file=name, path=path))
                except Bad as error:
                    _note(error.wrongs, path, name, report)


def _converted(
    columns: Mapping[str, Any], raw: Mapping[str, Any], path: str, file: str, report: Report, *, also: Collection[str]
) -> dict[str, Any]:
    wrongs: list[Wrong] = []
    values = convert_fields({name: columns[name] for name in columns}, raw, TIMES, wrongs)
    for wrong in wrongs:
        known = {*wrong.known, *also} if wrong.rule == "key.unknown" else wrong.known
        report.add(
            wrong.rule, wrong.message, file=file, field=path + wrong.path[1:], value=wrong.value, known=sorted(known)
        )
    return values


def _note(wrongs: Collection[Wrong], path: str, file: str, report: Report) -> None:
    for wrong in wrongs:
        report.add(wrong.rule, wrong.message, file=file, field=path + wrong.path, value=wrong.value, known=wrong.known)


def _noter(entry: Entry, report: Report) -> Any:
    def note(rule: str, message: str, *, field: str = "", value: object = "", known: Collection[str] = ()) -> None:
        where = f"{entry.path}.{field}" if field else entry.path
        report.add(rule, message, file=entry.file, field=where, value=value, known=known)

    return note


def _beside(values: dict[str, Any], key: str, path: Path) -> None:
    if key in values:
        values[key] = path.parent / values[key]


def _merged(chain: list[Text], section: str) -> dict[str, Any]:
    merged: dict[str, Any] = {}
    for one in chain:
        merged |= one.values.get(section, {})
    return merged


def _input(chain: list[Text], top: Mapping[str, Any], report: Report) -> DayInput | None:
    """The typical day; its faults name its own files."""
    if "input" not in top:
        if not any(fault.rule == "scenario.cycle" or fault.rule.startswith("file.") for fault in report.faults):
            report.add("value.missing", "a value is needed: here, or in a base", file=chain[0].path.name, field="input")
        return None
    try:
        return read_day(top["input"])
    except InputError as error:
        report.faults += _inside(error.faults, top["input"])
        return None


def _inside(faults: Collection[Fault], folder: Path) -> Iterator[Fault]:
    for fault in faults:
        file = f"{folder.name}/{fault.file}" if fault.file and fault.file != folder.name else folder.name
        yield dataclasses.replace(fault, file=file)


def _made[T](make: Callable[[], T], section: str, path: Path, report: Report) -> T | None:
    try:
        return make()
    except InputError as error:
        for fault in error.faults:
            report.add(fault.rule, fault.message, file=path.name, field=f"{section}.{fault.field}", value=fault.value)
        return None


def _check_engine(name: str | None, path: Path, report: Report) -> None:
    from solver.registry import ENGINES

    if name is not None and name not in ENGINES:
        report.add(
            "engine.unknown", "no such engine", file=path.name, field="play.engine", value=name, known=list(ENGINES)
        )
