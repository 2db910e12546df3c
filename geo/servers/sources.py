"""From ``osrm:`` and ``valhalla:`` with what stands behind the colon to a travel source."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from dispatch.errors import UsageError
from dispatch.ports import TravelTimes
from geo.fallback import FallbackTravel
from geo.servers import osrm, valhalla
from geo.servers.address import parse_options, parse_server, whole_number
from geo.servers.client import JsonClient, Patience
from geo.servers.osrm import Osrm
from geo.servers.table import Dialect, ServerTravel
from geo.servers.valhalla import Valhalla

DEFAULT_TIMEOUT_S = 60
"""Long enough for a table of the default size on a slow machine, and for the time-outs of most proxies."""


def osrm_travel(
    argument: str, *, estimate: TravelTimes, patience: Patience | None = None, seed: int | None = None
) -> TravelTimes:
    """Source of ``osrm:URL[,NAME=VALUE]...``; a profile may have a server of its own, ``walk=URL``.

    Parameters
    ----------
    argument : str
        Behind the colon.
    estimate : TravelTimes
        Stands in when ``fallback=geodesic`` is given.
    patience, seed
        See :class:`geo.servers.client.JsonClient`.

    Raises
    ------
    UsageError
        ``travel.server_url`` or ``travel.option``.
    """
    return _source(
        Osrm,
        argument,
        estimate,
        own_servers=tuple(osrm.PROFILES),
        default_side=osrm.DEFAULT_SIDE,
        largest_side=osrm.LARGEST_SIDE,
        patience=patience,
        seed=seed,
    )


def valhalla_travel(
    argument: str, *, estimate: TravelTimes, patience: Patience | None = None, seed: int | None = None
) -> TravelTimes:
    """Source of ``valhalla:URL[,NAME=VALUE]...``; see :func:`osrm_travel`."""
    return _source(
        lambda own_servers: Valhalla(),
        argument,
        estimate,
        own_servers=(),
        default_side=valhalla.DEFAULT_SIDE,
        largest_side=valhalla.LARGEST_SIDE,
        patience=patience,
        seed=seed,
    )


def _source(
    kind: Callable[[Collection[str]], Dialect],
    argument: str,
    estimate: TravelTimes,
    *,
    own_servers: tuple[str, ...],
    default_side: int,
    largest_side: int,
    patience: Patience | None,
    seed: int | None,
) -> TravelTimes:
    address, options = parse_options(argument, {"fallback", "table", "timeout_s", *own_servers})
    side = whole_number(options, "table", default=default_side, least=1, most=largest_side)
    timeout_s = whole_number(options, "timeout_s", default=DEFAULT_TIMEOUT_S, least=1, most=3600)
    fallback = options.get("fallback", "")
    if fallback not in ("", "geodesic"):
        raise UsageError("travel.option", "option 'fallback' must be geodesic")
    dialect = kind([profile for profile in own_servers if profile in options])
    servers = {
        profile: parse_server(options.get(profile, address) if profile in own_servers else address)
        for profile in dialect.profiles
    }
    clients = {
        server: JsonClient(dialect.name, server, timeout_s=timeout_s, patience=patience or Patience(), seed=seed)
        for server in dict.fromkeys(servers.values())
    }
    by_profile: Mapping[str, JsonClient] = {profile: clients[server] for profile, server in servers.items()}
    travel = ServerTravel(dialect, by_profile, side=side)
    if not fallback:
        return travel
    return FallbackTravel(travel, estimate, name=f"{dialect.name} {parse_server(address).url}")
