"""``callout check``: recompute a plan from scratch."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from api.cli.options import Input, Travel, load, with_weights


def check(
    input_path: Input,
    plan_path: Annotated[Path, typer.Argument(metavar="PLAN", help="A plan.json.")],
    travel: Travel = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line on stdout.")] = False,
) -> None:
    """Check a plan against its input: every time, constraint, cost and figure. Exit 1 with the list of differences."""
    from api import plan_file
    from dispatch.feasibility import check_plan

    problem, legs = load(input_path, travel, None)
    made = plan_file.read(plan_path, problem)
    problem = with_weights(problem, [f"{name}={value}" for name, value in made.provenance.weights.items()])
    violations = check_plan(problem, legs, made)
    for violation in violations:
        if as_json:
            typer.echo(
                json.dumps(
                    {
                        "code": violation.code,
                        "shift": violation.shift_id,
                        "ticket": violation.ticket_id,
                        "facts": dict(violation.facts),
                    },
                    ensure_ascii=False,
                )
            )
        else:
            typer.echo(str(violation))
    if violations:
        typer.echo(f"{len(violations)} difference(s)", err=True)
        raise typer.Exit(1)
    typer.echo("the plan is right", err=True)
