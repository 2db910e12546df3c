"""The small day of the checker's tests, its times derived by hand, and the watch over completeness.

Each violation code is the subject of one test that is named after it, in one of the ``test_checker_*.py`` files.
"""

from __future__ import annotations

import ast
from pathlib import Path

from dispatch.feasibility import CODES, check_routes
from dispatch.plan import Rest

HERE = Path(__file__).parent


def test_every_code_is_the_subject_of_one_test():
    names = [
        node.name.removeprefix("test_")
        for path in sorted(HERE.glob("test_checker_*.py"))
        if path != Path(__file__)
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    ]
    assert sorted(names) == sorted(CODES)


def test_the_right_plan_has_no_violation(day):
    assert day.check(day.plan) == []
    assert check_routes(day.problem, day.travel, day.plan.routes) == []


def test_routes_without_any_visit_are_right(day):
    assert check_routes(day.problem, day.travel, []) == []


def test_times_of_ann(day):
    """t1 starts no earlier than its window, 540, at m10: departure 530. Then t2 540+30+10 = 580..600, the break at its
    earliest, 600..630, 20 min to the hub: 650..660, 15 min to t3: 675..715, 15 min home: 730."""
    route = day.route("ann1")
    assert (route.departure_s, route.return_s) == (530 * 60, 730 * 60)
    assert [(stop.start_s // 60, stop.finish_s // 60) for stop in route.stops] == [
        (540, 570), (580, 600), (600, 630), (650, 660), (675, 715),
    ]  # fmt: skip
    assert isinstance(route.stops[2], Rest)


def test_times_of_bob(day):
    """t4 is pinned to 600 at m30: departure 570. t5 at m40: 640..670, t6 at the same place: 670..730, the break
    730..760, 40 min home: 800."""
    route = day.route("bob1")
    assert (route.departure_s, route.return_s) == (570 * 60, 800 * 60)
    assert [(stop.start_s // 60, stop.finish_s // 60) for stop in route.stops] == [
        (600, 630), (640, 670), (670, 730), (730, 760),
    ]  # fmt: skip


def test_times_of_cat(day):
    """cat has no start place and waits for nobody: she departs when bob can start t6, 670. t7 must not start before
    730 + 30 = 760 and lies 5 min on; t9 is at the same place: 790..820, the end of the route."""
    route = day.route("cat1")
    assert (route.departure_s, route.return_s) == (670 * 60, 820 * 60)
    assert [(visit.arrival_s // 60, visit.start_s // 60) for visit in route.visits] == [
        (670, 670), (735, 760), (790, 790),
    ]  # fmt: skip
    # t9 is an enterprise ticket opened at 0: respond by 360, solve by 720
    assert [(late.target, late.late_s // 60) for late in route.visits[2].late] == [("respond", 430), ("solve", 100)]


def test_left_out(day):
    """t8 is basic, due at 2880 and 4320 min, after the day; t10 is advanced, its respond is due at 720."""
    assert [(entry.ticket_id, entry.deferred) for entry in day.plan.unserved] == [("t8", True), ("t10", False)]
