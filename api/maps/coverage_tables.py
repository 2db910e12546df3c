"""Figures of a coverage study as tables of texts."""

from __future__ import annotations

from collections.abc import Iterator

from api.coverage_study import CoverageStudy
from api.maps.directions import metres_text
from api.maps.labels import labels
from api.maps.text_tables import TextRow, TextTable
from api.report.figures import duration_text, share_text
from geo.coverage.radius import CircleAgainstRoad
from geo.coverage.report import Covered
from geo.coverage.tables import circle_facts

NONE = "–"


def coverage_tables(study: CoverageStudy, language: str) -> list[TextTable]:
    """All tables that hold something."""
    writer = _Writer(study, language)
    made = (
        writer.coverage(),
        writer.circles(),
        writer.overlaps(),
        writer.targets(),
        writer.owners(),
        writer.gaps(),
        writer.differences(),
        writer.moved(),
    )
    return [table for table in made if table.rows]


def coverage_notes(study: CoverageStudy, language: str) -> list[str]:
    """Sentences about the circles of all centres together, and about what could not be found out."""
    words, writer = labels(language), _Writer(study, language)
    notes = []
    if study.circles is None:
        notes.append(words["note.no_limit"])
    else:
        for fact in circle_facts(study.circles):
            facts = fact.facts
            if facts["centre"]:
                continue  # the table of circles says it of each centre
            if fact.code == "circle_best":
                values = [writer.metres(int(facts["best_radius_m"])), facts["best_wrong"], facts["wrong"]]
            else:
                values = [facts["tickets"], facts["of"]]
            notes.append(words[f"fact.{fact.code}"].format(words["all_centres"], *values))
    if study.ownership.gap_s:
        notes.append(words["note.unproved"].format(duration_text(study.ownership.gap_s, language)))
    return notes


def limit_text(study: CoverageStudy, row: int, language: str) -> str:
    """Limits of one centre: ``5.0 km, 15 min``."""
    limits = study.report.limits
    parts = []
    radius_m, limit_s = limits.radius_m[row], limits.limit_s[row]
    if radius_m is not None:
        parts.append(metres_text(radius_m, language))
    if limit_s is not None:
        parts.append(duration_text(limit_s, language))
    # A number and its unit stay on one line.
    return ", ".join(part.replace(" ", "\u00a0") for part in parts) or labels(language)["limit.none"]


