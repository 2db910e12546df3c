"""What technicians do: they leave, drive, arrive, serve and go home, as the plan in force says, in drawn times."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping

from dispatch.places import Place
from dispatch.plan import Restock, Visit
from dispatch.replan.remaining import both
from dispatch.schedule import first_start, rest_times
from dispatch.technicians import Break
from scenarios.simulation.duty import Drive, Duty, Phase
from scenarios.simulation.ledger import Kind
from scenarios.simulation.run import Rank, Run
from scenarios.simulation.world import DAY_S

FAR_S = 400 * DAY_S
"""No bound."""


class Rounds:
    """All technicians on their way.

    Parameters
    ----------
    run : Run
        The day.
    duties : mapping of str to Duty
        By shift; they change.
    """

    def __init__(self, run: Run, duties: Mapping[str, Duty]) -> None:
        self.run, self.duties = run, duties

    def send_off(self, now_s: int) -> None:
        """Tell who is free when to leave."""
        for duty in self.duties.values():
            if duty.phase is Phase.FREE and (duty.ahead or not duty.at_home):
                leave_s = max(now_s, duty.shift.start_s, duty.leave_s if duty.ahead else 0)
                self.run.at(leave_s, Rank.LEAVES, duty.shift.id, turn=duty.turn)

    # ---- a technician

    def falls_ill(self, technician_id: str, now_s: int) -> None:
        """Nothing new is begun: a drive that is under way is the last, a service is finished."""
        own = [duty for duty in self.duties.values() if duty.technician.id == technician_id]
        if all(now_s >= duty.shift.start_s and duty.departed_s is not None and duty.at_home for duty in own):
            return  # the day's work was over
        self.run.log(now_s, Kind.ILL, shift_id=own[0].shift.id, technician=technician_id)
        for duty in own:
            self.run.news |= {stop.ticket_id for stop in (*duty.ahead, duty.heading) if isinstance(stop, Visit)}
            duty.ill, duty.ahead = True, []
            duty.turn += 1
            if duty.phase is Phase.DRIVE:
                duty.phase, duty.heading, duty.ticket = Phase.HOMEWARD, None, None
            elif duty.phase is Phase.FREE:
                self._stops_work(duty, now_s)
        self.run.stale = True
        self.run.at(now_s, Rank.LOOKS, "")

    def _stops_work(self, duty: Duty, now_s: int) -> None:
        duty.phase = Phase.OFF
        if duty.departed_s is not None and not duty.at_home:
            self.run.log(now_s, Kind.HOME, shift_id=duty.shift.id)
        duty.at_home = True

    def leaves(self, duty: Duty, now_s: int) -> None:
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
                self.run.stale = True
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
        travel_s, distance_m = self.run.travel.leg(duty.technician.profile, duty.place, to)
        return max(0, travel_s), max(0, distance_m)

    def _may_begin(self, duty: Duty, visit: Visit, rests: Iterable[Break], now_s: int) -> bool:
        """Whether the visit can be expected to fit into its windows and the shift."""
        ticket = self.run.known[visit.ticket_id]
        arrival_s, _ = rest_times(now_s, self._leg(duty, ticket.place)[0], list(enumerate(rests)))
        start_s = first_start(arrival_s, ticket.windows)
        way_home_s = self.run.travel.leg(duty.technician.profile, ticket.place, duty.shift.end_place)[0]
        return_s = start_s + duty.technician.service_s(ticket) + max(0, way_home_s)
        if return_s > duty.shift.end_s:
            rule = "shift_end"
        elif ticket.windows and start_s > ticket.windows[-1].end_s + self.run.chances.window_grace_s:
            rule = "window"
        else:
            return True
        self.run.log(now_s, Kind.SKIPPED, shift_id=duty.shift.id, ticket_id=ticket.id, rule=rule)
        self.run.news.add(ticket.id)
        return False

    def _drives(self, duty: Duty, stop: Visit | Restock | None, rests: list[Break], now_s: int) -> None:
        """Leave for a stop, None: for the end place."""
        ticket = self.run.known[stop.ticket_id] if isinstance(stop, Visit) else None
        if ticket is not None:
            to: Place | None = ticket.place
        elif isinstance(stop, Restock):
            to = self.run.problem.centre_by_id[stop.centre_id].place
        else:
            to = duty.shift.end_place
        assert to is not None
        planned_s, distance_m = self._leg(duty, to)
        if duty.departed_s is None:
            duty.departed_s = now_s
        duty.rest_while_free(now_s, but=rests)
        due_s = now_s + planned_s
        ahead = [one for one in duty.ahead if isinstance(one, Break)]
        missed = [one for one in duty.breaks if one not in rests and one not in ahead and one.latest_s < due_s]
        taken = sorted([*rests, *missed], key=lambda one: one.earliest_s)
        travel_s = round(planned_s * self._factor(duty, to, now_s))
        indexed = [(duty.shift.breaks.index(one), one) for one in taken]
        arrival_s, stops = rest_times(now_s, travel_s, indexed)
        duty.breaks = [one for one in duty.breaks if one not in taken]
        self.run.log(
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
            self.run.log(rest.start_s, Kind.REST, shift_id=duty.shift.id, index=rest.index, finish_s=rest.finish_s)
            if rest.start_s > item.latest_s:
                self._broken(duty, "break", rest.start_s, rest.start_s - item.latest_s)
        duty.drive = Drive(departed_s=now_s, planned_s=planned_s, rests=tuple(indexed), to=to)
        duty.phase = Phase.HOMEWARD if stop is None else Phase.DRIVE
        duty.heading, duty.ticket, duty.at_home = stop, ticket, False
        self.run.at(arrival_s, Rank.REACHES, duty.shift.id, what="place")

    def _factor(self, duty: Duty, to: Place, now_s: int) -> float:
        origin = "" if duty.place is None else duty.place.id
        leg = self.run.streams.factor(self.run.chances.leg_spread, "leg", duty.technician.profile, origin, to.id)
        return leg * self.run.streams.factor(self.run.chances.traffic_spread, "traffic", str(now_s // 3600))

    def _broken(self, duty: Duty, rule: str, at_s: int, late_s: int, ticket_id: str = "") -> None:
        self.run.log(at_s, Kind.VIOLATION, shift_id=duty.shift.id, ticket_id=ticket_id, rule=rule, late_s=late_s)

    def _goes_home(self, duty: Duty, rests: list[Break], now_s: int) -> None:
        if duty.shift.end_place is None:
            self._is_home(duty, now_s)
        else:
            self._drives(duty, None, rests, now_s)

    def _is_home(self, duty: Duty, now_s: int) -> None:
        duty.at_home = True
        self.run.log(now_s, Kind.HOME, shift_id=duty.shift.id)
        if now_s > duty.shift.end_s:
            self._broken(duty, "shift_end", now_s, now_s - duty.shift.end_s)
        self._is_free(duty, now_s)
        for other in self.duties.values():
            if other is not duty and other.technician.id == duty.technician.id and other.ahead:
                self.run.at(
                    max(now_s, other.shift.start_s, other.leave_s), Rank.LEAVES, other.shift.id, turn=other.turn
                )

    def _is_free(self, duty: Duty, now_s: int) -> None:
        """Something is over: on to the next."""
        duty.phase, duty.drive, duty.heading, duty.ticket = Phase.FREE, None, None, None
        duty.free_s = now_s
        if duty.ill:
            self._stops_work(duty, now_s)
        elif duty.ahead or not duty.at_home:
            self.run.at(max(now_s, duty.leave_s if duty.ahead else 0), Rank.LEAVES, duty.shift.id, turn=duty.turn)

    # ---- at a customer's

    def reaches(self, duty: Duty, what: str, now_s: int) -> None:
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
            factor = self.run.streams.factor(self.run.chances.service_spread, "service", duty.ticket.id)
            self.run.log(now_s, Kind.START, shift_id=duty.shift.id, ticket_id=duty.ticket.id, planned_s=service_s)
            self.run.at(now_s + round(service_s * factor), Rank.REACHES, duty.shift.id, what="finish")
        elif what == "absent":
            self._fails(duty, "absent", now_s)
        elif what == "finish":
            self._finishes(duty, now_s)
        else:
            assert isinstance(duty.heading, Restock)
            duty.behind.append(duty.heading)
            self._is_free(duty, now_s)

    def _restocks(self, duty: Duty, stop: Restock, now_s: int) -> None:
        finish_s = now_s + self.run.problem.centre_by_id[stop.centre_id].restock_s
        self.run.log(now_s, Kind.RESTOCK, shift_id=duty.shift.id, centre=stop.centre_id, finish_s=finish_s)
        duty.phase = Phase.SERVE
        duty.heading = dataclasses.replace(stop, arrival_s=now_s, start_s=now_s, finish_s=finish_s)
        self.run.at(finish_s, Rank.REACHES, duty.shift.id, what="restocked")

    def _arrives(self, duty: Duty, now_s: int) -> None:
        assert duty.ticket is not None
        ticket = duty.ticket
        self.run.log(now_s, Kind.ARRIVE, shift_id=duty.shift.id, ticket_id=ticket.id)
        start_s = first_start(now_s, ticket.windows)
        over_s = [now_s - window.end_s for window in ticket.windows if window.end_s < now_s]
        ahead = any(window.end_s >= now_s for window in ticket.windows)
        if over_s and not any(window.start_s <= now_s <= window.end_s for window in ticket.windows):
            if over_s[-1] <= self.run.chances.window_grace_s:
                start_s = now_s
            if start_s == now_s or not ahead:
                self._broken(duty, "window", now_s, over_s[-1], ticket.id)
            if start_s == now_s and over_s[-1] > self.run.chances.window_grace_s:
                self._fails(duty, "window", now_s)
                return
        duty.phase, duty.start_s = Phase.SERVE, start_s
        attempt = self.run.tries[ticket.id] = self.run.tries.get(ticket.id, 0) + 1
        if self.run.streams.uniform("absent", ticket.id, str(attempt)) < self.run.chances.absent_share:
            self.run.at(start_s + self.run.chances.absent_wait_s, Rank.REACHES, duty.shift.id, what="absent")
        else:
            self.run.at(start_s, Rank.REACHES, duty.shift.id, what="start")

    def _fails(self, duty: Duty, reason: str, now_s: int) -> None:
        """The ticket is open again: after a while when nobody was in, without any chance when the window is over."""
        assert duty.ticket is not None
        ticket = duty.ticket
        self.run.log(now_s, Kind.FAILED, shift_id=duty.shift.id, ticket_id=ticket.id, reason=reason)
        if reason == "absent":
            windows = tuple(both(ticket.windows, now_s + self.run.chances.absent_return_s, FAR_S))
            self.run.known[ticket.id] = dataclasses.replace(ticket, windows=windows)
        self.run.news.add(ticket.id)
        self._is_free(duty, now_s)

    def _finishes(self, duty: Duty, now_s: int) -> None:
        assert duty.ticket is not None
        assert isinstance(duty.heading, Visit)
        ticket, planned = duty.ticket, duty.heading
        self.run.log(now_s, Kind.FINISH, shift_id=duty.shift.id, ticket_id=ticket.id)
        self.run.solved.add(ticket.id)
        duty.behind.append(dataclasses.replace(planned, start_s=duty.start_s, finish_s=now_s))
        if abs(now_s - planned.finish_s) > self.run.problem.weights.change_tolerance_s:
            self.run.stale = True
        self._is_free(duty, now_s)
