"""What the engine can count: refusals of numbers that would leave the bits that hold them."""

from __future__ import annotations

from dispatch.errors import InputError
from dispatch.objective import unserved_cents
from dispatch.problem import Problem
from dispatch.tickets import MAX_LEVEL
from solver.search.instance import PINNED_CENTS, RATES

MAX_TOTAL = 2**60
MAX_COUNT = 2**31 - 1
MAX_TOOLS = 64


def check_costs(problem: Problem, longest_m: int) -> None:
    """Refuse prices that could overflow: every ticket as late as can be, every shift worked to the end.

    `longest_m` is a length that no leg exceeds.

    Raises
    ------
    InputError
        ``cost.overflow``.
    """
    weights = problem.weights
    rates = [getattr(weights, name) for name in RATES[:6]]
    metres = longest_m * (len(problem.tickets) + 2 * len(problem.shifts) + 1)
    products = [max(rates) * problem.end_s, weights.travel_distance_cents_per_km * metres]  # before they are divided
    total = sum(rates) * (problem.end_s // 3600 + 1) * len(problem.shifts) + products[1] // 1000
    for ticket in problem.tickets:
        tier, dues = problem.tier_of(ticket).weight, problem.deadlines[ticket.id]
        late_s = max((problem.end_s - due.due_s for due in dues), default=0)
        products.append(tier * weights.lateness_cents_per_min * max(0, late_s))
        total += len(dues) * (tier * weights.breach_cents + products[-1] // 60 + 1) + tier
        total += unserved_cents(problem, ticket) + PINNED_CENTS + weights.preference_cents + weights.change_cents
        total += weights.overqualified_cents * MAX_LEVEL * len(ticket.skills)
    if max(total, *products) > MAX_TOTAL:
        raise InputError("cost.overflow", "weights times times or distances are too large to add up in 63 bits")


def check_count(value: int) -> None:
    """Refuse a quantity, a service time or the price of one visit that leaves 31 bits.

    Raises
    ------
    InputError
        ``search.range``.
    """
    if value > MAX_COUNT:
        raise InputError("search.range", f"engine search counts to {MAX_COUNT:,}; the input has {value}")


def tool_bits(problem: Problem) -> dict[str, int]:
    """Bit of each tool that a ticket asks for.

    Raises
    ------
    InputError
        ``search.tools`` when there are more than 64.
    """
    names = sorted({tool for ticket in problem.tickets for tool in ticket.tools})
    if len(names) > MAX_TOOLS:
        raise InputError(
            "search.tools", f"engine search plans at most {MAX_TOOLS} kinds of tools, the input has {len(names)}"
        )
    return {name: number for number, name in enumerate(names)}
