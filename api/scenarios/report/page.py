"""The comparison as one page without scripts that loads nothing."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from html import escape
from importlib.resources import files

from api.scenarios.played import Study
from api.scenarios.report.charts import Line, interval_chart
from api.scenarios.report.maps import Frame, legend, site_map
from api.scenarios.report.words import advice, difference, labels, money
from scenarios.study.comparison import BURDEN, PROMISE_COST, TRAVEL_MEAN, Outcome
from scenarios.study.intervals import Interval
from scenarios.study.recommendation import recommend

_LANGUAGE_TAGS = {"en": "en", "zh": "zh-Hans"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A figure of the table: its name, heading, text of a value, and whether more of it is better."""

    figure: str
    title: str
    show: Callable[[float], str]
    more: bool = False


def report_page(study: Study, *, language: str) -> str:
    """Draw a comparison as one HTML page that opens without a network.

    Parameters
    ----------
    study : Study
    language : str
        ``en`` or ``zh``.

    Returns
    -------
    str
        The page. A content security policy in it forbids every load and every script; texts of the input stand in
        escaped HTML only.
    """
    words = labels(language)
    sections = (_advice, _total, _figures, _tiers, _cost, _maps, _truth, _method)
    values = {
        "language": _LANGUAGE_TAGS[language],
        "title": escape(words["title"]),
        "style": _style(),
        "body": "\n".join(text for section in sections if (text := section(study, language))),
    }
    return re.sub(r"\{\{(\w+)\}\}", lambda match: values[match[1]], _asset("report.html"))


def _section(title: str, *parts: str, note: str = "", kind: str = "") -> str:
    told = f'<p class="note">{escape(note)}</p>' if note else ""
    return f'<section class="{kind}"><h2>{escape(title)}</h2>{"".join(parts)}{told}</section>'


def _advice(study: Study, language: str) -> str:
    sentences = "".join(f"<p>{escape(one)}</p>" for one in advice(study, language))
    return _section(labels(language)["advice"], sentences, kind="advice")


def _total(study: Study, language: str) -> str:
    words, found = labels(language), recommend(study.comparison)
    if not found.standings:
        return ""
    outcomes = study.comparison.outcomes
    titles = {one.played.name: one.played.title for one in outcomes}
    currency = outcomes[0].played.prices.currency
    lines = [
        Line(
            label=titles[one.name],
            value=one.difference,
            state="" if one.verdict == "open" else str(one.verdict),
            text=money(one.difference.mean, currency),
        )
        for one in sorted(found.standings, key=lambda one: one.difference.mean)
    ]
    chart = interval_chart(lines, show=lambda value: money(value, ""), zero=True)
    first = outcomes[0].played
    note = words["note.total"].format(study.comparison.common_days)
    return _section(words["section.total"].format(first.title), chart, note=note)


def _columns(study: Study, language: str) -> list[Column]:
    words, tiers = labels(language), study.manifests[0]["tiers"]

    def hours(value: float) -> str:
        return f"{value / 3600:.1f}"

    def share(value: float) -> str:
        return f"{100 * value:.1f} %"

    def count(value: float) -> str:
        return f"{value:.1f}"

    return [
        Column(figure="served_share", title=words["figure.served_share"], show=share, more=True),
        Column(figure="unserved", title=words["figure.unserved"], show=count),
        *(
            Column(figure=f"kept_share.{tier}", title=words["figure.kept"].format(tier), show=share, more=True)
            for tier in tiers
        ),
        *(
            Column(figure=f"response_s.{tier}", title=words["figure.response"].format(tier), show=hours)
            for tier in tiers
        ),
        Column(figure="breaches", title=words["figure.breaches"], show=count),
        Column(figure=TRAVEL_MEAN, title=words["figure.travel_s_per_ticket"], show=lambda value: f"{value / 60:.1f}"),
        Column(figure="distance_m", title=words["figure.distance_m"], show=lambda value: f"{value / 1000:,.0f}"),
        Column(figure="overtime_s", title=words["figure.overtime_s"], show=hours),
    ]


def _figures(study: Study, language: str) -> str:
    words, columns = labels(language), _columns(study, language)
    heads = "".join(f"<th>{escape(one.title)}</th>" for one in columns)
    rows = []
    for outcome in study.comparison.outcomes:
        cells = "".join(_cell(outcome, column) for column in columns)
        rows.append(f"<tr><td>{escape(outcome.played.title)}</td>{cells}</tr>")
    table = (
        f'<div class="scroll"><table><tr><th>{escape(words["scenario"])}</th>{heads}</tr>{"".join(rows)}</table></div>'
    )
    first = study.comparison.outcomes[0].played.title
    return _section(words["section.figures"], table, note=words["note.figures"].format(first))


def _cell(outcome: Outcome, column: Column) -> str:
    one = outcome.figures.get(column.figure)
    if one is None:
        return "<td>–</td>"
    gap = outcome.differences.get(column.figure)
    state = ""
    if gap is not None and gap.is_clear:
        state = "better" if (gap.mean > 0) == column.more else "worse"
    return f'<td class="{state}">{column.show(one.mean)}<small>{_range(one, column.show)}</small></td>'


def _range(one: Interval, show: Callable[[float], str]) -> str:
    return "" if one.low is None or one.high is None else f"{show(one.low)} … {show(one.high)}"


