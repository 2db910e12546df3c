"""Which engines there are. A new engine is one file and one line here; nothing is imported before it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from types import MappingProxyType

from dispatch.errors import UsageError
from dispatch.ports import RoutingEngine


def _lazy(module: str, name: str) -> Callable[[], RoutingEngine]:
    """Factory that imports `module` on its first call."""

    def make() -> RoutingEngine:
        engine: RoutingEngine = getattr(import_module(module), name)()
        return engine

    return make


ENGINES: Mapping[str, Callable[[], RoutingEngine]] = MappingProxyType(
    {
        "search": _lazy("solver.search.engine", "SearchEngine"),
        "ortools": _lazy("solver.ortools_routing", "OrToolsEngine"),
        "greedy": _lazy("solver.greedy", "GreedyEngine"),
    }
)
"""Engine name to factory."""


def engine(name: str) -> RoutingEngine:
    """Make the engine called `name`.

    Raises
    ------
    UsageError
        ``engine.unknown`` when there is none.
    """
    if name not in ENGINES:
        raise UsageError("engine.unknown", f"unknown engine {name!r}; there are: {', '.join(ENGINES)}")
    return ENGINES[name]()
