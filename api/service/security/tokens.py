"""Tokens: signed ones for minutes, random ones for days.

An access token is a JWT (RFC 7519) with HMAC-SHA-256 that no table is asked for. Refresh and device tokens are 256
random bits; the database holds their SHA-256, which needs no salt as they can't be guessed.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

import jwt

from api.service.http.errors import UnauthorizedError
from api.service.security.roles import RIGHTS, Right, Role

_ALGORITHM = "HS256"
_AUDIENCE = "callout"
DEVICE_PREFIX = "callout-device-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who is asking.

    Parameters
    ----------
    user_id : str
        The account.
    role : Role
        What it is.
    technician_id : str or None
        Whose route is its own.
    centres : frozenset of str or None
        Centres that it is limited to; None: no limit.
    """

    user_id: str
    role: Role
    technician_id: str | None = None
    centres: frozenset[str] | None = None

    def may(self, right: Right) -> bool:
        """Whether the role has the right."""
        return right in RIGHTS[self.role]


def access_token(caller: Caller, key: str, *, now: datetime, minutes: int) -> str:
    """Signed token of a caller."""
    claims = {
        "sub": caller.user_id,
        "role": caller.role.value,
        "tech": caller.technician_id,
        "centres": None if caller.centres is None else sorted(caller.centres),
        "aud": _AUDIENCE,
        "iat": int(now.timestamp()),
        "exp": int((now + timedelta(minutes=minutes)).timestamp()),
    }
    return jwt.encode(claims, key, algorithm=_ALGORITHM)


def read_access_token(token: str, key: str, *, now: datetime) -> Caller:
    """Caller of a token; errors as :func:`read_until`."""
    return read_until(token, key, now=now)[0]


def read_until(token: str, key: str, *, now: datetime) -> tuple[Caller, float]:
    """Caller of a token, and the POSIX time at which it expires.

    Raises
    ------
    UnauthorizedError
        ``auth.token`` or ``auth.expired``.
    """
    try:
        claims = jwt.decode(
            token,
            key,
            algorithms=[_ALGORITHM],
            audience=_AUDIENCE,
            options={"require": ["sub", "exp", "aud"], "verify_exp": False, "verify_iat": False},
        )
        centres = claims["centres"]
        caller = Caller(
            user_id=claims["sub"],
            role=Role(claims["role"]),
            technician_id=claims["tech"],
            centres=None if centres is None else frozenset(centres),
        )
        expires = int(claims["exp"])
    except (jwt.PyJWTError, KeyError, ValueError, TypeError) as error:
        raise UnauthorizedError("auth.token", "the token is not valid") from error
    if now.timestamp() >= expires:
        raise UnauthorizedError("auth.expired", "the token has expired: refresh it")
    return caller, expires


def new_secret(prefix: str = "") -> str:
    """Random token."""
    return prefix + secrets.token_urlsafe(32)


def digest(token: str) -> str:
    """What the database keeps of a random token."""
    return hashlib.sha256(token.encode()).hexdigest()
