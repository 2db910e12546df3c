"""Unserved because there is no time: shifts, windows, breaks.

The ticket ``x`` of most cases lies at m20 and lasts 30 min; ann works 480..1020 from and to m0.
"""

from __future__ import annotations

from tests.dispatch.explain.unserved import DEAR, changes, facts_of
from tests.dispatch.line import MIN_S


def test_longer_than_shift(line, explain):
    # 20 + 30 + 20 = 70 min, 60 of shift: ten more
    entry = explain(line.solo([line.ticket("x", 20)], last=540))
    assert facts_of(entry, "longer_than_shift") == {"need_s": 70 * MIN_S, "shift_s": 60 * MIN_S}
    assert changes(entry) == [("extend_shift_end", {"extra_s": 10 * MIN_S, "end_s": 550 * MIN_S})]


def test_window_before_the_shift(line, explain):
    # x can start from 480 + 20 to 1020 - 20 - 30; its window ends 80 min before that, at 420
    entry = explain(line.solo([line.ticket("x", 20, windows=[(390, 420)])]))
    assert facts_of(entry, "window_outside_shift") == {
        "possible_from_s": 500 * MIN_S, "possible_to_s": 970 * MIN_S,
    }  # fmt: skip
    assert sorted(changes(entry)) == [
        ("extend_shift_start", {"extra_s": 80 * MIN_S, "start_s": 400 * MIN_S}),
        ("window_until", {"extra_s": 80 * MIN_S, "until_s": 500 * MIN_S}),
    ]


def test_window_after_the_shift(line, explain):
    # from 1000 on: 1000 + 30 + 20 = 1050, half an hour more; or a start at 970
    entry = explain(line.solo([line.ticket("x", 20, windows=[(1000, 1010)])]))
    assert facts_of(entry, "window_outside_shift") == {
        "possible_from_s": 500 * MIN_S, "possible_to_s": 970 * MIN_S,
    }  # fmt: skip
    assert sorted(changes(entry)) == [
        ("extend_shift_end", {"extra_s": 30 * MIN_S, "end_s": 1050 * MIN_S}),
        ("window_from", {"extra_s": 30 * MIN_S, "from_s": 970 * MIN_S}),
    ]


def test_the_next_shift_bounds_the_extension(line, explain):
    # ann's next shift starts at 1030, so her first can't last until 1050
    problem = line.solo([line.ticket("x", 20, windows=[(1000, 1010)])])
    problem = problem.replace(shifts=(*problem.shifts, line.shift("ann", 1030, 1040, name="ann2")))
    entry = explain(problem)
    assert "extend_shift_end" not in [code for code, facts in changes(entry) if facts.get("end_s", 0) > 1030 * MIN_S]


def test_window_taken(line, explain):
    # no way leads from x to a, so x can't come first; behind a, 480..540, its window, 490..500, has passed
    tickets = [line.ticket("a", 0, 60, windows=[(480, 480)]), line.ticket("x", 1, windows=[(490, 500)])]
    problem = line.solo(tickets, begin=None, end=None)
    entry = explain(problem, ("ann1", "a"), no_way=[("m1", "m0")])
    assert facts_of(entry, "window_taken") == {}
    # a minute on the way: start at 541
    assert changes(entry) == [("window_until", {"extra_s": 41 * MIN_S, "until_s": 541 * MIN_S})]


def test_shift_full(line, explain):
    # a fills 480..980 at m0, x takes 60 min there: 20 too many
    entry = explain(line.solo([line.ticket("a", 0, 500, unserved_cents=DEAR), line.ticket("x", 0, 60)]), ("ann1", "a"))
    assert facts_of(entry, "shift_full") == {"short_s": 20 * MIN_S}
    assert changes(entry) == [("extend_shift_end", {"extra_s": 20 * MIN_S, "end_s": 1040 * MIN_S})]


def test_shift_full_with_a_window(line, explain):
    # a must start at 480 and ends at 540; x starts by 500 at m0: 540 is 40 min late
    tickets = [line.ticket("a", 0, 60, windows=[(480, 480)]), line.ticket("x", 0, windows=[(490, 500)])]
    entry = explain(line.solo(tickets), ("ann1", "a"))
    assert entry.reason.code == "shift_full"
    assert ("window_until", {"extra_s": 40 * MIN_S, "until_s": 540 * MIN_S}) in changes(entry)


def test_a_longer_shift_makes_room_for_the_break_too(line, explain):
    # a fills 480..900, x 900..960; the break must start by 930 and takes 30 min: home at 990, 30 more than the shift
    problem = line.solo(
        [line.ticket("a", 0, 420, unserved_cents=DEAR), line.ticket("x", 0, 60)], last=960, breaks=[(880, 930, 30)]
    )
    entry = explain(problem, ("ann1", "a"))
    assert changes(entry) == [("extend_shift_end", {"extra_s": 30 * MIN_S, "end_s": 990 * MIN_S})]


def test_breaks_or_legs(line, explain):
    # x alone fits, 480..580; the break must start by 495 and takes 15 min: 490..505, x 505..605, the shift ends at 600
    problem = line.solo([line.ticket("x", 0, 100)], last=600, breaks=[(490, 495, 15)])
    entry = explain(problem)
    assert facts_of(entry, "breaks_or_legs") == {}
