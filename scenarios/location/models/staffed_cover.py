"""Covering with the hours of technicians: a visit counts when a site is near enough and has hours in its skill.

A model of our own, on the idea of capacitated maximal covering (Current & Storbeck 1988,
https://doi.org/10.1068/b150153): sites are opened, technicians hired at them, and their hours shared among skills.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from ortools.math_opt.python import mathopt

from dispatch.errors import UsageError
from scenarios.location.answer import Answer, Ask, Relief
from scenarios.location.exact import milp
from scenarios.location.exact.outcome import Outcome
from scenarios.location.models.common import answer_of, covers
from scenarios.location.problem import LocationProblem, Status
from scenarios.location.staffing import Staffing

GAP = 1e-6


def staffed_cover(problem: LocationProblem, ask: Ask) -> Answer:
    """Solve it with HiGHS: weighted visits for the budget, or cents of a year for the share.

    Each visit takes its work and the way there out of the hours of its site. Partner sites have no technicians: they
    give `capacity_s` seconds at their price.
    """
    staffing = ask.staffing
    if staffing is None:
        raise UsageError("location.trades", "this model needs technicians to hire, --trades")
    if staffing.share is None and ask.budget_cents is None:
        raise UsageError("location.budget", "this model needs --budget or --share")
    table = covers(problem, ask)
    parts = _model(problem, ask, staffing, table, need_share=staffing.share)
    solved = milp.solve(parts.model, seconds=ask.seconds, gap=GAP)
    if solved.values is None:
        return Answer(model="staffed-cover", feasible=False, reliefs=_reliefs(problem, ask, staffing, table))
    values = solved.values
    chosen = tuple(at for at, variable in enumerate(parts.is_open) if values[variable] > 0.5)
    shares = np.zeros(table.shape)
    for (site, point), variable in parts.served.items():
        shares[site, point] = min(1.0, max(0.0, values[variable]))
    bound = solved.objective if solved.proved else solved.bound
    weight = _weights(problem, staffing)
    covered = float((shares.sum(axis=0) * weight).sum() / max(1e-9, weight.sum()))
    import dataclasses

    answer = answer_of(
        problem,
        "staffed-cover",
        Outcome(chosen=chosen, objective=solved.objective, bound=bound, method="milp"),
        unit="visits" if staffing.share is None else "cents",
        shares=shares,
        figures={"covered_share": covered, "cost_cents": _value(parts.cost, values)},
    )
    hired: dict[str, dict[str, int]] = {}
    for (site, trade), variable in parts.hired.items():
        number = round(values[variable])
        if number:
            hired.setdefault(problem.sites[site].id, {})[trade] = number
    return dataclasses.replace(answer, staff=hired)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parts:
    model: mathopt.Model
    is_open: list[mathopt.Variable]
    hired: dict[tuple[int, str], mathopt.Variable]
    served: dict[tuple[int, int], mathopt.Variable]
    cost: mathopt.LinearBase


def _value(expression: mathopt.LinearBase, values: dict[mathopt.Variable, float]) -> float:
    flat = mathopt.as_flat_linear_expression(expression)
    return float(flat.offset + sum(factor * values[variable] for variable, factor in flat.terms.items()))


def _weights(problem: LocationProblem, staffing: Staffing) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.array(
        [point.visits * staffing.tier_weights.get(point.tier, 1) for point in problem.points], dtype=np.float64
    )


def _model(
    problem: LocationProblem,
    ask: Ask,
    staffing: Staffing,
    table: np.ndarray[tuple[int, ...], np.dtype[np.bool_]],
    *,
    need_share: float | None,
    cheapest: bool = False,
) -> _Parts:
    model = mathopt.Model()
    is_open = [model.add_binary_variable() for _ in problem.sites]
    hired: dict[tuple[int, str], mathopt.Variable] = {}
    served: dict[tuple[int, int], mathopt.Variable] = {}
    by_point: list[list[mathopt.Variable]] = [[] for _ in problem.points]
    costs: list[mathopt.LinearBase] = []
    skills = sorted({point.skill for point in problem.points})
    for at, site in enumerate(problem.sites):
        if site.status is Status.FIXED:
            is_open[at].lower_bound = 1.0
        if site.status is Status.FORBIDDEN:
            is_open[at].upper_bound = 0.0
            continue
        costs.append(float(site.yearly_cents) * is_open[at])
        if site.status is Status.EXISTING:
            costs.append(float(site.closing_cents) * (1 - is_open[at]))
        taken: dict[str, list[mathopt.LinearBase]] = {skill: [] for skill in skills}
        for point in np.flatnonzero(table[at]).tolist():
            demand = problem.points[point]
            part = served[at, point] = model.add_variable(lb=0.0, ub=1.0)
            by_point[point].append(part)
            model.add_linear_constraint(part <= is_open[at])
            needs_s = demand.work_s + demand.visits * int(problem.travel_s[at, point])
            taken[demand.skill].append(float(needs_s) * part)
            costs.append(
                float(problem.travel_s[at, point]) * demand.visits * problem.travel_cents_per_hour / 3600 * part
            )
            if site.price_cents_per_hour:
                costs.append(site.price_cents_per_hour * demand.work_s / 3600 * part)
        everything = mathopt.fast_sum(one for rows in taken.values() for one in rows)
        if site.capacity_s is not None:
            model.add_linear_constraint(everything <= float(site.capacity_s) * is_open[at])
        if site.price_cents_per_hour:
            continue
        given: dict[str, list[mathopt.Variable]] = {skill: [] for skill in skills}
        for trade in staffing.trades:
            there = staffing.present.get(site.id, {}).get(trade.name, 0)
            more = hired[at, trade.name] = model.add_integer_variable(lb=0, ub=staffing.most_hired)
            model.add_linear_constraint(more <= staffing.most_hired * is_open[at])
            costs += [float(trade.wage_cents) * more, float(trade.wage_cents * there) * is_open[at]]
            hours = []
            for skill in skills:
                if skill == "" or skill in trade.skills:
                    used = model.add_variable(lb=0.0)
                    given[skill].append(used)
                    hours.append(used)
            model.add_linear_constraint(
                mathopt.fast_sum(hours) <= trade.hours_s * more + float(trade.hours_s * there) * is_open[at]
            )
        for skill in skills:
            model.add_linear_constraint(mathopt.fast_sum(taken[skill]) <= mathopt.fast_sum(given[skill]))
    for members in by_point:
        if members:
            model.add_linear_constraint(mathopt.fast_sum(members) <= 1)
    weight = _weights(problem, staffing)
    worth = mathopt.fast_sum(float(weight[point]) * part for (_, point), part in served.items())
    cost = mathopt.fast_sum(costs)
    if ask.count is not None:
        model.add_linear_constraint(mathopt.fast_sum(is_open) <= ask.count)
    if ask.budget_cents is not None and not cheapest:
        model.add_linear_constraint(cost <= float(ask.budget_cents))
    if need_share is not None:
        model.add_linear_constraint(worth >= need_share * float(weight.sum()))
    if need_share is not None or cheapest:
        model.minimize(cost)
    else:
        model.maximize(worth)
    return _Parts(model=model, is_open=is_open, hired=hired, served=served, cost=cost)


def _reliefs(
    problem: LocationProblem, ask: Ask, staffing: Staffing, table: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]
) -> tuple[Relief, ...]:
    """The share that can be covered, and the money that the wanted one takes."""
    import dataclasses

    found = []
    if ask.budget_cents is not None:
        cheap = _model(problem, ask, staffing, table, need_share=staffing.share, cheapest=True)
        solved = milp.solve(cheap.model, seconds=ask.seconds, gap=GAP)
        if solved.values is not None:
            cents = -(-int(solved.objective * 1000) // 1000)
            text = f"a budget of {ask.budget_cents / 100:,.2f} is too small: {cents / 100:,.2f} would do"
            found.append(Relief(code="location.budget", message=text, facts={"budget_cents": cents}))
    if staffing.share is not None:
        rich = dataclasses.replace(staffing, share=None)
        most = _model(problem, ask, rich, table, need_share=None)
        solved = milp.solve(most.model, seconds=ask.seconds, gap=GAP)
        if solved.values is not None:
            share = solved.objective / max(1e-9, float(_weights(problem, staffing).sum()))
            text = f"a share of {staffing.share:.1%} can't be covered: {share:.1%} would do"
            found.append(Relief(code="location.share", message=text, facts={"share": share}))
    return tuple(found)
