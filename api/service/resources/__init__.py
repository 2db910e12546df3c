"""Routes, a file for each kind of thing; ``ROUTERS`` is what the application serves under ``/v1``."""

from api.service.resources import auth, imports, jobs, live, me, objects, plans

ROUTERS = (auth.router, imports.router, jobs.router, plans.router, live.router, me.router, *objects.ROUTERS)
