"""What the page holds, read without a browser."""

import base64
import dataclasses
import hashlib
import json
import re
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser

import pytest

from api.report import html
from dispatch.errors import UsageError
from dispatch.explain import text
from dispatch.kpi import kpis
from dispatch.objective import cost_terms
from dispatch.plan import Visit

LOADS = {"src", "href", "srcset", "action", "formaction", "poster", "data", "background", "xlink:href"}


class Reader(HTMLParser):
    """Collects elements and the text of scripts, styles and headings."""

    def __init__(self, page):
        super().__init__()
        self.elements, self.texts = [("", {})], [""]
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        self.texts.append("")

    def handle_data(self, data):
        self.texts[-1] += data

    def handle_endtag(self, tag):
        self.handle_starttag("", [])

    def text_of(self, tag, **attributes):
        return [
            words
            for (name, attrs), words in zip(self.elements, self.texts, strict=True)
            if name == tag and attributes.items() <= attrs.items()
        ]


def data_of(page):
    (block,) = Reader(page).text_of("script", id="plan-data")
    return json.loads(block)


def local_text(data, second):
    """What the page's script does: the offset that holds at `second`, then plain UTC arithmetic."""
    offset_s = [offset for start, offset in data["clock"]["offsets"] if start <= second][-1]
    return datetime.fromtimestamp(data["clock"]["epoch_s"] + second + offset_s, UTC).replace(tzinfo=None)


@pytest.fixture(scope="module", params=["en", "zh"])
def page(request, made):
    return html(*made, title="Monday", language=request.param)


def test_every_visit_is_in_the_data_with_its_times(page, made):
    problem, plan = made
    data = data_of(page)
    found = [
        (data["shifts"][route["shift"]]["id"], data["tickets"][stop["ticket"]]["id"], stop)
        for route in data["routes"]
        for stop in route["stops"]
        if stop["kind"] == "visit"
    ]
    expected = [(route.shift_id, visit.ticket_id, visit) for route in plan.routes for visit in route.visits]
    assert [one[:2] for one in found] == [one[:2] for one in expected]
    for (_, _, shown), (_, _, visit) in zip(found, expected, strict=True):
        for name in ("arrival_s", "start_s", "finish_s", "travel_s", "distance_m"):
            assert shown[name] == getattr(visit, name)
        assert shown["late"] == [[one.target, one.due_s, one.late_s] for one in visit.late]
        assert local_text(data, visit.start_s) == problem.instant(visit.start_s).replace(tzinfo=None)


def test_deadlines_windows_and_pins_are_in_the_data(page, made):
    problem, _ = made
    for shown, ticket in zip(data_of(page)["tickets"], problem.tickets, strict=True):
        assert shown["deadlines"] == [[d.target, d.point.value, d.due_s] for d in problem.deadlines[ticket.id]]
        assert shown["windows"] == [[window.start_s, window.end_s] for window in ticket.start_windows]
        assert shown["pinned"] == (ticket.pin is not None)
        assert shown["at"] == [ticket.place.lon, ticket.place.lat]


def test_every_stop_and_segment_is_in_the_data(page, made):
    _, plan = made
    for shown, route in zip(data_of(page)["routes"], plan.routes, strict=True):
        assert len(shown["stops"]) == len(route.stops)
        assert [stop["kind"] == "visit" for stop in shown["stops"]] == [isinstance(s, Visit) for s in route.stops]
        assert sum(end - start for kind, start, end in shown["segments"] if kind == "drive") == route.travel_s


def test_unserved_and_late_carry_their_reasons(page, made):
    problem, plan = made
    data = data_of(page)
    for shown, item in zip(data["unserved"], plan.unserved, strict=True):
        assert data["tickets"][shown["ticket"]]["id"] == item.ticket_id
        assert data["reasons"][shown["reason"]] == text(item.reason, data["language"], problem)
        assert [data["shifts"][shift]["id"] for shift, _ in shown["obstacles"]] == [o.shift_id for o in item.obstacles]
        assert [data["reasons"][one] for _, one in shown["obstacles"]] == [
            text(o.reason, data["language"], problem) for o in item.obstacles
        ]
        assert [data["reasons"][one] for _, one, _ in shown["remedies"]] == [
            text(remedy.change, data["language"], problem) for remedy in item.remedies
        ]
    for shown, item in zip(data["late"], plan.late, strict=True):
        assert (data["tickets"][shown["ticket"]]["id"], shown["late_s"]) == (item.ticket_id, item.late_s)
        assert data["reasons"][shown["reason"]] == text(item.reason, data["language"], problem)


