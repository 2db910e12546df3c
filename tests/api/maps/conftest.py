"""The town of docs/examples with its roads, and a coverage study of it, also with hostile names."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from api.coverage_study import CoverageStudy, study
from api.inputs import read
from dispatch.problem import Problem
from geo.roads.network import RoadNetwork
from geo.roads.travel import RoadTravel

ROOT = Path(__file__).parents[3]
TOWN = ROOT / "docs" / "examples" / "town"


@pytest.fixture(scope="session")
def town_roads(tmp_path_factory: pytest.TempPathFactory) -> RoadTravel:
    return RoadTravel(TOWN / "town.osm", cache=tmp_path_factory.mktemp("roads"))


@pytest.fixture(scope="session")
def town_network(town_roads: RoadTravel) -> RoadNetwork:
    return town_roads.network("car")


@pytest.fixture(scope="session")
def town_problem() -> Problem:
    return read(TOWN)


@pytest.fixture(scope="session")
def town_study(town_problem: Problem, town_roads: RoadTravel) -> CoverageStudy:
    return study(town_problem, town_roads, profile="car", draw=True)


@pytest.fixture(scope="session")
def hostile_study(town_problem: Problem, town_roads: RoadTravel) -> CoverageStudy:
    """Names that try to leave their place: markup, script ends, template marks, quotes."""
    tickets = tuple(
        dataclasses.replace(one, id=f"</script><img src=x onerror=document.title='owned'>{one.id}")
        for one in town_problem.tickets
    )
    centres = tuple(
        dataclasses.replace(one, id=f"<!--<script>{{{{data}}}}\"'&[bold]{one.id}") for one in town_problem.centres
    )
    technicians = tuple(dataclasses.replace(one, centre_id=None) for one in town_problem.technicians)
    problem = town_problem.replace(tickets=tickets, centres=centres, technicians=technicians)
    return study(problem, town_roads, profile="car", draw=True)


@pytest.fixture(scope="session")
def liechtenstein() -> Path:
    """A public extract beside the project; tests that need it are skipped elsewhere."""
    path = ROOT.parent / "shared" / "bench" / "roads" / "liechtenstein.osm.pbf"
    if not path.is_file():
        pytest.skip("the public extract liechtenstein is not here")
    return path
