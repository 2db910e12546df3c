"""A network and its hierarchy come back from disk as they were."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest

from geo.paths.hierarchy import Hierarchy
from geo.roads import content, store
from geo.roads.content import content_hash
from geo.roads.network import RoadNetwork, weights
from geo.roads.store import open_hierarchy, open_network


def same(one: object, other: object) -> bool:
    return all(
        np.array_equal(getattr(one, field.name), getattr(other, field.name))
        for field in fields(one)  # type: ignore[arg-type]
    )


def never() -> RoadNetwork:
    raise AssertionError("it was kept, so it need not be built")


def test_a_network_comes_back(grid: RoadNetwork, tmp_path: Path) -> None:
    named = replace(grid, streets=("", "Hauptstraße", "東京都道", *grid.streets[3:]))

    built = open_network(tmp_path, "key", lambda: named)
    opened = open_network(tmp_path, "key", never)

    assert built is named
    assert same(opened, named)
    assert opened.streets[2] == "東京都道"
    assert opened.roundabout is None


def test_an_empty_network_and_roundabouts_come_back(
    draw: Callable[..., RoadNetwork], road: type, tmp_path: Path
) -> None:
    one = replace(draw([road(corners=[(0, 0), (1, 0)])]), roundabout=np.array([1], dtype=np.uint8))
    none = draw([])

    for key, network in (("one", one), ("none", none)):
        open_network(tmp_path, key, lambda network=network: network)
        assert same(open_network(tmp_path, key, never), network)


def test_a_hierarchy_comes_back_and_gives_the_same(grid: RoadNetwork, tmp_path: Path) -> None:
    built = open_hierarchy(tmp_path, "key", grid, grid.travel_ms, workers=1)
    opened = open_hierarchy(tmp_path, "key", grid, grid.travel_ms, workers=1)

    assert same(opened, built)
    expected = Hierarchy.build(len(grid.node_lat), grid.tail, grid.head, weights(grid.travel_ms, grid.length_dm))
    assert same(opened, expected)


def test_the_hash_follows_the_content(tmp_path: Path) -> None:
    file = tmp_path / "a.osm"
    file.write_bytes(b"one")
    first = content_hash(file, tmp_path)
    file.write_bytes(b"two")

    assert content_hash(file, tmp_path) != first
    assert first == "7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed"  # printf one | sha256sum


def test_a_large_file_is_hashed_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(content, "HASHED_ALWAYS_BYTES", 2)
    monkeypatch.setattr(content, "_SETTLED_S", -1)
    file, folder = tmp_path / "a.osm", tmp_path / "cache"
    file.write_bytes(b"one")
    first = content_hash(file, folder)

    with monkeypatch.context() as patch:
        patch.setattr(content, "_sha256", lambda path: pytest.fail("it was hashed before"))
        assert content_hash(file, folder) == first

    file.write_bytes(b"three")
    assert content_hash(file, folder) != first

    for memo in folder.iterdir():
        memo.write_text('{"file": [')
    assert content_hash(file, folder) == content_hash(file, tmp_path / "other")


def test_files_of_other_code_are_not_looked_at(
    grid: RoadNetwork, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_network(tmp_path, "key", lambda: grid)
    monkeypatch.setattr(store, "code_version", lambda: "other")

    with pytest.raises(AssertionError):
        open_network(tmp_path, "key", never)