class _Writer:
    """Tables of one study in one language."""

    def __init__(self, study: CoverageStudy, language: str) -> None:
        self.study = study
        self.language = language
        self.words = labels(language)
        self.centre = {centre.id: number for number, centre in enumerate(study.centres)}
        self.ticket = {ticket.id: number for number, ticket in enumerate(study.legs.tickets)}

    def metres(self, metres: int | None) -> str:
        return NONE if metres is None else metres_text(metres, self.language)

    def seconds(self, seconds: int | None) -> str:
        return NONE if seconds is None else duration_text(seconds, self.language)

    def coverage(self) -> TextTable:
        report = self.study.report
        rows = [
            TextRow(
                cells=(
                    one.centre_id,
                    limit_text(self.study, row, self.language),
                    *self._covered(one.covered),
                    f"{one.alone.tickets:,}",
                    f"{one.nearest_by_road:,}",
                    f"{one.nearest_by_air:,}",
                ),
                centre=row,
            )
            for row, one in enumerate(report.centres)
        ]
        rows.append(
            TextRow(
                cells=(
                    self.words["col.all"],
                    "",
                    *self._covered(report.covered),
                    f"{report.overlaps[1].tickets:,}",
                    f"{sum(one.nearest_by_road for one in report.centres):,}",
                    f"{sum(one.nearest_by_air for one in report.centres):,}",
                ),
                total=True,
            )
        )
        names = "centre limits tickets share demand_share alone nearest_road nearest_air"
        return self._table("coverage", names, rows, texts=2)

    def circles(self) -> TextTable:
        found = self.study.circles
        every = () if found is None else (*found.centres, found.together)
        rows = [
            TextRow(cells=self._circle(one), centre=self.centre.get(one.centre_id), total=not one.centre_id)
            for one in every
        ]
        names = "centre radius minutes false_in false_out best_radius best_wrong"
        return self._table("circles", names, rows)

    def _circle(self, one: CircleAgainstRoad) -> tuple[str, ...]:
        judged = one.judgement
        return (
            one.centre_id or self.words["col.all"],
            self.metres(one.radius_m),
            self.seconds(one.limit_s),
            NONE if judged is None else f"{judged.false_in:,}",
            NONE if judged is None else f"{judged.false_out:,}",
            self.metres(one.best.radius_m),
            f"{one.best.judgement.wrong:,}",
        )

    def overlaps(self) -> TextTable:
        rows = []
        for count, one in enumerate(self.study.report.overlaps):
            name = self.words[f"centre_count.{count if count < 2 else 'n'}"].format(count)
            rows.append(TextRow(cells=(name, *self._covered(one))))
        return self._table("overlaps", "centres tickets share demand_share", rows)

    def targets(self) -> TextTable:
        rows = [
            TextRow(
                cells=(
                    one.tier,
                    one.target,
                    f"{one.tickets:,}",
                    f"{one.kept:,}",
                    NONE if one.share is None else share_text(one.share),
                    self.seconds(one.least_slack_s),
                )
            )
            for one in self.study.report.targets
        ]
        return self._table("targets", "tier target tickets kept share slack", rows, texts=2)

    def owners(self) -> TextTable:
        def room(tickets: int | None, work_s: int | None) -> str:
            parts = [] if tickets is None else [f"{tickets:,}"]
            parts += [] if work_s is None else [self.seconds(work_s)]
            return ", ".join(parts) or self.words["unlimited"]

        rows = [
            TextRow(
                cells=(
                    one.centre_id,
                    room(one.capacity.tickets, one.capacity.work_s),
                    f"{one.tickets:,}",
                    self.seconds(one.work_s),
                    f"{one.nearest_tickets:,}",
                    self.seconds(one.travel_s),
                ),
                centre=row,
            )
            for row, one in enumerate(self.study.ownership.centres)
        ]
        return self._table("owners", "centre room owned work nearest drives", rows)

    def gaps(self) -> TextTable:
        rows = [
            TextRow(
                cells=(
                    gap.ticket_id,
                    self.words[f"gap.{gap.reason}"],
                    gap.centre_id,
                    self.seconds(gap.travel_s),
                    self.metres(gap.air_m),
                ),
                ticket=self.ticket[gap.ticket_id],
            )
            for gap in self.study.report.gaps
        ]
        return self._table("gaps", "ticket reason from minutes by_air", rows, texts=3)

    def differences(self) -> TextTable:
        rows = [
            TextRow(
                cells=(one.ticket_id, one.by_road, one.by_air, self.seconds(one.travel_s), self.seconds(one.extra_s)),
                ticket=self.ticket[one.ticket_id],
            )
            for one in self.study.report.differences
        ]
        return self._table("differences", "ticket by_road by_air minutes extra", rows, texts=3)

    def moved(self) -> TextTable:
        rows = [
            TextRow(
                cells=(
                    one.ticket_id,
                    one.centre_id or self.words["nobody"],
                    one.nearest_id or NONE,
                    self.seconds(one.travel_s),
                    self.seconds(one.extra_s) if one.centre_id else NONE,
                ),
                ticket=self.ticket[one.ticket_id],
            )
            for one in self.study.ownership.tickets
            if one.centre_id != one.nearest_id or one.centre_id is None
        ]
        return self._table("moved", "ticket owner from minutes extra", rows, texts=3)

    def _covered(self, one: Covered) -> Iterator[str]:
        yield f"{one.tickets:,}"
        yield NONE if one.tickets_share is None else share_text(one.tickets_share)
        yield NONE if one.demand_share is None else share_text(one.demand_share)

    def _table(self, key: str, columns: str, rows: list[TextRow], *, texts: int = 1) -> TextTable:
        return TextTable(
            key=key,
            title=self.words[f"table.{key}"],
            columns=tuple(self.words[f"col.{name}"] for name in columns.split()),
            texts=texts,
            rows=tuple(rows),
        )
