"""From a file to text: size limit, encodings, and everything that may be in the way."""

from __future__ import annotations

import codecs
import stat
from pathlib import Path

from api.inputs.report import Report

MAX_FILE_BYTES = 64 * 1024 * 1024
"""Largest file that is read; it is asked from the file system before anything is read."""

_WIDE_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)
_CHINESE_SHARE = 0.5  # a wrong guess of GB18030 yields mostly characters that GB 2312 lacks
_SAVE_AS = "save the file as UTF-8 (in Excel: CSV UTF-8)"


def read_text(path: Path, name: str, report: Report) -> str | None:
    """Text of a file; None, and a fault, when there is none.

    Parameters
    ----------
    path : Path
        What to read.
    name : str
        How faults call it.
    """
    data = _read_bytes(path, name, report)
    if data is None:
        return None
    if not data.strip():
        report.add("file.empty", "the file is empty", file=name)
        return None
    return decode(data, name, report)


def _read_bytes(path: Path, name: str, report: Report) -> bytes | None:
    try:
        facts = path.stat()
        if not stat.S_ISREG(facts.st_mode):
            report.add("file.kind", "a file is needed here, not a directory or a device", file=name)
            return None
        if facts.st_size > MAX_FILE_BYTES:
            report.add(
                "file.size",
                f"the file is larger than the limit of {MAX_FILE_BYTES // 1024**2} MiB",
                file=name,
                value=f"{facts.st_size} bytes",
            )
            return None
        with path.open("rb") as stream:
            data = stream.read(MAX_FILE_BYTES + 1)
    except FileNotFoundError:
        report.add("file.missing", "there is no such file", file=name)
        return None
    except (OSError, ValueError) as error:  # ValueError: a path that no file can have
        report.add("file.unreadable", f"the file can't be read: {getattr(error, 'strerror', None) or error}", file=name)
        return None
    if len(data) > MAX_FILE_BYTES:
        report.add("file.size", f"the file grew beyond the limit of {MAX_FILE_BYTES // 1024**2} MiB", file=name)
        return None
    return data


def decode(data: bytes, name: str, report: Report) -> str | None:
    """Text of UTF-8, with or without BOM, or of GB18030; None, and a fault, for anything else."""
    if data.startswith(b"PK\x03\x04"):
        report.add("file.encoding", f"this is a workbook or archive, not text: {_SAVE_AS}", file=name)
        return None
    if data.startswith(_WIDE_MARKS) or b"\0" in data:
        report.add("file.encoding", f"this is UTF-16 or no text at all: {_SAVE_AS}", file=name)
        return None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = data.count(b"\n", 0, error.start) + 1
        value = data[error.start : error.start + 8].hex(" ")
    try:
        text = data.decode("gb18030")
    except UnicodeDecodeError:
        text = ""
    foreign = [character for character in text if not character.isascii()]
    chinese = sum(1 for character in foreign if _in_gb2312(character))
    if foreign and chinese >= _CHINESE_SHARE * len(foreign):
        return text
    report.add("file.encoding", f"neither UTF-8 nor GB18030: {_SAVE_AS}", file=name, row=row, value=value)
    return None


def _in_gb2312(character: str) -> bool:
    try:
        return bool(character.encode("gb2312"))
    except UnicodeEncodeError:
        return False