def test_figures_cost_and_provenance(page, made):
    _, plan = made
    data = data_of(page)
    assert len(data["kpis"]) == len(plan.kpis)
    assert [cents for _, cents in data["cost"]] == list(plan.cost.values())
    assert data["total_cents"] == plan.total_cents
    values = {value for _, value in data["provenance"]}
    assert {plan.provenance.problem_hash, "greedy 1", plan.provenance.travel_source, "7"} <= values
    badges = " ".join(Reader(page).text_of("b"))
    for name in ("served", "unserved", "late_tickets"):
        assert str(plan.kpis[name]) in badges.split()


def test_loads_nothing(page):
    for tag, attributes in Reader(page).elements:
        assert not LOADS & set(attributes), tag
        assert tag not in {"link", "iframe", "object", "embed", "base", "img", "form"}
    assert "http://" not in page
    assert "https://" not in page
    assert "@import" not in page
    assert set(re.findall(r"url\(([^)]*)\)", page)) <= {"#p-wait", "#p-overtime", "#p-break"}


def test_policy_allows_its_own_script_only(page):
    reader = Reader(page)
    (policy,) = [attrs["content"] for tag, attrs in reader.elements if "http-equiv" in attrs and tag == "meta"]
    (script,) = [
        words
        for (tag, attrs), words in zip(reader.elements, reader.texts, strict=True)
        if tag == "script" and "type" not in attrs
    ]
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert "default-src 'none'" in policy
    assert f"script-src 'sha256-{digest}';" in policy


def test_is_small(page, made):
    _, plan = made
    assert len(page.encode()) < 200_000
    assert plan.routes


def test_no_mark_of_the_template_is_left(page):
    assert not re.search(r"\{\{[\w.]+\}\}", page)


def test_language_of_the_page(made):
    assert '<html lang="en">' in html(*made, title="x")
    assert '<html lang="zh-Hans">' in html(*made, title="x", language="zh")
    with pytest.raises(UsageError):
        html(*made, title="x", language="fr")


def test_hostile_names_stay_text(hostile, made):
    def shape(page):
        return [(tag, sorted(attrs)) for tag, attrs in Reader(page).elements]

    problem, plan = hostile
    title = "</title><script>alert(1)</script>{{data}}"
    page = html(problem, plan, title=title)
    assert shape(page) == shape(html(*made, title="x")), "names must not make elements"
    assert Reader(page).text_of("h1") == [title]
    data = data_of(page)
    assert [one["id"] for one in data["tickets"]] == [ticket.id for ticket in problem.tickets]
    assert [one["name"] for one in data["technicians"]] == [one.name for one in problem.technicians]


def test_local_times_on_a_day_when_clocks_change(hostile):
    problem, plan = hostile
    data = data_of(html(problem, plan, title="x"))
    assert {3600, 7200} <= {offset for _, offset in data["clock"]["offsets"]}
    for second in range(0, problem.end_s, 1800):
        assert local_text(data, second) == problem.instant(second).replace(tzinfo=None)


def test_a_night_shift_belongs_to_the_day_that_it_starts_on(make_plan):
    problem, plan = make_plan(technicians=2, tickets=6, days=2)
    late = problem.replace(start=problem.start - timedelta(hours=10))  # 08:00 becomes 22:00 of the day before
    data = data_of(html(late, plan, title="x"))
    assert [day["label"] for day in data["days"]] == ["Sun 2026-03-01", "Mon 2026-03-02"]
    assert {data["shifts"][route["shift"]]["day"] for route in data["routes"][:1]} == {0}


def test_a_plan_of_nothing(make_plan):
    problem, plan = make_plan(technicians=1, tickets=1, days=1)
    nothing = problem.replace(tickets=(), shifts=(), technicians=(), centres=())
    empty = dataclasses.replace(
        plan, routes=(), unserved=(), late=(), kpis=kpis(nothing, ()), cost=cost_terms(nothing, ())
    )
    data = data_of(html(nothing, empty, title="x"))
    assert data["days"] == data["tickets"] == data["routes"] == []
