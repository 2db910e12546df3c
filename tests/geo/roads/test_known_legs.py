"""A new place costs one row and one column, and the answers are those of a computation from scratch."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.roads import known_legs
from geo.roads.array_file import read_arrays
from geo.roads.known_legs import KnownLegs
from geo.roads.network import RoadNetwork, seconds_and_metres
from geo.roads.router import RoadRouter
from geo.roads.snap import Snapped

At = Callable[..., tuple[np.ndarray, np.ndarray]]


class CountingRouter(RoadRouter):
    """Remembers how many legs were asked for."""

    legs = 0

    def added_weights(self, places: Snapped, *, held: int) -> tuple[np.ndarray, np.ndarray]:
        found = super().added_weights(places, held=held)
        self.legs += sum(part.size for part in found)
        return found


@pytest.fixture
def router(grid: RoadNetwork, router_of: Callable[..., RoadRouter]) -> CountingRouter:
    plain = router_of(grid)
    return CountingRouter(grid, plain._hierarchy, index=plain.index, workers=1)


def ask(known: KnownLegs, lat: np.ndarray, lon: np.ndarray) -> np.ndarray:
    legs = known.legs(known.snap(lat, lon))
    return np.stack([legs.travel_s, legs.distance_m])


SPOTS = [(0.2 + 0.37 * k % 4, k % 5) for k in range(10)]


def test_only_new_legs_are_computed(router: CountingRouter, at: At, tmp_path: Path) -> None:
    known = KnownLegs(lambda: router, tmp_path / "a.roads")

    ask(known, *at(*SPOTS[:8]))
    assert router.legs == 8 * 8
    ask(known, *at(*SPOTS[:9]))
    assert router.legs == 9 * 9
    ask(known, *at(SPOTS[4], SPOTS[8], SPOTS[0]))
    assert router.legs == 9 * 9


questions = st.lists(st.lists(st.sampled_from(SPOTS), max_size=8), min_size=1, max_size=5)


@given(questions=questions, most=st.sampled_from([3, 100]))
def test_whatever_was_asked_before_the_answer_is_the_same(
    questions: list[list[tuple[float, float]]],
    most: int,
    grid: RoadNetwork,
    router_of: Callable[..., RoadRouter],
    at: At,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    router = router_of(grid)
    places = router.index.snap(*at(*SPOTS))
    whole = np.stack(seconds_and_metres(router.weights(places)))
    folder = tmp_path_factory.mktemp("known")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(known_legs, "MAX_HELD", most)
        known = KnownLegs(lambda: router, folder / "a.roads")
        for spots in questions:
            numbers = [SPOTS.index(spot) for spot in spots]
            assert (ask(known, *at(*spots)) == whole[np.ix_([0, 1], numbers, numbers)]).all()


def test_another_process_reads_them(router: CountingRouter, at: At, tmp_path: Path) -> None:
    first = ask(KnownLegs(lambda: router, tmp_path / "a.roads"), *at(*SPOTS))

    def no_router() -> RoadRouter:
        raise AssertionError("all of it is in the file")

    assert (ask(KnownLegs(no_router, tmp_path / "a.roads"), *at(*SPOTS)) == first).all()


def test_a_damaged_file_is_computed_anew(router: CountingRouter, at: At, tmp_path: Path) -> None:
    path = tmp_path / "a.roads"
    first = ask(KnownLegs(lambda: router, path), *at(*SPOTS))
    path.write_bytes(path.read_bytes()[:-8])
    before = router.legs

    assert (ask(KnownLegs(lambda: router, path), *at(*SPOTS)) == first).all()

    assert router.legs == 2 * before
    assert len(read_arrays(path)[0]["travel_s"]) == len(SPOTS)


def test_a_file_is_not_written_for_each_new_place(
    router: CountingRouter, at: At, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(known_legs, "_WRITE_SHARE", 0.5)
    known = KnownLegs(lambda: router, tmp_path / "a.roads")
    ask(known, *at(*SPOTS[:9]))

    ask(known, *at(*SPOTS))

    assert len(read_arrays(tmp_path / "a.roads")[0]["travel_s"]) == 9


def test_many_places_at_few_points_are_few_legs(router: CountingRouter, at: At, tmp_path: Path) -> None:
    known = KnownLegs(lambda: router, tmp_path / "a.roads")

    legs = ask(known, *at(*SPOTS[:3] * 1000))

    assert router.legs == 9
    assert legs.shape == (2, 3000, 3000)
    assert (legs[:, ::3, ::3] == 0).all()


def test_questions_of_several_threads_get_their_answers(router: CountingRouter, at: At, tmp_path: Path) -> None:
    known = KnownLegs(lambda: router, tmp_path / "a.roads")
    whole = ask(KnownLegs(lambda: router, tmp_path / "b.roads"), *at(*SPOTS))

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda size: ask(known, *at(*SPOTS[:size])), list(range(10)) * 3))

    for answer in answers:
        size = answer.shape[1]
        assert (answer == whole[:, :size, :size]).all()
