"""What is read, and files that can't be."""

from __future__ import annotations

import bz2
import gzip
import os

import numpy as np
import pytest

from dispatch.errors import InputError, UnavailableError
from geo import extras
from geo.roads.build import BuildSettings, build_network, source_of
from geo.roads.extract import read_extract


@pytest.fixture
def small(osm_map):
    """One street of three nodes with everything that is read and some that is not."""
    osm_map.node(1, 47.0, 9.0).node(2, 47.001, 9.0, highway="traffic_signals").node(3, 47.002, 9.0)
    osm_map.node(4, 47.1, 9.1, barrier="gate").node(5, 47.2, 9.2, amenity="cafe")
    osm_map.way(10, [1, 2, 3], name="Straße & “Söhne”").way(11, [4, 5], highway="", building="yes")
    osm_map.way(12, [1, 5], highway="", route="bus")
    return osm_map.relation([("way", 10, "from"), ("node", 2, "via"), ("way", 10, "to")], restriction="no_u_turn")


def test_only_roads_their_nodes_and_restrictions_are_read(small, tmp_path) -> None:
    extract = read_extract(small.write(tmp_path / "map.osm"))
    assert extract.way_osm.tolist() == [10]
    assert extract.node_osm.tolist() == [1, 2, 3]
    assert (extract.node_lat.tolist(), extract.node_lon.tolist()) == ([47.0, 47.001, 47.002], [9.0] * 3)
    assert dict(extract.node_tags) == {1: {"highway": "traffic_signals"}}
    assert extract.way_tags[0]["name"] == "Straße & “Söhne”"
    assert extract.restrictions[0].members == (("w", 10, "from"), ("n", 2, "via"), ("w", 10, "to"))


@pytest.mark.parametrize("ending", [".osm", ".osm.gz", ".osm.bz2", ".osm.pbf", ".pbf"])
def test_every_form_gives_the_same_network(small, tmp_path, ending) -> None:
    path = tmp_path / f"map{ending}"
    data = small.xml().encode()
    if ending.endswith("pbf"):
        import osmium

        plain = tmp_path / "plain.osm"
        plain.write_bytes(data)
        with osmium.SimpleWriter(str(path)) as writer:
            for item in osmium.FileProcessor(plain):
                writer.add(item)
    else:
        pack = {".osm.gz": gzip.compress, ".osm.bz2": bz2.compress}.get(ending, bytes)
        path.write_bytes(pack(data))
    network, other = build_network(path), build_network(small.write(tmp_path / "other.osm"))
    for name in (
        "node_lat",
        "node_lon",
        "node_osm",
        "tail",
        "head",
        "travel_ms",
        "length_dm",
        "point_lat",
        "component",
    ):
        np.testing.assert_array_equal(getattr(network, name), getattr(other, name))
    assert network.streets == ("", "Straße & “Söhne”")


XML = b'<?xml version="1.0"?><osm version="0.6"><node id="1" lat="1" lon="2"/></osm>'


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("empty.osm.pbf", b"", "roads.empty"),
        ("empty.osm", b"", "roads.empty"),
        ("text.osm.pbf", b"hello, this is no map", "roads.unreadable"),
        ("text.osm", b"hello, this is no map", "roads.unreadable"),
        ("text.osm.gz", b"hello, this is no map", "roads.unreadable"),
        ("text.osm.bz2", b"hello, this is no map", "roads.unreadable"),
        ("track.osm", b"<gpx/>", "roads.unreadable"),
        ("cut.osm", XML[:-8], "roads.unreadable"),
        ("cut.osm.gz", gzip.compress(XML * 50, mtime=0)[:40], "roads.unreadable"),
        ("cut.osm.bz2", bz2.compress(XML * 50)[:40], "roads.unreadable"),
        ("number.osm", XML.replace(b'lat="1"', b'lat="north"'), "roads.unreadable"),
        ("nothing.osm", b'<osm version="0.6"></osm>', "roads.no_roads"),
        ("no_roads.osm", XML, "roads.no_roads"),
        ("map.geojson", XML, "roads.ending"),
        ("map", XML, "roads.ending"),
        ("map.OSM", XML, "roads.ending"),  # pyosmium tells the form by the ending, and knows no capitals
    ],
)
def test_a_bad_file_gives_one_clear_line(tmp_path, name, data, code) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(InputError) as caught:
        build_network(path)
    assert caught.value.code == code
    assert caught.value.message.startswith(f"{name}: ")
    assert "\n" not in caught.value.message
    assert str(tmp_path) not in caught.value.message


