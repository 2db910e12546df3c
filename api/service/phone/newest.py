"""Numbers of the last changes, asked for together.

Phones that poll in the same moment wait for one answer: a question costs a database a fraction of a millisecond,
however many technicians it names.
"""

from __future__ import annotations

import asyncio
import json

from api.service.store.plain import Asker

_LAST = "(SELECT max(id) FROM change WHERE technician_id = asked.value)"
_SQLITE = f"SELECT asked.value, {_LAST} FROM json_each(?) AS asked"
_POSTGRESQL = f"SELECT asked.value, {_LAST} FROM json_array_elements_text(?::json) AS asked(value)"


class Newest:
    """Questions of one event loop.

    Parameters
    ----------
    asker : Asker
        Sees what is committed at the moment of the question.
    """

    def __init__(self, asker: Asker) -> None:
        self._asker = asker
        self._question = _SQLITE if asker.is_sqlite else _POSTGRESQL
        self._waiting: dict[str, asyncio.Future[int]] = {}

    async def of(self, technician_id: str) -> int:
        """Number of the newest entry of a technician's feed, 0 = none.

        Raises
        ------
        api.service.store.quick.AwayError
            When the database does not answer.
        """
        told = self._waiting.get(technician_id)
        if told is None:
            loop = asyncio.get_running_loop()
            if not self._waiting:
                loop.call_soon(self._ask)  # after all requests that have come in by now
            told = self._waiting[technician_id] = loop.create_future()
        return await asyncio.shield(told)  # who goes away does not take the answer from the others

    def _ask(self) -> None:
        waiting, self._waiting = self._waiting, {}
        try:
            rows = self._asker.rows(self._question, json.dumps(list(waiting)))
            numbers = {name: number or 0 for name, number in rows}
        except Exception as error:  # whatever it is, nobody waits for ever
            for told in waiting.values():
                told.set_exception(error)
            return
        for name, told in waiting.items():
            told.set_result(numbers.get(name, 0))
