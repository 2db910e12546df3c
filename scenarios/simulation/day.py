"""Play one day: what is planned is driven, in times that are drawn."""

from __future__ import annotations

import dataclasses
import heapq
from collections.abc import Iterable

from dispatch.errors import Fault, InputError
from dispatch.places import Place
from dispatch.plan import Restock, Visit
from dispatch.problem import Problem
from dispatch.replan.remaining import both
from dispatch.schedule import first_start, rest_times
from dispatch.service import travel_of
from dispatch.technicians import Break
from dispatch.tickets import Ticket
from dispatch.travel import Travel
from scenarios.simulation.desk import Desk
from scenarios.simulation.duty import Drive, Duty, Phase
from scenarios.simulation.figures import figures
from scenarios.simulation.ledger import DayLedger, Event, Fact, Kind
from scenarios.simulation.world import DAY_S, World, typical_day
from scenarios.streams import Streams

FAR_S = 400 * DAY_S
"""No bound."""

# What happens first when several things happen in one second.
_REACHES, _ILL, _OPENS, _LOOKS, _LEAVES = range(5)


def play_day(world: World, *, day: int, seed: int) -> DayLedger:
    """Play a day.

    Parameters
    ----------
    world : World
        What it is played in.
    day : int
        Number of the day, at least 0.
    seed : int
        At least 0. Equal arguments give equal ledgers, to the byte.

    Raises
    ------
    InputError
        Of the template or the demand; ``simulation.ties`` when a ticket needs a crew or an order.
    """
    return _Player(world, day=day, seed=seed).play()


