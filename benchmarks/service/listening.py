"""Phones that poll and phones that listen, while a dispatcher moves visits: is every change heard?"""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from typing import Any, Protocol

from benchmarks.service.load import ask, get

STREAMS = 200
POLLING = 500
EVERY_S = 10.0
"""How often a phone polls."""
MOVES = 12


class Sender(Protocol):
    """Requests of the dispatcher."""

    def send(self, method: str, path: str, body: object = None, **headers: str) -> tuple[Any, Any]:
        """Answer and headers."""
        ...


async def _listen(port: int, token: str, heard: list[int]) -> None:
    """Numbers of all changes that one stream hears, from the first on."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**20)
    writer.write(get("/v1/me/stream", token, Last_Event_ID="0"))
    await reader.readuntil(b"\r\n\r\n")
    with contextlib.suppress(asyncio.IncompleteReadError, asyncio.CancelledError):
        while True:
            line = await reader.readuntil(b"\n")
            if line.startswith(b"id: "):
                heard.append(int(line[4:]))
    writer.close()


async def _poll(port: int, token: str, took_s: list[float], wrong: list[int], number: int) -> None:
    """One phone, which names what it has."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    await asyncio.sleep(EVERY_S * number / POLLING)
    while True:
        begun_s = time.perf_counter()
        status, _ = await ask(reader, writer, get("/v1/me/route", token))
        took_s.append(time.perf_counter() - begun_s)
        if status not in (200, 304):
            wrong.append(status)
        await asyncio.sleep(EVERY_S)


def _move(client: Sender, plan: str, rng: random.Random) -> str:
    """Take some visit off a route; the plan that is in force then."""
    held, headers = client.send("GET", f"/v1/plans/{plan}")
    route = rng.choice(held["plan"]["routes"])
    tickets = [stop["ticket"] for stop in route["stops"] if stop["kind"] == "visit"]
    body = {"kind": "remove", "ticket": rng.choice(tickets), "accept": True}
    answer, _ = client.send("POST", f"/v1/plans/{plan}/changes", body, If_Match=headers["ETag"])
    return str(answer["plan"])


async def listen(port: int, tokens: dict[str, str], client: Sender, plan: str) -> str:
    """Let all listen and poll while visits are moved; one line about what was heard."""
    rng = random.Random(1)
    phones = [(name, token) for name, token in tokens.items() if name != "dispatcher"]
    heard: list[tuple[str, list[int]]] = [(phones[number % len(phones)][0], []) for number in range(STREAMS)]
    took_s: list[float] = []
    wrong: list[int] = []
    tasks = [
        asyncio.create_task(_listen(port, phones[number % len(phones)][1], heard[number][1]))
        for number in range(STREAMS)
    ]
    tasks += [
        asyncio.create_task(_poll(port, phones[number % len(phones)][1], took_s, wrong, number))
        for number in range(POLLING)
    ]
    begun_s = time.perf_counter()
    for _ in range(MOVES):
        plan = await asyncio.to_thread(_move, client, plan, rng)
    lasted_s = time.perf_counter() - begun_s
    await asyncio.sleep(3)  # the last change reaches the streams within half a second
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    lost = doubled = 0
    for name in {name for name, _ in heard}:
        own = [numbers for who, numbers in heard if who == name]
        everything = set().union(*own)
        lost += sum(len(everything - set(numbers)) for numbers in own)
        doubled += sum(len(numbers) - len(set(numbers)) for numbers in own)
    took_s.sort()
    return (
        f"{STREAMS} streams and {POLLING} polling phones, {MOVES} changes in {lasted_s:.0f} s: "
        f"{sum(len(numbers) for _, numbers in heard):,} events heard, {lost} lost, {doubled} doubled; "
        f"{len(took_s):,} polls, p99 {1000 * took_s[int(0.99 * len(took_s))]:.0f} ms, {len(wrong)} refused"
    )
