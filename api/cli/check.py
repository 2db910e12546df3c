"""``callout check``: recompute a plan from scratch."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from api.cli.options import Input, Travel, load


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
    from dispatch.weights import Weights

    problem, legs = load(input_path, travel, None)
    document = plan_file.read_document(plan_path)
    made = plan_file.from_json(document, problem, file=plan_path.name)
    problem = problem.replace(weights=Weights(**made.provenance.weights))
    violations = [
        *check_plan(problem, legs, made),
        *plan_file.head_differences(document, problem, made, file=plan_path.name),
    ]
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
