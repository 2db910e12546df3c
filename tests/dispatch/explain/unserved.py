"""How the tests of unserved tickets read what is said."""

from __future__ import annotations

KM_M = 1000
DEAR = 10**6  # nobody leaves this one out


def facts_of(entry, code):
    """Facts of the summary, which has `code` and stands for all shifts."""
    assert entry.reason.code == code
    facts = dict(entry.reason.facts)
    assert (facts.pop("shifts"), facts.pop("of")) == (1, 1)
    assert [obstacle.reason.code for obstacle in entry.obstacles] == [code]
    assert dict(entry.obstacles[0].reason.facts) == facts
    return facts


def changes(entry):
    return [(remedy.change.code, dict(remedy.change.facts)) for remedy in entry.remedies]
