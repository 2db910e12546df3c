"""Phones: each has a token of its own, which can be revoked without touching the others."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from sqlmodel import Session, select

from api.service.http.errors import UnauthorizedError
from api.service.security.accounts import caller_of_user
from api.service.security.tokens import DEVICE_PREFIX, Caller, digest, new_secret
from api.service.store.tables import Device, User


def add_device(session: Session, user: User, *, name: str, now: datetime) -> tuple[Device, str]:
    """A new device of a user, and its token, which is shown this once."""
    token = new_secret(DEVICE_PREFIX)
    device = Device(id=uuid4().hex, digest=digest(token), user_id=user.id, name=name, created_at=now)
    session.add(device)
    return device, token


def caller_of_device(session: Session, token: str) -> Caller:
    """Who is asking with a device's token.

    Raises
    ------
    UnauthorizedError
        ``auth.device`` when the token is unknown or revoked, or its user is not active.
    """
    device = session.exec(select(Device).where(Device.digest == digest(token))).first()
    user = session.get(User, device.user_id) if device is not None and device.revoked_at is None else None
    if user is None or not user.active:
        raise UnauthorizedError("auth.device", "the device is not known here any more")
    return caller_of_user(session, user)
