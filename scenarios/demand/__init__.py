"""Which tickets a day brings: past days as they were, or days drawn from rates.

``ports`` is what a simulated day asks for; ``replayed`` plays past tickets again; ``sampled`` draws days from rates,
which ``rates`` fits from past tickets (``past``, ``durations``) and ``population`` guesses where there are none;
``growth`` changes them. Rates need the extra `roads`, so ``rates`` and ``population`` are imported where they are used.
"""

from scenarios.demand.growth import Growth
from scenarios.demand.past import PastTicket, past_of
from scenarios.demand.ports import Demand
from scenarios.demand.replayed import ReplayedDemand, replayed
from scenarios.demand.sampled import SampledDemand

__all__ = ["Demand", "Growth", "PastTicket", "ReplayedDemand", "SampledDemand", "past_of", "replayed"]
