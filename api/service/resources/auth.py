"""Sign in, stay signed in, sign out."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from api.service.http.context import Live, Service
from api.service.http.described import problems, sample
from api.service.security.accounts import Signed, refresh, refused, sign_in, sign_out
from api.service.security.tokens import access_token

router = APIRouter(prefix="/auth", tags=["auth"])


class Login(BaseModel):
    """Name and password."""

    model_config = sample(login="dispatcher", password="correct horse battery staple")

    login: Annotated[str, Field(max_length=200, examples=["dispatcher"])]
    password: Annotated[str, Field(max_length=1000, examples=["correct horse battery staple"])]


class RefreshToken(BaseModel):
    """A refresh token, which works once."""

    model_config = sample(refresh_token="of the last answer")

    refresh_token: Annotated[str, Field(max_length=200, examples=["Zk3vB1..."])]


class Tokens(BaseModel):
    """Tokens of a signed-in user."""

    access_token: str
    refresh_token: str
    token_type: str = "Bearer"
    expires_in: Annotated[int, Field(description="seconds")]
    role: str


def _tokens(live: Service, signed: Signed) -> Tokens:
    minutes = live.settings.access_minutes
    return Tokens(
        access_token=access_token(signed.caller, live.key, now=live.now(), minutes=minutes),
        refresh_token=signed.refresh,
        expires_in=60 * minutes,
        role=signed.caller.role.value,
    )


@router.post("/login", responses=problems(401, 429))
def login(body: Login, live: Live) -> Tokens:
    """Exchange a password for tokens."""
    with live.store.writing() as session:
        signed = sign_in(session, body.login, body.password, now=live.now(), days=live.settings.refresh_days)
    return _tokens(live, refused(signed, "login"))


@router.post("/refresh", responses=problems(401))
def again(body: RefreshToken, live: Live) -> Tokens:
    """Exchange a refresh token for new tokens."""
    with live.store.writing() as session:
        signed = refresh(session, body.refresh_token, now=live.now(), days=live.settings.refresh_days)
    return _tokens(live, refused(signed, "refresh"))


@router.post("/logout", status_code=204)
def logout(body: RefreshToken, live: Live) -> Response:
    """Make the refresh tokens of this sign-in void."""
    with live.store.writing() as session:
        sign_out(session, body.refresh_token, now=live.now())
    return Response(status_code=204)
