import dataclasses
import io
import itertools

import pytest
from rich.cells import cell_len
from rich.console import Console

from api.report.console import ROUTE_COLUMNS, ROUTES_SHOWN, UNSERVED_SHOWN, print_plan
from api.report.figures import money_text
from api.report.labels import labels
from dispatch.objective import overtime_s


def printed(problem, plan, language="en", width=200):
    console = Console(file=io.StringIO(), width=width, color_system=None)
    print_plan(console, problem, plan, language)
    return console.file.getvalue()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_routes_cost_and_unserved_are_shown(made, language):
    problem, plan = made
    text = printed(problem, plan, language)
    for route in plan.routes:
        name = problem.technician_by_id[route.technician_id].name
        times = [f"{problem.instant(second):%H:%M}" for second in (route.departure_s, route.return_s)]
        assert any(name in line and all(time in line for time in times) for line in text.splitlines())
    for item in plan.unserved:
        assert item.ticket_id in text
    assert money_text(plan.total_cents) in text
    assert labels(language)["kpis"] in text


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("width", [60, 80, 100, 120])
def test_a_narrow_console_keeps_names_days_and_lateness_whole(made, language, width):
    """Columns that do not fit are left out, the least important first; no column is squeezed away."""
    problem, plan = made
    text = printed(problem, plan, language, width)
    words = labels(language)
    head = next(line for line in text.splitlines() if words["technician"] in line)
    shown = [cell.strip() for cell in head.strip("┃").split("┃")]
    assert shown == [words[key] for key in ROUTE_COLUMNS if words[key] in shown]
    assert {words[key] for key in ("technician", "day", "return", "late")} <= set(shown)
    assert all(cell_len(line) <= width for line in text.splitlines())
    rows = [line for line in text.splitlines() if "2026-03-0" in line]
    assert len(rows) == len(plan.routes)
    for route, row in zip(plan.routes, rows, strict=True):
        cells = [cell.strip() for cell in row.strip("│").split("│")]
        assert len(cells) == len(shown)
        assert cells[0].split()[0] == problem.technician_by_id[route.technician_id].name.split()[0]
        late = sum(bool(visit.late) for visit in route.visits)
        assert cells[-1] == (str(late) if late else "–")


def test_the_wider_the_console_the_more_columns(made):
    problem, plan = made
    seen = []
    for width in (60, 80, 100, 120):
        text = printed(problem, plan, "en", width)
        seen.append({key for key in ROUTE_COLUMNS if f" {labels('en')[key]} " in text.split("Key figures")[0]})
    assert seen == sorted(seen, key=len)
    assert all(less <= more for less, more in itertools.pairwise(seen))
    assert "overtime" in seen[1]
    assert seen[-1] == set(ROUTE_COLUMNS)


def test_many_routes_are_cut_but_not_those_in_trouble(make_plan):
    problem, plan = make_plan(technicians=30, tickets=150, seed=3)
    assert len(plan.routes) > ROUTES_SHOWN
    text = printed(problem, plan)
    rows = [line for line in text.splitlines() if "2026-03-0" in line]
    assert len(rows) == ROUTES_SHOWN
    assert f"{len(plan.routes) - ROUTES_SHOWN} more routes" in text
    troubled = [route for route in plan.routes if any(v.late for v in route.visits) or overtime_s(problem, route)]
    assert 0 < len(troubled) <= ROUTES_SHOWN
    for route in troubled:
        name, day = problem.technician_by_id[route.technician_id].name, problem.instant(route.departure_s).date()
        assert any(f" {name} " in row and str(day) in row for row in rows)


def test_many_unserved_are_cut(make_plan):
    problem, plan = make_plan(technicians=1, tickets=30, days=1)
    assert len(plan.unserved) > UNSERVED_SHOWN
    text = printed(problem, plan)
    assert f"{len(plan.unserved) - UNSERVED_SHOWN} more unserved" in text
    assert plan.unserved[UNSERVED_SHOWN].ticket_id not in text


def test_markup_in_names_means_nothing(make_plan):
    def change(problem):
        return problem.replace(
            technicians=tuple(dataclasses.replace(one, name=f"[red]{one.id}[/]") for one in problem.technicians)
        )

    problem, plan = make_plan(technicians=2, tickets=6, days=1, change=change)
    assert "[red]E01[/]" in printed(problem, plan)
