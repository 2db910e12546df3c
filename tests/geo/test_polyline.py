"""Encoded polylines: the published example, and there and back."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.errors import InputError
from geo.polyline import decode, encode


def test_the_published_example() -> None:
    """https://developers.google.com/maps/documentation/utilities/polylinealgorithm."""
    assert encode([38.5, 40.7, 43.252], [-120.2, -120.95, -126.453]) == "_p~iF~ps|U_ulLnnqC_mqNvxq`@"


lines = st.lists(st.tuples(st.floats(-90, 90), st.floats(-180, 180)), max_size=20)


@given(line=lines, precision=st.sampled_from([5, 6]))
def test_there_and_back(line: list[tuple[float, float]], precision: int) -> None:
    points = np.array(line).reshape(-1, 2)

    lat, lon = decode(encode(points[:, 0], points[:, 1], precision=precision), precision=precision)

    assert np.allclose(np.column_stack([lat, lon]), points, rtol=0, atol=0.501 * 10.0**-precision)


@given(text=st.text(alphabet=st.characters(min_codepoint=63, max_codepoint=126), max_size=80))
def test_any_text_is_a_line_or_refused(text: str) -> None:
    # Every character that may stand in a line has a group of five bits; the last of a number is below 32.
    whole = [ord(character) - 63 < 32 for character in text]
    broken = (whole and not whole[-1]) or sum(whole) % 2
    if broken:
        with pytest.raises(InputError, match="polyline"):
            decode(text)
    else:
        lat, lon = decode(text)
        assert len(lat) == len(lon) == sum(whole) // 2


@pytest.mark.parametrize(
    ("text", "rule"), [("_p~iF~ps|U_", "polyline.end"), ("_p~iF", "polyline.end"), ("a b", "polyline.character")]
)
def test_other_text_is_refused(text: str, rule: str) -> None:
    with pytest.raises(InputError) as caught:
        decode(text)

    assert caught.value.faults[0].rule == rule
