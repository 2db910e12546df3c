"""``callout geo``: roads, travel matrices, ways, coverage and places."""

from __future__ import annotations

import typer

from api.cli import geo_build, geo_coverage, geo_isochrone, geo_matrix, geo_route, geocode

app = typer.Typer(
    help="Roads of an OpenStreetMap extract: travel times, ways, drive-time areas, coverage; and places of addresses.",
    no_args_is_help=True,
)
app.command("build")(geo_build.build)
app.command("matrix")(geo_matrix.matrix)
# A latitude may begin with a minus sign, and is no option then.
app.command("route", context_settings={"ignore_unknown_options": True})(geo_route.route)
app.command("isochrone", context_settings={"ignore_unknown_options": True})(geo_isochrone.isochrone)
app.command("coverage")(geo_coverage.coverage)
geocode.register(app)
