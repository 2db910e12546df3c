"""Matrices, ways and reach equal those of a plain search, to the last bit, on whatever graph."""

import heapq
import re
from dataclasses import dataclass
from pathlib import Path

import networkx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.errors import InputError
from geo.paths.graph import Graph
from geo.paths.hierarchy import Hierarchy
from geo.paths.links import FAR, Links
from geo.paths.matrix import LANES, many_to_many
from geo.paths.reach import reach
from geo.paths.ways import way


def links_of(out, into, direct=()):
    """Links from a list of ``[(node, weight), ...]`` for each place, out and in, and ``(from, to, weight)``."""

    def flat(lists):
        first = np.cumsum([0, *map(len, lists)])
        pairs = [pair for pairs in lists for pair in pairs]
        return first, [node for node, _ in pairs], [weight for _, weight in pairs]

    (out_first, out_node, out_weight), (in_first, in_node, in_weight) = flat(out), flat(into)
    return Links(
        out_first=out_first, out_node=out_node, out_weight=out_weight,
        in_first=in_first, in_node=in_node, in_weight=in_weight,
        direct_from=[a for a, _, _ in direct], direct_to=[b for _, b, _ in direct],
        direct_weight=[weight for _, _, weight in direct],
    )  # fmt: skip


@dataclass(frozen=True)
class Case:
    """A graph with places on it."""

    nodes: int
    edges: list  # (tail, head, weight)
    out: list
    into: list
    direct: list

    @property
    def arrays(self):
        return tuple(np.array([edge[i] for edge in self.edges], dtype=np.int64) for i in range(3))

    @property
    def links(self):
        return links_of(self.out, self.into, self.direct)

    def hierarchy(self, workers=1):
        return Hierarchy.build(self.nodes, *self.arrays, workers=workers)

    def from_place(self, place):
        """Weights from a place to all nodes that can be reached, by a plain search."""
        following = {}
        for tail, head, weight in self.edges:
            following.setdefault(tail, []).append((head, weight))
        best, heap = {}, [(weight, node) for node, weight in self.out[place]]
        heapq.heapify(heap)
        while heap:
            key, node = heapq.heappop(heap)
            if node not in best:
                best[node] = key
                for head, weight in following.get(node, ()):
                    heapq.heappush(heap, (key + weight, head))
        return best

    def matrix(self):
        """Weights between all places, by plain searches."""
        size = len(self.out)
        result = np.full((size, size), -1, dtype=np.int64)
        for a in range(size):
            best = self.from_place(a)
            for b in range(size):
                ways = [best[node] + weight for node, weight in self.into[b] if node in best]
                ways += [weight for x, y, weight in self.direct if (x, y) == (a, b)]
                result[a, b] = 0 if a == b else min(ways, default=-1)
        return result


SMALL = st.integers(0, 4)
"""Many ways of the same weight, and edges of weight 0."""
LARGE = st.builds(lambda ms, dm: ms << 32 | dm, st.integers(1, 10**6), st.integers(0, 10**6))


@st.composite
def cases(draw):
    """Graphs with loops, parallel edges, one-ways and parts cut off; places with none to three links each way."""
    nodes = draw(st.integers(1, 24))
    weight, node = draw(st.sampled_from([SMALL, LARGE])), st.integers(0, nodes - 1)
    edges = draw(st.lists(st.tuples(node, node, weight), max_size=4 * nodes))
    if draw(st.booleans()):  # streets: there and back
        edges += [(head, tail, cost) for tail, head, cost in edges]
    count = draw(st.integers(0, 20))
    hung = st.lists(st.lists(st.tuples(node, weight), max_size=3), min_size=count, max_size=count)
    place = st.integers(0, max(0, count - 1))
    direct = draw(st.lists(st.tuples(place, place, weight), max_size=4)) if count else []
    return Case(nodes, edges, draw(hung), draw(hung), direct)


@pytest.fixture(scope="session")
def town():
    """A street grid of 40 x 40 junctions with random times, a third of them one-way, and 70 places."""
    rng, side = np.random.default_rng(7), 40
    edges = []
    for node in range(side * side):
        beside = [node + 1] if node % side < side - 1 else []
        beside += [node + side] if node < side * (side - 1) else []
        for other in beside:
            weight, both = int(rng.integers(1, 30_000)) << 32 | int(rng.integers(1, 3000)), rng.random() < 0.67
            edges += [(node, other, weight)] + ([(other, node, weight)] if both else [])
    out = [[(int(rng.integers(side * side)), int(rng.integers(1, 5000)) << 32)] for _ in range(70)]
    into = [[(int(rng.integers(side * side)), int(rng.integers(1, 5000)) << 32)] for _ in range(70)]
    return Case(side * side, edges, out, into, [])


