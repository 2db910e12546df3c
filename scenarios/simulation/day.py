"""Play one day: what is planned is driven, in times that are drawn."""

from __future__ import annotations

from dispatch.objective import is_deferrable
from dispatch.service import travel_of
from dispatch.tickets import Ticket
from scenarios.simulation.desk import Desk
from scenarios.simulation.duty import Duty, Phase
from scenarios.simulation.figures import figures
from scenarios.simulation.ledger import DayLedger, Event, Fact, Kind
from scenarios.simulation.playable import playable
from scenarios.simulation.rounds import Rounds
from scenarios.simulation.run import Rank, Run
from scenarios.simulation.world import World, typical_day
from scenarios.streams import Streams


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
    """The clock, and the desk that it calls."""

    def __init__(self, world: World, *, day: int, seed: int) -> None:
        self.day, self.seed, self.rules = day, seed, world.play
        streams = Streams(seed=seed, day=day)
        template = typical_day(world.template)
        self.problem = template.replace(tickets=playable(template, world.demand.day(day, streams)))
        travel = travel_of(self.problem, world.travel)
        self.run = Run(self.problem, travel, chances=world.chances, streams=streams)
        engine_seed = int(streams.uniform("engine") * 2**31)
        self.desk = Desk(template, travel, play=world.play, chances=world.chances, seed=engine_seed)
        self.duties = {
            shift.id: Duty(
                shift=shift,
                technician=template.technician_of(shift),
                place=shift.start_place,
                breaks=list(shift.breaks),
            )
            for shift in template.shifts
        }
        self.rounds = Rounds(self.run, self.duties)
        self.begin_s = min(shift.start_s for shift in template.shifts)

    def play(self) -> DayLedger:
        """From the first ticket to the last return."""
        run = self.run
        self._morning()
        while (happens := run.next()) is not None:
            now_s, rank, name, turn, what = happens
            match rank:
                case Rank.REACHES:
                    self.rounds.reaches(self.duties[name], what, now_s)
                case Rank.ILL:
                    self.rounds.falls_ill(name, now_s)
                case Rank.OPENS:
                    self._opens(self.problem.ticket_by_id[name], now_s)
                case Rank.LOOKS:
                    self._looks(now_s)
                case Rank.LEAVES if turn == self.duties[name].turn:
                    self.rounds.leaves(self.duties[name], now_s)
        end_s = max(self.problem.end_s, *(event.at_s for event in run.events))
        for ticket in self.problem.tickets:
            if ticket.id not in run.solved:
                run.log(end_s, Kind.LEFT, ticket_id=ticket.id, deferred=int(is_deferrable(self.problem, ticket)))
        events = tuple(sorted(run.events, key=lambda event: event.at_s))
        return DayLedger(day=self.day, seed=self.seed, events=events, kpis=figures(self.problem, events))

    def _morning(self) -> None:
        """Who is there, what is open, the first plan, and what is to come."""
        run = self.run
        for ticket in self.problem.tickets:
            if ticket.opened_s <= self.begin_s:
                self._opens(ticket, ticket.opened_s)
            else:
                run.at(ticket.opened_s, Rank.OPENS, ticket.id)
        for technician in self.problem.technicians:
            own = [duty for duty in self.duties.values() if duty.technician.id == technician.id]
            if not own:
                continue
            if run.streams.uniform("ill", technician.id) < run.chances.ill_share:
                run.log(self.begin_s, Kind.ILL, shift_id=own[0].shift.id, technician=technician.id)
                for duty in own:
                    duty.ill, duty.phase = True, Phase.OFF
            elif run.streams.uniform("falls ill", technician.id) < run.chances.falls_ill_share:
                first_s, last_s = own[0].shift.start_s, max(duty.shift.end_s for duty in own)
                at_s = first_s + round(run.streams.uniform("falls ill at", technician.id) * (last_s - first_s))
                run.at(at_s, Rank.ILL, technician.id)
        self.desk.plan(list(run.known.values()), self.duties)
        run.log(self.begin_s, Kind.PLANNED, open=len(run.known), moved=0)
        run.news.clear()
        self.rounds.send_off(self.begin_s)
        last_s = max(duty.shift.end_s for duty in self.duties.values())
        for at_s in range(self.begin_s + self.rules.replan_s, last_s, self.rules.replan_s):
            run.at(at_s, Rank.LOOKS)

    def _opens(self, ticket: Ticket, now_s: int) -> None:
        run = self.run
        run.known[ticket.id] = ticket
        run.news.add(ticket.id)
        facts: dict[str, Fact] = {"tier": ticket.tier}
        if ticket.place.lat is not None and ticket.place.lon is not None:
            facts |= {"lat": ticket.place.lat, "lon": ticket.place.lon}
        facts |= {f"due_s.{one.target}": one.due_s for one in self.problem.deadlines[ticket.id]}
        run.events.append(Event(at_s=now_s, kind=Kind.OPENED, ticket_id=ticket.id, facts=facts))
        targets = self.problem.tier_of(ticket).targets
        if now_s > self.begin_s and any(target.within_s <= self.rules.urgent_s for target in targets):
            run.at(now_s, Rank.LOOKS)

    def _looks(self, now_s: int) -> None:
        """Plan again if something has happened."""
        run = self.run
        if not run.news and not run.stale:
            return
        news, run.news, run.stale = run.news, set(), False
        # Of what is solved only parts still matter: they are missing in a van.
        tickets = [ticket for ticket in run.known.values() if ticket.parts or ticket.id not in run.solved]
        for duty in self.duties.values():
            if duty.phase is Phase.FREE:
                duty.rest_while_free(now_s)
        moved = self.desk.replan(tickets, self.duties, news=news, now_s=now_s)
        run.log(now_s, Kind.PLANNED, open=len(run.known) - len(run.solved), moved=moved)
        self.rounds.send_off(now_s)
