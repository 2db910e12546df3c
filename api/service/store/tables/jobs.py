"""Work outside requests, and answers that are given again to a repeated request."""

from datetime import datetime
from typing import Any

from sqlmodel import Field, SQLModel

from api.service.store.columns import Json, Utc


class Job(SQLModel, table=True):
    """A plan to be made: `queued`, `running`, then `done`, `failed` or `cancelled`.

    A worker holds a job by its lease and renews it; a lease that has run out is anybody's. `fence` counts the leases:
    what a worker writes counts only while its own is the last.
    """

    id: str = Field(primary_key=True, max_length=40)
    key: str | None = Field(
        default=None, unique=True, index=True, max_length=200, description="two jobs of one key can't be"
    )
    state: str = Field(default="queued", index=True, max_length=20)
    request: dict[str, Any] = Field(sa_type=Json)
    problem: dict[str, Any] = Field(sa_type=Json)
    created_at: datetime = Field(sa_type=Utc, index=True)
    created_by: str = Field(default="", max_length=40)
    lease_until: datetime | None = Field(default=None, sa_type=Utc, index=True)
    fence: int = Field(default=0)
    attempts: int = Field(default=0)
    cancel: bool = Field(default=False)
    progress: dict[str, Any] = Field(default_factory=dict, sa_type=Json)
    plan_id: str | None = Field(default=None, foreign_key="plan.id")
    error: dict[str, Any] | None = Field(default=None, sa_type=Json)


class Answered(SQLModel, table=True):
    """Answer to a request with an idempotency key, written in the transaction of what it did."""

    user_id: str = Field(primary_key=True, max_length=40)
    key: str = Field(primary_key=True, max_length=200)
    digest: str = Field(max_length=64, description="SHA-256 of method, path and body")
    status: int
    headers: dict[str, str] = Field(default_factory=dict, sa_type=Json)
    body: str
    at: datetime = Field(sa_type=Utc, index=True)
