"""Plans, and the record of who changed what."""

from datetime import datetime
from typing import Any

from sqlmodel import Field, SQLModel

from api.service.store.columns import Json, Utc, Wide


class Plan(SQLModel, table=True):
    """A plan of a day: `draft`, then `published`, then `superseded` by the next one.

    A plan of the rest of a day begins at `from_at` and `follows_id` names the one whose visits it goes on from;
    `outcome` says what it moves and what that costs.
    """

    id: str = Field(primary_key=True, max_length=40)
    version: int = Field(default=1)
    state: str = Field(default="draft", index=True, max_length=20)
    starts_at: datetime = Field(sa_type=Utc, index=True)
    ends_at: datetime = Field(sa_type=Utc, index=True)
    centre_id: str | None = Field(default=None, index=True, max_length=200)
    problem: dict[str, Any] = Field(sa_type=Json, description="input document that was planned")
    result: dict[str, Any] = Field(sa_type=Json, description="plan file")
    total_cents: int = Field(default=0, sa_type=Wide)
    created_at: datetime = Field(sa_type=Utc)
    created_by: str = Field(default="", max_length=40)
    published_at: datetime | None = Field(default=None, sa_type=Utc)
    from_at: datetime | None = Field(default=None, sa_type=Utc)
    follows_id: str | None = Field(default=None, max_length=40)
    outcome: dict[str, Any] | None = Field(default=None, sa_type=Json)


class Audit(SQLModel, table=True):
    """One change, by whom, with what was there before and after; personal data is named, not copied."""

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(sa_type=Utc, index=True)
    user_id: str = Field(default="", index=True, max_length=40)
    action: str = Field(max_length=40)
    kind: str = Field(index=True, max_length=40)
    object_id: str = Field(index=True, max_length=200)
    before: dict[str, Any] | None = Field(default=None, sa_type=Json)
    after: dict[str, Any] | None = Field(default=None, sa_type=Json)
