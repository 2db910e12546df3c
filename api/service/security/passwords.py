"""Passwords: argon2id with the library's parameters (RFC 9106, second recommended option)."""

from __future__ import annotations

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from dispatch.errors import reject

LEAST, MOST = 12, 200
"""Characters of a password: short ones are guessed (NIST SP 800-63B), long ones only cost time."""

_HASHER = PasswordHasher()
_NOBODY = _HASHER.hash("nobody has this password")


def hashed(password: str) -> str:
    """Hash of a new password.

    Raises
    ------
    InputError
        ``user.password`` when it is too short or too long.
    """
    if not LEAST <= len(password) <= MOST:
        raise reject("user.password", f"a password has {LEAST} to {MOST} characters", field="password")
    try:
        return _HASHER.hash(password)
    except UnicodeEncodeError:  # bytes of another encoding, read from a pipe
        raise reject("user.password", "a password must be text in UTF-8", field="password") from None


def is_right(password: str, known: str | None) -> bool:
    """Whether this is the password; takes as long when there is no such user."""
    try:
        _HASHER.verify(known or _NOBODY, password[: MOST + 1])
    except (VerificationError, InvalidHashError):
        return False
    return known is not None


def is_old(known: str) -> bool:
    """Whether the hash was made with weaker parameters than today's."""
    return _HASHER.check_needs_rehash(known)
