"""Figures of coverage as rows for screens, pages and spreadsheets: a list of dicts with one set of keys."""

from __future__ import annotations

from dispatch.plan import Reason
from geo.coverage.assignment import Ownership
from geo.coverage.radius import CircleAgainstRoad, Judgement, Misclassification
from geo.coverage.report import CoverageReport, Covered
from geo.coverage.targets import TargetCoverage

Row = dict[str, str | int | float | None]

ALL = ""
"""Stands in column `centre` of a row about all centres together."""


def centre_rows(report: CoverageReport) -> list[Row]:
    """A row for each centre, and one for all together."""
    rows: list[Row] = [
        {
            "centre": one.centre_id,
            "radius_m": one.radius_m,
            "limit_s": one.limit_s,
            **_covered(one.covered),
            "alone": one.alone.tickets,
            "alone_demand_s": one.alone.demand_s,
            "nearest_by_road": one.nearest_by_road,
            "nearest_by_air": one.nearest_by_air,
        }
        for one in report.centres
    ]
    alone = report.overlaps[1]
    rows.append(
        {
            "centre": ALL,
            "radius_m": None,
            "limit_s": None,
            **_covered(report.covered),
            "alone": alone.tickets,
            "alone_demand_s": alone.demand_s,
            "nearest_by_road": sum(one.nearest_by_road for one in report.centres),
            "nearest_by_air": sum(one.nearest_by_air for one in report.centres),
        }
    )
    return rows


def overlap_rows(report: CoverageReport) -> list[Row]:
    """How much is covered by no, one, two ... centres."""
    return [{"centres": count, **_covered(one)} for count, one in enumerate(report.overlaps)]


def target_rows(report: CoverageReport) -> list[Row]:
    """Targets of each tier, for each centre alone, and for all together."""
    every = [(one.centre_id, target) for one in report.centres for target in one.targets]
    every += [(ALL, target) for target in report.targets]
    return [_target(centre, target) for centre, target in every]


def gap_rows(report: CoverageReport) -> list[Row]:
    """Tickets that nobody covers."""
    return [
        {
            "ticket": gap.ticket_id,
            "reason": gap.reason,
            "nearest": gap.centre_id,
            "travel_s": gap.travel_s,
            "distance_m": gap.distance_m,
            "air_m": gap.air_m,
        }
        for gap in report.gaps
    ]


def difference_rows(report: CoverageReport) -> list[Row]:
    """Tickets for which the road names another nearest centre than the map."""
    return [
        {
            "ticket": one.ticket_id,
            "by_road": one.by_road,
            "by_air": one.by_air,
            "travel_s": one.travel_s,
            "extra_s": one.extra_s,
            "by_road_air_m": one.by_road_air_m,
            "by_air_air_m": one.by_air_air_m,
        }
        for one in report.differences
    ]


def circle_rows(found: Misclassification) -> list[Row]:
    """The given circle, and the best one, against the road: for each centre, and for all together."""
    return [_circle(one) for one in (*found.centres, found.together)]


def owner_rows(ownership: Ownership) -> list[Row]:
    """Load of each centre."""
    return [
        {
            "centre": one.centre_id,
            "room_tickets": one.capacity.tickets,
            "room_work_s": one.capacity.work_s,
            "tickets": one.tickets,
            "work_s": one.work_s,
            "travel_s": one.travel_s,
            "nearest_tickets": one.nearest_tickets,
            "nearest_work_s": one.nearest_work_s,
        }
        for one in ownership.centres
    ]


def moved_rows(ownership: Ownership) -> list[Row]:
    """Tickets that do not go to their nearest centre, or to none."""
    return [
        {
            "ticket": one.ticket_id,
            "owner": one.centre_id,
            "nearest": one.nearest_id,
            "travel_s": one.travel_s,
            "extra_s": one.extra_s,
        }
        for one in ownership.tickets
        if one.centre_id != one.nearest_id or one.centre_id is None
    ]


def circle_facts(found: Misclassification) -> tuple[Reason, ...]:
    """What a planner should hear about the circles, as codes and numbers; nothing about a circle that is right.

    ``circle_false_in``: inside the circle, but the road is too long. ``circle_false_out``: outside, but near by road.
    ``circle_best``: another radius gets less wrong. Fact `centre` is empty for all centres together.
    """
    facts: list[Reason] = []
    for one in (*found.centres, found.together):
        judged = one.judgement
        if judged is None:
            continue
        given = {"radius_m": one.radius_m, "limit_s": one.limit_s}
        same: dict[str, int | str] = {name: value for name, value in given.items() if value is not None}
        same["centre"] = one.centre_id
        if judged.false_in:
            of = judged.right_in + judged.false_in
            facts.append(Reason(code="circle_false_in", facts={**same, "tickets": judged.false_in, "of": of}))
        if judged.false_out:
            of = judged.right_in + judged.false_out
            facts.append(Reason(code="circle_false_out", facts={**same, "tickets": judged.false_out, "of": of}))
        best = one.best.judgement
        if (best.wrong_s, best.wrong) < (judged.wrong_s, judged.wrong):
            wrong = {"wrong": judged.wrong, "wrong_s": judged.wrong_s}
            better = {"best_radius_m": one.best.radius_m, "best_wrong": best.wrong, "best_wrong_s": best.wrong_s}
            facts.append(Reason(code="circle_best", facts={**same, **wrong, **better}))
    return tuple(facts)


def _covered(one: Covered) -> Row:
    return {
        "tickets": one.tickets,
        "tickets_share": one.tickets_share,
        "demand_s": one.demand_s,
        "demand_share": one.demand_share,
    }


def _target(centre: str, one: TargetCoverage) -> Row:
    return {
        "centre": centre,
        "tier": one.tier,
        "target": one.target,
        "tickets": one.tickets,
        "kept": one.kept,
        "share": one.share,
        "least_slack_s": one.least_slack_s,
        "median_slack_s": one.median_slack_s,
    }


def _circle(one: CircleAgainstRoad) -> Row:
    return {
        "centre": one.centre_id,
        "limit_s": one.limit_s,
        "radius_m": one.radius_m,
        **_judged(one.judgement, ""),
        "best_radius_m": one.best.radius_m,
        "best_up_to_m": one.best.up_to_m,
        **_judged(one.best.judgement, "best_"),
    }


def _judged(one: Judgement | None, prefix: str) -> Row:
    return {
        f"{prefix}{name}": getattr(one, name, None)
        for name in ("right_in", "false_in", "false_out", "right_out", "wrong_s", "precision", "recall")
    }
