"""Roles, and what each may do. A route names one right; nobody has a right that isn't in this table."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """What a user is."""

    ADMIN = "admin"
    DISPATCHER = "dispatcher"
    PLANNER = "planner"
    TECHNICIAN = "technician"


class Right(StrEnum):
    """What a route asks for."""

    USERS = "users"  # make and change users and devices
    AUDIT = "audit"  # read who changed what
    READ = "read"  # see tickets, technicians, plans
    WRITE = "write"  # change and import them
    CUSTOMERS = "customers"  # see and change names, telephone numbers and addresses
    PLAN = "plan"  # make plans and compare them
    PUBLISH = "publish"  # put a plan into force
    ERASE = "erase"  # export and erase a customer's personal data
    OWN_ROUTE = "own_route"  # the phone feed, for the user's own technician


RIGHTS: dict[Role, frozenset[Right]] = {
    Role.ADMIN: frozenset(Right) - {Right.OWN_ROUTE},
    Role.DISPATCHER: frozenset({Right.READ, Right.WRITE, Right.CUSTOMERS, Right.PLAN, Right.PUBLISH}),
    Role.PLANNER: frozenset({Right.READ, Right.PLAN}),
    Role.TECHNICIAN: frozenset({Right.OWN_ROUTE}),
}
