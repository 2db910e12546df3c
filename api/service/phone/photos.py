"""Photos of a visit, uploaded in pieces: a phone that loses its connection goes on where it was.

What a photo is, is told by its first bytes and never by its name or by what the phone says. Nothing is decoded here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from api.service.http.errors import ConflictError, MissingError
from api.service.store.tables import Photo, PhotoPiece, Visit
from dispatch.errors import reject

SIGNS: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (8, b"WEBP", "image/webp"),
    (4, b"ftypheic", "image/heic"),
    (4, b"ftypheix", "image/heic"),
    (4, b"ftypmif1", "image/heif"),
)
"""Offset, bytes and media type (ITU-T T.81; PNG 3rd edition, 5.2; RFC 9649; ISO/IEC 23008-12)."""


def begin(
    session: Session, technician_id: str, photo_id: str, visit_id: str, *, size: int, digest: str, at: datetime
) -> Photo:
    """A photo that is going to arrive; said again it is the same.

    Raises
    ------
    MissingError
        ``visit.unknown``.
    ConflictError
        ``photo.other`` when the id stands for another photo.
    """
    held = session.get(Photo, photo_id)
    if held is not None:
        if (held.technician_id, held.visit_id, held.size, held.digest) != (technician_id, visit_id, size, digest):
            raise ConflictError("photo.other", "this id stands for another photo")
        return held
    if session.get(Visit, visit_id) is None:
        raise MissingError("visit.unknown", "there is no such visit")
    made = Photo(id=photo_id, technician_id=technician_id, visit_id=visit_id, size=size, digest=digest, created_at=at)
    session.add(made)
    session.flush()
    return made


def own(session: Session, technician_id: str, photo_id: str, *, lock: bool = False) -> Photo:
    """A photo of this technician.

    Raises
    ------
    MissingError
        ``photo.unknown``.
    """
    held = session.get(Photo, photo_id, with_for_update=lock or None)
    if held is None or held.technician_id != technician_id:
        raise MissingError("photo.unknown", "there is no such photo")
    return held


def arrived(session: Session, photo: Photo) -> list[tuple[int, int]]:
    """Begin and end of what has arrived without a hole, joined."""
    rows = session.exec(
        select(PhotoPiece.offset, PhotoPiece.size)
        .where(PhotoPiece.photo_id == photo.id)
        .order_by(col(PhotoPiece.offset))
    ).all()
    spans: list[tuple[int, int]] = []
    for offset, size in rows:
        if spans and offset <= spans[-1][1]:
            spans[-1] = spans[-1][0], max(spans[-1][1], offset + size)
        else:
            spans.append((offset, offset + size))
    return spans


def take(session: Session, photo: Photo, offset: int, data: bytes) -> None:
    """Keep a piece; the last one that was missing completes the photo.

    Raises
    ------
    InputError
        ``photo.piece`` when it does not lie in the photo; ``photo.digest`` or ``photo.type`` when the whole is not
        what was announced, or no photo: then all of it is forgotten.
    """
    if photo.state == "stored":
        return
    if not data or offset < 0 or offset + len(data) > photo.size:
        raise reject("photo.piece", f"a piece lies in 0..{photo.size}", field="offset", value=offset)
    photo.state = "open"
    held = session.get(PhotoPiece, (photo.id, offset))
    if held is None:
        session.add(PhotoPiece(photo_id=photo.id, offset=offset, size=len(data), data=data))
    elif len(data) > held.size:
        held.size, held.data = len(data), data
    session.flush()
    if arrived(session, photo) != [(0, photo.size)]:
        return
    whole = content(session, photo)
    kind = media_type(whole)
    photo.state, photo.media_type = "stored", kind or ""
    if hashlib.sha256(whole).hexdigest() != photo.digest or kind is None:
        photo.state = "refused"
        for piece in _pieces(session, photo):
            session.delete(piece)
    session.flush()


def refused(photo: Photo) -> None:
    """Tell the phone, after the transaction, that what it sent is forgotten."""
    if photo.state == "refused":
        rule = "photo.digest" if photo.media_type else "photo.type"
        what = "is not what was announced" if photo.media_type else "is no JPEG, PNG, WebP or HEIC"
        raise reject(rule, f"the photo {what}", field="photo", value=photo.id)


def content(session: Session, photo: Photo) -> bytes:
    """All bytes, put together from pieces that may overlap."""
    whole = bytearray(photo.size)
    for piece in _pieces(session, photo):
        whole[piece.offset : piece.offset + piece.size] = piece.data
    return bytes(whole)


def media_type(data: bytes) -> str | None:
    """What the first bytes say; None: no kind of photo that is taken."""
    for offset, sign, kind in SIGNS:
        if data[offset : offset + len(sign)] == sign and (kind != "image/webp" or data[:4] == b"RIFF"):
            return kind
    return None


def _pieces(session: Session, photo: Photo) -> Sequence[PhotoPiece]:
    question = select(PhotoPiece).where(PhotoPiece.photo_id == photo.id).order_by(col(PhotoPiece.offset))
    return session.exec(question).all()