def walked(case, found, source, target):
    """Check that a way is one, and add its weights up."""
    if found.direct >= 0:
        assert not len(found.edges)
        assert case.direct[found.direct][:2] == (source, target)
        return case.direct[found.direct][2]
    begin, begin_weight = [pair for pairs in case.out for pair in pairs][found.out_link]
    end, end_weight = [pair for pairs in case.into for pair in pairs][found.in_link]
    assert (begin, begin_weight) in case.out[source]
    assert (end, end_weight) in case.into[target]
    at, total = begin, begin_weight + end_weight
    for edge in found.edges.tolist():
        tail, head, weight = case.edges[edge]
        assert tail == at
        at, total = head, total + weight
    assert at == end
    return total


@given(cases())
def test_the_matrix_is_that_of_plain_searches(case):
    assert many_to_many(case.hierarchy(), case.links).tolist() == case.matrix().tolist()


@given(cases(), st.data())
def test_any_rows_and_columns_are_those_of_the_whole_matrix(case, data):
    place = st.integers(0, max(0, len(case.out) - 1))
    some = st.lists(place, max_size=30) if case.out else st.just([])
    rows, columns = data.draw(some), data.draw(some)
    part = many_to_many(case.hierarchy(), case.links, sources=rows, targets=columns)
    assert part.tolist() == case.matrix()[np.ix_(rows, columns)].tolist() if rows and columns else not part.size
    assert part.shape == (len(rows), len(columns))


@given(cases())
def test_a_way_leads_along_edges_and_has_the_weight_of_the_matrix(case):
    matrix, hierarchy, links = case.matrix(), case.hierarchy(), case.links
    for source in range(len(links)):
        for target in range(len(links)):
            found = way(hierarchy, links, source, target)
            assert found.weight == matrix[source, target]
            if found.out_link < 0 and found.direct < 0:
                assert found.weight == (0 if source == target else -1)
                assert not len(found.edges)
            else:
                assert walked(case, found, source, target) == found.weight


@given(cases(), st.integers(0, 2 * 10**6), st.booleans(), st.data())
def test_reach_holds_all_nodes_within_the_limit(case, limit_ms, towards, data):
    sources = data.draw(st.lists(st.integers(0, len(case.out) - 1), max_size=3)) if case.out else []
    found = reach(Graph.of(case.nodes, *case.arrays), case.links, sources, limit_ms=limit_ms, towards=towards)
    if towards:
        case = Case(case.nodes, [(b, a, weight) for a, b, weight in case.edges], case.into, case.out, [])
    expected = np.full(case.nodes, -1, dtype=np.int64)
    for source in sources:
        for node, weight in case.from_place(source).items():
            if weight >> 32 <= limit_ms and not 0 <= expected[node] <= weight:
                expected[node] = weight
    assert found.tolist() == expected.tolist()


def test_a_town_equals_networkx(town):
    graph = networkx.MultiDiGraph()
    graph.add_weighted_edges_from(town.edges)
    matrix = many_to_many(town.hierarchy(), town.links, workers=1)
    for place, ((node, weight),) in enumerate(town.out):
        best = networkx.single_source_dijkstra_path_length(graph, node)
        expected = [weight + best[end] + last if end in best else -1 for ((end, last),) in town.into]
        expected[place] = 0
        assert matrix[place].tolist() == expected


def test_workers_and_repetition_change_nothing(town):
    one, three = town.hierarchy(workers=1), town.hierarchy(workers=3)
    for name, array in one.arrays().items():
        assert array.tolist() == three.arrays()[name].tolist(), name
    assert (many_to_many(one, town.links, workers=1) == many_to_many(three, town.links, workers=3)).all()
    first, second = way(one, town.links, 3, 50), way(three, town.links, 3, 50)
    assert first.edges.tolist() == second.edges.tolist()
    assert len(first.edges) > 5


def test_a_hierarchy_kept_on_disk_is_used_as_it_is(town, tmp_path):
    built = town.hierarchy()
    for name, array in built.arrays().items():
        np.save(tmp_path / f"{name}.npy", array)
    kept = Hierarchy.from_arrays({name: np.load(tmp_path / f"{name}.npy", mmap_mode="r") for name in built.arrays()})
    assert (many_to_many(kept, town.links) == many_to_many(built, town.links)).all()
    assert way(kept, town.links, 3, 50).edges.tolist() == way(built, town.links, 3, 50).edges.tolist()