def _tiers(study: Study, language: str) -> str:
    words, parts = labels(language), []
    for tier in study.manifests[0]["tiers"]:
        name = f"kept_share.{tier}"
        lines = [
            Line(
                label=one.played.title,
                value=one.figures[name],
                state=_state(one.differences.get(name), more=True),
                text=f"{100 * one.figures[name].mean:.1f} %",
            )
            for one in study.comparison.outcomes
            if name in one.figures
        ]
        if lines:
            chart = interval_chart(lines, show=lambda value: f"{100 * value:.3g} %", bounds=(0, 1))
            parts.append(f"<h4>{escape(tier)}</h4>{chart}")
    return _section(words["section.tiers"], *parts) if parts else ""


def _state(gap: Interval | None, *, more: bool) -> str:
    if gap is None:
        return "one"
    if not gap.is_clear:
        return ""
    return "better" if (gap.mean > 0) == more else "worse"


def _cost(study: Study, language: str) -> str:
    words, outcomes = labels(language), study.comparison.outcomes
    if not any(one.year_parts_cents for one in outcomes):
        return ""
    found, currency = recommend(study.comparison), outcomes[0].played.prices.currency
    names = ("wages", "overtime", "driving", "rent", "promises")
    heads = "".join(f"<th>{escape(words[f'cost.{name}'])}</th>" for name in (*names, "total"))
    rows = []
    for one in outcomes:
        promises = one.figures[PROMISE_COST].mean * one.played.prices.days_per_year
        parts = {**one.year_parts_cents, "promises": promises}
        cells = "".join(f"<td>{escape(money(parts.get(name, 0.0), currency))}</td>" for name in names)
        gap = next((each.difference for each in found.standings if each.name == one.played.name), None)
        told = f"<small>{escape(difference(gap, currency))}</small>" if gap is not None else ""
        total = escape(money(found.total_cents[one.played.name].mean, currency))
        state = _state(gap, more=False) if gap is not None else ""
        rows.append(f'<tr><td>{escape(one.played.title)}</td>{cells}<td class="{state}">{total}{told}</td></tr>')
    table = (
        f'<div class="scroll"><table><tr><th>{escape(words["scenario"])}</th>{heads}</tr>{"".join(rows)}</table></div>'
    )
    return _section(words["section.cost"], table)


def _maps(study: Study, language: str) -> str:
    words = labels(language)
    points = [
        point
        for one in study.manifests
        for point in (
            *one["demand"],
            *([site["lat"], site["lon"]] for site in one["centres"] if site["lat"] is not None),
        )
    ]
    if not points:
        return ""
    frame, old = Frame(points), {site["id"] for site in study.manifests[0]["centres"]}
    ring_km = next((one["promise"]["radius_m"] / 1000 for one in study.manifests if one["promise"]), 0.0)
    figures = []
    for one in study.manifests:
        drawn = site_map(frame, one["centres"], one["demand"], old=old, ring_km=ring_km)
        staff = f"{one['technicians']} {words['technicians']}"
        figures.append(
            f"<figure>{drawn}<figcaption>{escape(one['title'])} <span>{escape(staff)}</span></figcaption></figure>"
        )
    body = f'<div class="maps">{"".join(figures)}</div>{legend()}'
    return _section(words["section.maps"], body, note=words["note.maps"].format(f"{ring_km:g}"))


def _truth(study: Study, language: str) -> str:
    words, truths = labels(language), study.comparison.truths
    if len(study.comparison.outcomes) < 3 or not any(one.promised for one in truths):
        return ""
    titles = {one.played.name: one.played.title for one in study.comparison.outcomes}
    heads = "".join(f"<th>{escape(titles[name])}</th>" for name in truths[0].promised)
    rows = []
    shown = set[str]()
    for one in truths:
        if one.promise not in shown:
            shown.add(one.promise)
            cells = "".join(f"<td>{_promised(one.promise, value)}</td>" for value in one.promised.values())
            rows.append(f"<tr><td>{escape(words[f'truth.{one.promise}'])}</td>{cells}<td></td></tr>")
        correlation = "–" if one.correlation is None else f"{one.correlation:+.2f}".replace("-", "−")
        cells = "".join(f"<td>{_simulated(one.figure, value)}</td>" for value in one.simulated.values())
        label = f"… {words['truth.against']}: {words[f'truth.{one.figure}']}"
        rows.append(f"<tr><td>{escape(label)}</td>{cells}<td>{correlation}</td></tr>")
    head = f"<tr><th>{escape(words['truth.promise'])}</th>{heads}<th>{escape(words['truth.correlation'])}</th></tr>"
    table = f'<div class="scroll"><table>{head}{"".join(rows)}</table></div>'
    return _section(words["section.truth"], table, note=words["note.truth"])


def _promised(promise: str, value: float) -> str:
    return f"{100 * value:.1f} %" if promise.endswith("share") else f"{value / 60:.1f} min"


def _simulated(figure: str, value: float) -> str:
    return money(value, "") if figure == BURDEN else f"{value / 60:.1f} min"


def _method(study: Study, language: str) -> str:
    words = labels(language)
    seed = study.manifests[0]["parts"]["seed"]
    changes = "".join(
        f"<li>{escape(one['title'])}: {escape(', '.join(one['changes']) or '–')}</li>" for one in study.manifests
    )
    days = words["method.days"].format(study.comparison.common_days, seed)
    told = "".join(f"<p>{escape(one)}</p>" for one in (days, words["method.interval"]))
    return _section(words["section.method"], f"{told}<h4>{escape(words['changes'])}</h4><ul>{changes}</ul>")


@cache
def _asset(name: str) -> str:
    return (files("api.scenarios.report") / "assets" / name).read_text(encoding="utf-8")


@cache
def _style() -> str:
    """Colours and panels are those of the plan's report."""
    return (files("api.report") / "assets" / "report.css").read_text(encoding="utf-8") + _asset("study.css")
