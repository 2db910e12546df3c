import dataclasses
import io

import pytest
from rich.console import Console

from api.report.console import ROUTES_SHOWN, UNSERVED_SHOWN, print_plan
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
