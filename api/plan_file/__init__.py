"""``plan.json``: a plan as people and programs exchange it, with RFC 3339 times.

The form is described in ``docs/plan.md``. Reading checks every field; what does not fit is a fault, never a crash.
"""

from api.plan_file.reading import from_json, head_differences, read, read_document, routes_from_json
from api.plan_file.writing import dumps, to_json

__all__ = ["dumps", "from_json", "head_differences", "read", "read_document", "routes_from_json", "to_json"]
