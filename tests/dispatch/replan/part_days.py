"""Plans in force, what is told of them, and the rest of their day.

``ann`` drives the line: m10 at 540 (30 minutes), m20 at 580, m30 at 620, if nothing else is said.
"""

from __future__ import annotations

from dispatch.ports import EngineRequest, Limits
from dispatch.replan import Report, State, remaining
from dispatch.schedule import place_breaks, schedule_plan
from dispatch.technicians import ServiceCentre
from solver.greedy import GreedyEngine
from tests.dispatch.line import MIN_S

FEW = {"greedy": Limits(iterations=40), "search": Limits(iterations=60)}
"""How long engines search."""


def told(ticket, first, last, state=State.DONE, shift="ann1", role=0):
    return Report(
        ticket_id=ticket, shift_id=shift, state=state, start_s=first * MIN_S, finish_s=last * MIN_S, role=role
    )


def drive(line, problem, **words):
    steps = [line.steps(shift_id, *own) for shift_id, own in words.items()]
    return schedule_plan(problem, line.travel(problem), steps)


def three(line, *, world=None, ann=None, **shift):
    first = line.ticket("t1", 10, windows=[(540, 540)])
    return line.solo([first, line.ticket("t2", 20), line.ticket("t3", 30)], ann=ann or {}, world=world or {}, **shift)


def rest_of(line, problem, routes, *reports, now):
    return remaining(problem, routes, reports, now_s=now * MIN_S)


def with_parts(line, *, hub=None, stock=2, words=("t1", "t2", "t3"), tools=()):
    tickets = [
        line.ticket(name, minute, parts={"fuse": 1}, tools=frozenset(tools if name == "t3" else ()))
        for name, minute in (("t1", 10), ("t2", 20), ("t3", 30))
    ]
    centres = () if hub is None else (ServiceCentre(id="hub", place=line.at(15), **hub),)
    problem = line.solo(tickets, ann={"stock": {"fuse": stock, "pump": 1}}, world={"centres": centres})
    return problem, drive(line, problem, ann1=words)


def greedy_routes(problem, travel):
    request = EngineRequest(problem=problem, travel=travel, limits=Limits(iterations=50), seed=0)
    steps = [place_breaks(problem, travel, own) for own in GreedyEngine().solve(request).routes]
    return schedule_plan(problem, travel, steps)
