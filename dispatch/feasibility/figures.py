"""Are the numbers that the plan gives about itself the ones that its routes give?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from dispatch.feasibility.violation import Violation
from dispatch.fingerprint import problem_hash
from dispatch.kpi import kpis
from dispatch.objective import cost_terms, is_deferrable
from dispatch.plan import Plan, Route
from dispatch.problem import Problem
from dispatch.schedule import schedule_plan
from dispatch.tiers import Point
from dispatch.travel import Travel


def lateness(problem: Problem, travel: Travel, routes: Sequence[Route]) -> Iterator[Violation]:
    """Each visit lists exactly the targets that it misses."""
    for route in routes:
        for visit in route.visits:
            real = {}
            for deadline in problem.deadlines[visit.ticket_id]:
                late_s = (visit.start_s if deadline.point is Point.START else visit.finish_s) - deadline.due_s
                if late_s > 0:
                    real[deadline.target] = (deadline.due_s, late_s)
            said = {missed.target: (missed.due_s, missed.late_s) for missed in visit.late}
            if said != real or len(said) != len(visit.late):
                yield Violation(
                    code="lateness_differs",
                    shift_id=route.shift_id,
                    ticket_id=visit.ticket_id,
                    facts={"plan": str(said), "real": str(real)},
                )


def replay(problem: Problem, travel: Travel, plan: Plan) -> Iterator[Violation]:
    """The schedule of the same steps is the same."""
    again = {route.shift_id: route for route in schedule_plan(problem, travel, [route.steps for route in plan.routes])}
    for route in plan.routes:
        real = again[route.shift_id]
        if real == route:
            continue
        facts: dict[str, int | float | str] = {}
        if real.departure_s != route.departure_s:
            facts = {"plan_departure_s": route.departure_s, "real_departure_s": real.departure_s}
        elif real.return_s != route.return_s:
            facts = {"plan_return_s": route.return_s, "real_return_s": real.return_s}
        else:
            for number, (said, true) in enumerate(zip(route.stops, real.stops, strict=True)):
                if said != true:
                    facts = {"stop": number, "plan_start_s": said.start_s, "real_start_s": true.start_s}
                    break
        yield Violation(code="schedule_differs", shift_id=route.shift_id, facts=facts)


def cost(problem: Problem, travel: Travel, plan: Plan) -> Iterator[Violation]:
    """Every cost term is right, and none is missing or made up."""
    yield from _compare("cost_differs", plan.cost, cost_terms(problem, plan.routes))


def kpi(problem: Problem, travel: Travel, plan: Plan) -> Iterator[Violation]:
    """Every figure is right, and none is missing or made up."""
    yield from _compare("kpi_differs", plan.kpis, kpis(problem, plan.routes))


def _compare(code: str, said: Mapping[str, int | float], real: Mapping[str, int | float]) -> Iterator[Violation]:
    for name in [*real, *(key for key in said if key not in real)]:
        if said.get(name) != real.get(name):
            yield Violation(code=code, facts={"name": name, "plan": str(said.get(name)), "real": str(real.get(name))})


def reasons(problem: Problem, travel: Travel, plan: Plan) -> Iterator[Violation]:
    """Missed targets and reasons for lateness match; deferred tickets are deferrable."""
    missed = sorted(
        {(visit.ticket_id, item.target) for route in plan.routes for visit in route.visits for item in visit.late}
    )
    explained = sorted((entry.ticket_id, entry.target) for entry in plan.late)
    if missed != explained:
        odd = sorted(set(missed) ^ set(explained)) or explained
        yield Violation(code="late_reason", ticket_id=odd[0][0], facts={"target": odd[0][1]})
    for entry in plan.unserved:
        if entry.deferred != is_deferrable(problem, problem.ticket_by_id[entry.ticket_id]):
            yield Violation(code="deferred_differs", ticket_id=entry.ticket_id)


def provenance(problem: Problem, travel: Travel, plan: Plan) -> Iterator[Violation]:
    """The plan names this input and this travel source."""
    if plan.provenance.problem_hash != problem_hash(problem):
        yield Violation(
            code="problem_differs", facts={"plan": plan.provenance.problem_hash, "input": problem_hash(problem)}
        )
    if plan.provenance.travel_source != travel.source:
        yield Violation(
            code="travel_source_differs", facts={"plan": plan.provenance.travel_source, "now": travel.source}
        )
