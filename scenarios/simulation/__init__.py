"""A working day as it really goes: tickets come in, plans are made and driven, times are drawn.

``world`` is what a day is played in, ``day`` plays it; ``duty`` is one technician's shift under way, ``desk`` the
dispatcher who plans with what is known, ``ledger`` the log, ``figures`` what it adds up to.
"""

from scenarios.simulation.day import play_day
from scenarios.simulation.ledger import DayLedger, Event, Kind
from scenarios.simulation.world import CERTAIN, Chances, Play, World, typical_day

__all__ = ["CERTAIN", "Chances", "DayLedger", "Event", "Kind", "Play", "World", "play_day", "typical_day"]
