"""``callout scenario``: what if we open here, close there, hire three."""

from __future__ import annotations

import typer

from api.cli import scenario_compare, scenario_run, scenario_sites

app = typer.Typer(help="What-if studies: simulated days of a scenario, and comparisons.", no_args_is_help=True)
app.command("run")(scenario_run.run)
app.command("compare")(scenario_compare.compare)
app.command("sites")(scenario_sites.sites)
