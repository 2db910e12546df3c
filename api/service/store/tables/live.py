"""The live day: visits of the published plan, what phones report, and the feed of changes."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, LargeBinary
from sqlmodel import Field, SQLModel

from api.service.store.columns import Json, Utc


class Visit(SQLModel, table=True):
    """One technician's visit to one ticket in a published plan; `state` follows the events of its phone."""

    id: str = Field(primary_key=True, max_length=40)
    plan_id: str = Field(foreign_key="plan.id", index=True)
    ticket_id: str = Field(foreign_key="ticket.id", index=True)
    role: int = Field(default=0)
    technician_id: str = Field(foreign_key="technician.id", index=True)
    shift_id: str = Field(max_length=200)
    position: int
    arrives_at: datetime = Field(sa_type=Utc)
    starts_at: datetime = Field(sa_type=Utc)
    finishes_at: datetime = Field(sa_type=Utc)
    state: str = Field(default="planned", index=True, max_length=20)
    version: int = Field(default=1)


class Event(SQLModel, table=True):
    """What a phone has recorded, under the id that the phone gave it; the outcome is stored with it."""

    id: str = Field(primary_key=True, max_length=64)
    technician_id: str = Field(foreign_key="technician.id", index=True)
    visit_id: str = Field(index=True, max_length=40)
    kind: str = Field(max_length=20)
    happened_at: datetime = Field(sa_type=Utc, index=True)
    received_at: datetime = Field(sa_type=Utc)
    payload: dict[str, Any] = Field(default_factory=dict, sa_type=Json)
    outcome: str = Field(max_length=20)


class Change(SQLModel, table=True):
    """One entry of a technician's feed, in the order of its id."""

    # Every poll asks for a technician's last entry.
    __table_args__ = (Index("ix_change_technician_id_id", "technician_id", "id"),)

    id: int | None = Field(default=None, primary_key=True)
    technician_id: str = Field(foreign_key="technician.id")
    at: datetime = Field(sa_type=Utc)
    kind: str = Field(max_length=40)
    reason: str = Field(max_length=60)
    facts: dict[str, Any] = Field(default_factory=dict, sa_type=Json)


class Photo(SQLModel, table=True):
    """A photo that is uploaded in pieces; `state` is open, then stored."""

    id: str = Field(primary_key=True, max_length=64)
    technician_id: str = Field(foreign_key="technician.id", index=True)
    visit_id: str = Field(index=True, max_length=40)
    size: int
    digest: str = Field(max_length=64, description="SHA-256 of the whole")
    media_type: str = Field(default="", max_length=40)
    state: str = Field(default="open", max_length=20)
    created_at: datetime = Field(sa_type=Utc)


class PhotoPiece(SQLModel, table=True):
    """Bytes from `offset` on that have arrived; in the database, so that a backup and every process has them."""

    photo_id: str = Field(foreign_key="photo.id", primary_key=True)
    offset: int = Field(primary_key=True)
    size: int
    data: bytes = Field(default=b"", sa_type=LargeBinary)


class Complaint(SQLModel, table=True):
    """A customer was not content with a visit; what was said stays with whoever took the call."""

    id: str = Field(primary_key=True, max_length=40)
    ticket_id: str = Field(foreign_key="ticket.id", index=True)
    kind: str = Field(max_length=40)
    at: datetime = Field(sa_type=Utc, index=True)
