"""Text can be read in both colour schemes: WCAG 2.2, success criterion 1.4.3 (4.5 to 1)."""

import re
from importlib.resources import files

import pytest

CSS = (files("api.report") / "assets" / "report.css").read_text(encoding="utf-8")
PAIRS = [
    *((f"on-{step}", f"tier-{step}") for step in range(1, 6)),
    *((text, back) for text in ("ink", "quiet", "accent") for back in ("page", "panel", "faint")),
    *(("late", back) for back in ("panel", "warn-back")),
    *(("unserved", back) for back in ("panel", "bad-back")),
    ("good", "panel"),
    ("panel", "accent"),
    ("panel", "late"),
]


def colours(scheme):
    """Variables of the first (light) or second (dark) ``:root`` block."""
    block = re.findall(r":root \{(.*?)\}", CSS, re.DOTALL)[("light", "dark").index(scheme)]
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block))


def luminance(colour):
    """Relative luminance, https://www.w3.org/TR/WCAG22/#dfn-relative-luminance."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("text", "back"), PAIRS)
def test_text_stands_out(scheme, text, back):
    found = colours(scheme)
    low, high = sorted((luminance(found[text]), luminance(found[back])))
    assert (high + 0.05) / (low + 0.05) >= 4.5
