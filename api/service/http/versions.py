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


def check_replaced(if_match: str | None, version: int | None) -> None:
    """Let a write through that makes something new, or names the version that it replaces.

    Parameters
    ----------
    if_match : str or None
        Header of the request; None: it must be new.
    version : int or None
        Of what is there; None: nothing is.

    Raises
    ------
    NeedsVersionError
        ``version.missing`` when it exists and no version is named.
    StaleError
        ``version.stale`` when another version is named, or any of what is not there.
    """
    if if_match is not None:
        check_version(if_match, None if version is None else etag(version))
    elif version is not None:
        raise NeedsVersionError("version.missing", "it exists: name the version that you replace, If-Match")


Version = Annotated[str, Depends(require_version)]