class _Player:
    """The clock and everybody who moves by it."""

    def __init__(self, world: World, *, day: int, seed: int) -> None:
        self.day, self.seed = day, seed
        self.chances, self.rules = world.chances, world.play
        self.streams = Streams(seed=seed, day=day)
        template = typical_day(world.template)
        tickets = _playable(template, world.demand.day(day, self.streams))
        self.problem = template.replace(tickets=tickets)
        self.travel: Travel = travel_of(self.problem, world.travel)
        engine_seed = int(self.streams.uniform("engine") * 2**31)
        self.desk = Desk(template, self.travel, play=world.play, chances=world.chances, seed=engine_seed)
        self.duties = {
            shift.id: Duty(
                shift=shift,
                technician=template.technician_of(shift),
                place=shift.start_place,
                breaks=list(shift.breaks),
            )
            for shift in template.shifts
        }
        self.begin_s = min(shift.start_s for shift in template.shifts)
        self.known: dict[str, Ticket] = {}
        self.solved: set[str] = set()
        self.tries: dict[str, int] = {}
        self.news: set[str] = set()
        self.stale = False
        self.queue: list[tuple[int, int, str, int, str]] = []
        self.events: list[Event] = []

    # ---- the clock

    def play(self) -> DayLedger:
        """From the first ticket to the last return."""
        self._morning()
        while self.queue:
            now_s, rank, name, turn, what = heapq.heappop(self.queue)
            if rank == _REACHES:
                self._reaches(self.duties[name], what, now_s)
            elif rank == _ILL:
                self._falls_ill(name, now_s)
            elif rank == _OPENS:
                self._opens(self.problem.ticket_by_id[name], now_s)
            elif rank == _LOOKS:
                self._looks(now_s, regular=what == "regular")
            elif turn == self.duties[name].turn:
                self._leaves(self.duties[name], now_s)
        end_s = max(self.problem.end_s, *(event.at_s for event in self.events))
        for ticket in self.problem.tickets:
            if ticket.id not in self.solved:
                self._log(end_s, Kind.LEFT, ticket_id=ticket.id)
        events = tuple(sorted(self.events, key=lambda event: event.at_s))
        return DayLedger(day=self.day, seed=self.seed, events=events, kpis=figures(self.problem, events))

    def _at(self, time_s: int, rank: int, name: str, *, turn: int = 0, what: str = "") -> None:
        heapq.heappush(self.queue, (time_s, rank, name, turn, what))

    def _log(self, at_s: int, kind: Kind, *, shift_id: str = "", ticket_id: str = "", **facts: Fact) -> None:
        self.events.append(Event(at_s=at_s, kind=kind, shift_id=shift_id, ticket_id=ticket_id, facts=facts))

    def _morning(self) -> None:
        for ticket in self.problem.tickets:
            if ticket.opened_s <= self.begin_s:
                self._opens(ticket, ticket.opened_s)
            else:
                self._at(ticket.opened_s, _OPENS, ticket.id)
        for technician in self.problem.technicians:
            own = [duty for duty in self.duties.values() if duty.technician.id == technician.id]
            if not own:
                continue
            if self.streams.uniform("ill", technician.id) < self.chances.ill_share:
                self._log(self.begin_s, Kind.ILL, shift_id=own[0].shift.id, technician=technician.id)
                for duty in own:
                    duty.ill, duty.phase = True, Phase.OFF
            elif self.streams.uniform("falls ill", technician.id) < self.chances.falls_ill_share:
                first_s, last_s = own[0].shift.start_s, max(duty.shift.end_s for duty in own)
                at_s = first_s + round(self.streams.uniform("falls ill at", technician.id) * (last_s - first_s))
                self._at(at_s, _ILL, technician.id)
        self.desk.plan(list(self.known.values()), self.duties)
        self._log(self.begin_s, Kind.PLANNED, open=len(self.known), moved=0)
        self.news.clear()
        self._send_off(self.begin_s)
        last_s = max(duty.shift.end_s for duty in self.duties.values())
        for at_s in range(self.begin_s + self.rules.replan_s, last_s, self.rules.replan_s):
            self._at(at_s, _LOOKS, "", what="regular")

    # ---- the desk

    def _opens(self, ticket: Ticket, now_s: int) -> None:
        self.known[ticket.id] = ticket
        self.news.add(ticket.id)
        facts: dict[str, Fact] = {"tier": ticket.tier}
        if ticket.place.lat is not None and ticket.place.lon is not None:
            facts |= {"lat": ticket.place.lat, "lon": ticket.place.lon}
        facts |= {f"due_s.{one.target}": one.due_s for one in self.problem.deadlines[ticket.id]}
        self.events.append(Event(at_s=now_s, kind=Kind.OPENED, ticket_id=ticket.id, facts=facts))
        if now_s > self.begin_s:
            shortest_s = min((one.within_s for one in self.problem.tier_of(ticket).targets), default=FAR_S)
            if shortest_s <= self.rules.urgent_s:
                self._at(now_s, _LOOKS, "")

    def _looks(self, now_s: int, *, regular: bool) -> None:
        """Plan again if something has happened."""
        if not self.news and not self.stale:
            return
        news, self.news, self.stale = self.news, set(), False
        moved = self.desk.replan(list(self.known.values()), self.duties, news=news, now_s=now_s)
        self._log(now_s, Kind.PLANNED, open=len(self.known) - len(self.solved), moved=moved)
        self._send_off(now_s)

    def _send_off(self, now_s: int) -> None:
        """Tell who is free when to leave."""
        for duty in self.duties.values():
            if duty.phase is Phase.FREE and (duty.ahead or not duty.at_home):
                leave_s = max(now_s, duty.shift.start_s, duty.leave_s if duty.ahead else 0)
                self._at(leave_s, _LEAVES, duty.shift.id, turn=duty.turn)

    # ---- a technician

    def _falls_ill(self, technician_id: str, now_s: int) -> None:
        """Nothing new is begun: a drive that is under way is the last, a service is finished."""
        own = [duty for duty in self.duties.values() if duty.technician.id == technician_id]
        if all(now_s >= duty.shift.start_s and duty.departed_s is not None and duty.at_home for duty in own):
            return  # the day's work was over
        self._log(now_s, Kind.ILL, shift_id=own[0].shift.id, technician=technician_id)
        for duty in own:
            duty.ill, duty.ahead = True, []
            duty.turn += 1
            if duty.phase is Phase.DRIVE:
                duty.phase, duty.heading, duty.ticket = Phase.HOMEWARD, None, None
            elif duty.phase is Phase.FREE:
                self._stops_work(duty, now_s)
        self.stale = True
        self._at(now_s, _LOOKS, "")

    def _stops_work(self, duty: Duty, now_s: int) -> None:
        duty.phase = Phase.OFF
        if duty.departed_s is not None and not duty.at_home:
            self._log(now_s, Kind.HOME, shift_id=duty.shift.id)
        duty.at_home = True

    def _leaves(self, duty: Duty, now_s: int) -> None:
        """Set out for what the plan has next, or home."""
        if duty.phase is not Phase.FREE or self._held_up(duty):
            return
        rests: list[Break] = []
        while duty.ahead:
            stop = duty.ahead.pop(0)
            if isinstance(stop, Break):
                rests.append(stop)
            elif isinstance(stop, Restock) or self._may_begin(duty, stop, rests, now_s):
                self._drives(duty, stop, rests, now_s)
                return
            else:
                self.stale = True
        if duty.departed_s is not None and not duty.at_home:
            self._goes_home(duty, rests, now_s)

    def _held_up(self, duty: Duty) -> bool:
        """Whether the technician is still out on another shift."""
        return any(
            other is not duty
            and other.technician.id == duty.technician.id
            and other.departed_s is not None
            and not other.at_home
            for other in self.duties.values()
        )

    def _leg(self, duty: Duty, to: Place | None) -> tuple[int, int]:
        travel_s, distance_m = self.travel.leg(duty.technician.profile, duty.place, to)
        return max(0, travel_s), max(0, distance_m)

    def _may_begin(self, duty: Duty, visit: Visit, rests: Iterable[Break], now_s: int) -> bool:
        """Whether the visit can be expected to fit into its windows and the shift."""
        ticket = self.known[visit.ticket_id]
        arrival_s, _ = rest_times(now_s, self._leg(duty, ticket.place)[0], list(enumerate(rests)))
        start_s = first_start(arrival_s, ticket.windows)
        way_home_s = self.travel.leg(duty.technician.profile, ticket.place, duty.shift.end_place)[0]
        return_s = start_s + duty.technician.service_s(ticket) + max(0, way_home_s)
        if return_s > duty.shift.end_s:
            rule = "shift_end"
        elif ticket.windows and start_s > ticket.windows[-1].end_s + self.chances.window_grace_s:
            rule = "window"
        else:
            return True
        self._log(now_s, Kind.SKIPPED, shift_id=duty.shift.id, ticket_id=ticket.id, rule=rule)
        self.news.add(ticket.id)
        return False

    def _drives(self, duty: Duty, stop: Visit | Restock | None, rests: list[Break], now_s: int) -> None:
        """Leave for a stop, None: for the end place."""
        ticket = self.known[stop.ticket_id] if isinstance(stop, Visit) else None
        if ticket is not None:
            to: Place | None = ticket.place
        elif isinstance(stop, Restock):
            to = self.problem.centre_by_id[stop.centre_id].place
        else:
            to = duty.shift.end_place
        assert to is not None
        planned_s, distance_m = self._leg(duty, to)
        if duty.departed_s is None:
            duty.departed_s = now_s
            duty.breaks = [one for one in duty.breaks if one.earliest_s + one.duration_s > now_s or one in rests]
        due_s = now_s + planned_s
        ahead = [one for one in duty.ahead if isinstance(one, Break)]
        missed = [one for one in duty.breaks if one not in rests and one not in ahead and one.latest_s < due_s]
        taken = sorted([*rests, *missed], key=lambda one: one.earliest_s)
        travel_s = round(planned_s * self._factor(duty, to, now_s))
        indexed = [(duty.shift.breaks.index(one), one) for one in taken]
        arrival_s, stops = rest_times(now_s, travel_s, indexed)
        duty.breaks = [one for one in duty.breaks if one not in taken]
        self._log(
            now_s,
            Kind.DEPART,
            shift_id=duty.shift.id,
            ticket_id="" if ticket is None else ticket.id,
            to=to.id,
            travel_s=travel_s,
            planned_s=planned_s,
            distance_m=distance_m,
        )
        for rest, (_, item) in zip(stops, indexed, strict=True):
            self._log(rest.start_s, Kind.REST, shift_id=duty.shift.id, index=rest.index, finish_s=rest.finish_s)
            if rest.start_s > item.latest_s:
                self._broken(duty, "break", rest.start_s, rest.start_s - item.latest_s)
        duty.drive = Drive(departed_s=now_s, planned_s=planned_s, rests=tuple(indexed), to=to)
        duty.phase = Phase.HOMEWARD if stop is None else Phase.DRIVE
        duty.heading, duty.ticket, duty.at_home = stop, ticket, False
        self._at(arrival_s, _REACHES, duty.shift.id, what="place")

    def _factor(self, duty: Duty, to: Place, now_s: int) -> float:
        origin = "" if duty.place is None else duty.place.id
        leg = self.streams.factor(self.chances.leg_spread, "leg", duty.technician.profile, origin, to.id)
        return leg * self.streams.factor(self.chances.traffic_spread, "traffic", str(now_s // 3600))

    def _broken(self, duty: Duty, rule: str, at_s: int, late_s: int, ticket_id: str = "") -> None:
        self._log(at_s, Kind.VIOLATION, shift_id=duty.shift.id, ticket_id=ticket_id, rule=rule, late_s=late_s)

    def _goes_home(self, duty: Duty, rests: list[Break], now_s: int) -> None:
        if duty.shift.end_place is None:
            self._is_home(duty, now_s)
        else:
            self._drives(duty, None, rests, now_s)

    def _is_home(self, duty: Duty, now_s: int) -> None:
        duty.at_home = True
        self._log(now_s, Kind.HOME, shift_id=duty.shift.id)
        if now_s > duty.shift.end_s:
            self._broken(duty, "shift_end", now_s, now_s - duty.shift.end_s)
        self._is_free(duty, now_s)
        for other in self.duties.values():
            if other is not duty and other.technician.id == duty.technician.id and other.ahead:
                self._at(max(now_s, other.shift.start_s, other.leave_s), _LEAVES, other.shift.id, turn=other.turn)

    def _is_free(self, duty: Duty, now_s: int) -> None:
        """Something is over: on to the next."""
        duty.phase, duty.drive, duty.heading, duty.ticket = Phase.FREE, None, None, None
        if duty.ill:
            self._stops_work(duty, now_s)
        elif duty.ahead or not duty.at_home:
            leave_s = duty.leave_s if duty.at_home else now_s
            self._at(max(now_s, leave_s), _LEAVES, duty.shift.id, turn=duty.turn)

    # ---- at a customer's

    def _reaches(self, duty: Duty, what: str, now_s: int) -> None:
        """The end of a drive, of waiting, or of a stop."""
        if what == "place":
            assert duty.drive is not None
            duty.place = duty.drive.to
            if duty.phase is Phase.HOMEWARD:
                self._is_home(duty, now_s)
            elif isinstance(duty.heading, Restock):
                self._restocks(duty, duty.heading, now_s)
            else:
                self._arrives(duty, now_s)
        elif what == "start":
            assert duty.ticket is not None
            duty.start_s = now_s
            service_s = duty.technician.service_s(duty.ticket)
            factor = self.streams.factor(self.chances.service_spread, "service", duty.ticket.id)
            self._log(now_s, Kind.START, shift_id=duty.shift.id, ticket_id=duty.ticket.id, planned_s=service_s)
            self._at(now_s + round(service_s * factor), _REACHES, duty.shift.id, what="finish")
        elif what == "absent":
            self._fails(duty, "absent", now_s)
        elif what == "finish":
            self._finishes(duty, now_s)
        else:
            self._is_free(duty, now_s)

    def _restocks(self, duty: Duty, stop: Restock, now_s: int) -> None:
        finish_s = now_s + self.problem.centre_by_id[stop.centre_id].restock_s
        self._log(now_s, Kind.RESTOCK, shift_id=duty.shift.id, centre=stop.centre_id, finish_s=finish_s)
        done = dataclasses.replace(stop, arrival_s=now_s, start_s=now_s, finish_s=finish_s)
        duty.behind.append(done)
        self._at(finish_s, _REACHES, duty.shift.id, what="restocked")

    def _arrives(self, duty: Duty, now_s: int) -> None:
        assert duty.ticket is not None
        ticket = duty.ticket
        self._log(now_s, Kind.ARRIVE, shift_id=duty.shift.id, ticket_id=ticket.id)
        late_s = now_s - ticket.windows[-1].end_s if ticket.windows else 0
        if late_s > self.chances.window_grace_s:
            self._broken(duty, "window", now_s, late_s, ticket.id)
            self._fails(duty, "window", now_s)
            return
        if late_s > 0:
            self._broken(duty, "window", now_s, late_s, ticket.id)
        start_s = first_start(now_s, ticket.windows)
        duty.phase, duty.start_s = Phase.SERVE, start_s
        attempt = self.tries[ticket.id] = self.tries.get(ticket.id, 0) + 1
        if self.streams.uniform("absent", ticket.id, str(attempt)) < self.chances.absent_share:
            self._at(start_s + self.chances.absent_wait_s, _REACHES, duty.shift.id, what="absent")
        else:
            self._at(start_s, _REACHES, duty.shift.id, what="start")

    def _fails(self, duty: Duty, reason: str, now_s: int) -> None:
        """The ticket is open again: after a while when nobody was in, without any chance when the window is over."""
        assert duty.ticket is not None
        ticket = duty.ticket
        self._log(now_s, Kind.FAILED, shift_id=duty.shift.id, ticket_id=ticket.id, reason=reason)
        if reason == "absent":
            windows = tuple(both(ticket.windows, now_s + self.chances.absent_return_s, FAR_S))
            self.known[ticket.id] = dataclasses.replace(ticket, windows=windows)
        self.news.add(ticket.id)
        self._is_free(duty, now_s)

    def _finishes(self, duty: Duty, now_s: int) -> None:
        assert duty.ticket is not None
        assert isinstance(duty.heading, Visit)
        ticket, planned = duty.ticket, duty.heading
        self._log(now_s, Kind.FINISH, shift_id=duty.shift.id, ticket_id=ticket.id)
        self.solved.add(ticket.id)
        duty.behind.append(dataclasses.replace(planned, start_s=duty.start_s, finish_s=now_s))
        if abs(now_s - planned.finish_s) > self.problem.weights.change_tolerance_s:
            self.stale = True
        self._is_free(duty, now_s)


def _playable(template: Problem, tickets: Iterable[Ticket]) -> tuple[Ticket, ...]:
    """The tickets without wishes for technicians who are not in the template; crews and orders are refused."""
    known = frozenset(template.technician_by_id)
    kept, faults = [], []
    for ticket in tickets:
        if ticket.crew or ticket.after:
            faults.append(
                Fault(
                    rule="simulation.ties",
                    message=f"ticket {ticket.id}: crews and orders between tickets can't be simulated",
                    field="crew" if ticket.crew else "after",
                )
            )
            continue
        kept.append(
            dataclasses.replace(
                ticket,
                required=ticket.required & known,
                preferred=ticket.preferred & known,
                excluded=ticket.excluded & known,
            )
        )
    if faults:
        raise InputError.from_faults(faults)
    return tuple(kept)
