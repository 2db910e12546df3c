"""``callout scenario sites``: which of some candidate sites to open, proved on the travel times of a source."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.options import Input, Travel

if TYPE_CHECKING:
    from scenarios.location.answer import Answer


def sites(
    input_path: Input,
    candidates: Annotated[
        Path,
        typer.Option(
            "--candidates",
            metavar="FILE",
            help="CSV: id, lat, lon; also status, capacity_h, rent, wages, tax, closing, price_per_hour.",
        ),
    ],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="Where to write the answer, as JSON.")],
    model: Annotated[
        str,
        typer.Option(
            "--model",
            metavar="NAME",
            help="set-cover, backup-cover, max-cover, p-median, p-center, capacitated-median, fixed-charge or "
            "staffed-cover.",
        ),
    ] = "p-median",
    count: Annotated[int | None, typer.Option("--p", metavar="N", help="How many sites are open.")] = None,
    minutes: Annotated[
        float | None, typer.Option("--minutes", metavar="M", help="Travel time that a site covers.")
    ] = None,
    budget: Annotated[
        float | None, typer.Option("--budget", metavar="MONEY", help="Most that sites may cost a year.")
    ] = None,
    tier_minutes: Annotated[
        list[str] | None,
        typer.Option("--tier-minutes", metavar="TIER=M", help="The same for the visits of a tier; may be repeated."),
    ] = None,
    trades: Annotated[
        Path | None,
        typer.Option("--trades", metavar="FILE", help="Technicians to hire, CSV: id, skills, hours, wage."),
    ] = None,
    tier_weight: Annotated[
        list[str] | None,
        typer.Option("--tier-weight", metavar="TIER=N", help="Worth of a visit of a tier, else 1; may be repeated."),
    ] = None,
    share: Annotated[
        float | None,
        typer.Option("--share", metavar="PART", help="Cover this part of the visits at the least cost, 0..1."),
    ] = None,
    travel_price: Annotated[
        float, typer.Option("--travel-price", metavar="MONEY", help="Cost of an hour of driving, for fixed-charge.")
    ] = 0.0,
    travel: Travel = None,
    alternatives: Annotated[int, typer.Option("--alternatives", help="How many other good choices to show.")] = 3,
    seconds: Annotated[float, typer.Option("--seconds", help="Time to look for a proof of each choice.")] = 60.0,
    *,
    curve: Annotated[
        bool,
        typer.Option(
            "--curve", help="Also answer for every number of sites up to --p, or for half to twice the budget."
        ),
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No table.")] = False,
) -> None:
    """Choose sites for the tickets of an input. Its centres stand today, and may be closed."""
    from api.cli.geo_options import minutes_s
    from api.cli.waiting import waiting
    from api.files import require_writable, write_atomically
    from api.inputs import read_day
    from api.sites_file import read_sites
    from api.sites_json import answer_document
    from api.trades_file import read_trades
    from dispatch.errors import UsageError
    from geo.registry import travel_source
    from scenarios.location.answer import Ask
    from scenarios.location.from_day import demand_of, sites_of
    from scenarios.location.options import alternatives as others_of
    from scenarios.location.options import curve_of_budget, curve_of_count
    from scenarios.location.problem import location_problem
    from scenarios.location.registry import model as model_named
    from scenarios.location.staffing import Staffing

    chosen = model_named(model)
    unused = [
        name
        for name, given, field in (
            ("--p", count, "count"),
            ("--minutes", minutes, "limit_s"),
            ("--tier-minutes", tier_minutes, "limit_by_tier"),
            ("--budget", budget, "budget_cents"),
            ("--trades", trades, "staffing"),
            ("--tier-weight", tier_weight, "staffing"),
            ("--share", share, "staffing"),
        )
        if given is not None and field not in chosen.uses
    ]
    if unused:
        raise UsageError("location.unused", f"model {model} has no {', '.join(unused)}")
    if share is not None and not 0 < share <= 1:
        raise UsageError("location.share", f"--share {share:g}: a part is more than 0 and at most 1")
    limits = {tier: minutes_s(number) for tier, number in _by_tier("--tier-minutes", tier_minutes).items()}
    worth = {tier: round(number) for tier, number in _by_tier("--tier-weight", tier_weight).items()}
    if any(number < 1 for number in worth.values()):
        raise UsageError("location.tier", "--tier-weight: a worth is a whole number from 1")
    require_writable(out)
    day = read_day(input_path)
    offered = read_sites(candidates)
    ask = Ask(
        count=count,
        limit_s=None if minutes is None else minutes_s(minutes),
        limit_by_tier=limits,
        budget_cents=None if budget is None else round(budget * 100),
        seconds=seconds,
        staffing=None if trades is None else Staffing(trades=read_trades(trades), tier_weights=worth, share=share),
    )
    with waiting("sites", shown=not quiet) as show:
        show("travel times")
        source = travel_source(travel or day.travel.source, settings=day.travel)
        problem = location_problem(
            sites_of(day.problem, offered),
            demand_of(day.problem),
            source,
            travel_cents_per_hour=round(travel_price * 100),
        )
        show(f"{model}: best choice")
        best = chosen.solve(problem, ask)
        others: list[Answer] = []
        points: list[tuple[str, float, Answer]] = []
        if best.feasible and alternatives > 0:
            show(f"{model}: alternatives")
            others = others_of(problem, ask, chosen, best=best, wanted=alternatives)
        if curve and count is not None:
            show(f"{model}: curve")
            points = [("p", number, one) for number, one in curve_of_count(problem, ask, chosen, most=count)]
        elif curve and ask.budget_cents is not None:
            budgets = [ask.budget_cents * step // 4 for step in range(2, 9)]
            points = [
                ("budget_cents", cents, one)
                for cents, one in curve_of_budget(problem, ask, chosen, budgets_cents=budgets)
            ]
    document = answer_document(best, alternatives=others, curve=points)
    write_atomically(out, json.dumps(document, ensure_ascii=False, indent=1) + "\n")
    if not quiet:
        _show(best, others, points)


def _by_tier(option: str, words: Sequence[str] | None) -> dict[str, float]:
    """Numbers of ``TIER=NUMBER``."""
    from dispatch.errors import UsageError

    found = {}
    for word in words or ():
        tier, equals, number = word.partition("=")
        try:
            found[tier.strip()] = float(number)
        except ValueError:
            equals = ""
        if not equals or not tier.strip() or not abs(found[tier.strip()]) < 1e6:
            raise UsageError("location.tier", f"{option} {word}: TIER=NUMBER is needed")
    return found


def _show(best: Answer, others: list[Answer], points: list[tuple[str, float, Answer]]) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console()
    table = Table("choice", "sites", "objective", "proof", title=best.model, title_justify="left")
    rows = [
        ("best", best),
        *((f"other {number}", one) for number, one in enumerate(others, start=1)),
        *((f"{name} = {value:g}", one) for name, value, one in points),
    ]
    for name, one in rows:
        proof = "optimal" if one.proved else f"gap {one.gap:.2%}"
        if one.feasible:
            table.add_row(name, ", ".join(one.opened), f"{one.objective:,.0f} {one.unit}", proof)
        else:
            table.add_row(name, "none", "", "infeasible")
    console.print(table)
    for site, row in best.staff.items():
        names = ", ".join(f"{number} {trade}" for trade, number in row.items())
        console.print(f"{site} hires {names}", markup=False, highlight=False, soft_wrap=True)
    for relief in best.reliefs:
        console.print(relief.message, markup=False, highlight=False, soft_wrap=True)
