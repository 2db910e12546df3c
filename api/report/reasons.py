"""Reasons as text."""

from __future__ import annotations

from dispatch.plan import Reason
from dispatch.problem import Problem


def reason_text(reason: Reason, language: str, problem: Problem) -> str:
    """One sentence for people."""
    facts = ", ".join(f"{name}={value}" for name, value in reason.facts.items())
    return f"{reason.code} ({facts})" if facts else reason.code
