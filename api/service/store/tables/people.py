"""Users, and what proves that somebody is one of them. Secrets are kept as hashes only."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from api.service.store.columns import Utc


class User(SQLModel, table=True):
    """Somebody who may sign in; a technician's user is bound to the technician."""

    __tablename__ = "account"  # `user` is a reserved word in PostgreSQL

    id: str = Field(primary_key=True, max_length=40)
    login: str = Field(unique=True, index=True, max_length=200)
    password_hash: str = Field(max_length=400)
    role: str = Field(max_length=20)
    technician_id: str | None = Field(default=None, foreign_key="technician.id", index=True)
    active: bool = Field(default=True)
    version: int = Field(default=1)
    failures: int = Field(default=0, description="wrong passwords since the last right one")
    locked_until: datetime | None = Field(default=None, sa_type=Utc)


class UserCentre(SQLModel, table=True):
    """Centre that a user is limited to; a user without any may see all."""

    user_id: str = Field(foreign_key="account.id", primary_key=True)
    centre_id: str = Field(foreign_key="centre.id", primary_key=True)


class Refresh(SQLModel, table=True):
    """A refresh token: used once, then followed by the next of its family. Used again, the whole family is void."""

    digest: str = Field(primary_key=True, max_length=64, description="SHA-256 of the token")
    family: str = Field(index=True, max_length=40)
    user_id: str = Field(foreign_key="account.id", index=True)
    expires_at: datetime = Field(sa_type=Utc)
    used_at: datetime | None = Field(default=None, sa_type=Utc)
    revoked_at: datetime | None = Field(default=None, sa_type=Utc)


class Device(SQLModel, table=True):
    """A technician's phone with a token of its own, which can be revoked."""

    id: str = Field(primary_key=True, max_length=40)
    digest: str = Field(unique=True, index=True, max_length=64)
    user_id: str = Field(foreign_key="account.id", index=True)
    name: str = Field(default="", max_length=200)
    created_at: datetime = Field(sa_type=Utc)
    revoked_at: datetime | None = Field(default=None, sa_type=Utc)
