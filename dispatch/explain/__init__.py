"""Why a ticket is unserved or late, as codes and facts; :mod:`dispatch.explain.text` renders them last."""

from dispatch.explain.late import explain_late
from dispatch.explain.text import LANGUAGES, text
from dispatch.explain.unserved import explain_unserved

__all__ = ["LANGUAGES", "explain_late", "explain_unserved", "text"]
