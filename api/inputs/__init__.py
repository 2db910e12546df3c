"""Input of a planning day: a folder of CSV and TOML, or one JSON document.

``read`` gives the problem or raises all faults at once; ``write_folder`` and ``to_json`` are the way back.
``docs/input.md`` describes both formats.
"""

from api.inputs.read import DayInput, faults, from_json, read, read_day
from api.inputs.schema import json_schema
from api.inputs.settings import ProfileTravel, TravelSettings
from api.inputs.write import to_json, write_folder

__all__ = [
    "DayInput",
    "ProfileTravel",
    "TravelSettings",
    "faults",
    "from_json",
    "json_schema",
    "read",
    "read_day",
    "to_json",
    "write_folder",
]
