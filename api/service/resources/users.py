"""Users, their phones, and who changed what: for admins."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field
from sqlmodel import Session, col, select

from api.service.http.context import Auditor, Live, UserAdmin
from api.service.http.described import sample
from api.service.http.errors import MissingError
from api.service.http.once import Answer, OnceOnly
from api.service.http.readable import MOST_SERIAL
from api.service.http.versions import Version, check_version, etag
from api.service.security.devices import add_device
from api.service.security.roles import Role
from api.service.security.users import change_user, new_user, plain, set_password, user_of
from api.service.store.audits import Author, record
from api.service.store.tables import Audit, Device, User

router = APIRouter()
Name = Annotated[str, Field(min_length=1, max_length=200)]
Secret = Annotated[str, Field(max_length=1000)]


class NewUser(BaseModel):
    """A new account; a technician's names its technician."""

    model_config = sample(login="ann", password="correct horse battery staple", role="technician", technician="GZ-T01")

    login: Name
    password: Secret
    role: Role
    technician: Name | None = None
    centres: Annotated[list[Name], Field(max_length=1000, description="empty: all")] = []


class UserChange(BaseModel):
    """What a user may do."""

    model_config = sample(role="dispatcher", active=True, centres=[])

    role: Role
    active: bool = True
    technician: Name | None = None
    centres: Annotated[list[Name], Field(max_length=1000)] = []


class UserItem(BaseModel):
    """An account."""

    id: str
    login: str
    role: Role
    active: bool
    technician: str | None
    centres: list[str]


class UserPage(BaseModel):
    """Some accounts in the order of their logins; `next` is the last login when there are more."""

    items: list[UserItem]
    next: str | None


class NewPassword(BaseModel):
    """Another password."""

    model_config = sample(password="correct horse battery staple")

    password: Secret


class NewDevice(BaseModel):
    """A phone that gets a token of its own."""

    model_config = sample(name="Ann's phone")

    name: Annotated[str, Field(max_length=200, examples=["Ann's phone"])] = ""


class DeviceItem(BaseModel):
    """A phone; its token is shown once, when it is made."""

    id: str
    name: str
    created_at: datetime
    revoked_at: datetime | None


class AuditItem(BaseModel):
    """One change."""

    id: int
    at: datetime
    user: str
    action: str
    kind: str
    object: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None


class AuditPage(BaseModel):
    """Some changes, newest first; `next` asks for the older ones."""

    items: list[AuditItem]
    next: int | None


