"""A plan as tables for the terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from rich.columns import Columns
from rich.console import Console
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from api.report.data import day_text, is_possible
from api.report.figures import cost_rows, distance_text, duration_text, kpi_rows, money_text
from api.report.labels import labels
from dispatch.explain import text
from dispatch.objective import overtime_s
from dispatch.plan import Plan, Route, Unserved
from dispatch.problem import Problem

ROUTES_SHOWN = 40
UNSERVED_SHOWN = 20
ROUTE_COLUMNS = ("technician", "day", "visits", "departure", "return", "travel", "distance", "overtime", "late")
LEAST_IMPORTANT_FIRST = ("distance", "travel", "visits", "overtime", "departure")
NAME_WIDTH = 14
"""A longer name of a technician may take several lines."""

BORDER_WIDTH = 3
"""Of each column: a line and a space on both sides."""


def print_plan(console: Console, problem: Problem, plan: Plan, language: str = "en") -> None:
    """Print routes, figures, cost and unserved tickets.

    Of more than 40 routes those with lateness or overtime are kept first, of unserved tickets the first 20; a
    line says how many are left out. Texts of the input are printed as they are, markup in them means nothing.

    Parameters
    ----------
    console : Console
        Where to.
    problem, plan
        What was planned, and the answer.
    language : str
        ``en`` or ``zh``.

    Raises
    ------
    UsageError
        ``report.language`` when the language is not spoken.
    """
    words = labels(language)
    shown = _routes_to_show(problem, plan.routes)
    console.print(_route_table(console, problem, shown, language))
    _say_rest(console, words["more_routes"], len(plan.routes) - len(shown))
    console.print(Columns([_kpi_panel(plan, language), _cost_panel(plan, language)]))
    if plan.unserved:
        console.print(_unserved_table(problem, plan.unserved[:UNSERVED_SHOWN], language))
        _say_rest(console, words["more_unserved"], len(plan.unserved) - UNSERVED_SHOWN)


def _say_rest(console: Console, words: str, count: int) -> None:
    if count > 0:
        console.print(Text(words.format(count), style="dim"))


def _late(route: Route) -> int:
    return sum(bool(visit.late) for visit in route.visits)


def _routes_to_show(problem: Problem, routes: Sequence[Route]) -> list[Route]:
    """At most `ROUTES_SHOWN`, in their order; those that need a look before the others."""
    ranked = sorted(routes, key=lambda route: not _late(route) and not overtime_s(problem, route))  # stable
    kept = {route.shift_id for route in ranked[:ROUTES_SHOWN]}
    return [route for route in routes if route.shift_id in kept]


def _route_table(console: Console, problem: Problem, routes: Sequence[Route], language: str) -> Table:
    """The routes without the least important columns that the console has no room for."""
    words = labels(language)
    rows = [_route_cells(problem, route, language) for route in routes]
    wide = {
        key: max(cell_len(str(cell)) for cell in (words[key], *(row[key] for row in rows))) for key in ROUTE_COLUMNS
    }
    wide["technician"] = min(wide["technician"], NAME_WIDTH)
    columns = list(ROUTE_COLUMNS)
    for key in LEAST_IMPORTANT_FIRST:
        if sum(wide[one] + BORDER_WIDTH for one in columns) < console.width:
            break
        columns.remove(key)
    table = Table(title=words["routes"], title_justify="left", header_style="bold")
    for key in columns:
        table.add_column(
            words[key],
            justify="left" if key in ("technician", "day") else "right",
            no_wrap=key != "technician",
            overflow="fold",
            min_width=wide[key],
        )
    for row in rows:
        table.add_row(*(row[key] for key in columns))
    return table


def _route_cells(problem: Problem, route: Route, language: str) -> dict[str, str | Text]:
    technician = problem.technician_by_id[route.technician_id]
    leaves, returns = problem.instant(route.departure_s), problem.instant(route.return_s)
    days = (returns.date() - leaves.date()).days
    over_s, late = overtime_s(problem, route), _late(route)
    return {
        "technician": Text(technician.name or technician.id),
        "day": day_text(leaves.date(), language),
        "visits": str(len(route.visits)),
        "departure": f"{leaves:%H:%M}",
        "return": f"{returns:%H:%M}" + (f" +{days}" if days else ""),
        "travel": duration_text(route.travel_s, language),
        "distance": distance_text(route.distance_m, language),
        "overtime": Text(duration_text(over_s, language), style="yellow") if over_s else "–",
        "late": Text(str(late), style="bold red") if late else "–",
    }


def _kpi_panel(plan: Plan, language: str) -> Panel:
    grid = _grid()
    for name, value in kpi_rows(plan, language):
        grid.add_row(Text(name), value)
    return Panel(grid, title=labels(language)["kpis"])


def _cost_panel(plan: Plan, language: str) -> Panel:
    words = labels(language)
    grid = _grid()
    for name, cents in cost_rows(plan.cost, language):
        grid.add_row(Text(name, style="" if cents else "dim"), Text(money_text(cents), style="" if cents else "dim"))
    grid.add_row(Text(words["total"], style="bold"), Text(money_text(plan.total_cents), style="bold"))
    return Panel(grid, title=words["cost"])


def _grid() -> Table:
    grid = Table.grid(padding=(0, 2))
    grid.add_column()
    grid.add_column(justify="right", no_wrap=True)
    return grid


def _unserved_table(problem: Problem, unserved: Sequence[Unserved], language: str) -> Table:
    words = labels(language)
    table = Table(title=words["unserved"], title_justify="left", header_style="bold")
    for key in ("ticket", "tier", "reason", "remedies"):
        table.add_column(words[key], overflow="fold")
    for item in unserved:
        ticket = problem.ticket_by_id[item.ticket_id]
        reason = text(item.reason, language, problem) + (f" ({words['deferred']})" if item.deferred else "")
        remedy = item.remedies[0] if item.remedies else None
        helps = "–" if is_possible(item) else words["remedy.none"]
        if remedy:
            helps = f"{remedy.technician_id}: {text(remedy.change, language, problem)}"
        table.add_row(Text(ticket.id), Text(ticket.tier), Text(reason), Text(helps))
    return table
