"""Marks on the map stand out in both colour schemes: WCAG 2.2, success criterion 1.4.11 (3 to 1)."""

from __future__ import annotations

import re
from importlib.resources import files

import pytest

CSS = (files("api.maps") / "assets" / "map.css").read_text(encoding="utf-8")
SIGNS = ("sign-good", "sign-in", "sign-out", "sign-gap")


def luminance(colour):
    """Relative luminance, https://www.w3.org/TR/WCAG22/#dfn-relative-luminance."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("back", ["land", "halo"])
@pytest.mark.parametrize("sign", SIGNS)
def test_signs_stand_out(scheme, sign, back):
    block = re.findall(r":root \{(.*?)\}", CSS, re.DOTALL)[scheme]
    colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block))
    low, high = sorted((luminance(colours[sign]), luminance(colours[back])))
    assert (high + 0.05) / (low + 0.05) >= 3
