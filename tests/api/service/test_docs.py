"""The page on the service tells of every setting, right, outcome and folder."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

from api.service.phone.events import Outcome
from api.service.security.roles import RIGHTS, Right, Role
from api.service.settings import Settings

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "service.md").read_text(encoding="utf-8")


def test_every_setting_is_told_with_its_default():
    told = dict(re.findall(r"^\| `CALLOUT_([A-Z_]+)` \| `?([^`|]*?)`? \|", PAGE, re.MULTILINE))
    assert set(told) == {name.upper() for name in Settings.model_fields}
    for name, field in Settings.model_fields.items():
        if field.default is not None:
            assert type(field.default)(told[name.upper()]) == field.default, name


def test_the_table_of_rights_is_the_one_that_holds():
    rows = re.findall(r"^\| ([a-z, ]+) \|(.*)\|$", PAGE.partition("## Rights")[2].partition("##")[0], re.MULTILINE)
    told = {
        Right(right.strip().replace(" ", "_")): [cell.strip() == "yes" for cell in cells.split("|")]
        for rights, cells in rows
        if not rights.startswith("right")
        for right in rights.split(",")
    }
    assert told == {right: [right in RIGHTS[role] for role in Role] for right in Right}


def test_every_outcome_and_folder_is_told():
    assert all(f"`{outcome}`" in PAGE for outcome in get_args(Outcome))
    folders = {path.parent.name for path in (ROOT / "api" / "service").glob("*/__init__.py")}
    assert all(f"| `{folder}` |" in PAGE for folder in folders)
