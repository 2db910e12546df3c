"""Routes, a file for each kind of thing; ``ROUTERS`` is what the application serves under ``/v1``."""

from api.service.resources import (
    absences,
    auth,
    catalogue,
    customers,
    imports,
    insight,
    jobs,
    kpis,
    live,
    me,
    objects,
    photos,
    plans,
    tickets,
    users,
)

ROUTERS = (
    auth.router,
    users.router,
    imports.router,
    jobs.router,
    plans.router,
    live.router,
    kpis.router,
    insight.router,
    me.router,
    photos.router,
    absences.router,
    customers.router,
    tickets.router,
    *catalogue.ROUTERS,
    *objects.ROUTERS,
)
