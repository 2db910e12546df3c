"""Outlines of rasters: by hand, and against the union of the cells' squares."""

from __future__ import annotations

import numpy as np
import shapely
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from geo.coverage.outline import outline


def cells(*rows: str) -> np.ndarray:
    return np.array([[int(cell == "#") for cell in row] for row in rows], dtype=np.uint8)


def test_a_square_has_four_corners() -> None:
    assert outline(cells("##", "##")).equals_exact(shapely.Polygon([(0, 0), (2, 0), (2, 2), (0, 2)]))


def test_a_ring_has_a_hole() -> None:
    found = outline(cells("###", "#.#", "###"))

    assert (found.geom_type, found.area, len(found.interiors)) == ("Polygon", 8, 1)


def test_an_island_in_a_lake_is_a_part() -> None:
    found = outline(cells("#####", "#...#", "#.#.#", "#...#", "#####"))

    assert [(len(part.interiors), part.area) for part in found.geoms] == [(1, 16), (0, 1)]


def test_cells_that_touch_by_a_corner_are_two_parts() -> None:
    assert [part.area for part in outline(cells("#.", ".#")).geoms] == [1, 1]


def test_holes_that_touch_by_a_corner_are_two() -> None:
    found = outline(cells("####", "#.##", "##.#", "####"))

    assert found.is_valid
    assert [shapely.Polygon(ring).area for ring in found.interiors] == [1, 1]


def test_a_bay_closed_by_a_corner_is_a_hole() -> None:
    """The shell comes to the corner between the two ends twice."""
    found = outline(cells("###", "#.#", "##."))

    assert found.is_valid
    assert found.area == 7


@settings(max_examples=300, deadline=None)
@given(raster=arrays(np.uint8, st.tuples(st.integers(1, 9), st.integers(1, 9)), elements=st.integers(0, 1)))
@example(raster=cells("##.", "#.#", "##."))
def test_equals_the_union_of_the_squares(raster: np.ndarray) -> None:
    assume(raster.any())

    found = outline(raster)

    rows, columns = np.nonzero(raster)
    assert found.is_valid
    assert found.area == raster.sum()
    squares = shapely.union_all(shapely.box(columns, rows, columns + 1, rows + 1))
    assert shapely.symmetric_difference(found, squares).area == 0
