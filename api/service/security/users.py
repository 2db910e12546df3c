"""Users as admins manage them; what is written down of them never holds a password."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlmodel import Session, col, delete, select, update

from api.service.http.errors import ConflictError, MissingError
from api.service.security.accounts import add_user
from api.service.security.passwords import hashed
from api.service.security.roles import Role
from api.service.store.audits import Author, record
from api.service.store.tables import Centre, Refresh, Technician, User, UserCentre
from dispatch.errors import reject

MOST_LOGIN = 200


def new_user(
    session: Session,
    login: str,
    password: str,
    role: Role,
    author: Author,
    *,
    technician_id: str | None,
    centres: Sequence[str],
) -> User:
    """A new account.

    Raises
    ------
    ConflictError
        ``user.login`` when somebody has this login.
    InputError
        ``user.login_form``, ``user.password``, ``user.technician`` or ``user.centre``.
    """
    if not 1 <= len(login) <= MOST_LOGIN or login != login.strip() or not login.isprintable():
        raise reject("user.login_form", f"a login has 1 to {MOST_LOGIN} characters, no space around", field="login")
    if session.exec(select(User.id).where(User.login == login)).first() is not None:
        raise ConflictError("user.login", "somebody has this login")
    _check(session, role, technician_id, centres)
    user = add_user(session, login, password, role, technician_id=technician_id)
    _limit(session, user, centres)
    record(session, author, "add", User, user.id, before=None, after=plain(session, user))
    return user


def change_user(
    session: Session,
    user: User,
    author: Author,
    *,
    role: Role,
    active: bool,
    technician_id: str | None,
    centres: Sequence[str],
) -> None:
    """Change what a user may do; a user that is not active any more is signed out when its access token ends.

    Raises
    ------
    ConflictError
        ``user.last_admin`` when nobody could make users any more.
    InputError
        ``user.technician`` or ``user.centre``.
    """
    _check(session, role, technician_id, centres)
    before = plain(session, user)
    stays = role is Role.ADMIN and active
    if user.role == Role.ADMIN.value and user.active and not stays:
        others = select(User.id).where(User.role == Role.ADMIN.value, col(User.active), User.id != user.id)
        if session.exec(others).first() is None:
            raise ConflictError("user.last_admin", "somebody must stay admin")
    user.role, user.active, user.technician_id, user.version = role.value, active, technician_id, user.version + 1
    _limit(session, user, centres)
    if not active:
        _sign_out(session, user, author)
    record(session, author, "change", User, user.id, before=before, after=plain(session, user))


def set_password(session: Session, user: User, password: str, author: Author) -> None:
    """Set another password; all sign-ins end."""
    user.password_hash, user.failures, user.locked_until = hashed(password), 0, None
    user.version += 1
    _sign_out(session, user, author)
    record(session, author, "password", User, user.id, before=None, after=None)


def user_of(session: Session, user_id: str, *, lock: bool = False) -> User:
    """An account.

    Raises
    ------
    MissingError
        ``user.unknown``.
    """
    found = session.get(User, user_id, with_for_update=lock or None)
    if found is None:
        raise MissingError("user.unknown", "there is no such user")
    return found


def plain(session: Session, user: User) -> dict[str, Any]:
    """What admins see of an account."""
    centres = session.exec(select(UserCentre.centre_id).where(UserCentre.user_id == user.id)).all()
    return {
        "id": user.id,
        "login": user.login,
        "role": user.role,
        "active": user.active,
        "technician": user.technician_id,
        "centres": sorted(centres),
    }


def _check(session: Session, role: Role, technician_id: str | None, centres: Sequence[str]) -> None:
    if (role is Role.TECHNICIAN) != (technician_id is not None):
        raise reject("user.technician", "a technician's user, and no other, names its technician", field="technician")
    if technician_id is not None and session.get(Technician, technician_id) is None:
        raise reject("user.technician", "there is no such technician", field="technician", value=technician_id)
    for one in centres:
        if session.get(Centre, one) is None:
            raise reject("user.centre", "there is no such centre", field="centres", value=one)


def _limit(session: Session, user: User, centres: Sequence[str]) -> None:
    session.exec(delete(UserCentre).where(col(UserCentre.user_id) == user.id))
    session.flush()
    for one in sorted(set(centres)):
        session.add(UserCentre(user_id=user.id, centre_id=one))
    session.flush()


def _sign_out(session: Session, user: User, author: Author) -> None:
    session.exec(update(Refresh).where(col(Refresh.user_id) == user.id).values(revoked_at=author.at))
