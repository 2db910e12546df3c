"""Legs that are computed when asked for are those of the matrix."""

from __future__ import annotations

import numpy as np
import pytest

from dispatch import lazy_travel
from dispatch.errors import InputError, UnsupportedError
from dispatch.lazy_travel import LazyTravel
from dispatch.places import Place
from dispatch.ports import Limits
from dispatch.service import plan_day, travel_of
from dispatch.travel import Legs, TravelMatrix, from_arrays, whole_matrix
from solver.greedy import GreedyEngine

SIZE = 30
PLACES = tuple(Place(id=f"p{number}") for number in range(SIZE))


@pytest.fixture
def matrix() -> TravelMatrix:
    """Both ways differ, and some ways are missing."""
    rng = np.random.default_rng(5)
    seconds = rng.integers(60, 4000, (SIZE, SIZE)).astype(float)
    seconds[rng.random((SIZE, SIZE)) < 0.1] = -1
    np.fill_diagonal(seconds, 0)
    return from_arrays(PLACES, seconds, seconds * 7, source="made up")


def lazy_of(matrix: TravelMatrix, asked: list[int] | None = None) -> LazyTravel:
    """A formula that looks legs up in `matrix`, and how many were asked for each time."""

    def refuse(profile: str) -> InputError:
        return InputError("travel.profile", f"unknown profile {profile}")

    def formula(profile: str):
        def legs(origins, targets) -> Legs:
            if asked is not None:
                asked.append(len(origins))
            own = matrix.profiles[profile]
            return Legs(travel_s=own.travel_s[origins, targets], distance_m=own.distance_m[origins, targets])

        return legs

    return LazyTravel(
        matrix.places, {name: formula(name) for name in matrix.profiles}, source=matrix.source, refuse=refuse
    )


def test_every_leg_is_that_of_the_matrix(matrix):
    lazy = lazy_of(matrix)
    for origin in (None, *PLACES):
        for target in (None, *PLACES):
            assert lazy.leg("car", origin, target) == matrix.leg("car", origin, target)


def test_blocks_and_subsets_are_those_of_the_matrix(matrix, monkeypatch):
    monkeypatch.setattr(lazy_travel, "BLOCK_LEGS", 40)
    lazy = lazy_of(matrix)
    rows, columns = np.array([3, 29, 0, 7, 7]), np.array([5, 3, 28, 1, 0, 9, 11])
    for travel in (lazy, matrix):
        block = travel.block("car", rows, columns)
        assert block.travel_s.dtype == block.distance_m.dtype == np.int32
        assert (block.travel_s == matrix.legs("car").travel_s[np.ix_(rows, columns)]).all()
        assert (block.distance_m == matrix.legs("car").distance_m[np.ix_(rows, columns)]).all()
        part = travel.subset([PLACES[9], PLACES[2], PLACES[20]])
        assert [part.leg("car", PLACES[20], PLACES[9])] == [matrix.leg("car", PLACES[20], PLACES[9])]
        assert part.source == matrix.source
        assert part.index == {"p9": 0, "p2": 1, "p20": 2}


def test_blocks_may_be_empty(matrix):
    nothing, some = np.zeros(0, dtype=np.int64), np.array([1, 2])
    for travel in (lazy_of(matrix), matrix):
        assert travel.block("car", nothing, some).travel_s.shape == (0, 2)
        assert travel.block("car", some, nothing).travel_s.shape == (2, 0)
        assert travel.subset([]).legs("car").travel_s.shape == (0, 0)


def test_missing_ways_are_found(matrix):
    assert matrix.unreachable_pairs("car")
    assert lazy_of(matrix).unreachable_pairs("car") == matrix.unreachable_pairs("car")


def test_an_unknown_profile_is_refused(matrix):
    lazy = lazy_of(matrix)
    for call in (
        lambda: lazy.leg("bike", PLACES[0], PLACES[1]),
        lambda: lazy.prefetch("bike", [(PLACES[0], PLACES[1])]),
        lambda: lazy.block("bike", np.array([0]), np.array([1])),
        lambda: lazy.unreachable_pairs("bike"),
    ):
        with pytest.raises(InputError) as caught:
            call()
        assert caught.value.code == "travel.profile"


def test_legs_asked_for_together_are_computed_once_and_together(matrix):
    asked: list[int] = []
    lazy = lazy_of(matrix, asked)
    some = [(PLACES[0], PLACES[1]), (None, PLACES[2]), (PLACES[1], PLACES[0]), (PLACES[0], PLACES[1])]
    lazy.prefetch("car", some)
    lazy.prefetch("car", some)
    for origin, target in some:
        lazy.leg("car", origin, target)
    assert asked == [2]


def test_what_is_remembered_stays_linear_in_the_places(matrix, monkeypatch):
    monkeypatch.setattr(lazy_travel, "HELD_LEGS_PER_PLACE", 2)
    lazy = lazy_of(matrix)
    for origin in PLACES:
        lazy.prefetch("car", [(origin, target) for target in PLACES])
        assert lazy.leg("car", origin, PLACES[3]) == matrix.leg("car", origin, PLACES[3])
        assert len(lazy._held["car"]) <= 2 * SIZE


@pytest.mark.parametrize("seed", range(6))
def test_a_plan_does_not_depend_on_how_travel_is_held(crowded, seed):
    problem, matrix = crowded(seed, breaks=seed % 3)
    plans = [
        plan_day(problem, travel, GreedyEngine(), limits=Limits(iterations=6), seed=0)
        for travel in (matrix, lazy_of(matrix))
    ]
    assert plans[0] == plans[1]


def test_large_problems_get_travel_when_asked_for(crowded, monkeypatch):
    problem, matrix = crowded(1)

    class Both:
        def matrix(self, places, profiles):
            return matrix

        def lazy(self, places, profiles):
            assert (tuple(places), list(profiles)) == (problem.places, ["car"])
            return lazy_of(matrix)

    class MatrixOnly:
        def matrix(self, places, profiles):
            return matrix

    assert travel_of(problem, Both()) is matrix
    monkeypatch.setattr("dispatch.service.DENSE_PLACES", len(problem.places) - 1)
    assert isinstance(travel_of(problem, Both()), LazyTravel)
    assert travel_of(problem, MatrixOnly()) is matrix


def test_engines_that_need_all_legs_refuse_too_many_places(matrix, monkeypatch):
    whole = whole_matrix(lazy_of(matrix), engine="greedy")
    assert (whole.legs("car").travel_s == matrix.legs("car").travel_s).all()
    monkeypatch.setattr("dispatch.travel.DENSE_PLACES", SIZE - 1)
    assert whole_matrix(matrix, engine="greedy") is matrix  # it is there already
    with pytest.raises(UnsupportedError) as caught:
        whole_matrix(lazy_of(matrix), engine="greedy")
    assert caught.value.code == "engine.too_many_places"
    assert "30 places" in caught.value.message
    assert "greedy" in caught.value.message
