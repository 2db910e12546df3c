"""How much of an address a name accounts for, by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.places import Place
from dispatch.ports import Precision
from geo.geocoding.ranking import Match, ranked
from geo.geocoding.words import Vocabulary, agreement, folded, words_of


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Städtle 5, Vaduz", ["stadtle", "5", "vaduz"]),
        ("Straße", ["strasse"]),
        ("Xi'an / Xi’an", ["xian", "xian"]),
        ("广东省深圳市Keyuan路5号", ["广东省深圳市", "keyuan", "路", "5", "号"]),
        ("Ｂ１２", ["b12"]),
        ("...", []),
    ],
)
def test_words(text: str, words: list[str]) -> None:
    assert words_of(text) == words


@pytest.mark.parametrize(
    ("address", "names", "share"),
    [
        ("Städtle 5 Vaduz", ["5, Städtle, Vaduz"], 1),
        ("Städtle 5 Vaduz", ["Städtle, Vaduz"], 12 / 13),
        ("Städtle 5 Vaduz", ["Städtle 15, Vaduz"], 12 / 13),  # numbers are equal or not
        ("Haupt St", ["Hauptstrasse"], 5 / 7),  # an abbreviation, and something else
        ("Main St", ["Main Street"], 1),
        ("Vadus", ["Vaduz"], 0.8),  # eight of ten letters
        ("Vienna", ["Vaduz"], 0),
        ("深圳市南山区", ["深圳市"], 3 / 6),
        ("深圳南山", ["深圳市"], 2 / 4),
        ("市深", ["深圳市"], 0),  # neighbours in this order
    ],
)
def test_agreement(address: str, names: list[str], share: float) -> None:
    assert agreement(words_of(address), Vocabulary.of(names)) == pytest.approx(share)


@given(st.text(alphabet="abcdé12 ,北京市", min_size=1, max_size=30))
def test_a_text_agrees_with_itself(text: str) -> None:
    words = words_of(text)
    share = agreement(words, Vocabulary.of([text]))

    assert share == (1 if words else 0)


@given(st.text(max_size=50))
def test_folding_twice_is_folding_once(text: str) -> None:
    assert folded(folded(text)) == folded(text)


def _match(name: str, share: float, prominence: float, lat: float) -> Match:
    return Match(
        place=Place(id=name, lat=lat, lon=9.0),
        name=name,
        precision=Precision.CITY,
        agreement=share,
        prominence=prominence,
    )


def test_confidence_by_hand() -> None:
    """B and its piece B2 are one spot; A has three times its inhabitants; C says less of the address."""
    matches = [
        _match("C", 0.5, 1000, 10),
        _match("B", 1, 100, 20),
        _match("A", 1, 300, 30),
        _match("B2", 1, 50, 20.001),
    ]

    found = ranked(matches, source="test", limit=9)

    assert [(one.name, one.confidence) for one in found] == [
        ("A", 0.75),
        ("B", 0.25),
        ("B2", 0.25),
        ("C", 0.25),  # 0.5 * 1000 / 1400 would be more than a better candidate has
    ]


def test_no_agreement_is_no_candidate_and_limits_do_not_change_confidence() -> None:
    matches = [_match("A", 1, 1, 10), _match("B", 1, 1, 20), _match("none", 0, 100, 30)]

    assert [one.confidence for one in ranked(matches, source="test", limit=1)] == [0.5]
    assert len(ranked(matches, source="test", limit=9)) == 2
    assert ranked([], source="test", limit=9) == ()
