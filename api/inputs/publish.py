"""Writes what is generated from the tables: the JSON schema, and the lists in the documentation.

Run ``python -m api.inputs.publish`` at the top of the project after a change of the tables.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path

from api.inputs.aliases import ALIASES
from api.inputs.columns import Column
from api.inputs.rules import RULES
from api.inputs.schema import json_schema
from api.inputs.settings import CALENDAR, SECTIONS, TARGET, TIER
from api.inputs.tables import TABLES

SCHEMA_FILE = Path("docs/schema/input.schema.json")
GUIDE_FILE = Path("docs/input.md")
_BLOCK = re.compile(r"(<!-- generated: (\S+) -->\n).*?(<!-- end -->)", re.DOTALL)


def schema_text() -> str:
    """Published form of the JSON schema."""
    return json.dumps(json_schema(), ensure_ascii=False, indent=2) + "\n"


def guide_text(text: str) -> str:
    """Guide with every generated block renewed."""
    blocks = {name: _columns(table.by_name, ALIASES[name]) for name, table in TABLES.items()}
    blocks |= {name: _columns(columns) for name, columns in SECTIONS.items()}
    kinds = {"tiers": TIER, "targets": TARGET, "calendars": CALENDAR}
    blocks |= {name: _columns(kind.columns) for name, kind in kinds.items()}
    blocks["rules"] = "".join(f"| `{rule}` | {sentence} |\n" for rule, sentence in RULES.items())
    blocks["rules"] = "| rule | what it asks |\n|---|---|\n" + blocks["rules"]
    return _BLOCK.sub(lambda found: f"{found[1]}{blocks[found[2]]}{found[3]}", text)


def _columns(columns: Mapping[str, Column], aliases: Mapping[str, tuple[str, ...]] | None = None) -> str:
    """Markdown table of columns."""
    head = ["name", "form", "meaning"] + (["also called"] if aliases is not None else [])
    lines = [head, ["---"] * len(head)]
    for column in columns.values():
        name = f"**{column.name}**" if column.required else column.name
        line = [name, column.kind.form, column.doc]
        lines.append(line + ([", ".join(aliases.get(column.name, ()))] if aliases is not None else []))
    return "".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |\n" for line in lines)


def main() -> None:
    """Write all generated files."""
    SCHEMA_FILE.write_text(schema_text(), encoding="utf-8")
    GUIDE_FILE.write_text(guide_text(GUIDE_FILE.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
