"""Tables of the service, a file for each concern; importing the package registers all of them."""

from sqlmodel import SQLModel

from api.service.store.tables.jobs import Answered, Job
from api.service.store.tables.live import Change, Complaint, Event, Photo, PhotoPiece, Visit
from api.service.store.tables.people import Device, Refresh, User, UserCentre
from api.service.store.tables.plans import Audit, Plan
from api.service.store.tables.resources import (
    Absence,
    Centre,
    Customer,
    DaySetting,
    Part,
    Shift,
    Skill,
    Technician,
    Ticket,
    VanStock,
)

metadata = SQLModel.metadata

__all__ = [
    "Absence",
    "Answered",
    "Audit",
    "Centre",
    "Change",
    "Complaint",
    "Customer",
    "DaySetting",
    "Device",
    "Event",
    "Job",
    "Part",
    "Photo",
    "PhotoPiece",
    "Plan",
    "Refresh",
    "Shift",
    "Skill",
    "Technician",
    "Ticket",
    "User",
    "UserCentre",
    "VanStock",
    "Visit",
    "metadata",
]
