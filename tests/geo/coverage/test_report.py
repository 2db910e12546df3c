"""Coverage of River Town: every number worked out on the map in conftest.py."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.errors import Fault, InputError
from dispatch.places import Place
from dispatch.technicians import ServiceCentre
from dispatch.tickets import Ticket
from dispatch.tiers import Deadline, Point
from dispatch.travel import TravelMatrix
from geo.coverage.legs import CentreLegs, centre_legs, centre_legs_from
from geo.coverage.limits import Limits, covers
from geo.coverage.report import Gap, NearestDiffers, coverage
from geo.coverage.tables import centre_rows, difference_rows, gap_rows, overlap_rows, target_rows
from geo.coverage.targets import TargetCoverage


def test_who_covers_what_within_minutes(legs: CentreLegs) -> None:
    """A in five minutes: T1, T3 (1 block), T5 (4). B: T2, T3 (5), T4 (1), T5 (2)."""
    report = coverage(legs, Limits.of(legs.centres, limit_s=300))

    assert report.covers.tolist() == [[True, False, True, False, True], [False, True, True, True, True]]
    assert [one.covered.tickets for one in report.centres] == [3, 4]
    assert [one.alone.tickets for one in report.centres] == [1, 2]  # T1; T2, T4
    assert [one.covered.demand_s for one in report.centres] == [600 + 600 + 3000, 1200 + 600 + 1800 + 3000]
    assert report.centres[0].covered.tickets_share == 0.6
    assert report.centres[0].covered.demand_share == round(4200 / 7200, 4)
    assert [one.tickets for one in report.overlaps] == [0, 3, 2]
    assert report.covered.tickets_share == 1
    assert report.gaps == ()


def test_own_limits_of_a_centre_must_both_hold(legs: CentreLegs) -> None:
    """A: within 1.5 km and five minutes: T1, T3. B: within 2.5 km and three minutes: T4, T5. T2 is left."""
    report = coverage(legs)

    assert report.covers.tolist() == [[True, False, True, False, False], [False, False, False, True, True]]
    (gap,) = report.gaps
    assert gap == Gap(
        ticket_id="T2", reason="beyond_limits", centre_id="B", travel_s=300, distance_m=5000, air_m=gap.air_m
    )
    assert gap.air_m == pytest.approx(1000 * 17**0.5, abs=3)  # 4 blocks east, 1 south
    assert report.covered.tickets_share == 0.8
    assert report.covered.demand_share == round(6000 / 7200, 4)


def test_no_limit_is_as_far_as_a_way_leads(legs: CentreLegs) -> None:
    bare = replace(legs, centres=tuple(ServiceCentre(id=c.id, place=c.place) for c in legs.centres))

    assert coverage(bare).overlaps[2].tickets == 5


def test_nearest_by_road_and_by_air(legs: CentreLegs) -> None:
    """T2 lies a kilometre from A, across the river: 9 minutes from A, 5 from B. The others agree."""
    report = coverage(legs)

    (one,) = report.differences
    assert one == NearestDiffers(
        ticket_id="T2",
        by_road="B",
        by_air="A",
        travel_s=300,
        extra_s=240,
        by_road_air_m=one.by_road_air_m,
        by_air_air_m=one.by_air_air_m,
    )
    assert (one.by_air_air_m, one.by_road_air_m) == (pytest.approx(1000, abs=1), pytest.approx(4123, abs=3))
    assert [(c.nearest_by_road, c.nearest_by_air) for c in report.centres] == [(2, 3), (3, 2)]


def test_targets_when_leaving_at_once(legs: CentreLegs) -> None:
    """Due 500 s after opening. By start: T1 60 s and T2 300 s are kept. By finish: T1 at 660 s, T2 at 1,500 s are not.

    A alone reaches T1 only: T2 takes 540 s from there.
    """
    deadlines: dict[str, Sequence[Deadline]] = {ticket.id: () for ticket in legs.tickets}
    for name in ("T1", "T2"):
        deadlines[name] = (
            Deadline(target="respond", point=Point.START, due_s=1500),
            Deadline(target="solve", point=Point.FINISH, due_s=1500),
        )
    opened = replace(legs, tickets=tuple(replace(ticket, opened_s=1000) for ticket in legs.tickets))

    report = coverage(opened, Limits.of(legs.centres, limit_s=600), deadlines=deadlines)

    assert report.targets == (
        TargetCoverage(
            tier="enterprise",
            target="respond",
            tickets=2,
            kept=2,
            share=1.0,
            least_slack_s=200,
            median_slack_s=200,
        ),
        TargetCoverage(
            tier="enterprise",
            target="solve",
            tickets=2,
            kept=0,
            share=0.0,
            least_slack_s=None,
            median_slack_s=None,
        ),
    )
    assert [one.kept for one in report.centres[0].targets] == [1, 0]
    assert [one.kept for one in report.centres[1].targets] == [2, 0]  # T1: 7 blocks, 420 s


def test_a_target_is_due_inclusively(legs: CentreLegs) -> None:
    deadlines: dict[str, Sequence[Deadline]] = {ticket.id: () for ticket in legs.tickets}

    for due_s, kept in ((660, 1), (659, 0)):  # T1: one minute's drive, ten minutes' work
        deadlines["T1"] = (Deadline(target="solve", point=Point.FINISH, due_s=due_s),)
        assert [one.kept for one in coverage(legs, deadlines=deadlines).targets] == [kept]


def test_tables_tell_the_same(legs: CentreLegs) -> None:
    report = coverage(
        legs, deadlines={t.id: (Deadline(target="x", point=Point.START, due_s=99),) for t in legs.tickets}
    )

    rows = centre_rows(report)
    assert [row["centre"] for row in rows] == ["A", "B", ""]
    assert [row["tickets"] for row in rows] == [2, 2, 4]
    assert [row["alone"] for row in rows] == [2, 2, 4]
    assert [row["tickets"] for row in overlap_rows(report)] == [1, 4, 0]
    assert gap_rows(report)[0]["ticket"] == "T2"
    assert difference_rows(report)[0]["extra_s"] == 240
    assert {(row["centre"], row["tier"], row["kept"]) for row in target_rows(report)} == {
        ("A", "enterprise", 1), ("A", "basic", 1), ("B", "enterprise", 0), ("B", "basic", 1),
        ("", "enterprise", 1), ("", "basic", 2),
    }  # fmt: skip
    for table in (rows, overlap_rows(report), target_rows(report)):
        assert len({tuple(row) for row in table}) == 1  # one set of columns


def test_nothing_to_share_has_no_share(legs: CentreLegs) -> None:
    report = coverage(legs, demand_s={ticket.id: 0 for ticket in legs.tickets})

    assert report.demand_s == 0
    assert report.covered.demand_share is None
    assert report.covered.tickets_share == 0.8


def test_unreachable_and_off_road_tickets_are_listed(
    centres: tuple[ServiceCentre, ...], tickets: tuple[Ticket, ...], travel: TravelMatrix, at: Callable[..., Place]
) -> None:
    """An island (no way), and a place that the travel source does not hold (off the road); a circle holds both."""
    places = (*travel.places, at("island", 2, 0))
    legs = travel.legs("car")
    islanded = TravelMatrix(
        places=places,
        profiles={
            "car": replace(
                legs,
                travel_s=np.pad(legs.travel_s, ((0, 1), (0, 1)), constant_values=-1),
                distance_m=np.pad(legs.distance_m, ((0, 1), (0, 1)), constant_values=-1),
            )
        },
        source="map",
    )
    more = (
        *tickets,
        Ticket(id="on island", place=at("island", 2, 0), duration_s=60, tier="basic"),
        Ticket(id="in field", place=at("field", 3.5, 0.5), duration_s=60, tier="basic"),
    )

    report = coverage(centre_legs(centres, more, islanded), Limits.of(centres, radius_m=99_000))

    gaps = {gap.ticket_id: gap for gap in report.gaps}
    assert {name: gap.reason for name, gap in gaps.items()} == {"on island": "no_way", "in field": "off_road"}
    assert gaps["in field"].centre_id == "A"
    assert (gaps["in field"].travel_s, gaps["in field"].distance_m) == (None, None)
    assert report.legs.off_road == {"in field": "travel.off_road"}


class Refusing:
    """A road source that knows one place is in a field."""

    def __init__(self, travel: TravelMatrix, far: set[str]) -> None:
        self.travel, self.far = travel, far

    def matrix(self, places: Sequence[Place], profiles: Sequence[str]) -> TravelMatrix:
        bad = [place.id for place in places if place.id in self.far]
        if bad:
            raise InputError(
                "travel.off_road",
                "far",
                [Fault(rule="travel.zero_place", message="far", field="place", value=one) for one in bad],
            )
        return self.travel.subset(places)


def test_a_source_that_refuses_a_ticket_is_asked_for_the_rest(
    centres: tuple[ServiceCentre, ...], tickets: tuple[Ticket, ...], travel: TravelMatrix
) -> None:
    found = centre_legs_from(centres, tickets, Refusing(travel, {"T4"}))

    assert found.off_road == {"T4": "travel.zero_place"}
    assert coverage(found).gaps[-1].reason == "zero_place"
    assert found.travel_s[:, 3].tolist() == [-1, -1]
    assert found.travel_s[:, 4].tolist() == [240, 120]


def test_a_centre_off_the_road_is_an_error(
    centres: tuple[ServiceCentre, ...], tickets: tuple[Ticket, ...], travel: TravelMatrix
) -> None:
    with pytest.raises(InputError) as caught:
        centre_legs_from(centres, tickets, Refusing(travel, {"A", "T4"}))

    assert [(fault.rule, fault.value) for fault in caught.value.faults] == [("travel.zero_place", "A")]


def test_all_faults_at_once(
    centres: tuple[ServiceCentre, ...], tickets: tuple[Ticket, ...], travel: TravelMatrix
) -> None:
    nowhere = Ticket(id="T9", place=Place(id="T9"), duration_s=1, tier="basic")

    with pytest.raises(InputError) as caught:
        centre_legs((*centres, centres[0]), (*tickets, tickets[1], nowhere), travel)
    assert [(fault.rule, fault.value) for fault in caught.value.faults] == [
        ("centre.duplicate", "A"),
        ("ticket.duplicate", "T2"),
        ("travel.no_coordinates", "T9"),
    ]

    with pytest.raises(InputError) as caught:
        centre_legs((), (), travel)
    assert [fault.rule for fault in caught.value.faults] == ["coverage.no_centre", "coverage.no_ticket"]


@pytest.mark.parametrize(
    ("given_limits", "code"), [({"radius_m": -1}, "coverage.radius"), ({"limit_s": -1}, "coverage.limit")]
)
def test_negative_limits(legs: CentreLegs, given_limits: dict[str, int], code: str) -> None:
    with pytest.raises(InputError) as caught:
        Limits.of(legs.centres, **given_limits)
    assert caught.value.faults[0].rule == code


def test_demand_and_deadlines_must_be_whole(legs: CentreLegs) -> None:
    with pytest.raises(InputError, match="T2, T3, T4, T5"):
        coverage(legs, demand_s={"T1": 5})
    with pytest.raises(InputError, match="deadlines"):
        coverage(legs, deadlines={})


seconds = st.integers(-1, 50)


@given(data=st.data(), limit=st.integers(0, 50), more=st.integers(0, 50))
def test_more_minutes_never_cover_less(
    made_up: Callable[..., CentreLegs], data: st.DataObject, limit: int, more: int
) -> None:
    size = data.draw(st.integers(1, 6))
    table = data.draw(st.lists(st.lists(seconds, min_size=size, max_size=size), min_size=1, max_size=3))
    legs = made_up(table, [[abs(one) for one in row] for row in table], list(range(size)))

    small, large = (coverage(legs, Limits.of(legs.centres, limit_s=one)) for one in (limit, limit + more))

    assert not (small.covers & ~large.covers).any()
    assert small.covered.tickets <= large.covered.tickets
    assert small.covered.demand_s <= large.covered.demand_s
    assert {gap.ticket_id for gap in large.gaps} <= {gap.ticket_id for gap in small.gaps}
    assert sum(one.tickets for one in large.overlaps) == size
    assert large.covers.tolist() == covers(legs, Limits.of(legs.centres, limit_s=limit + more)).tolist()
