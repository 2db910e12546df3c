"""Did you mean ...?"""

from __future__ import annotations

import difflib
from collections.abc import Collection

_LONGEST = 60  # characters: comparing is quadratic in the length
_BUDGET = 20  # different misspellings that get a suggestion: ten thousand faults must stay cheap


class Names:
    """Known names, and the nearest of them to a wrong one."""

    def __init__(self, known: Collection[str]) -> None:
        self._known = known
        self._hints: dict[str, str] = {}

    def hint(self, name: str) -> str:
        """Text ``"; did you mean 'x'?"``, or nothing when no known name is near."""
        if name in self._hints:
            return self._hints[name]
        if len(self._hints) >= _BUDGET or len(name) > _LONGEST:
            return ""
        folded = {known.casefold(): known for known in self._known}
        near = difflib.get_close_matches(name.casefold(), folded, n=1, cutoff=0.7)
        self._hints[name] = f"; did you mean {folded[near[0]]!r}?" if near else ""
        return self._hints[name]
