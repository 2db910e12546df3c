"""What the documentation shows is what the product does: commands, samples, links, and nothing left out."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import jsonschema
import pytest
import typer.main

from api import reference
from api.cli.app import app, main
from dispatch.explain import LANGUAGES
from dispatch.feasibility import CODES
from dispatch.objective import TERMS
from dispatch.ports import Feature
from dispatch.weights import Weights
from geo.registry import SOURCES
from solver.registry import ENGINES

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
COMMANDS = typer.main.get_command(app).commands  # type: ignore[attr-defined]
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
STEPS = 5


def _name(page: Path) -> str:
    return str(page.relative_to(ROOT))


def _blocks(page: Path, *languages: str) -> list[str]:
    return [text for language, text in FENCE.findall(page.read_text(encoding="utf-8")) if language in languages]


def _command_lines() -> Iterator[tuple[str, list[str]]]:
    """(page, words behind ``callout``) of every command line that is more than a form with PLACEHOLDERS."""
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        indented = "\n".join(re.findall(r"^    (\S.*)$", text, flags=re.MULTILINE))
        for line in "\n".join([*_blocks(page, "", "sh", "bash", "console"), indented]).splitlines():
            found = re.match(r"\s*(?:\$ )?(?:\.venv/bin/)?callout (.*)", line)
            if found and not re.search(r"\b[A-Z]{4,}\b", found[1]):
                yield _name(page), shlex.split(found[1], comments=True)


LINES = list(_command_lines())


def test_commands_are_shown():
    assert {"README.md", "docs/cli.md"} <= {page for page, _ in LINES}
    assert {words[0] for _, words in LINES} >= {"plan", "check", "validate"}


@pytest.mark.parametrize(
    ("page", "words"), LINES, ids=lambda value: value if isinstance(value, str) else " ".join(value)
)
def test_every_command_line_can_be_read(page, words):
    assert words[0] in COMMANDS, page
    command, name, rest = COMMANDS[words[0]], words[0], words[1:]
    if hasattr(command, "commands"):  # a group, such as geo
        assert rest[0] in command.commands, page
        command, name, rest = command.commands[rest[0]], rest[0], rest[1:]
    command.make_context(name, list(rest))  # raises on unknown options, missing or superfluous arguments


def test_every_command_in_the_text_exists():
    for page in PAGES:
        for word in re.findall(r"`callout ([\w-]+)", page.read_text(encoding="utf-8")):
            assert word in COMMANDS or word.startswith("--"), (_name(page), word)


def _few_steps(words: list[str]) -> list[str]:
    """The same command with few search steps in place of the limit shown."""
    words = list(words)
    if "--seconds" in words:
        at = words.index("--seconds")
        words[at : at + 2] = ["--iterations", str(STEPS)]
    elif "--iterations" in words:
        at = words.index("--iterations") + 1
        words[at] = str(min(int(words[at]), STEPS))
    return words


@pytest.mark.parametrize("page", ["README.md", "docs/cli.md"])
def test_the_commands_of_a_page_run_one_after_the_other(page, tmp_path, monkeypatch, capfd):
    """In a folder that holds nothing but the examples, with few search steps; those of the README as real processes."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "examples").symlink_to(ROOT / "docs" / "examples")
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    ran = []
    for name, words in LINES:
        if (
            name != page
            or words[0] not in ("plan", "check", "validate", "geo")
            or "examples/pearl_river_delta" in words
        ):
            continue
        monkeypatch.setenv("CALLOUT_CACHE", str(tmp_path / "cache"))
        monkeypatch.chdir(tmp_path)
        monkeypatch.setattr(sys, "argv", ["callout", *_few_steps(words)])
        if page == "README.md":
            code = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from api.cli import main; main()"
            ended = subprocess.run([sys.executable, "-c", code, *sys.argv[1:]], check=False).returncode
        else:
            with pytest.raises(SystemExit) as end:
                main()
            ended = end.value.code or 0
        seen = capfd.readouterr()
        assert ended == 0, f"callout {shlex.join(words)}\n{seen.out}{seen.err}"
        ran.append(words[0])
    assert set(ran) >= {"plan", "check", "validate"}


def test_the_python_of_the_readme_runs():
    (code,) = _blocks(ROOT / "README.md", "python")
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr


def test_json_samples_are_json():
    samples = [(page, text) for page in PAGES for text in _blocks(page, "json")]
    assert len(samples) >= 3
    for page, text in samples:
        try:
            json.loads(text)
        except ValueError as error:
            pytest.fail(f"{_name(page)}: {error}")


@pytest.mark.parametrize("path", sorted((ROOT / "docs").rglob("*.json")), ids=_name)
def test_json_files_fit_the_schema_that_they_name(path):
    document = json.loads(path.read_text(encoding="utf-8"))
    if "json-schema.org" in document["$schema"]:
        jsonschema.Draft202012Validator.check_schema(document)
    else:
        schema = json.loads((path.parent / document["$schema"]).read_text(encoding="utf-8"))
        jsonschema.Draft202012Validator(schema).validate(document)


def test_reasons_and_differences_of_samples_are_real():
    for page in PAGES:
        for text in _blocks(page, "json"):
            document = json.loads(text)
            if "code" in document:
                assert document["code"] in LANGUAGES["en"] | CODES, _name(page)


def _anchors(page: Path) -> set[str]:
    titles = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title).strip().lower().replace(" ", "-") for title in titles}


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_links_lead_somewhere(page):
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
        if re.match(r"\w+:", target):
            continue
        path, _, anchor = target.partition("#")
        to = (page.parent / path).resolve() if path else page
        assert to.exists(), target
        assert not anchor or anchor in _anchors(to), target


def test_every_page_is_named_by_another():
    texts = {page: page.read_text(encoding="utf-8") for page in PAGES}
    for page in PAGES[1:]:
        others = (text for other, text in texts.items() if other != page)
        assert any(f"{page.name})" in text or f"{page.name}#" in text for text in others), _name(page)


def _documented(page: str) -> set[str]:
    """First cells, or list items, that are one word of code."""
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    rows = re.findall(r"^\| (`.*?) \|", text, flags=re.MULTILINE)
    return {word for row in rows for word in re.findall(r"`([\w.:-]+)`", row)}


@pytest.mark.parametrize("name", reference.FILES)
def test_generated_tables_are_current(name):
    text = (ROOT / "docs" / name).read_text(encoding="utf-8")
    assert "<!-- generated: " in text
    assert text == reference.renewed(text), "run python -m api.reference"


def test_every_generated_block_has_a_place():
    texts = "".join((ROOT / "docs" / name).read_text(encoding="utf-8") for name in reference.FILES)
    assert sorted(re.findall(r"<!-- generated: (\S+) -->", texts)) == sorted(reference.BLOCKS)


def test_features_and_engines():
    assert set(reference.FEATURES) == set(Feature)
    assert _documented("engines.md") == {*map(str, Feature), *ENGINES}


def test_violations():
    assert _documented("checker.md") == set(CODES)


def test_reasons():
    assert _documented("explanations.md") == set(LANGUAGES["en"])


def test_weights_and_cost_terms():
    assert _documented("cost.md") == {*TERMS, *(item.name for item in fields(Weights))}


def test_travel_sources():
    text = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
    for kind in SOURCES.values():
        assert f"`{kind.form}`" in text
