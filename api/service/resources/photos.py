"""Photos: phones upload them in pieces, dispatchers look at them."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Body, Query, Response
from pydantic import BaseModel, Field
from sqlmodel import Session, col, select

from api.service.http.context import Live, Phone, Reader
from api.service.http.described import problems, sample
from api.service.http.errors import MissingError
from api.service.http.once import Answer, OnceOnly
from api.service.phone import photos
from api.service.resources.me import own_technician
from api.service.store.audits import Author
from api.service.store.tables import Photo
from dispatch.errors import reject

router = APIRouter(tags=["photos"])
MOST_PIECE_BYTES = 1024 * 1024
PhotoId = Annotated[str, Field(min_length=8, max_length=64, pattern=r"^[A-Za-z0-9._-]+$")]


class PhotoBegin(BaseModel):
    """A photo that is going to be uploaded."""

    model_config = sample(id="photo-0001", visit="2f6a", size=204800, sha256=64 * "0")

    id: PhotoId
    visit: Annotated[str, Field(max_length=40)]
    size: Annotated[int, Field(ge=1)]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$", description="of the whole photo")]


class PhotoState(BaseModel):
    """How much of a photo has arrived; `arrived` are the spans ``[begin, end)`` that are there."""

    id: str
    visit: str
    size: int
    state: str
    media_type: str
    arrived: list[tuple[int, int]]


class PhotoItem(BaseModel):
    """A photo that is there."""

    id: str
    visit: str
    technician: str
    size: int
    media_type: str
    created_at: datetime


@router.post("/me/photos", status_code=201, responses={201: {"model": PhotoState}} | problems(404))
def begin(body: PhotoBegin, live: Live, caller: Phone, once: OnceOnly) -> Response:
    """Announce a photo; announced again it is the same."""
    technician = own_technician(caller)
    if body.size > live.settings.most_photo_bytes:
        most = live.settings.most_photo_bytes
        raise reject("photo.size", f"a photo has at most {most:,} bytes here", field="size", value=body.size)

    def work(session: Session, author: Author) -> Answer:
        made = photos.begin(session, technician, body.id, body.visit, size=body.size, digest=body.sha256, at=author.at)
        return Answer(status=201, body=_state(session, made).model_dump(mode="json"))

    return once.write(live, caller, work)


@router.get("/me/photos/{photo_id}", responses=problems(409))
def look(photo_id: str, live: Live, caller: Phone) -> PhotoState:
    """How much of a photo has arrived, to go on from there."""
    with live.store.reading() as session:
        return _state(session, photos.own(session, own_technician(caller), photo_id))


@router.put("/me/photos/{photo_id}/pieces/{offset}", responses=problems(409))
def piece(
    photo_id: str,
    offset: Annotated[int, Field(ge=0, le=2**40)],
    data: Annotated[bytes, Body(media_type="application/octet-stream")],
    live: Live,
    caller: Phone,
) -> PhotoState:
    """One piece; the same piece may come any number of times."""
    technician = own_technician(caller)
    if len(data) > MOST_PIECE_BYTES:
        raise reject("photo.piece", f"a piece has at most {MOST_PIECE_BYTES:,} bytes", field="piece", value=len(data))
    with live.store.writing() as session:
        held = photos.own(session, technician, photo_id, lock=True)
        photos.take(session, held, offset, data)
        state = _state(session, held)
        session.flush()
    photos.refused(held)
    return state


@router.get("/visits/{visit_id}/photos")
def of_visit(visit_id: str, live: Live, _: Reader) -> list[PhotoItem]:
    """Photos of a visit."""
    with live.store.reading() as session:
        question = select(Photo).where(Photo.visit_id == visit_id, Photo.state == "stored").order_by(col(Photo.id))
        return [_item(one) for one in session.exec(question).all()]


@router.get("/photos/{photo_id}", responses={200: {"content": {"image/*": {}}}})
def show(photo_id: str, live: Live, _: Reader, download: Annotated[bool, Query()] = True) -> Response:  # noqa: FBT002
    """The photo itself."""
    with live.store.reading() as session:
        held = session.get(Photo, photo_id)
        if held is None or held.state != "stored":
            raise MissingError("photo.unknown", "there is no such photo")
        data: Any = photos.content(session, held)
        name = hashlib.sha256(photo_id.encode()).hexdigest()[:16]
        how = "attachment" if download else "inline"
        return Response(data, media_type=held.media_type, headers={"Content-Disposition": f'{how}; filename="{name}"'})


def _state(session: Session, one: Photo) -> PhotoState:
    return PhotoState(
        id=one.id,
        visit=one.visit_id,
        size=one.size,
        state=one.state,
        media_type=one.media_type,
        arrived=photos.arrived(session, one),
    )


def _item(one: Photo) -> PhotoItem:
    return PhotoItem(
        id=one.id,
        visit=one.visit_id,
        technician=one.technician_id,
        size=one.size,
        media_type=one.media_type,
        created_at=one.created_at,
    )
