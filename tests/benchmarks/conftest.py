"""Two instances of two or three customers, with costs worked out by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from api.bench.case import Score
from api.bench.vrptw import VrptwCase
from benchmarks.instances import instances, sources

# Legs, truncated: 0-1 5.0, 0-2 5.0, 0-3 1.4, 1-2 3.1, 1-3 3.6, 2-3 4.1. Customers 1 and 2 are too much for one
# vehicle, customer 3 must be first: [3, 1] and [2] cost 10.0 + 10.0, [1] and [3, 2] cost 10.0 + 10.5.
POINTS = """\
TINY

VEHICLE
NUMBER     CAPACITY
  2         10

CUSTOMER
CUST NO.   XCOORD.   YCOORD.    DEMAND   READY TIME   DUE DATE   SERVICE TIME

    0       0         0          0        0            30           0
    1       3         4          6       10            20           2
    2       0         5          5        0            20           0
    3       1         1          4        0             2           0
"""

# There and back differ: [1, 2] costs 10 + 5 + 30, and [2, 1] comes too late to 1.
MATRIX = """\
NAME : ROAD
TYPE : VRPTW
DIMENSION : 3
EDGE_WEIGHT_TYPE : EXPLICIT
VEHICLES : 2
EDGE_WEIGHT_FORMAT : FULL_MATRIX
CAPACITY : 10
EDGE_WEIGHT_SECTION
0 10 20
40 0 5
30 7 0
DEMAND_SECTION
1 0
2 4
3 6
DEPOT_SECTION
1
-1
SERVICE_TIME_SECTION
1 0
2 60
3 60
TIME_WINDOW_SECTION
1 0 500
2 0 150
3 100 200
EOF
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Both instances, and a best-known value of the first."""
    (tmp_path / "a_points.txt").write_text(POINTS, encoding="utf-8")
    (tmp_path / "b_road.txt").write_text(MATRIX, encoding="utf-8")
    (tmp_path / "best_known.csv").write_text("instance,dimacs_distance_1dp\na_points,16.0\n", encoding="utf-8")
    return tmp_path


@pytest.fixture
def read(folder: Path) -> list[tuple[VrptwCase, Score | None]]:
    return list(instances(sources([folder])))
