"""The map as a real browser draws it; skipped where there is no Chromium."""

from __future__ import annotations

import re
import shutil
import subprocess

import pytest

from api.maps.coverage_page import coverage_page, ticket_states

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
pytestmark = pytest.mark.skipif(BROWSER is None, reason="no Chromium on this machine")


def drawn(page, tmp_path):
    path = tmp_path / "map.html"
    path.write_text(page, encoding="utf-8")
    flags = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--window-size=1200,800")
    return subprocess.run(
        [BROWSER, *flags, f"--user-data-dir={tmp_path / 'profile'}", "--dump-dom", path.as_uri()],
        capture_output=True,
        check=True,
        encoding="utf-8",
    ).stdout


def test_everything_is_drawn_and_hostile_names_run_nothing(hostile_study, tmp_path):
    dom = drawn(coverage_page(hostile_study, title="Town", language="en"), tmp_path)
    states = ticket_states(hostile_study)
    for state in set(states.values()):
        assert len(re.findall(rf'class="ticket {state}"', dom)) == list(states.values()).count(state)
    assert len(re.findall(r'<g class="centre" ', dom)) == len(hostile_study.centres)
    assert len(re.findall(r'class="area isochrones"', dom)) == len(hostile_study.areas.isochrones) + 1  # the legend
    assert 'class="layer-territories off"' in dom
    assert re.search(r"<title>Town</title>", dom)
    assert "<img" not in dom
    assert re.search(r'<canvas id="roads"[^>]* width="\d{3,}"', dom)  # painted: its size is set by the script


HOVER = """<script>
document.getElementById('layer-surface').click();
const ticket = document.querySelector('.ticket');
ticket.dispatchEvent(new PointerEvent('pointermove', { bubbles: true, clientX: 300, clientY: 300 }));
document.querySelector('#side .link').click();
</script></body>"""


def test_a_pointer_over_a_ticket_shows_its_facts(town_study, tmp_path):
    page = coverage_page(town_study, title="Town", language="en")
    # The policy of the page would stop the script of this test.
    page = re.sub("<meta http-equiv[^>]*>", "", page).replace("</body>", HOVER)
    dom = drawn(page, tmp_path)
    tip = re.search(r'<div id="tip"(.*?)</div>', dom, re.DOTALL)[1]
    assert tip.startswith(' role="status" style=')  # not hidden
    ticket = town_study.legs.tickets[0]
    assert f"<h3>{ticket.id}</h3>" in tip
    assert f"<dt>Tier</dt><dd>{ticket.tier}</dd>" in tip
    assert 'class="layer-surface"' in dom  # switched on
