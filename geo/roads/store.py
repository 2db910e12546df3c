"""A road network and its hierarchies as files: see :mod:`geo.roads.array_file`, :mod:`geo.roads.keeping`."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from geo.paths import contraction
from geo.paths.hierarchy import Hierarchy
from geo.roads.array_file import Arrays, Facts
from geo.roads.keeping import ENDING, kept
from geo.roads.network import RoadNetwork, weights


@cache
def code_version() -> str:
    """Digest of the code that makes and reads these files: what other code has written is not looked at any more.

    A version that is counted by hand would be forgotten once, and plans would then rest on old rules.
    """
    digest = hashlib.sha256()
    for package in (Path(__file__).parent, Path(contraction.__file__).parent):
        for source in sorted(package.glob("*.py")):
            digest.update(source.read_bytes())
    return digest.hexdigest()[:16]


_TEXTS = ("source", "profile", "classes")
_STREETS = ("street_bytes", "street_ends")


def open_network(folder: Path, key: str, build: Callable[[], RoadNetwork]) -> RoadNetwork:
    """The network kept under `key`, or what `build` makes, which is then kept.

    Parameters
    ----------
    folder : Path
        Of the cache.
    key : str
        Of letters that a file name may have; holds all that `build` depends on: content, profile, settings, version.
    build : callable
        Makes the network; its errors are passed on.
    """
    return kept(folder / f"{key}.network-{code_version()}{ENDING}", build, pack=pack_network, unpack=unpack_network)


def open_hierarchy(
    folder: Path, key: str, network: RoadNetwork, travel_ms: npt.NDArray[np.int32], *, workers: int
) -> Hierarchy:
    """The hierarchy of a network for some travel times of its edges, kept under `key`, or built and then kept."""

    def build() -> Hierarchy:
        weight = weights(travel_ms, network.length_dm)
        return Hierarchy.build(len(network.node_lat), network.tail, network.head, weight, workers=workers)

    return kept(
        folder / f"{key}.hierarchy-{code_version()}{ENDING}",
        build,
        pack=lambda hierarchy: (hierarchy.arrays(), {}),
        unpack=lambda arrays, facts: Hierarchy.from_arrays(arrays),
    )


def pack_network(network: RoadNetwork) -> tuple[Arrays, Facts]:
    """Arrays and facts of a network; names of streets are one text and where each of them ends, in bytes."""
    arrays: dict[str, npt.NDArray[Any]] = {
        field.name: getattr(network, field.name)
        for field in fields(network)
        if field.name not in (*_TEXTS, "streets") and getattr(network, field.name) is not None
    }
    names = [street.encode() for street in network.streets]
    arrays["street_bytes"] = np.frombuffer(b"".join(names), dtype=np.uint8)
    arrays["street_ends"] = np.cumsum([len(name) for name in names], dtype=np.int64)
    return arrays, {"source": network.source, "profile": network.profile, "classes": list(network.classes)}


def unpack_network(arrays: Arrays, facts: Facts) -> RoadNetwork:
    """The network that gave these arrays and facts; the arrays are used as they are."""
    text, ends = arrays["street_bytes"].tobytes(), arrays["street_ends"].tolist()
    streets = tuple(text[start:end].decode() for start, end in zip([0, *ends], ends, strict=False))
    return RoadNetwork(
        source=facts["source"],
        profile=facts["profile"],
        classes=tuple(facts["classes"]),
        streets=streets,
        **{name: array for name, array in arrays.items() if name not in _STREETS},
    )
