"""The page as a real browser draws it; skipped where there is no Chromium."""

import re
import shutil
import subprocess
from html.parser import HTMLParser

import pytest

from api.report import html
from api.report.driven import route_legs
from dispatch.plan import Rest, Restock
from geo.polyline import encode

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
pytestmark = pytest.mark.skipif(BROWSER is None, reason="no Chromium on this machine")


class Elements(HTMLParser):
    """Attributes of all elements by class, and the title."""

    def __init__(self, dom):
        super().__init__()
        self.by_class, self.tags, self.title, self._tag = {}, [], "", ""
        self.feed(dom)

    def handle_starttag(self, tag, attrs):
        self._tag = tag
        self.tags.append(tag)
        attributes = dict(attrs)
        for name in (attributes.get("class") or "").split():
            self.by_class.setdefault(name, []).append(attributes)

    def handle_data(self, data):
        if self._tag == "title":
            self.title += data.strip()


@pytest.fixture
def drawn(tmp_path):
    def draw(problem, plan, **options):
        path = tmp_path / "report.html"
        path.write_text(html(problem, plan, **options), encoding="utf-8")
        flags = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking")
        dom = subprocess.run(
            [BROWSER, *flags, f"--user-data-dir={tmp_path / 'profile'}", "--dump-dom", path.as_uri()],
            capture_output=True,
            check=True,
            encoding="utf-8",
        ).stdout
        return Elements(dom)

    return draw


def test_every_stop_has_its_mark(made, drawn):
    problem, plan = made
    page = drawn(problem, plan, title="Monday", language="zh")
    visits = [visit for route in plan.routes for visit in route.visits]
    stops = [stop for route in plan.routes for stop in route.stops]
    assert len(page.by_class["visit-mark"]) == len(visits)
    assert len(page.by_class["visit-bar"]) == len(visits)
    assert len(page.by_class["unserved-mark"]) == len(plan.unserved) + 1  # and one in the legend
    assert len(page.by_class["route-line"]) == len(plan.routes)
    assert len(page.by_class["break"]) == sum(isinstance(stop, Rest) for stop in stops) + 1
    assert len(page.by_class["restock"]) == sum(isinstance(stop, Restock) for stop in stops) + 1
    assert len(page.by_class["row-name"]) == len(problem.shifts)  # one shift a day each


def test_hostile_names_run_nothing_and_times_are_local(hostile, drawn):
    problem, plan = hostile
    page = drawn(problem, plan, title="Sunday")
    assert page.title.startswith("Sunday")
    assert "img" not in page.tags
    for visit, bar in zip(
        [visit for route in plan.routes for visit in route.visits], page.by_class["visit-bar"], strict=True
    ):
        assert visit.ticket_id in bar["aria-label"]
        start, finish = problem.instant(visit.start_s), problem.instant(visit.finish_s)
        assert f"{start:%H:%M}–{finish:%H:%M}" in bar["aria-label"]


def test_roads_lie_under_driven_lines(made, drawn):
    problem, plan = made
    lines = {
        route.shift_id: [[[114.0, 22.5 + step / 1000] for step in range(50)] for _ in route_legs(problem, route)]
        for route in plan.routes
    }
    roads = {
        "attribution": "© somebody",
        "precision": 5,
        "levels": [
            {"level": 0, "counts": [2, 3], "line": encode([22, 23, 22, 22.5, 23], [113, 113, 114, 114, 114])},
            {"level": 4, "counts": [2], "line": encode([22, 22.1], [113, 113.1])},
        ],
    }
    page = drawn(problem, plan, title="Monday", driven=lines, roads=roads)

    small, large = page.by_class["road"]
    assert (small["class"], large["class"]) == ("road road-4", "road road-0")
    assert re.findall("[ML]", large["d"]) == ["M", "L", "M", "L", "L"]
    assert len(page.by_class["route-line"]) == len(plan.routes)
    corners = {len(re.findall("[ML]", line["d"])) for line in page.by_class["route-line"]}
    assert min(corners) >= 4, "through its places and along the road"
