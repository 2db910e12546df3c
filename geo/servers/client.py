"""JSON over HTTP with connections kept open, time-outs and patience."""

from __future__ import annotations

import json
import random
import threading
import weakref
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any, NoReturn

import httpx

from dispatch.errors import UnavailableError
from geo.servers.address import Server

TRY_AGAIN = frozenset({429, 502, 503, 504})
"""Statuses that pass: too many requests, bad gateway, unavailable, gateway time-out (RFC 9110, RFC 6585)."""

CONNECT_S = 5.0
PARALLEL = 4
"""Requests under way at once: enough to hide the network, too few to be a burden for a public server."""

_PASSING = (httpx.ConnectError, httpx.ConnectTimeout, httpx.ReadError, httpx.WriteError, httpx.RemoteProtocolError)
"""Refused or broken connections may be a server that restarts. A time-out while it computes is not among them: to
ask a server again that is too slow makes it slower.
"""

_SHOWN = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How often and how late a request is repeated.

    The pause before repetition n is drawn from 0..``first_s * 2**n`` (n from 0), at most `longest_s`: "full jitter" of
    Brooker (2015), Exponential Backoff And Jitter, https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
    A server's ``Retry-After`` (RFC 9110, 10.2.3) is kept to the second; one beyond `longest_s` ends the attempt.
    """

    attempts: int = 4
    first_s: float = 0.5
    longest_s: float = 30.0

    def pause_s(self, attempt: int, rng: random.Random) -> float:
        """Pause after failed attempt number `attempt` (from 0)."""
        return rng.uniform(0, min(self.longest_s, self.first_s * 2**attempt))


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A server's answer: status and parsed JSON (None where a refusal has none)."""

    status: int
    data: Any
    reason: str


class JsonClient:
    """Questions to one server; may be used by several threads.

    Parameters
    ----------
    name : str
        Kind of server, for messages.
    server : Server
        Where it is.
    timeout_s : float
        Longest wait for bytes of an answer.
    patience : Patience
        Repetitions.
    seed : int, optional
        Of the pauses; without it they differ from run to run, so that many clients don't come back at one moment. No
        result depends on it.
    """

    def __init__(
        self, name: str, server: Server, *, timeout_s: float, patience: Patience, seed: int | None = None
    ) -> None:
        self.url = server.url
        self.label = f"{name} {server.url}"
        self._patience = patience
        self._timeout_s = timeout_s
        self._rng = random.Random(seed)
        self._client = httpx.Client(
            # Not part of the URL: the log lines of httpx show URLs.
            auth=(server.user, server.password) if server.user or server.password else None,
            base_url=server.url,
            timeout=httpx.Timeout(timeout_s, connect=min(CONNECT_S, timeout_s)),
            limits=httpx.Limits(max_connections=PARALLEL, max_keepalive_connections=PARALLEL),
            headers={"User-Agent": "callout", "Accept": "application/json"},
        )

        # Sources are dropped without a word: don't leave sockets open to the garbage collector's mercy.
        weakref.finalize(self, self._client.close)

    def close(self) -> None:
        """Close all connections."""
        self._client.close()

    def get(self, path: str, stop: threading.Event) -> Reply:
        """Ask by GET; `stop` ends the wait for a repetition."""
        return self._ask(httpx.Request("GET", self._url(path), headers=self._client.headers), stop)

    def post(self, path: str, question: Any, stop: threading.Event) -> Reply:
        """Ask by POST of JSON; only for questions that change nothing on the server."""
        return self._ask(httpx.Request("POST", self._url(path), json=question, headers=self._client.headers), stop)

    def refused(self, why: str) -> NoReturn:
        """Raise ``travel.server_refused``."""
        raise UnavailableError("travel.server_refused", f"{self.label} refused: {_plain(why)}")

    def wrong(self, why: str) -> NoReturn:
        """Raise ``travel.server_answer``."""
        raise UnavailableError("travel.server_answer", f"{self.label} gave an answer that can't be used: {_plain(why)}")

    def unreachable(self, why: str) -> NoReturn:
        """Raise ``travel.unreachable``."""
        raise UnavailableError("travel.unreachable", f"{self.label} is out of reach: {_plain(why)}")

    def _url(self, path: str) -> str:
        return f"{str(self._client.base_url).rstrip('/')}{path}"

    def _ask(self, request: httpx.Request, stop: threading.Event) -> Reply:
        for attempt in range(self._patience.attempts):
            last = attempt + 1 == self._patience.attempts
            pause_s = self._patience.pause_s(attempt, self._rng)
            try:
                response = self._client.send(request)
            except _PASSING as error:
                if last or stop.is_set():
                    self.unreachable(f"{str(error) or type(error).__name__} ({attempt + 1} attempts)")
            except httpx.TimeoutException:
                self.unreachable(f"no answer within {self._timeout_s:g} s")
            except httpx.DecodingError as error:
                self.wrong(str(error))
            except httpx.HTTPError as error:
                self.unreachable(str(error) or type(error).__name__)
            else:
                if response.status_code not in TRY_AGAIN:
                    return self._reply(response)
                wait_s = _retry_after_s(response)
                if last or stop.is_set() or (wait_s or 0) > self._patience.longest_s:
                    later = "" if wait_s is None else f"; it asks to come back in {wait_s:g} s"
                    self.refused(f"{_status(response)} ({attempt + 1} attempts){later}")
                pause_s = pause_s if wait_s is None else wait_s
            if stop.wait(pause_s):
                self.unreachable("given up, because another question failed")
        raise AssertionError("the last attempt returns or raises")

    def _reply(self, response: httpx.Response) -> Reply:
        status = response.status_code
        if status >= 500 or 300 <= status < 400 or status in (401, 403, 407):
            elsewhere = response.headers.get("Location", "")
            self.refused(_status(response) + (f", it sends to {_place(elsewhere)}" if elsewhere else ""))
        try:
            data = json.loads(response.content, parse_constant=_no_number)
        except (ValueError, RecursionError) as error:
            if status >= 400:
                return Reply(status=status, data=None, reason=_status(response))
            self.wrong(f"no JSON ({error}), it begins with {response.text[:60]!r}")
        return Reply(status=status, data=data, reason=_status(response))


def _status(response: httpx.Response) -> str:
    return f"{response.status_code} {response.reason_phrase}".strip()


def _place(address: str) -> str:
    """An address without a name, a password and a query."""
    return address.partition("?")[0].rpartition("@")[2]


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a number")


def _plain(text: str) -> str:
    """One line that is safe to print."""
    line = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    return line if len(line) <= _SHOWN else line[: _SHOWN - 1] + "…"


def _retry_after_s(response: httpx.Response) -> float | None:
    """Seconds that the server asks to wait: a number, or a date, seen from the server's own ``Date``."""
    text = response.headers.get("Retry-After", "").strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        pause = parsedate_to_datetime(text) - parsedate_to_datetime(response.headers["Date"])
    except (KeyError, TypeError, ValueError):
        return None
    return max(0.0, pause.total_seconds())
