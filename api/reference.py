"""Writes the tables of the documentation that are generated from code: engines, violations, reasons, cost.

Run ``python -m api.reference`` at the top of the project after a change of what they show; a test watches that.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from types import MappingProxyType

from dispatch.explain import LANGUAGES
from dispatch.explain.unserved import NEARNESS
from dispatch.feasibility import CODES
from dispatch.ports import Feature
from dispatch.weights import Weights
from solver.registry import ENGINES, engine

DOCS = Path("docs")
FILES = ("engines.md", "checker.md", "explanations.md", "cost.md")
_BLOCK = re.compile(r"(<!-- generated: (\S+) -->\n).*?(<!-- end -->)", re.DOTALL)

FEATURES: Mapping[Feature, str] = MappingProxyType(
    {
        Feature.SKILLS: "least levels of skills",
        Feature.WINDOWS: "one or several windows for the start of a service",
        Feature.TARGETS: "soft targets of tiers, measured at start or finish",
        Feature.OVERTIME: "overtime between the regular and the latest end of a shift",
        Feature.BREAKS: "breaks with a window",
        Feature.PLACES: "start and end places that differ, or none",
        Feature.TECHNICIAN_SETS: "required, preferred and excluded technicians",
        Feature.DURATION_FACTORS: "service times that depend on the technician",
        Feature.REACH: "reach from the base, longest legs, coverage of centres",
        Feature.PARTS: "van stock and tools",
        Feature.RESTOCK: "restock stops at centres; without them such tickets stay unserved",
        Feature.PINS: "pinned and locked tickets",
        Feature.MULTI_DAY: "several shifts of one technician",
        Feature.CREWS: "tickets that several technicians start together",
        Feature.AFTER: "tickets that must follow others",
        Feature.PROFILES: "several travel profiles",
    }
)
"""What each feature is, for people."""


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |\n" for line in lines)


def _features() -> str:
    engines = [engine(name) for name in ENGINES]
    rows = [
        [f"`{feature}`", FEATURES[feature], *("yes" if feature in one.features else "–" for one in engines)]
        for feature in Feature
    ]
    return _table(["feature", "what", *(f"`{one.name}`" for one in engines)], rows)


def _violations() -> str:
    return _table(["code", "what is wrong"], ([f"`{code}`", meaning] for code, meaning in CODES.items()))


def _reasons() -> str:
    rows = ([f"`{code}`", sentence, LANGUAGES["zh"][code]] for code, sentence in LANGUAGES["en"].items())
    return _table(["code", "English", "中文"], rows)


def _order() -> str:
    return "".join(f"{number}. `{code}`\n" for number, code in enumerate(NEARNESS, start=1))


def _weights() -> str:
    defaults = asdict(Weights())
    meanings = _parameters(Weights)
    return _table(
        ["weight", "default", "what it prices"],
        ([f"`{name}`", f"{value:,}", meanings[name]] for name, value in defaults.items()),
    )


def _parameters(kind: type) -> dict[str, str]:
    """Name to meaning of the parameters in a numpydoc docstring."""
    section = inspect.cleandoc(kind.__doc__ or "").split("Parameters\n----------\n")[1]
    found: dict[str, str] = {}
    for names, text in re.findall(r"^(\w[\w, ]*) : .*\n((?:    .*\n?)+)", section, flags=re.MULTILINE):
        meaning = re.sub(r":func:`[\w.]*?(\w+)`", r"`\1`", " ".join(text.split()))
        found |= dict.fromkeys(names.split(", "), meaning)
    return found


BLOCKS: Mapping[str, Callable[[], str]] = MappingProxyType(
    {
        "features": _features,
        "violations": _violations,
        "reasons": _reasons,
        "nearness": _order,
        "weights": _weights,
    }
)
"""Name of a generated block to what writes it."""


def renewed(text: str) -> str:
    """A page with every generated block written anew."""
    return _BLOCK.sub(lambda found: f"{found[1]}{BLOCKS[found[2]]()}{found[3]}", text)


def main() -> None:
    """Write all generated blocks."""
    for name in FILES:
        path = DOCS / name
        path.write_text(renewed(path.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
