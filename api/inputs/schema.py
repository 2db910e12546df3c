"""JSON schema of the JSON document, made from the tables."""

from __future__ import annotations

from api.inputs.composites import object_schema
from api.inputs.settings import LISTS, SECTIONS
from api.inputs.tables import TABLES

DRAFT = "https://json-schema.org/draft/2020-12/schema"


def json_schema() -> dict[str, object]:
    """JSON schema (draft 2020-12) of the JSON document.

    It says what shape a document has. Rules across values (known names, order of times, ...) are
    those of ``docs/input.md``.
    """
    properties: dict[str, object] = {"$schema": {"type": "string"}}
    properties |= {name: object_schema(columns) for name, columns in SECTIONS.items()}
    properties |= {name: {"type": "array", "items": kind.schema()} for name, kind in LISTS.items()}
    properties |= {name: {"type": "array", "items": object_schema(table.by_name)} for name, table in TABLES.items()}
    return {
        "$schema": DRAFT,
        "title": "Callout input",
        "type": "object",
        "additionalProperties": False,
        "properties": properties,
        "required": ["plan", *(name for name, table in TABLES.items() if not table.optional)],
    }
