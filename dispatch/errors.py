"""Every error that Callout raises on purpose.

::

    CalloutError
    ├── UsageError             a call that makes no sense                    exit 2
    ├── InputError             the input can't be planned; holds Faults      exit 3
    │   └── UnsupportedError   the chosen engine can't keep a constraint     exit 3
    ├── UnavailableError       a needed service or file is out of reach      exit 4
    └── InternalError          Callout broke its own rules                   exit 5

Each error has a stable ``code`` (dotted, lower case) that scripts may depend on; messages may change.
Infeasible, late or unserved is never an error: it is a result with reasons.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that is wrong with an input, where it stands, and the rule that it breaks.

    Parameters
    ----------
    rule : str
        Stable code of the broken rule, for example ``window.order``.
    message : str
        One English sentence for people.
    file, field, value : str
        Where it is and what stands there; empty where it has no meaning.
    row : int
        Row in the file, 1 = the header line; 0 where it has no meaning.
    """

    rule: str
    message: str
    file: str = ""
    row: int = 0
    field: str = ""
    value: str = ""

    def __str__(self) -> str:
        where = self.file + (f":{self.row}" if self.row else "")
        what = f"{self.field}={self.value!r}" if self.field else ""
        return " ".join(part for part in (where, what, f"[{self.rule}]", self.message) if part)


class CalloutError(Exception):
    """Root of all errors raised on purpose.

    Parameters
    ----------
    code : str
        Stable code.
    message : str
        One English sentence for people.
    """

    exit_code = 5

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message

    def __str__(self) -> str:
        return f"[{self.code}] {self.message}"


class UsageError(CalloutError):
    """The call makes no sense, whatever the input."""

    exit_code = 2


class InputError(CalloutError):
    """The input can't be planned. ``faults`` lists all that was found, in the order of the input."""

    exit_code = 3

    def __init__(self, code: str, message: str, faults: Sequence[Fault] = ()) -> None:
        super().__init__(code, message)
        self.faults = tuple(faults)

    @classmethod
    def from_faults(cls, faults: Sequence[Fault]) -> InputError:
        """One error out of at least one fault."""
        first = faults[0]
        more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
        return cls("input.invalid", f"{first}{more}", faults)


class UnsupportedError(InputError):
    """The chosen engine can't keep one of the constraints of this problem."""


class UnavailableError(CalloutError):
    """A needed file, server or optional package is out of reach."""

    exit_code = 4


class InternalError(CalloutError):
    """Callout broke its own rules: please report it."""

    exit_code = 5


def reject(rule: str, message: str, *, field: str = "", value: object = "", owner: str = "") -> InputError:
    """Build the error of one bad value: ``owner`` is the id of the object that holds it."""
    shown = "" if value == "" else str(value)
    text = f"{owner}: {message}" if owner else message
    return InputError.from_faults([Fault(rule=rule, message=text, field=field, value=shown)])
