"""Options and steps that several commands share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from dispatch.ports import TravelTimes
    from dispatch.problem import Problem
    from dispatch.travel import Travel as LegsOfDay

Input = Annotated[Path, typer.Argument(metavar="INPUT", help="Folder with plan.toml and CSV files, or one JSON file.")]
Travel = Annotated[
    str | None,
    typer.Option(
        "--travel",
        metavar="SOURCE",
        help="Travel times: geodesic, matrix:FILE, roads:FILE, osrm:URL, valhalla:URL. Default: what the input says.",
    ),
]
Weight = Annotated[
    list[str] | None,
    typer.Option("--weight", metavar="NAME=VALUE", help="Set one weight of the cost; may be repeated."),
]
MAX_DIGITS = 18
"""Longest number of ``--weight``; the weight itself knows how large it may be."""

Ray = Annotated[
    str | None,
    typer.Option(
        "--ray",
        metavar="ADDRESS",
        help="Ray cluster to run on: HOST:PORT, auto, or local. Default: processes of this machine.",
    ),
]
Language = Annotated[str, typer.Option("--lang", metavar="en|zh", help="Language of texts.")]


def load(path: Path, travel: str | None, weights: Sequence[str] | None) -> tuple[Problem, LegsOfDay]:
    """Read the input, apply weights, and ask the travel source for all legs."""
    problem, legs, _ = load_with_source(path, travel, weights)
    return problem, legs


def load_with_source(
    path: Path, travel: str | None, weights: Sequence[str] | None, *, progress: bool = False
) -> tuple[Problem, LegsOfDay, TravelTimes]:
    """As :func:`load`, with the source, which may know more than legs; with `progress` stderr shows the waiting."""
    from api.cli.waiting import waiting
    from api.inputs import read_day
    from dispatch.service import travel_of
    from geo.registry import travel_source

    day = read_day(path)
    problem = with_weights(day.problem, weights or ())
    name = travel or day.travel.source
    with waiting(f"travel times: {name}", shown=progress):
        source = travel_source(name, settings=day.travel)
        return problem, travel_of(problem, source), source


def with_weights(problem: Problem, settings: Sequence[str]) -> Problem:
    """Apply ``name=value`` settings.

    Raises
    ------
    UsageError
        ``weight.unknown`` or ``weight.value``.
    """
    import dataclasses

    from dispatch.errors import InputError, UsageError
    from dispatch.weights import Weights

    known = {item.name for item in fields(Weights)}
    values: dict[str, int] = {}
    for setting in settings:
        name, _, value = setting.partition("=")
        if name not in known:
            raise UsageError("weight.unknown", f"no weight {name!r}; there are: {', '.join(sorted(known))}")
        if not value.isdecimal() or len(value) > MAX_DIGITS:
            raise UsageError("weight.value", f"{setting[:80]!r}: expected {name}=WHOLE_NUMBER")
        values[name] = int(value)
    try:
        return problem.replace(weights=dataclasses.replace(problem.weights, **values)) if values else problem
    except InputError as error:
        raise UsageError("weight.value", str(error.faults[0])) from None


def check_language(language: str) -> None:
    """Raise ``language.unknown`` unless there are texts in it."""
    from dispatch.errors import UsageError
    from dispatch.explain import LANGUAGES

    if language not in LANGUAGES:
        raise UsageError("language.unknown", f"no language {language!r}; there are: {', '.join(LANGUAGES)}")
