"""What is drawn of one plan: a page and GeoJSON, with driven lines and roads where the travel source knows them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, Self, runtime_checkable

from api import report
from api.report.driven import DrivenLines
from dispatch.plan import Plan
from dispatch.ports import DrivenWays, TravelTimes
from dispatch.problem import Problem

if TYPE_CHECKING:
    from geo.roads.network import RoadNetwork


@runtime_checkable
class RoadSource(Protocol):
    """A travel source that has roads to draw."""

    def network(self, profile: str) -> RoadNetwork:
        """The roads of a profile."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Pictures:
    """A plan, and what its travel source knows of the roads.

    Parameters
    ----------
    problem, plan
        What was planned, and the answer.
    driven : DrivenLines, optional
        None: lines go straight.
    roads : mapping, optional
        Background of the map.
    """

    problem: Problem
    plan: Plan
    driven: DrivenLines | None
    roads: Mapping[str, Any] | None

    @classmethod
    def of(
        cls,
        problem: Problem,
        plan: Plan,
        source: TravelTimes,
        *,
        on_map: bool,
        show: Callable[[str], None] = lambda text: None,
    ) -> Self:
        """Ask `source` for all lines, and where there will be a map (`on_map`), for its roads."""
        driven, roads = None, None
        if isinstance(source, DrivenWays):
            driven = report.driven_lines(
                problem, plan, source, on_progress=lambda done, of: show(f"driven lines: {done} of {of} routes")
            )
        if on_map and isinstance(source, RoadSource):
            show("roads of the map")
            used = Counter(technician.profile for technician in problem.technicians)
            if used:
                roads = report.quiet_roads(source.network(used.most_common(1)[0][0]), problem, driven)
        return cls(problem=problem, plan=plan, driven=driven, roads=roads)

    def html(self, *, title: str, language: str) -> str:
        """The page."""
        return report.html(
            self.problem, self.plan, title=title, language=language, driven=self.driven, roads=self.roads
        )

    def geojson(self) -> str:
        """The text of the GeoJSON file: a line for each feature, since a driven line has hundreds of points."""
        collection = report.geojson(self.problem, self.plan, driven=self.driven)
        features = ",\n".join(json.dumps(one, ensure_ascii=False) for one in collection.pop("features"))
        head = json.dumps(collection, ensure_ascii=False).removesuffix("}")
        return f'{head}, "features": [\n{features}\n]}}\n'
