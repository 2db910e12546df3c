"""Where the service listens, and how it ends: a port that is taken is told at once, event streams don't hold it up."""

from __future__ import annotations

import errno
import signal
import socket
from collections.abc import Callable
from typing import Any

import uvicorn

from api.service.phone.stream import Stream
from dispatch.errors import UnavailableError

_ABSENT = (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT)
"""An address family that a name has and this machine lacks, such as IPv6 in a container."""


class Server(uvicorn.Server):
    """Ends event streams first when it is asked to stop: they would last as long as the grace time.

    Parameters
    ----------
    config : uvicorn.Config
        Of the application.
    stream : Stream
        Where phones listen.
    """

    def __init__(self, config: uvicorn.Config, stream: Stream) -> None:
        super().__init__(config)
        self._stream = stream

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Let requests under way end, and nothing else."""
        self._stream.end()
        await super().shutdown(sockets)

    def stop(self, *_: Any) -> None:
        """Ask for the end; as a signal's handler."""
        self.should_exit = True


def listen(host: str, port: int) -> list[socket.socket]:
    """Sockets on all addresses of this host.

    Raises
    ------
    UnavailableError
        ``serve.address`` when somebody listens there, or the host is not this machine.
    """
    made: list[socket.socket] = []
    refused: OSError | None = None
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        for family, address in dict.fromkeys((one[0], one[4]) for one in found):
            try:
                made.append(socket.create_server(address, family=family))
            except OSError as error:
                refused = error
                if error.errno not in _ABSENT:
                    break
    except (OSError, UnicodeError) as error:
        refused = OSError(0, getattr(error, "strerror", None) or "that is no name of a host")
    if refused is not None and (not made or refused.errno not in _ABSENT):
        for one in made:
            one.close()
        raise UnavailableError("serve.address", f"can't listen on {host}, port {port}: {refused.strerror}")
    return made


def address_of(sockets: list[socket.socket]) -> str:
    """Beginning of the URLs of the first socket."""
    host, port = sockets[0].getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def on_signals(handler: Callable[..., None]) -> None:
    """Call this when the process is asked to end, by Ctrl-C or by who supervises it."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, handler)


def leave(*_: Any) -> None:
    """End with exit code 0 after everything that is open was closed; as a signal's handler.

    Raises
    ------
    SystemExit
        Always.
    """
    raise SystemExit(0)
