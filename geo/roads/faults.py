"""Faults of extracts, each with a stable code."""

from __future__ import annotations

from pathlib import Path

from dispatch.errors import Fault, InputError

ENDINGS = (".osm.pbf", ".pbf", ".osm", ".osm.gz", ".osm.bz2")


def extract_fault(code: str, message: str, *, path: Path) -> InputError:
    """The error of an extract: one line that names the file, without its folder."""
    fault = Fault(rule=code, message=message, file=path.name)
    return InputError(code, f"{path.name}: {message}", [fault])


def check_file(path: Path) -> None:
    """Refuse what can't be an extract before anything is read.

    Raises
    ------
    InputError
        ``roads.ending``, ``roads.missing``, ``roads.folder``, ``roads.permission`` or ``roads.empty``.
    """
    if path.is_dir():
        raise extract_fault("roads.folder", "this is a folder; name the extract inside it", path=path)
    if not path.name.endswith(ENDINGS):
        raise extract_fault(
            "roads.ending", f"unknown ending; an extract of OpenStreetMap ends in {', '.join(ENDINGS)}", path=path
        )
    try:
        with path.open("rb") as stream:
            first = stream.read(1)
    except FileNotFoundError:
        raise extract_fault("roads.missing", "there is no such file", path=path) from None
    except PermissionError:
        raise extract_fault("roads.permission", "the file must not be read by this user", path=path) from None
    except OSError as error:
        raise extract_fault("roads.unreadable", f"the file can't be read: {error.strerror}", path=path) from None
    if not first:
        raise extract_fault("roads.empty", "the file is empty; was the download broken off?", path=path)


def unreadable(path: Path, error: Exception) -> InputError:
    """The error of a file that is not, or not wholly, an extract."""
    reason = " ".join(str(error).split())
    return extract_fault(
        "roads.unreadable",
        f"not a whole OpenStreetMap extract ({reason}); is the file cut or of another kind?",
        path=path,
    )
