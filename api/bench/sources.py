"""From the paths of a call to the texts of instances: files, folders, zip files and members of zip files."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath

from api.bench.case import unreadable
from dispatch.errors import InputError


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One instance file, not read yet.

    Parameters
    ----------
    path : Path
        The file, or the zip file that holds it.
    member : str
        Name within the zip file; empty for a plain file.
    """

    path: Path
    member: str = ""

    @property
    def label(self) -> str:
        """Path for people."""
        return f"{self.path}/{self.member}" if self.member else str(self.path)

    @property
    def file_name(self) -> str:
        """Last part of the name."""
        return PurePosixPath(self.member).name if self.member else self.path.name

    @property
    def folder_name(self) -> str:
        """Name of the folder that holds it."""
        return PurePosixPath(self.member).parent.name if self.member else self.path.parent.name

    @property
    def stem(self) -> str:
        """Name without its ending: the instance."""
        return PurePosixPath(self.file_name).stem

    def text(self) -> str:
        """Read it.

        Raises
        ------
        InputError
            ``bench.unreadable`` when it is no text or can't be opened.
        """
        if _is_zip(self.path) and not self.member:
            raise unreadable(self.label, "this is not a zip file")
        try:
            if not self.member:
                return self.path.read_text(encoding="utf-8")
            with zipfile.ZipFile(self.path) as archive:
                return archive.read(self.member).decode("utf-8")
        except UnicodeDecodeError:
            raise unreadable(self.label, "this is not a text file") from None
        except (OSError, zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
            raise unreadable(self.label, f"can't be read: {error}") from None


def expand(path: Path, accepts: Callable[[Source], bool], only: str = "*") -> list[Source]:
    """All instances that a path stands for, by name.

    Parameters
    ----------
    path : Path
        A file; a folder (with all below); a zip file (all members); or ``file.zip/member``, with or without its ending.
    accepts : callable
        Whether a file found in a folder or zip file may be an instance; one named by `path` itself always is.
    only : str
        Pattern (``*``, ``?``) that the instance's name must match, whatever the case.

    Raises
    ------
    InputError
        ``bench.unreadable`` when the path leads nowhere, ``bench.no_instance`` when there is none behind it.
    """
    found = sorted(_below(path, accepts), key=lambda source: source.label)
    kept = [source for source in found if fnmatchcase(source.stem.lower(), only.lower())]
    if not kept:
        which = f" called {only!r}" if only != "*" else ""
        raise InputError("bench.no_instance", f"{path}: there is no instance{which} of this suite here")
    return kept


def _below(path: Path, accepts: Callable[[Source], bool]) -> Iterator[Source]:
    if path.is_dir():
        for file in path.rglob("*"):
            if _is_zip(file):
                yield from filter(accepts, _members(file)) if zipfile.is_zipfile(file) else [Source(path=file)]
            elif file.is_file() and accepts(Source(path=file)):
                yield Source(path=file)
    elif _is_zip(path):
        yield from filter(accepts, _members(path))
    elif path.is_file():
        yield Source(path=path)
    else:
        archive = next(filter(_is_zip, path.parents), None)
        if archive is None:
            raise unreadable(str(path), "there is no such file or folder")
        wanted = path.relative_to(archive).as_posix().lower()
        members = _members(archive)
        exact = [source for source in members if source.member.lower() == wanted]
        named = [source for source in members if wanted in (source.stem.lower(), source.file_name.lower())]
        yield from exact or filter(accepts, named)


def _is_zip(path: Path) -> bool:
    return path.suffix.lower() == ".zip" and path.is_file()


def _members(archive: Path) -> Sequence[Source]:
    try:
        with zipfile.ZipFile(archive) as opened:
            names = [info.filename for info in opened.infolist() if not info.is_dir()]
    except (OSError, zipfile.BadZipFile) as error:
        raise unreadable(str(archive), f"can't be read: {error}") from None
    return [Source(path=archive, member=name) for name in names]
