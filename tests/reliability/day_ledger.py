"""What phones and dispatchers were told is done, and what must be true at the end of the day because of it.

Plain Python without any code of the service: the rules are written a second time, from docs/service.md.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

Json = dict[str, Any]
FAR = {"en_route": 1, "arrived": 2, "started": 3, "finished": 4, "failed": 4}
CALLED = {"en_route": "en_route", "arrived": "arrived", "started": "started", "finished": "done", "failed": "failed"}


@dataclass
class Ledger:
    """Acknowledged facts of one day."""

    tickets: dict[str, Json]
    tiers: dict[str, list[Json]]
    stock: dict[str, Counter[str]]
    ticket_of: dict[str, str] = field(default_factory=dict)
    """Ticket of each visit that a phone was shown."""
    events: dict[str, tuple[str, Json]] = field(default_factory=dict)
    """Technician and event of each id that was acknowledged."""
    steps: dict[str, list[Json]] = field(default_factory=lambda: defaultdict(list))
    """Of each visit those events that take it further."""
    outcomes: Counter[str] = field(default_factory=Counter)
    repeated: int = 0
    cancelled: set[str] = field(default_factory=set)
    called_off: set[str] = field(default_factory=set)
    """Visits that a cancellation has ended and nobody has gone on with."""
    photos: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Visit and SHA-256 of each stored photo."""
    complaints: Counter[str] = field(default_factory=Counter)
    assigned: dict[str, str] = field(default_factory=dict)
    """Technician of each ticket by the plans that were published."""
    again: set[str] = field(default_factory=set)
    """Tickets that are planned once more after a failed visit."""
    wrong: list[str] = field(default_factory=list)

    def acknowledge(self, technician: str, event: Json, outcome: str) -> None:
        """An event's outcome, any number of times."""
        if event["id"] in self.events:
            self.repeated += 1
            return
        self.events[event["id"]] = technician, event
        self.outcomes[outcome] += 1
        if event["kind"] in FAR:
            self.steps[event["visit"]].append(event)
            self.called_off.discard(event["visit"])
        if event["kind"] == "parts_used":
            self.stock[technician].subtract(event["payload"]["parts"])

    def shown(self, technician: str, route: Json, served: set[str]) -> None:
        """A route that a phone was given by a poll that began after `served` were reported."""
        for stop in route["stops"]:
            visit, ticket = stop["visit"], stop["ticket"]
            if self.ticket_of.setdefault(visit, ticket) != ticket:
                self.wrong.append(f"visit {visit} has changed its ticket")
            if stop["state"] == "planned" and ticket in served | self.cancelled:
                self.wrong.append(f"{technician} is sent to {ticket}, which is served or cancelled")

    def cancel(self, ticket: str) -> None:
        """A cancellation that was acknowledged."""
        self.cancelled.add(ticket)
        for visit in self.visits_of(ticket):
            if self.state(visit) in ("planned", "en_route", "arrived"):
                self.called_off.add(visit)

    def visits_of(self, ticket: str) -> list[str]:
        return [visit for visit, of in self.ticket_of.items() if of == ticket]

    def state(self, visit: str) -> str:
        """The furthest step; of two ends the one that happened last."""
        if visit in self.called_off:
            return "removed"
        if visit not in self.steps:
            return "planned"
        return CALLED[max(self.steps[visit], key=lambda one: (FAR[one["kind"]], one["at"], one["id"]))["kind"]]

    def is_done(self, ticket: str) -> bool:
        return ticket in self.served()

    def served(self) -> set[str]:
        return {ticket for visit, ticket in self.ticket_of.items() if self.state(visit) == "done"}

    def ticket_states(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {"open": set(), "done": set(), "cancelled": set()}
        served = self.served()
        for ticket in self.tickets:
            found["cancelled" if ticket in self.cancelled else "done" if ticket in served else "open"].add(ticket)
        return found

    def publish(self, plan: Json, *, begun: set[str]) -> set[str]:
        """A plan that came into force; tickets of visits that were not `begun` and that it moves or leaves out."""
        planned = {}
        for route in plan["routes"]:
            for stop in route["stops"]:
                if stop["kind"] != "visit":
                    continue
                planned[stop["ticket"]] = route["technician"]
                windows = self.tickets[stop["ticket"]].get("windows", [])
                start = at(stop["start"])
                if windows and not any(at(one["start"]) <= start <= at(one["end"]) for one in windows):
                    self.wrong.append(f"{stop['ticket']} is planned at {start}, outside its windows")
        free = {ticket for ticket in self.assigned if ticket not in begun | self.cancelled}
        moved = {ticket for ticket in free if planned.get(ticket) != self.assigned[ticket]}
        self.again |= self.begun_and_failed() & planned.keys()
        kept = {ticket: who for ticket, who in self.assigned.items() if ticket in self.begun()}
        self.assigned = kept | {ticket: who for ticket, who in planned.items() if ticket not in kept}
        return moved

    def begun(self) -> set[str]:
        """Tickets of which a step was acknowledged; not those that get another visit after a failed one."""
        states = [(self.ticket_of[visit], self.state(visit)) for visit in self.steps if visit in self.ticket_of]
        return {ticket for ticket, state in states if state != "failed" or ticket not in self.again}

    def begun_and_failed(self) -> set[str]:
        states = [(self.ticket_of[visit], self.state(visit)) for visit in self.steps if visit in self.ticket_of]
        return {ticket for ticket, _ in states} - {ticket for ticket, state in states if state != "failed"}

    def figures(self, by: str, final: dict[str, Json]) -> list[Json]:
        """Figures of the visits that stand at the end: ``visit -> technician ticket starts_at``."""
        told: dict[str, dict[str, Any]] = defaultdict(dict)
        for _, event in sorted(self.events.values(), key=lambda one: (one[1]["at"], one[1]["id"])):
            told[event["visit"]][event["kind"]] = at(event["at"])
            if event["kind"] == "rating":
                told[event["visit"]]["stars"] = event["payload"]["stars"]
        groups: dict[str, list[str]] = defaultdict(list)
        for visit, one in final.items():
            tier = self.tickets[one["ticket"]]["tier"]
            groups[{"day": one["starts_at"][:10], "tier": tier, "technician": one["technician"]}[by]].append(visit)
        last: dict[str, str] = {}
        for visit in sorted(final, key=lambda name: (final[name]["starts_at"], name)):
            last[final[visit]["ticket"]] = visit
        return [{by: name, **self._figures(visits, final, told, last)} for name, visits in sorted(groups.items())]

    def _figures(
        self, visits: list[str], final: dict[str, Json], told: dict[str, dict[str, Any]], last: dict[str, str]
    ) -> Json:
        states = Counter(self.state(visit) for visit in visits)
        tickets = {final[visit]["ticket"] for visit in visits}
        work: Counter[str] = Counter()
        for visit in visits:
            if self.state(visit) == "done":
                took = told[visit]["finished"] - told[visit]["started"]
                work[final[visit]["technician"]] += int(took.total_seconds())
        response, solve, due, kept, first = [], [], 0, 0, 0
        for ticket in tickets:
            own = [visit for visit in final if final[visit]["ticket"] == ticket]
            opened = at(self.tickets[ticket]["opened"])
            starts = [told[visit]["started"] for visit in own if self.state(visit) in ("started", "done")]
            ends = [told[visit]["finished"] for visit in own if self.state(visit) == "done"]
            if starts:
                response.append((min(starts) - opened).total_seconds())
            if ends and ticket not in self.cancelled:
                solve.append((max(ends) - opened).total_seconds())
                first += all(self.state(visit) != "failed" for visit in own)
            for target in self.tiers[self.tickets[ticket]["tier"]]:
                due += 1
                met = (min(starts) if starts else None) if target["point"] == "start" else (max(ends) if ends else None)
                kept += met is not None and met <= opened + timedelta(hours=target["within_h"])
        stars = [told[visit]["stars"] for visit in visits if "stars" in told[visit]]
        return {
            "visits": len(visits),
            "done": states["done"],
            "failed": states["failed"],
            "tickets": len(tickets),
            "solved": len(solve),
            "due": due,
            "kept": kept,
            "complaints": sum(self.complaints[ticket] for ticket in tickets if last[ticket] in visits),
            "ratings": len(stars),
            "done_share": share(states["done"], len(visits)),
            "deadline_share": share(kept, due),
            "first_time_share": share(first, len(solve)),
            "response_s": int(sum(response)) // len(response) if response else None,
            "solve_s": int(sum(solve)) // len(solve) if solve else None,
            "satisfaction": round(sum(stars) / len(stars), 2) if stars else None,
            "service_s": sum(work.values()),
            "balance": share(min(work.values()), max(work.values())) if work else None,
        }


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None
