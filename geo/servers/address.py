"""What stands behind ``osrm:`` and ``valhalla:``: the address of a server and options, ``URL[,NAME=VALUE]...``."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from dispatch.errors import UsageError


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """Where a server is.

    Parameters
    ----------
    url : str
        Scheme, host, port and path; no trailing slash, and never a name or a password.
    user, password : str
        For HTTP basic authentication; no text that is shown or stored holds them.
    """

    url: str
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)


def parse_server(text: str) -> Server:
    """Take an address apart.

    Raises
    ------
    UsageError
        ``travel.server_url``. The message never repeats the address, which may hold a password.
    """
    try:
        parts = urlsplit(text.strip())
        host, port = parts.hostname, parts.port
    except ValueError:
        raise _wrong("it is not a URL") from None
    if parts.scheme not in ("http", "https"):
        raise _wrong("it must begin with http:// or https://")
    if not host or any(sign.isspace() or not sign.isprintable() for sign in parts.netloc + parts.path):
        raise _wrong("it names no host")
    if parts.query or parts.fragment:
        raise _wrong("it must end with the path: a query (?...) or a fragment (#...) has no place here")
    where = f"[{host}]" if ":" in host else host
    return Server(
        url=f"{parts.scheme}://{where}{f':{port}' if port is not None else ''}{parts.path.rstrip('/')}",
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
    )


def parse_options(argument: str, known: Collection[str]) -> tuple[str, Mapping[str, str]]:
    """Address and options of ``URL[,NAME=VALUE]...``.

    Raises
    ------
    UsageError
        ``travel.option`` naming those that are `known`.
    """
    address, *rest = argument.split(",")
    options: dict[str, str] = {}
    for item in rest:
        name, equals, value = item.partition("=")
        if name not in known or not equals or not value or name in options:
            raise UsageError(
                "travel.option",
                f"option {name[:40]!r}: give each of these at most once, as NAME=VALUE: {', '.join(sorted(known))}",
            )
        options[name] = value
    return address, options


def whole_number(options: Mapping[str, str], name: str, *, default: int, least: int, most: int) -> int:
    """Value of an option that is a whole number.

    Raises
    ------
    UsageError
        ``travel.option`` when it is none, or out of range.
    """
    text = options.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(most)) and least <= int(text) <= most):
        raise UsageError("travel.option", f"option {name!r} must be a whole number in {least}..{most}")
    return int(text)


def _wrong(why: str) -> UsageError:
    return UsageError("travel.server_url", f"the address of the routing server can't be used: {why}")
