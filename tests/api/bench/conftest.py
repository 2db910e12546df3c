"""Tiny instances with costs worked out by hand, and the folder of public instances where it is there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

SOLOMON = """\
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
# Legs, truncated: 0-1 5.0, 0-2 5.0, 0-3 1.4, 1-2 3.1, 1-3 3.6, 2-3 4.1. Customers 1 and 2 are too much for one
# vehicle, customer 3 must be first: [3, 1] and [2] cost 10.0 + 10.0, [1] and [3, 2] cost 10.0 + 10.5.

VRPLIB = """\
NAME : TINY
COMMENT : by hand
TYPE : VRPTW
DIMENSION : 3
EDGE_WEIGHT_TYPE : EXPLICIT
VEHICLES : 2
EDGE_WEIGHT_FORMAT : FULL_MATRIX
CAPACITY : 10
EDGE_WEIGHT_SECTION
0\t10\t20
40\t0\t5
30\t7\t0
NODE_COORD_SECTION
1\t0\t0
2\t0\t1
3\t0\t2
DEMAND_SECTION
1\t0
2\t4
3\t6
DEPOT_SECTION
1
-1
SERVICE_TIME_SECTION
1\t0
2\t60
3\t60
TIME_WINDOW_SECTION
1\t0\t500
2\t0\t300
3\t100\t200
EOF
"""
# One way round costs 10 + 5 + 30, the other 20 + 7 + 40.

TRSP = """\
TINY_TITLE

INFO
CREW COUNT  SKILLS  TOOLS   SPARE PARTS
2           1       2       1

DEPOT TECHNICIANS AND REQUESTS
ID   X     Y     TWS    TWE    Serv   SKILLS   TOOLS    SPARE PARTS
0    0     0     0      200    0      [] \t[] \t[]
1    0     10    0      200    0      [0] \t[] \t[1]
2    10    0     0      200    0      [] \t[1] \t[0]
3    0     20    50     60     5      [0] \t[] \t[0]
4    0     14    0      100    1      [] \t[1] \t[2]
"""
# Technician 1 must serve request 3; request 4 needs a visit to the main depot first, whoever serves it.

TASKS = """\
Capacity: 200
Customer: 4

CUST NO.  \t XCOORD.  \t YCOORD.  \t DEMAND  \t READY TIME  \t DUE DATE  \t SERVICE TIME \tcost\td11\td12\td13\td14
1\t0\t0\t0\t0\t230\t0\t0\t0\t0\t0\t0
2\t3\t4\t1\t0\t100\t10\t100\t1\t1\t0\t0
3\t6\t8\t1\t0\t100\t10\t100\t1\t1\t1\t1
4\t0\t9\t1\t50\t60\t10\t100\t1\t0\t0\t0
"""
# Euclid: 1-2 5, 2-3 5, 1-3 10, 1-4 9. Outsourcing: task 2 costs 200 + 2^1.5, task 3 200 + 4^1.5 = 208, task 4 201.

CREW = """\
Technicians
Number of Technicians: {count}
domains: 1
proficiency level: 4


ID\tdomain1
{rows}
"""


@pytest.fixture
def public() -> Path:
    """Public instances beside the project; tests that need them are skipped elsewhere."""
    folder = Path(__file__).parents[3].parent / "shared" / "bench"
    if not folder.is_dir():
        pytest.skip("the public instances are not here")
    return folder


@pytest.fixture
def tiny(tmp_path: Path) -> Callable[[str], Path]:
    """Write one of the tiny instances; returns its path."""

    def write(kind: str) -> Path:
        texts = {"solomon": SOLOMON, "vrplib": VRPLIB, "trsp": TRSP}
        path = tmp_path / f"{kind}.txt"
        if kind == "strsp":
            for folder, levels in (("technicians_noTeam", (2, 4)), ("techniciansReduced_noTeam", (2,))):
                rows = "\n".join(f"{number}\t{level}" for number, level in enumerate(levels, start=1))
                (tmp_path / folder).mkdir(exist_ok=True)
                text = CREW.format(count=len(levels), rows=rows)
                (tmp_path / folder / "technicians_R1_1x4_noTeam.txt").write_text(text, encoding="utf-8")
            (tmp_path / "tasks_noTeam").mkdir(exist_ok=True)
            path = tmp_path / "tasks_noTeam" / "R1_1x4_noTeam.txt"
        path.write_text(texts.get(kind, TASKS), encoding="utf-8")
        return path

    return write
