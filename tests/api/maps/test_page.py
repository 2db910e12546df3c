"""The map page, read without a browser: its data are the study's, nothing is loaded, and no name gets out."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from importlib.resources import files

import pytest
import shapely

from api.coverage_study import study
from api.maps.coverage_page import STATES, coverage_page, ticket_states
from api.maps.coverage_tables import coverage_notes, coverage_tables
from api.maps.isochrone_page import isochrone_page, square_km
from api.maps.labels import labels
from api.maps.text_tables import ROWS_SHOWN, TextRow, TextTable, rich_table
from dispatch.errors import InternalError, UsageError
from geo.coverage.roads import CentresOnRoads
from geo.polyline import decode

ASSETS = files("api.maps") / "assets"
LOADS = {"src", "srcset", "action", "formaction", "poster", "data", "background", "href"}


class Reader(HTMLParser):
    """Elements, and texts of scripts by id."""

    def __init__(self, page):
        super().__init__()
        self.elements, self.texts = [], {}
        self._open = None
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        self._open = (tag, dict(attrs).get("id"))

    def handle_endtag(self, tag):
        self._open = None

    def handle_data(self, data):
        self.texts[self._open] = self.texts.get(self._open, "") + data


def data_of(page):
    return json.loads(Reader(page).texts["script", "map-data"])


@pytest.fixture(scope="module", params=["en", "zh"])
def page(request, town_study):
    return coverage_page(town_study, title="Town", language=request.param)


def test_the_page_loads_nothing_and_runs_its_own_script_only(page):
    reader = Reader(page)
    (policy,) = [
        attributes["content"]
        for tag, attributes in reader.elements
        if tag == "meta" and attributes.get("http-equiv") == "Content-Security-Policy"
    ]
    digest = base64.b64encode(hashlib.sha256(reader.texts["script", None].encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in policy
    assert "default-src 'none'" in policy
    for _, attributes in reader.elements:
        assert not LOADS & set(attributes)
        assert not [name for name in attributes if name.startswith("on")]
    assert "url(" not in re.sub(r"url\(#", "", page)
    assert "{{" not in page.replace("{{{{", "")


def test_roads_name_their_source(page):
    assert "OpenStreetMap" in page
    assert "ODbL" in page


def test_tickets_and_centres_are_where_they_are(page, town_study):
    data = data_of(page)
    for shown, ticket in zip(data["tickets"], town_study.legs.tickets, strict=True):
        assert (shown["id"], shown["at"]) == (ticket.id, [ticket.place.lat, ticket.place.lon])
    for shown, centre in zip(data["centres"], town_study.centres, strict=True):
        assert (shown["id"], shown["at"]) == (centre.id, [centre.place.lat, centre.place.lon])
    south, west, north, east = data["bounds"]
    assert all(south < lat < north and west < lon < east for lat, lon in (one["at"] for one in data["tickets"]))


def test_states_are_those_of_the_study(town_study):
    states = ticket_states(town_study)
    gaps = {gap.ticket_id for gap in town_study.report.gaps}
    judged = town_study.circles.together
    assert {one for one, state in states.items() if state == "false_in"} == set(judged.false_in_ids)
    assert {one for one, state in states.items() if state == "false_out"} == set(judged.false_out_ids)
    assert {one for one, state in states.items() if state == "gap"} <= gaps
    assert not {one for one, state in states.items() if state == "covered"} & gaps


def test_areas_are_drawn_where_they_are(page, town_study):
    data = data_of(page)
    isochrones = [one for one in data["areas"] if one["layer"] == "isochrones"]
    for shown, (number, isochrone) in zip(isochrones, town_study.areas.isochrones, strict=True):
        assert shown["centre"] == number
        drawn = [shapely.Polygon(list(zip(*decode(ring)[::-1], strict=True))) for ring in shown["rings"]]
        # One more cell at the border at most, which is 50 m: 0.0005 degrees.
        assert shapely.hausdorff_distance(shapely.union_all(drawn), isochrone.area.convex_hull) < 0.05
        assert shapely.union_all(drawn).buffer(1e-3).covers(isochrone.area)
    assert {one["layer"] for one in data["areas"]} == {"isochrones", "circles", "territories"}
    assert len(data["cells"]) == sum(town_study.areas.surface.seconds != -1)


def test_hostile_names_stay_data(hostile_study):
    title = "</title><script>alert(1)</script>{{data}}"
    page = coverage_page(hostile_study, title=title, language="en")
    reader = Reader(page)
    assert [tag for tag, _ in reader.elements].count("script") == 2
    assert "img" not in {tag for tag, _ in reader.elements}
    data = data_of(page)
    assert [one["id"] for one in data["tickets"]] == [one.id for one in hostile_study.legs.tickets]
    assert [one["id"] for one in data["centres"]] == [one.id for one in hostile_study.centres]


def test_tables_hold_the_figures_of_the_study(town_study):
    tables = {table.key: table for table in coverage_tables(town_study, "en")}
    covered = town_study.report.covered
    assert tables["coverage"].rows[-1].cells[2:4] == (str(covered.tickets), f"{100 * covered.tickets_share:.1f} %")
    assert [row.cells[0] for row in tables["gaps"].rows] == [gap.ticket_id for gap in town_study.report.gaps]
    judged = town_study.circles.together
    assert tables["circles"].rows[-1].cells[3] == str(judged.judgement.false_in)
    for table in tables.values():
        assert {len(row.cells) for row in table.rows} == {len(table.columns)}
    notes = coverage_notes(town_study, "en")
    assert any(note.startswith(f"All centres: {judged.judgement.false_in} of ") for note in notes)


def test_a_long_table_says_how_much_is_left_out():
    rows = tuple(TextRow(cells=(f"[red]{number}",)) for number in range(ROWS_SHOWN + 7))
    shown = rich_table(TextTable(key="k", title="[bold]t", columns=("c",), rows=rows))
    assert shown.row_count == ROWS_SHOWN
    assert str(shown.caption) == "+ 7"
    assert str(next(iter(shown.columns[0].cells))) == "[red]0"


def test_an_isochrone_has_a_page_too(town_problem, town_roads):
    on_roads = CentresOnRoads.from_travel(town_roads, town_problem.centres[:1])
    areas = on_roads.isochrones(0, [60, 180])
    page = isochrone_page(on_roads, areas, source="town", language="en")
    shown = [one for one in data_of(page)["areas"] if one["layer"] == "isochrones"]
    assert [one["hover"][0][1] for one in shown] == ["3 min", "1 min"]  # the larger one lies below
    assert 0 < square_km(areas[0]) < square_km(areas[1]) < 15  # the town has 2.7 km x 3.3 km


def test_a_map_needs_areas_and_a_language(town_problem, town_roads, town_study):
    bare = study(town_problem, town_roads, profile="car")
    with pytest.raises(InternalError):
        coverage_page(bare, title="", language="en")
    with pytest.raises(UsageError) as refused:
        coverage_page(town_study, title="", language="fr")
    assert refused.value.code == "report.language"


def test_every_label_is_used_and_translated():
    table = json.loads((ASSETS / "labels.json").read_text(encoding="utf-8"))
    assert all(set(words) == {"en", "zh"} and all(words.values()) for words in table.values())
    for key, words in table.items():
        assert words["en"].count("{") == words["zh"].count("{"), key
    names = ("core.js", "roads.js", "layers.js", "tables.js", "view.js", "map.html")
    sources = "".join((ASSETS / name).read_text(encoding="utf-8") for name in names)
    asked = {*re.findall(r"\bt\('([\w.]+)'\)", sources), *re.findall(r"\{\{t\.([\w.]+)\}\}", sources)}
    assert asked <= set(labels("en"))
    folders = (files("api.maps"), files("api.cli"))
    sources += "".join(path.read_text(encoding="utf-8") for folder in folders for path in folder.glob("*.py"))
    families = set(re.findall(r"""f["']([\w.]+)\.\{""", sources))
    words_of = set(re.findall(r"\w+", sources))

    def is_used(key):
        family, _, last = key.rpartition(".")
        # Columns are named in lists of words; codes of the domain are not looked for here.
        return key in sources or (family in families and (family != "col" or last in words_of))

    assert [key for key in table if not is_used(key)] == []


def test_states_have_marks():
    script = (ASSETS / "layers.js").read_text(encoding="utf-8")
    assert all(f"  {state}: 'M" in script for state in STATES)
