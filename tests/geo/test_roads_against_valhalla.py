"""The own roads against another router, on the same map: the figures of docs/roads_against_valhalla.md."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from benchmarks import valhalla_matrix
from benchmarks.roads_against_valhalla import PERCENTILES, Comparison, compare

PAIRS = 500


def _check(made: Comparison) -> None:
    percentiles = dict(zip(PERCENTILES, np.percentile(made.time_ratio, PERCENTILES).round(3).tolist(), strict=True))
    length = np.median(made.length_ratio)
    sys.stdout.write(f"own time / Valhalla's: {percentiles}, {len(made.time_ratio)} pairs, length {length:.3f}\n")
    assert len(made.own_s) == PAIRS
    assert len(made.time_ratio) > 0.9 * PAIRS, "hardly any place is cut off"
    assert 0.8 < percentiles[50] < 1.25
    assert percentiles[5] > 0.6
    assert percentiles[95] < 2.0
    # What a ratio of times can't show: that both drive the same roads.
    assert abs(length - 1) < 0.02
    assert made.same_way.mean() > 0.4


def test_times_in_a_city(valhalla_url: str, extracts: Callable[[str], Path], tmp_path: Path) -> None:
    _check(compare(extracts("helsinki_centre"), valhalla_url, pairs=PAIRS, seed=4, cache=tmp_path))


@pytest.mark.slow
def test_times_in_towns_and_mountains(extracts: Callable[[str], Path], tmp_path: Path) -> None:
    extract = extracts("liechtenstein")
    if not valhalla_matrix.available():
        pytest.skip("the package pyvalhalla is not installed")
    with valhalla_matrix.service(valhalla_matrix.build_tiles(extract, tmp_path)) as url:
        _check(compare(extract, url, pairs=PAIRS, seed=4, cache=tmp_path / "cache"))
