"""When the day goes on: what is done stays done, the rest is planned again, and as little as wished is moved.

``remaining`` turns a plan in force and what was reported of it into the problem of the rest of the day; ``behind`` says
what has happened, ``standing`` what of the plan can still be driven, ``moves`` what a new plan moves, ``budget`` how
much may be moved, ``desk`` which routes that allows; ``search`` looks for the best of them; ``day`` is the use case.
"""

from dispatch.replan.budget import Budget
from dispatch.replan.day import Replanned, Rerouted, replan_day, reroute_day
from dispatch.replan.desk import Option
from dispatch.replan.moves import Moved, moves
from dispatch.replan.remaining import Remaining, remaining
from dispatch.replan.reports import Report, State

__all__ = [
    "Budget",
    "Moved",
    "Option",
    "Remaining",
    "Replanned",
    "Report",
    "Rerouted",
    "State",
    "moves",
    "remaining",
    "replan_day",
    "reroute_day",
]
