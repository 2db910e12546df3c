"""ETags: ``If-None-Match`` saves an answer, ``If-Match`` saves somebody else's change."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Header

from api.service.http.errors import NeedsVersionError, StaleError


def etag(*parts: object) -> str:
    """Strong ETag of what these parts stand for."""
    return '"' + "-".join(str(part) for part in parts) + '"'


def matches(header: str | None, tag: str) -> bool:
    """Whether ``If-None-Match`` names this ETag; weak comparison (RFC 9110, section 13.1.2)."""
    if header is None:
        return False
    given = [one.strip().removeprefix("W/") for one in header.split(",")]
    return tag in given or given == ["*"]


def require_version(if_match: Annotated[str | None, Header(description="ETag of what is changed")] = None) -> str:
    """The version that a change was made for.

    Raises
    ------
    NeedsVersionError
        ``version.missing``.
    """
    if if_match is None:
        raise NeedsVersionError("version.missing", "name the version that you change: If-Match")
    return if_match


def check_version(if_match: str, tag: str | None) -> None:
    """Refuse a change of another version; where there is none (`tag` is None) none is right, not even ``*``.

    Raises
    ------
    StaleError
        ``version.stale``.
    """
    if tag is None or if_match.strip() not in (tag, "*"):
        raise StaleError(
            "version.stale", "somebody has changed it meanwhile: read it again", facts={"etag": tag} if tag else {}
        )


Version = Annotated[str, Depends(require_version)]
