"""Accounts: sign in, stay signed in, sign out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from sqlmodel import Session, col, select, update

from api.service.http.errors import TooManyError, UnauthorizedError
from api.service.security.passwords import hashed, is_old, is_right
from api.service.security.roles import Role
from api.service.security.tokens import Caller, digest, new_secret
from api.service.store.tables import Refresh, User, UserCentre

FREE_FAILURES = 5
"""Wrong passwords in a row before an account has to wait (OWASP ASVS 5.0, 6.3.1: limit guessing)."""
MOST_WAIT_S = 900


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """Who has signed in, and the refresh token that it may use once."""

    caller: Caller
    refresh: str


def add_user(session: Session, login: str, password: str, role: Role, *, technician_id: str | None = None) -> User:
    """A new account."""
    user = User(
        id=uuid4().hex, login=login, password_hash=hashed(password), role=role.value, technician_id=technician_id
    )
    session.add(user)
    session.flush()
    return user


def caller_of_user(session: Session, user: User) -> Caller:
    """What a user may do now."""
    centres = session.exec(select(UserCentre.centre_id).where(UserCentre.user_id == user.id)).all()
    return Caller(
        user_id=user.id,
        role=Role(user.role),
        technician_id=user.technician_id,
        centres=frozenset(centres) if centres else None,
    )


def sign_in(session: Session, login: str, password: str, *, now: datetime, days: int) -> Signed | None:
    """Check a password; None: wrong, and counted.

    After `FREE_FAILURES` wrong ones the account waits 2, 4, 8 ... seconds, at most a quarter of an hour, whoever asks.

    Raises
    ------
    TooManyError
        ``auth.throttled`` while the account waits.
    """
    user = session.exec(select(User).where(User.login == login).with_for_update()).first()
    locked = None if user is None else user.locked_until
    # A longer wait than the longest one: the clock was set back.
    if locked is not None and now < locked <= now + timedelta(seconds=MOST_WAIT_S):
        wait_s = int((locked - now).total_seconds()) + 1
        raise TooManyError("auth.throttled", "too many wrong passwords: wait", retry_after_s=wait_s)
    if not is_right(password, user.password_hash if user is not None and user.active else None) or user is None:
        if user is not None:
            user.failures += 1
            if user.failures >= FREE_FAILURES:
                wait_s = min(MOST_WAIT_S, 2 ** min(20, user.failures - FREE_FAILURES + 1))
                user.locked_until = now + timedelta(seconds=wait_s)
        return None
    user.failures, user.locked_until = 0, None
    if is_old(user.password_hash):
        user.password_hash = hashed(password)
    return Signed(
        caller=caller_of_user(session, user), refresh=_next(session, user.id, uuid4().hex, now=now, days=days)
    )


def refresh(session: Session, token: str, *, now: datetime, days: int) -> Signed | None:
    """Exchange a refresh token for the next one; None: it is not valid.

    A token that was used before has been stolen, or its thief was faster: its whole family ends.
    """
    held = session.exec(select(Refresh).where(Refresh.digest == digest(token)).with_for_update()).first()
    if held is None or held.revoked_at is not None or now >= held.expires_at:
        return None
    if held.used_at is not None:
        end_family(session, held.family, now=now)
        return None
    user = session.get(User, held.user_id)
    if user is None or not user.active:
        return None
    held.used_at = now
    return Signed(
        caller=caller_of_user(session, user), refresh=_next(session, user.id, held.family, now=now, days=days)
    )


def sign_out(session: Session, token: str, *, now: datetime) -> None:
    """End the family of a refresh token."""
    held = session.get(Refresh, digest(token))
    if held is not None:
        end_family(session, held.family, now=now)


def end_family(session: Session, family: str, *, now: datetime) -> None:
    """Make all refresh tokens of one sign-in void."""
    session.exec(update(Refresh).where(col(Refresh.family) == family).values(revoked_at=now))


def refused(signed: Signed | None, what: str) -> Signed:
    """The signed-in user, or the error; raised after the transaction, so that what was counted stays counted."""
    if signed is None:
        raise UnauthorizedError(f"auth.{what}", "login or password is wrong" if what == "login" else "sign in again")
    return signed


def _next(session: Session, user_id: str, family: str, *, now: datetime, days: int) -> str:
    token = new_secret()
    session.add(Refresh(digest=digest(token), family=family, user_id=user_id, expires_at=now + timedelta(days=days)))
    return token