def test_many_places_without_links_and_more_rows_than_columns(town):
    out = [pairs if i % 3 else [] for i, pairs in enumerate(town.out)]
    case = Case(town.nodes, town.edges, out, town.into, [])
    assert len(out) > 3 * LANES
    found = many_to_many(case.hierarchy(), case.links, targets=range(5))
    assert found.tolist() == case.matrix()[:, :5].tolist()
    assert (found[5::3][:, :2].min(axis=1) >= -1).all()
    assert (found[6] == -1).all()


def test_the_hierarchy_holds_each_node_once_and_only_climbs(town):
    hierarchy = town.hierarchy()
    assert sorted(hierarchy.rank.tolist()) == list(range(town.nodes))
    assert sorted(hierarchy.family.tolist()) == list(range(town.nodes))
    for first, end in ((hierarchy.up_first, hierarchy.up_head), (hierarchy.down_first, hierarchy.down_tail)):
        assert (end > np.repeat(np.arange(town.nodes), np.diff(first))).all()
    assert len(hierarchy.first_part) < 2 * len(town.edges)


def test_no_node_one_node_and_no_place():
    nothing = links_of([], [])
    assert many_to_many(Hierarchy.build(0, [], [], []), nothing).shape == (0, 0)
    assert reach(Graph.of(0, [], [], []), nothing, [], limit_ms=5).tolist() == []
    one = links_of([[(0, 2)], [(0, 3)]], [[(0, 5)], [(0, 7)]])
    alone = Hierarchy.build(1, [0], [0], [9])
    assert many_to_many(alone, one).tolist() == [[0, 9], [8, 0]]
    found = way(alone, one, 0, 1)
    assert (found.weight, found.edges.tolist(), found.out_link, found.in_link) == (9, [], 0, 1)


def test_ways_of_two_to_the_62_or_more_count_as_none_and_nothing_overflows():
    chain = Hierarchy.build(4, [0, 1, 2], [1, 2, 3], [FAR - 1] * 3)
    links = links_of([[(0, FAR - 1)], [], [(0, 0)]], [[], [(3, FAR - 1)], [(1, 0)]])
    assert many_to_many(chain, links).tolist() == [[0, -1, -1], [-1, 0, -1], [-1, -1, 0]]
    assert way(chain, links, 0, 1).weight == -1
    to_one = links_of([[(0, 0)], []], [[], [(1, 0)]])
    assert many_to_many(chain, to_one)[0, 1] == FAR - 1


@pytest.mark.parametrize(
    ("tail", "head", "weight", "code"),
    [
        ([0, 1], [1], [1, 1], "graph.shape"),
        ([0], [2], [1], "graph.node"),
        ([-1], [0], [1], "graph.node"),
        ([0], [1], [-1], "graph.weight"),
        ([0], [1], [FAR], "graph.weight"),
    ],
)
def test_a_graph_that_makes_no_sense_is_refused(tail, head, weight, code):
    for build in (Hierarchy.build, Graph.of):
        with pytest.raises(InputError) as caught:
            build(2, tail, head, weight)
        assert caught.value.faults[0].rule == code


def test_links_that_do_not_fit_are_refused(town):
    hierarchy, graph = Hierarchy.build(2, [0], [1], [1]), Graph.of(2, [0], [1], [1])
    fine, outside, negative = links_of([[(0, 0)]], [[(1, 0)]]), links_of([[(2, 0)]], [[]]), links_of([[(0, -1)]], [[]])
    calls = [
        ("links.place", lambda: many_to_many(hierarchy, fine, sources=[1])),
        ("links.place", lambda: way(hierarchy, fine, 0, -1)),
        ("links.place", lambda: reach(graph, fine, [1], limit_ms=1)),
        ("links.place", lambda: many_to_many(hierarchy, links_of([[]], [[]], [(0, 1, 5)]))),
        ("links.node", lambda: many_to_many(hierarchy, outside)),
        ("links.node", lambda: reach(graph, outside, [0], limit_ms=1)),
        ("links.weight", lambda: way(hierarchy, negative, 0, 0)),
    ]
    for code, call in calls:
        with pytest.raises(InputError) as caught:
            call()
        assert caught.value.faults[0].rule == code


def test_the_example_of_the_documentation_holds():
    page = (Path(__file__).parents[3] / "docs" / "shortest_paths.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```python\n(.*?)```", page, flags=re.DOTALL)
    names = {}
    exec(example, names)
    assert names["minutes"] == [[0, 7], [8, 0]]
    assert names["edges"] == [0, 1]
    assert names["near"] == [0, 1]
