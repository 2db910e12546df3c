"""What all geocoders on servers have in common: a name for whoever asks, patience, kept answers, clear errors."""

from __future__ import annotations

import logging
import math
import ssl
import warnings
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from geopy.adapters import URLLibAdapter
from geopy.exc import (
    GeocoderAuthenticationFailure,
    GeocoderInsufficientPrivileges,
    GeocoderParseError,
    GeocoderQueryError,
    GeocoderQuotaExceeded,
    GeocoderServiceError,
    GeocoderTimedOut,
    GeopyError,
)
from geopy.extra.rate_limiter import RateLimiter
from geopy.location import Location

from dispatch.errors import UnavailableError, UsageError
from dispatch.places import Place
from dispatch.ports import Candidate, Precision
from geo.geocoding.kept import Answers
from geo.geocoding.options import GeocodingOptions
from geo.geocoding.ranking import Match, ranked
from geo.geocoding.words import Vocabulary, agreement, checked, words_of

PUBLIC_NOMINATIM = "nominatim.openstreetmap.org"
PUBLIC_INTERVAL_S = 1.0
"""Its usage policy: at most one question a second, https://operations.osmfoundation.org/policies/nominatim/."""
_RETRIES = 2
"""How often a question is asked again after a time-out or a server that is down."""
_MAX_NAME = 500

Raw = Mapping[str, Any]
"""One answer as the server wrote it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer in the terms of all servers.

    Parameters
    ----------
    id : str
        The server's own, as far as it lasts.
    name, precision
        As of `Candidate`.
    texts : tuple of str
        All names that the address may be compared with.
    prominence : float
        As of `Match`.
    """

    id: str
    name: str
    precision: Precision
    texts: tuple[str, ...]
    prominence: float


class Service(ABC):
    """A geocoder on a server, asked through geopy.

    Parameters
    ----------
    url : str
        Of the server, without the path of its search.
    options : GeocodingOptions
        `user_agent` is needed.

    Raises
    ------
    UsageError
        ``geocoding.url`` or ``geocoding.user_agent``.
    """

    name: str

    def __init__(self, url: str, options: GeocodingOptions) -> None:
        self._options = options
        scheme, self.domain = _server(url)
        agent = options.user_agent.strip()
        if not agent or agent.lower().startswith(("geopy", "python", "my-application", "my_app", "mozilla")):
            raise UsageError(
                "geocoding.user_agent",
                "a server must be told who asks: give a user agent that names you, and a way to reach you",
            )
        self.source = f"{self.name}:{self.domain}"
        interval_s = options.interval_s
        if urlsplit(f"//{self.domain}").hostname == PUBLIC_NOMINATIM:
            interval_s = max(interval_s, PUBLIC_INTERVAL_S)
        ask = self._client(
            scheme=scheme,
            domain=self.domain,
            user_agent=agent,
            timeout=options.timeout_s,
            ssl_context=_certificates(),
            adapter_factory=URLLibAdapter,  # not the one that happens to be installed
        )
        self.limiter = RateLimiter(
            lambda question: ask(question.text),
            min_delay_seconds=interval_s,
            error_wait_seconds=interval_s,
            max_retries=0,
            swallow_exceptions=False,
        )
        # geopy logs questions and answers below warnings; both are personal data.
        logging.getLogger("geopy").setLevel(logging.WARNING)
        self._answers = (
            Answers(options.cache, keep_s=options.keep_s, clock=options.clock) if options.cache is not None else None
        )

    @abstractmethod
    def _client(self, **settings: Any) -> Callable[[str], Sequence[Location] | None]:
        """What asks geopy; `settings` are those of every geopy geocoder."""

    @abstractmethod
    def _read(self, raw: Raw, position: int) -> Answer:
        """One answer as the server wrote it, its `position`-th; raises what Python does where it has another form."""

    def find(self, address: str) -> tuple[Candidate, ...]:
        text = checked(address)
        options = self._options
        question = "\n".join([self.source, ",".join(options.countries), options.language, str(options.limit), text])
        answer = self._answers.get(question) if self._answers is not None else None
        if answer is None:
            answer = self._asked(_Question(text))
            if self._answers is not None:
                self._answers.put(question, answer)
        try:
            matches = [self._placed(item, text, position) for position, item in enumerate(answer)]
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
            raise self._error("answer", "gave an answer of another form than geocoders of this kind do") from None
        return ranked(matches, source=self.source, limit=options.limit)

    def _placed(self, item: Mapping[str, Any], text: str, position: int) -> Match:
        lat, lon = float(item["lat"]), float(item["lon"])
        if not (math.isfinite(lat) and abs(lat) <= 90 and math.isfinite(lon) and abs(lon) <= 180):
            raise ValueError
        answer = self._read(item["raw"], position)
        return Match(
            place=Place(id=answer.id, lat=lat, lon=lon),
            name=answer.name[:_MAX_NAME],
            precision=answer.precision,
            agreement=agreement(words_of(text), Vocabulary.of(answer.texts)),
            prominence=answer.prominence,
        )

    def _asked(self, question: _Question) -> list[dict[str, Any]]:
        """Answers of the server; asks again after errors that may pass."""
        for attempt in range(_RETRIES + 1):
            try:
                with warnings.catch_warnings(action="ignore", category=UserWarning):  # of degrees out of range
                    found: Sequence[Location] = self.limiter(question) or ()
                return [{"lat": one.latitude, "lon": one.longitude, "raw": one.raw} for one in found]
            except GeocoderQuotaExceeded:
                raise self._error("quota", "has had enough questions for now; ask again later") from None
            except (GeocoderAuthenticationFailure, GeocoderInsufficientPrivileges, GeocoderQueryError) as error:
                raise self._error("refused", f"refuses the question ({_status(error)})") from None
            except GeocoderParseError:
                raise self._error("answer", "gave an answer that is no JSON") from None
            except GeocoderTimedOut:
                if attempt == _RETRIES:
                    raise self._error("timeout", "does not answer in time") from None
            except GeocoderServiceError as error:
                if attempt == _RETRIES:
                    raise self._error("unreachable", f"is out of reach ({_status(error)})") from None
            except (GeopyError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
                raise self._error("answer", "gave an answer of another form than geocoders of this kind do") from None
        raise AssertionError("the last attempt returns or raises")

    def _error(self, code: str, what: str) -> UnavailableError:
        return UnavailableError(f"geocoding.{code}", f"the geocoder {self.source} {what}")


@cache
def _certificates() -> ssl.SSLContext:
    """The system's certificates, read once: that takes a tenth of a second."""
    return ssl.create_default_context()


class _Question:
    """An address that no log shows: geopy logs the arguments of calls that fail."""

    def __init__(self, text: str) -> None:
        self.text = text


def _status(error: Exception) -> str:
    """What a server said in one line, without the address that was asked for."""
    cause: Any = error.__cause__
    status = getattr(cause, "status_code", None)
    return f"HTTP status {status}" if status is not None else str(error).partition("\n")[0][:200]


def _server(url: str) -> tuple[str, str]:
    """Scheme, and host with path, of a server's URL."""
    try:
        parts = urlsplit(url.strip())
        right = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        right = False
    if not right or parts.username or parts.password or parts.query or parts.fragment:
        raise UsageError(
            "geocoding.url", "write the geocoder's address as https://HOST/PATH, without user, query or fragment"
        )
    if not (parts.netloc + parts.path).isascii() or not (parts.netloc + parts.path).isprintable():
        raise UsageError("geocoding.url", "the geocoder's address must be plain ASCII")
    return parts.scheme, f"{parts.netloc}{parts.path}".rstrip("/")
