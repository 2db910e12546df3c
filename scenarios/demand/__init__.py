"""Which tickets a day brings: past days as they were, or days drawn from rates.

``ports`` is what a simulated day asks for; ``replayed`` plays past tickets again.
"""

from scenarios.demand.ports import Demand
from scenarios.demand.replayed import ReplayedDemand, replayed

__all__ = ["Demand", "ReplayedDemand", "replayed"]
