"""What has served its time goes: answers kept for repeated requests, expired tokens, photos never finished."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlmodel import Session, col, delete, select

from api.service.store.tables import Answered, Photo, PhotoPiece, Refresh

ANSWERS = timedelta(days=7)
"""A phone that was offline for longer than its technician's longest leave asks anew."""
TOKENS = timedelta(days=1)
PHOTOS = timedelta(days=30)


def tidy(session: Session, now: datetime) -> None:
    """Delete what nobody can ask for any more."""
    session.exec(delete(Answered).where(col(Answered.at) < now - ANSWERS))
    session.exec(delete(Refresh).where(col(Refresh.expires_at) < now - TOKENS))
    left = select(Photo.id).where(Photo.state != "stored", Photo.created_at < now - PHOTOS)
    session.exec(delete(PhotoPiece).where(col(PhotoPiece.photo_id).in_(left)))
    session.exec(delete(Photo).where(col(Photo.state) != "stored", col(Photo.created_at) < now - PHOTOS))