def test_a_truncated_public_extract_is_refused(extracts, tmp_path) -> None:
    whole = extracts("helsinki_centre").read_bytes()
    for share in (0.1, 0.5, 0.99):
        path = tmp_path / "cut.osm.pbf"
        path.write_bytes(whole[: int(len(whole) * share)])
        with pytest.raises(InputError) as caught:
            build_network(path)
        assert caught.value.code == "roads.unreadable"


def test_a_missing_file_a_folder_and_a_locked_file(tmp_path) -> None:
    (tmp_path / "folder.osm").mkdir()
    cases = [("missing.osm.pbf", "roads.missing"), ("folder.osm", "roads.folder")]
    if os.geteuid():  # root may read everything
        (tmp_path / "locked.osm").write_bytes(XML)
        (tmp_path / "locked.osm").chmod(0)
        cases.append(("locked.osm", "roads.permission"))
    for name, code in cases:
        with pytest.raises(InputError) as caught:
            build_network(tmp_path / name)
        assert caught.value.code == code


def test_an_extract_without_roads_for_the_profile(osm_map, tmp_path) -> None:
    osm_map.node(1, 47.0, 9.0).node(2, 47.001, 9.0).way(10, [1, 2], highway="footway")
    path = osm_map.write(tmp_path / "map.osm")
    assert len(build_network(path, profile="walk").tail) == 2
    with pytest.raises(InputError, match="no road for the profile car"):
        build_network(path)


def test_roads_whose_nodes_are_all_missing(osm_map, tmp_path) -> None:
    path = osm_map.way(10, [1, 2]).node(3, 47.0, 9.0).write(tmp_path / "map.osm")
    with pytest.raises(InputError) as caught:
        build_network(path)
    assert caught.value.code == "roads.no_roads"


def test_an_unknown_profile_lists_the_known_ones(small, tmp_path) -> None:
    with pytest.raises(InputError, match="car, ebike, van, walk"):
        build_network(small.write(tmp_path / "map.osm"), profile="hovercraft")


@pytest.mark.parametrize("percent", [9, 201, -1])
def test_a_speed_out_of_range_is_refused(percent) -> None:
    with pytest.raises(InputError, match=r"10\.\.200"):
        BuildSettings(speed_percent=percent)


def test_the_source_names_content_profile_and_settings_and_no_folder(small, tmp_path) -> None:
    path = small.write(tmp_path / "map.osm")
    first = source_of(path)
    assert first.startswith("map.osm sha256=")
    assert str(tmp_path) not in first
    others = [source_of(path, profile="van"), source_of(path, settings=BuildSettings(speed_percent=80))]
    small.node(9, 1.0, 1.0).write(path)
    assert len({first, *others, source_of(path)}) == 4
    assert build_network(path).source == source_of(path)


def test_slower_roads_take_longer(small, tmp_path) -> None:
    path = small.way(13, [3, 2], highway="", route="ferry", motor_vehicle="yes", duration="00:10").write(
        tmp_path / "m.osm"
    )
    normal, slow = build_network(path), build_network(path, settings=BuildSettings(speed_percent=50))
    ferry = normal.road_class[normal.piece] == normal.classes.index("ferry")
    assert (slow.travel_ms[~ferry] > 1.6 * normal.travel_ms[~ferry]).all()
    assert (slow.travel_ms[ferry] == normal.travel_ms[ferry]).all()


def test_progress_rises_and_ends_at_one(small, tmp_path) -> None:
    seen: list[tuple[float, str]] = []
    build_network(small.write(tmp_path / "map.osm"), on_progress=lambda share, step: seen.append((share, step)))
    shares = [share for share, _ in seen]
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0.0, 1.0)
    assert "1 ways read" in [step for _, step in seen]


def test_a_missing_library_names_the_extra(monkeypatch, small, tmp_path) -> None:
    def missing(name):
        raise ModuleNotFoundError(f"No module named {name!r}", name=name)

    monkeypatch.setattr(extras, "import_module", missing)
    with pytest.raises(UnavailableError) as caught:
        build_network(small.write(tmp_path / "map.osm"))
    assert caught.value.code == "extra.missing"
    assert caught.value.message == "the library osmium is not installed; run: pip install 'callout[roads]'"


def test_a_broken_library_is_not_called_missing(monkeypatch) -> None:
    def broken(name):
        raise ModuleNotFoundError("No module named 'other'", name="other")

    monkeypatch.setattr(extras, "import_module", broken)
    with pytest.raises(ModuleNotFoundError):
        extras.need("osmium")
