"""Answers that are kept: nobody is asked twice, nothing is kept for ever, and all of it can be erased."""

from __future__ import annotations

import dataclasses
import sqlite3
import stat
import threading
from pathlib import Path

import pytest

from dispatch.errors import UnavailableError
from geo.geocoding.kept import NOTHING_S, Answers, answers_file
from geo.geocoding.options import DAY_S, GeocodingOptions
from geo.geocoding.registry import geocoder
from geo.roads.keeping import CacheWarning

ADDRESS = "Städtle 5, Vaduz"


class Clock:
    def __init__(self) -> None:
        self.now_s = 1_750_000_000.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def answers(tmp_path: Path, clock: Clock) -> Answers:
    return Answers(tmp_path / "cache" / "answers.sqlite", keep_s=30 * DAY_S, clock=clock)


def test_a_server_is_asked_once(server, options: GeocodingOptions, tmp_path: Path, clock: Clock) -> None:
    keeping = dataclasses.replace(options, cache=tmp_path / "answers.sqlite", clock=clock)

    first = geocoder(f"nominatim:{server.url}", options=keeping).find(ADDRESS)
    second = geocoder(f"nominatim:{server.url}", options=keeping).find(ADDRESS)
    assert first == second
    assert len(server.asked) == 1

    clock.now_s += keeping.keep_s
    geocoder(f"nominatim:{server.url}", options=keeping).find(ADDRESS)
    assert len(server.asked) == 2


def test_another_server_country_language_or_number_is_another_question(
    server, options: GeocodingOptions, tmp_path: Path
) -> None:
    keeping = dataclasses.replace(options, cache=tmp_path / "answers.sqlite")
    variants = [keeping, *(dataclasses.replace(keeping, **change) for change in (
        {"countries": ("LI",)}, {"language": "de"}, {"limit": 3},
    ))]  # fmt: skip
    for variant in variants:
        geocoder(f"nominatim:{server.url}", options=variant).find(ADDRESS)
    geocoder(f"photon:{server.url}", options=keeping).find(ADDRESS)

    assert len(server.asked) == 5


def test_nothing_found_is_kept_for_a_day(answers: Answers, clock: Clock) -> None:
    answers.put("nowhere", [])
    answers.put("somewhere", [1])

    clock.now_s += NOTHING_S - 1
    assert answers.get("nowhere") == []
    clock.now_s += 1
    assert answers.get("nowhere") is None
    assert answers.get("somewhere") == [1]


def test_failures_are_not_kept(server, options: GeocodingOptions, tmp_path: Path) -> None:
    one = geocoder(f"nominatim:{server.url}", options=dataclasses.replace(options, cache=tmp_path / "answers.sqlite"))
    server.statuses = [429]

    with pytest.raises(UnavailableError):
        one.find(ADDRESS)

    assert one.find(ADDRESS)


def test_the_file_is_private_and_does_not_hold_the_question(server, options: GeocodingOptions, tmp_path: Path) -> None:
    path = tmp_path / "private" / "answers.sqlite"
    typed = "Vaduz, Städtle 5, Frau Muster, Türcode 4711"
    geocoder(f"nominatim:{server.url}", options=dataclasses.replace(options, cache=path)).find(typed)

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    content = path.read_bytes()
    assert b"Muster" not in content
    assert b"4711" not in content


def test_old_answers_are_wiped_from_the_file(answers: Answers, tmp_path: Path, clock: Clock) -> None:
    path = tmp_path / "cache" / "answers.sqlite"
    answers.put("one", ["Städtle of one"])
    assert b"dtle of one" in path.read_bytes()

    clock.now_s += 31 * DAY_S
    answers.put("other", ["elsewhere"])

    assert b"dtle of one" not in path.read_bytes()


def test_two_files_hide_one_question_in_different_ways(tmp_path: Path, clock: Clock) -> None:
    hidden = []
    for name in ("a", "b"):
        Answers(tmp_path / name, keep_s=9, clock=clock).put("question", [1])
        with sqlite3.connect(tmp_path / name) as file:
            hidden += file.execute("SELECT question FROM answers").fetchall()
        file.close()

    assert hidden[0] != hidden[1]


def test_all_of_it_can_be_erased(answers: Answers, tmp_path: Path) -> None:
    assert not answers.erase()
    answers.put("question", [1])

    assert answers.erase()
    assert list((tmp_path / "cache").iterdir()) == []
    assert answers.get("question") is None


def test_a_file_that_is_something_else(tmp_path: Path, clock: Clock) -> None:
    path = tmp_path / "answers.sqlite"
    path.write_text("not a database, but a long enough text to be taken for one" * 100, encoding="utf-8")

    with pytest.raises(UnavailableError) as error:
        Answers(path, keep_s=9, clock=clock).get("question")

    assert error.value.code == "geocoding.cache"
    assert str(path) in error.value.message
    assert path.read_text(encoding="utf-8").startswith("not a database"), "what is not ours is not touched"


def test_an_answer_that_cannot_be_kept_is_still_an_answer(server, options: GeocodingOptions, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    keeping = dataclasses.replace(options, cache=tmp_path / "file" / "answers.sqlite")

    with pytest.warns(CacheWarning, match="can't be kept"):
        assert geocoder(f"nominatim:{server.url}", options=keeping).find(ADDRESS)


def test_several_may_use_it_at_once(tmp_path: Path, clock: Clock) -> None:
    path = tmp_path / "new" / "answers.sqlite"

    def work(number: int) -> None:
        own = Answers(path, keep_s=99, clock=clock)
        for item in range(5):
            own.put(f"{number} {item}", [number, item])

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    one = Answers(path, keep_s=99, clock=clock)
    assert all(one.get(f"{number} {item}") == [number, item] for number in range(4) for item in range(5))


def test_where_it_lies(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CALLOUT_CACHE", str(tmp_path))

    assert answers_file() == tmp_path / "geocoding" / "answers.sqlite"
