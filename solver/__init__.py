"""Engines behind :class:`dispatch.ports.RoutingEngine`; :mod:`solver.registry` names them."""
