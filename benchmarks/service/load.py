"""A load generator: connections that ask one after another and stay open."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What was seen: requests a second, times in milliseconds, and answers by status."""

    per_s: float
    p50_ms: float
    p99_ms: float
    statuses: dict[int, int]


async def ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> tuple[int, bytes]:
    """One request on an open connection; status and body."""
    writer.write(request)
    head = await reader.readuntil(b"\r\n\r\n")
    status, length = int(head[9:12]), 0
    at = head.lower().find(b"content-length:")
    if at >= 0:
        length = int(head[at + 15 : head.index(b"\r\n", at)])
    return status, await reader.readexactly(length) if length else b""


async def _client(
    port: int, make: Callable[[int], bytes], until_s: float, took_s: list[float], seen: list[int]
) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    number = 0
    while (begun_s := time.perf_counter()) < until_s:
        status, _ = await ask(reader, writer, make(number))
        took_s.append(time.perf_counter() - begun_s)
        seen.append(status)
        number += 1
    writer.close()


def load(port: int, make: Callable[[int, int], bytes], *, connections: int, seconds: float) -> Load:
    """Ask for some seconds; `make(connection, number)` gives each request."""

    async def run() -> Load:
        took_s: list[float] = []
        seen: list[int] = []
        begun_s = time.perf_counter()
        clients = (
            _client(port, lambda number, own=own: make(own, number), begun_s + seconds, took_s, seen)  # type: ignore[misc]
            for own in range(connections)
        )
        await asyncio.gather(*clients)
        lasted_s = time.perf_counter() - begun_s
        took_s.sort()
        return Load(
            per_s=len(took_s) / lasted_s,
            p50_ms=1000 * took_s[len(took_s) // 2],
            p99_ms=1000 * took_s[int(0.99 * len(took_s))],
            statuses={status: seen.count(status) for status in sorted(set(seen))},
        )

    return asyncio.run(run())


def get(path: str, token: str = "", **headers: str) -> bytes:
    """Bytes of a GET."""
    lines = [f"GET {path} HTTP/1.1", "Host: x", *([f"Authorization: Bearer {token}"] if token else [])]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()
