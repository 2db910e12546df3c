"""``callout geo find``, ``locate``, ``forget``."""

from __future__ import annotations

import csv
import dataclasses
import json
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
import typer
from click.testing import Result
from typer.testing import CliRunner

from api import inputs
from api.cli.geocode import register
from api.locating import located, read_tickets, tickets_text
from dispatch.errors import InputError, UnavailableError, UsageError
from dispatch.places import Place
from dispatch.ports import Candidate, Precision
from geo.datum import Datum, to_wgs84
from geo.geocoding.kept import Answers, answers_file


@pytest.fixture(autouse=True)
def _cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CALLOUT_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("CALLOUT_USER_AGENT", raising=False)


@pytest.fixture
def geo() -> Callable[..., Result]:
    """Run one of the commands; an error that is raised on purpose comes through."""
    app = typer.Typer(pretty_exceptions_enable=False)
    register(app)

    def run(*words: object) -> Result:
        result = CliRunner().invoke(app, list(map(str, words)))
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return run


class Fake:
    """A geocoder that knows a few addresses by heart."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def find(self, address: str) -> Sequence[Candidate]:
        self.asked.append(address)
        house = Candidate(
            place=Place(id="osm:way/1", lat=22.5431, lon=114.0579),
            name="5, Keyuan Road, Shenzhen",
            confidence=0.95,
            precision=Precision.HOUSE,
            source="fake",
        )
        return {
            "科苑路5号": [house],
            "Keyuan Road": [dataclasses.replace(house, precision=Precision.STREET)],
            "Keyuan?": [dataclasses.replace(house, confidence=0.3)],
            "Shenzhen": [dataclasses.replace(house, precision=Precision.CITY)],
        }.get(address, [])


HEAD = "工单号,地址,duration_min,tier,remark"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "day").mkdir()
    rows = [
        HEAD,
        'T1,科苑路5号,30,basic,"ring twice, then knock"',
        "T2,Keyuan Road,30,basic",
        "",
        "T3,Keyuan?,30,basic,",
        "T4,Shenzhen,30,basic,x",
        "T5,Nowhere,30,basic,",
        "T6,,30,basic,",
        "T7,科苑路5号,45,basic,again",
    ]
    (tmp_path / "day" / "tickets.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    return tmp_path / "day"


def test_find_shows_candidates(geo: Callable[..., Result]) -> None:
    result = geo("find", "Paris, Texas")

    assert result.exit_code == 0
    words = " ".join(result.stdout.replace("│", " ").split())
    assert "Paris, Texas, United States" in words
    assert "33.66" in words


def test_find_as_json_lines(geo: Callable[..., Result]) -> None:
    result = geo("find", "深圳", "--json", "--country", "cn")

    (line,) = result.stdout.splitlines()
    facts = json.loads(line)
    assert (facts["name"], facts["precision"], facts["source"]) == ("Shenzhen, Guangdong, China", "city", "gazetteer")
    assert facts["lat"] == pytest.approx(22.55, abs=0.05)


def test_nothing_found_is_no_error(geo: Callable[..., Result]) -> None:
    result = geo("find", "Qwxyzqwxyz", "--json")

    assert (result.exit_code, result.stdout) == (0, "")
    assert "nothing found" in result.stderr


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["--geocoder", "google"], "geocoding.unknown"),
        (["--geocoder", "nominatim:https://example.org"], "geocoding.user_agent"),
        (["--geocoder", "nominatim:example.org", "--user-agent", "tests"], "geocoding.url"),
        (["--limit", "0"], "geocoding.option"),
        (["--country", "China"], "geocoding.option"),
    ],
)
def test_calls_that_make_no_sense(geo: Callable[..., Result], words: list[str], code: str) -> None:
    with pytest.raises(UsageError) as error:
        geo("find", "Vaduz", *words)

    assert error.value.code == code


def test_a_server_out_of_reach_is_exit_4(geo: Callable[..., Result]) -> None:
    with pytest.raises(UnavailableError) as error:
        geo("find", "Vaduz", "--geocoder", "photon:http://127.0.0.1:9", "--user-agent", "Callout tests", "--no-keep")

    assert (error.value.code, error.value.exit_code) == ("geocoding.unreachable", 4)
    assert not answers_file().exists()


def test_forget(geo: Callable[..., Result]) -> None:
    Answers(answers_file(), keep_s=9, clock=lambda: 0.0).put("question", [1])

    assert "erased" in geo("forget").stderr
    assert not answers_file().exists()
    assert "no answers" in geo("forget").stderr


def test_locating_fills_in_what_was_found_and_loses_nothing(folder: Path) -> None:
    before = list(csv.reader((folder / "tickets.csv").read_text(encoding="utf-8").splitlines()))
    geocoder = Fake()
    tickets = read_tickets(folder)

    findings = located(tickets, geocoder, least=0.8, coarsest="street")
    after = list(csv.reader(tickets_text(tickets).splitlines()))

    assert after[0] == [*HEAD.split(","), "lat", "lon"]
    assert [row[: len(old)] for row, old in zip(after, before, strict=True)] == before
    assert after[1][5:] == after[2][5:] == after[8][5:] == ["22.5431", "114.0579"]
    assert [(one.ticket, one.row, one.taken) for one in findings] == [
        ("T1", 2, True), ("T2", 3, True), ("T3", 5, False), ("T4", 6, False), ("T5", 7, False), ("T6", 8, False),
        ("T7", 9, True),
    ]  # fmt: skip
    assert [one.why for one in findings if not one.taken] == [
        "the confidence 0.30 is too low", "only its city was found (confidence 0.95)", "nothing found",
        "it has no address",
    ]  # fmt: skip
    assert geocoder.asked.count("科苑路5号") == 1


def test_coordinates_that_are_there_stay(folder: Path) -> None:
    text = "id,lat,lon,place,address\nT1,1.50,2.50,,科苑路5号\nT2,,,dock,\nT3,,,dock,科苑路5号\nT4,9,,,科苑路5号\n"
    (folder / "tickets.csv").write_text(text, encoding="utf-8")
    tickets = read_tickets(folder)

    findings = located(tickets, Fake(), least=0, coarsest="house")

    assert [one.ticket for one in findings] == ["T3"]
    assert tickets_text(tickets) == text.replace("T3,,,", "T3,22.5431,114.0579,")


def test_a_file_in_gcj02_gets_gcj02(folder: Path) -> None:
    (folder / "plan.toml").write_text('[plan]\ncoordinates = "GCJ-02"\n', encoding="utf-8")
    tickets = read_tickets(folder)

    located(tickets, Fake(), least=0, coarsest="region")
    lat, lon = to_wgs84(float(tickets.cell(1, "lat")), float(tickets.cell(1, "lon")), Datum.GCJ02)

    assert (float(lat), float(lon)) == pytest.approx((22.5431, 114.0579), abs=2e-7)
    assert tickets.cell(1, "lat") != "22.5431"


@pytest.mark.parametrize(
    ("file", "text", "rule"),
    [
        ("tickets.csv", "id,lat\nT1,\n", "column.missing"),
        ("tickets.csv", "", "file.empty"),
        ("tickets.csv", 'id,address\nT1,"open\n', "file.csv"),
        ("plan.toml", "[plan", "file.toml"),
        ("plan.toml", '[plan]\ncoordinates = "moon"\n', "plan.coordinates"),
    ],
)
def test_files_that_can_not_be_read(folder: Path, file: str, text: str, rule: str) -> None:
    (folder / file).write_text(text, encoding="utf-8")

    with pytest.raises(InputError) as error:
        read_tickets(folder)

    assert [fault.rule for fault in error.value.faults] == [rule]


def test_locate_writes_file_and_report(geo: Callable[..., Result], folder: Path, tmp_path: Path) -> None:
    before = (folder / "tickets.csv").read_text(encoding="utf-8").replace("Keyuan?", "Qwxyzqwxyz")
    (folder / "tickets.csv").write_text(before, encoding="utf-8")

    result = geo(
        "locate", folder, "--out", tmp_path / "out.csv", "--report", tmp_path / "out.jsonl", "--precision", "city"
    )

    assert result.exit_code == 1, "some were not found"
    assert "1 of 7 address(es) located" in result.stderr
    assert "tickets.csv:8 T6: it has no address" in result.stderr
    lines = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [line["ticket"] for line in lines if line["taken"]] == ["T4"]
    assert (folder / "tickets.csv").read_text(encoding="utf-8") == before
    assert "T4,Shenzhen,30,basic,x,22.54554,114.0683" in (tmp_path / "out.csv").read_text(encoding="utf-8")


@pytest.mark.parametrize("words", [["--min-confidence", "2"], ["--precision", "planet"]])
def test_limits_that_make_no_sense(geo: Callable[..., Result], folder: Path, tmp_path: Path, words: list[str]) -> None:
    with pytest.raises(UsageError) as error:
        geo("locate", folder, "--out", tmp_path / "out.csv", *words)

    assert error.value.code == "geocoding.option"
    assert not (tmp_path / "out.csv").exists()


def test_no_folder(geo: Callable[..., Result], tmp_path: Path) -> None:
    with pytest.raises(UsageError) as error:
        geo("locate", tmp_path / "none", "--out", tmp_path / "out.csv")

    assert error.value.code == "geocoding.folder"


def test_a_ticket_with_an_address_alone_gets_a_hint(six: Path) -> None:
    path = six / "tickets.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    for row in rows:
        row["address"] = "科苑路5号"
    rows[0] |= {"lat": "", "lon": "", "place": ""}
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, rows[0])
        writer.writeheader()
        writer.writerows(rows)

    (fault,) = inputs.faults(six)
    assert (fault.rule, fault.row) == ("place.missing", 2)
    assert "callout geo locate" in fault.message

    tickets = read_tickets(six)
    located(tickets, Fake(), least=0.8, coarsest="house")
    path.write_text(tickets_text(tickets), encoding="utf-8")
    assert inputs.faults(six) == []