@router.get("/users", tags=["users"])
def pages(
    live: Live,
    _: UserAdmin,
    after: Annotated[str, Query(max_length=200)] = "",
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> UserPage:
    """Accounts in the order of their logins."""
    question = select(User).where(col(User.login) > after).order_by(col(User.login)).limit(limit + 1)
    with live.store.reading() as session:
        found = [plain(session, one) for one in session.exec(question).all()]
    items = [UserItem.model_validate(one) for one in found[:limit]]
    return UserPage(items=items, next=items[-1].login if len(found) > limit else None)


@router.post("/users", status_code=201, tags=["users"], responses={201: {"model": UserItem}})
def add(body: NewUser, live: Live, caller: UserAdmin, once: OnceOnly) -> Response:
    """Make an account."""

    def work(session: Session, author: Author) -> Answer:
        made = new_user(
            session,
            body.login,
            body.password,
            body.role,
            author,
            technician_id=body.technician,
            centres=body.centres,
        )
        return Answer(status=201, body=plain(session, made), headers={"ETag": etag(made.version)})

    return once.write(live, caller, work)


@router.get("/users/{user_id}", tags=["users"], responses={200: {"model": UserItem}})
def read(user_id: str, live: Live, _: UserAdmin) -> Response:
    """One account."""
    with live.store.reading() as session:
        found = user_of(session, user_id)
        body = UserItem.model_validate(plain(session, found)).model_dump_json()
        return Response(body, media_type="application/json", headers={"ETag": etag(found.version)})


@router.put("/users/{user_id}", tags=["users"], responses={200: {"model": UserItem}})
def write(user_id: str, body: UserChange, live: Live, caller: UserAdmin, once: OnceOnly, version: Version) -> Response:
    """Change what a user may do. Access tokens that are out end with their quarter of an hour at the latest."""

    def work(session: Session, author: Author) -> Answer:
        held = user_of(session, user_id, lock=True)
        check_version(version, etag(held.version))
        change_user(
            session,
            held,
            author,
            role=body.role,
            active=body.active,
            technician_id=body.technician,
            centres=body.centres,
        )
        return Answer(status=200, body=plain(session, held), headers={"ETag": etag(held.version)})

    return once.write(live, caller, work)


@router.post("/users/{user_id}/password", status_code=204, tags=["users"])
def password(user_id: str, body: NewPassword, live: Live, caller: UserAdmin, once: OnceOnly) -> Response:
    """Set another password; all sign-ins of the user end."""

    def work(session: Session, author: Author) -> Answer:
        set_password(session, user_of(session, user_id, lock=True), body.password, author)
        return Answer(status=204)

    return once.write(live, caller, work)


@router.get("/users/{user_id}/devices", tags=["users"])
def devices(user_id: str, live: Live, _: UserAdmin) -> list[DeviceItem]:
    """Phones of a user."""
    with live.store.reading() as session:
        user_of(session, user_id)
        question = select(Device).where(Device.user_id == user_id).order_by(col(Device.created_at), col(Device.id))
        return [_device(one) for one in session.exec(question).all()]


@router.post("/users/{user_id}/devices", status_code=201, tags=["users"])
def new_device(user_id: str, body: NewDevice, live: Live, caller: UserAdmin, once: OnceOnly) -> Response:
    """Give a phone a token; the answer shows it, once."""

    def work(session: Session, author: Author) -> Answer:
        device, token = add_device(session, user_of(session, user_id), name=body.name, now=author.at)
        session.flush()
        record(session, author, "add", Device, device.id, before=None, after={"user": user_id})
        return Answer(status=201, body=_device(device).model_dump(mode="json"), shown_once={"token": token})

    return once.write(live, caller, work)


@router.delete("/devices/{device_id}", status_code=204, tags=["users"])
def revoke(device_id: str, live: Live, caller: UserAdmin, once: OnceOnly) -> Response:
    """Make a phone's token void, at once."""

    def work(session: Session, author: Author) -> Answer:
        held = session.get(Device, device_id, with_for_update=True)
        if held is None:
            raise MissingError("device.unknown", "there is no such device")
        if held.revoked_at is None:
            held.revoked_at = author.at
            record(session, author, "revoke", Device, device_id, before=None, after=None)
        return Answer(status=204)

    return once.write(live, caller, work)


@router.get("/audit", tags=["audit"])
def changes(
    live: Live,
    _: Auditor,
    *,
    kind: Annotated[str | None, Query(max_length=40)] = None,
    object_id: Annotated[str | None, Query(alias="object", max_length=200)] = None,
    user: Annotated[str | None, Query(max_length=40)] = None,
    before: Annotated[int | None, Query(ge=0, le=MOST_SERIAL, description="only older than this number")] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> AuditPage:
    """Who changed what, newest first."""
    question = select(Audit).order_by(col(Audit.id).desc()).limit(limit + 1)
    for column, value in ((Audit.kind, kind), (Audit.object_id, object_id), (Audit.user_id, user)):
        if value is not None:
            question = question.where(column == value)
    if before is not None:
        question = question.where(col(Audit.id) < before)
    with live.store.reading() as session:
        found = [_change(one) for one in session.exec(question).all()]
    return AuditPage(items=found[:limit], next=found[limit - 1].id if len(found) > limit else None)


def _device(one: Device) -> DeviceItem:
    return DeviceItem(id=one.id, name=one.name, created_at=one.created_at, revoked_at=one.revoked_at)


def _change(one: Audit) -> AuditItem:
    return AuditItem(
        id=one.id or 0,
        at=one.at,
        user=one.user_id,
        action=one.action,
        kind=one.kind,
        object=one.object_id,
        before=one.before,
        after=one.after,
    )
