"""What a day is planned from.

`fields` holds an object as the input document describes it (``docs/input.md``); what is searched for has a column.
`version` counts changes: it is the object's ETag. Names, telephone numbers and addresses of customers are in `Customer`
alone, so they can be exported and erased without touching a ticket.
"""

from datetime import datetime
from typing import Any

from sqlmodel import Field, SQLModel

from api.service.store.columns import Json, Utc, Wide

Fields = dict[str, Any]


class Versioned(SQLModel):
    """Common to all that people change."""

    id: str = Field(primary_key=True, max_length=200)
    version: int = Field(default=1, ge=1)
    fields: Fields = Field(default_factory=dict, sa_type=Json)


class Centre(Versioned, table=True):
    """Service centre."""


class Skill(Versioned, table=True):
    """Skill that a technician may have at level 1..5."""


class Part(Versioned, table=True):
    """Kind of spare part."""


class Technician(Versioned, table=True):
    """Technician."""

    centre_id: str | None = Field(default=None, foreign_key="centre.id", index=True)


class Shift(Versioned, table=True):
    """One working time of a technician."""

    technician_id: str = Field(foreign_key="technician.id", index=True)
    starts_at: datetime = Field(sa_type=Utc, index=True)
    ends_at: datetime = Field(sa_type=Utc, index=True)


class Absence(Versioned, table=True):
    """Time in which a technician does not work, whatever the shifts say."""

    technician_id: str = Field(foreign_key="technician.id", index=True)
    starts_at: datetime = Field(sa_type=Utc, index=True)
    ends_at: datetime = Field(sa_type=Utc)


class Customer(SQLModel, table=True):
    """Personal data of a customer; erasing empties it and keeps the row, so that tickets keep their history."""

    id: str = Field(primary_key=True, max_length=200)
    version: int = Field(default=1, ge=1)
    name: str = Field(default="", max_length=400)
    phone: str = Field(default="", max_length=100)
    address: str = Field(default="", max_length=1000)
    erased_at: datetime | None = Field(default=None, sa_type=Utc)


class Ticket(Versioned, table=True):
    """Service ticket; `state` is open, done, failed or cancelled."""

    customer_id: str | None = Field(default=None, foreign_key="customer.id", index=True)
    tier: str = Field(index=True, max_length=100)
    opened_at: datetime = Field(sa_type=Utc, index=True)
    state: str = Field(default="open", index=True, max_length=20)


class VanStock(SQLModel, table=True):
    """Parts in a technician's van now."""

    technician_id: str = Field(foreign_key="technician.id", primary_key=True)
    part: str = Field(primary_key=True, max_length=200)
    count: int = Field(default=0, sa_type=Wide)


class DaySetting(Versioned, table=True):
    """A table of ``plan.toml`` that all days share: tiers, weights, calendars, travel."""
