"""docs/cli.md and the command line say the same."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import typer.main

from api.cli.app import app
from api.cli.plan import DEFAULT_ENGINE, DEFAULT_SECONDS
from dispatch.errors import CalloutError
from solver.registry import ENGINES

DOCS = Path(__file__).parents[3] / "docs"
COMMANDS = typer.main.get_command(app).commands  # type: ignore[attr-defined]


@pytest.fixture(scope="module")
def reference():
    return (DOCS / "cli.md").read_text(encoding="utf-8")


def _section(text, title):
    """Text under a second-level heading."""
    return text.split(f"\n## {title}\n")[1].split("\n## ")[0]


def _options(parameters):
    return {name for one in parameters for name in one.opts if name.startswith("-")} - {"--help", "-h"}


def _documented(section):
    rows = re.findall(r"^\| (`-.*?) \|", section, flags=re.MULTILINE)
    return {name for row in rows for name in re.findall(r"`(--?[\w-]+)", row)}


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_option_of_a_command_is_documented_and_no_other(reference, name):
    section = _section(reference, f"`callout {name}`")
    command = COMMANDS[name]
    if hasattr(command, "commands"):  # commands of its own; some are on pages of their own, named in the table
        parameters = [one for own in command.commands.values() for one in own.params]
        pages = set(re.findall(r"^\| `.*\((\w+\.md)\) \|$", section, flags=re.MULTILINE))
        section += "\n".join((DOCS / page).read_text(encoding="utf-8") for page in sorted(pages))
    else:
        parameters = command.params
    if (DOCS / f"{name}.md").exists() and f"]({name}.md) has its options" in section:
        section = (DOCS / f"{name}.md").read_text(encoding="utf-8")
    options = [
        {*one.opts, *one.secondary_opts} for one in parameters if one.name != "help" and one.opts[0].startswith("-")
    ]
    documented = _documented(section)
    assert [names for names in options if not names & documented] == []
    assert documented <= set().union(*options)


def test_every_command_is_documented_and_no_other(reference):
    assert re.findall(r"^## `callout (\S+)`$", reference, flags=re.MULTILINE) == list(COMMANDS)


def test_the_options_of_callout_itself(reference):
    for name in _options(typer.main.get_command(app).params):
        assert f"`callout {name}`" in reference


@pytest.mark.parametrize("words", [(), *((name,) for name in sorted(COMMANDS))])
@pytest.mark.parametrize("flag", ["--help", "-h"])
def test_help(callout, words, flag, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    ran = callout(*words, flag)
    assert ran.code == 0
    parameters = COMMANDS[words[0]].params if words else typer.main.get_command(app).params
    for option in _options(parameters):
        assert option in ran.out
    for name in () if words else COMMANDS:
        assert re.search(rf"^\W*{name}\s+\S", ran.out, flags=re.MULTILINE), name


def test_help_has_no_holes(callout, monkeypatch):
    """Square brackets would be taken as markup and vanish."""
    monkeypatch.setenv("COLUMNS", "200")
    for name, command in COMMANDS.items():
        shown = " ".join(re.sub(r"[│╭╮╰╯─]", " ", callout(name, "--help").out).split())
        for one in command.params:
            if getattr(one, "help", None):
                assert " ".join(one.help.split()) in shown, one.name


def test_the_help_names_engines_and_defaults():
    (engine,) = (one for one in COMMANDS["plan"].params if one.name == "engine")
    assert all(name in engine.help for name in ENGINES)
    assert engine.default == DEFAULT_ENGINE
    (seconds,) = (one for one in COMMANDS["plan"].params if one.name == "seconds")
    assert f"{DEFAULT_SECONDS:g}" in seconds.help


def _errors(kind=CalloutError):
    yield kind
    for child in kind.__subclasses__():
        yield from _errors(child)


def test_every_exit_code_is_documented(reference):
    documented = {int(code) for code in re.findall(r"^\| (\d+) \|", _section(reference, "Exit codes"), flags=re.M)}
    assert documented >= {error.exit_code for error in _errors()} | {0, 1, 130}


def test_every_variable_of_the_environment_is_documented(reference):
    used = {
        name
        for path in DOCS.parent.glob("api/cli/*.py")
        for name in re.findall(r"environ(?:\.get\(|\[)\"(\w+)\"", path.read_text(encoding="utf-8"))
    }
    assert used
    assert used <= set(re.findall(r"`(\w+)`", _section(reference, "Environment")))
