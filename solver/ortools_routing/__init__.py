"""Reference engine on the routing model of OR-Tools.

``eligibility`` says who may serve what, ``nodes`` lays the problem out as nodes and vehicles, ``costs`` and
``matrices`` turn prices and legs into integers, ``model`` builds the routing model out of them, ``stock`` and
``ties`` add their constraints, ``search`` runs it under limits, and ``replay`` turns each solution into routes
with the domain's own times and cost.
"""

from solver.ortools_routing.engine import OrToolsEngine

__all__ = ["OrToolsEngine"]
