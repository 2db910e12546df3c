"""Passwords, tokens and who may do what."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import jwt
import pytest
from pydantic import SecretStr
from sqlmodel import select

from api.service.http.errors import TooManyError, UnauthorizedError
from api.service.security.accounts import FREE_FAILURES, add_user, refresh, sign_in, sign_out
from api.service.security.devices import add_device, caller_of_device
from api.service.security.passwords import hashed, is_right
from api.service.security.roles import RIGHTS, Right, Role
from api.service.security.tokens import Caller, access_token, read_access_token
from api.service.settings import Settings
from api.service.store.tables import Refresh, User
from dispatch.errors import InputError, UsageError

NOW = datetime(2026, 3, 2, tzinfo=UTC)
KEY = "k" * 32
PASSWORD = "a password of tests"


@pytest.fixture
def user(lite):
    with lite.writing() as session:
        return add_user(session, "ann", PASSWORD, Role.DISPATCHER)


def _sign_in(store, password=PASSWORD, now=NOW, login="ann"):
    with store.writing() as session:
        return sign_in(session, login, password, now=now, days=14)


def _refresh(store, token, now=NOW):
    with store.writing() as session:
        return refresh(session, token, now=now, days=14)


def test_every_right_belongs_to_somebody_and_every_role_has_one():
    assert set().union(*RIGHTS.values()) == set(Right)
    assert set(RIGHTS) == set(Role)
    assert RIGHTS[Role.TECHNICIAN] == {Right.OWN_ROUTE}


@pytest.mark.parametrize("password", ["", "short", "x" * 201])
def test_passwords_have_a_length(password):
    with pytest.raises(InputError) as error:
        hashed(password)
    assert error.value.faults[0].rule == "user.password"


def test_a_hash_tells_right_from_wrong_and_hides_the_password():
    known = hashed(PASSWORD)
    assert PASSWORD not in known
    assert known.startswith("$argon2id$")
    assert is_right(PASSWORD, known)
    assert not is_right(PASSWORD + "x", known)
    assert not is_right(PASSWORD, None)


def test_a_token_brings_its_caller_back():
    caller = Caller(user_id="u", role=Role.TECHNICIAN, technician_id="Ann", centres=frozenset({"C"}))
    token = access_token(caller, KEY, now=NOW, minutes=15)
    assert read_access_token(token, KEY, now=NOW + timedelta(minutes=14)) == caller


def _signed(**claims):
    given = {"sub": "u", "role": "admin", "tech": None, "centres": None, "aud": "callout", "exp": 2**31}
    return jwt.encode(given | claims, KEY, algorithm="HS256")


@pytest.mark.parametrize(
    ("token", "code"),
    [
        ("", "auth.token"),
        ("a.b.c", "auth.token"),
        (_signed(role="emperor"), "auth.token"),
        (_signed(aud="another"), "auth.token"),
        (_signed(exp=1), "auth.expired"),
        (
            jwt.encode({"sub": "u", "role": "admin", "aud": "callout", "exp": 2**31}, "x" * 32, algorithm="HS256"),
            "auth.token",
        ),
        (
            jwt.encode({"sub": "u", "role": "admin", "aud": "callout", "exp": 2**31}, None, algorithm="none"),
            "auth.token",
        ),
    ],
)
def test_other_tokens_are_refused(token, code):
    with pytest.raises(UnauthorizedError) as error:
        read_access_token(token, KEY, now=NOW)
    assert error.value.code == code


def test_a_user_signs_in_and_a_stranger_does_not(lite, user):
    assert _sign_in(lite).caller.user_id == user.id
    assert _sign_in(lite, "another password") is None
    assert _sign_in(lite, login="nobody") is None


def test_who_is_switched_off_can_neither_sign_in_nor_stay(lite, user):
    signed = _sign_in(lite)
    with lite.writing() as session:
        session.get(User, user.id).active = False
    assert _sign_in(lite) is None
    assert _refresh(lite, signed.refresh) is None


def test_guessing_has_to_wait_longer_and_longer(lite, user):
    for _ in range(FREE_FAILURES):
        assert _sign_in(lite, "a wrong password") is None
    with pytest.raises(TooManyError) as error:
        _sign_in(lite)  # even the right one
    assert int(error.value.headers["Retry-After"]) >= 2
    later = NOW + timedelta(seconds=3)
    assert _sign_in(lite, "a wrong password", now=later) is None
    with pytest.raises(TooManyError):
        _sign_in(lite, now=later + timedelta(seconds=3))
    assert _sign_in(lite, now=later + timedelta(seconds=5)) is not None
    assert _sign_in(lite, "a wrong password", now=later + timedelta(seconds=5)) is None  # the count began anew
    assert _sign_in(lite, now=later + timedelta(seconds=5)) is not None


def test_a_refresh_token_works_once_and_a_second_use_ends_the_family(lite, user):
    first = _sign_in(lite)
    second = _refresh(lite, first.refresh)
    assert second.caller.user_id == user.id
    assert _refresh(lite, first.refresh) is None
    assert _refresh(lite, second.refresh) is None
    assert _refresh(lite, "unknown") is None


def test_a_refresh_token_ends_with_its_days_and_with_signing_out(lite, user):
    signed = _sign_in(lite)
    assert _refresh(lite, signed.refresh, now=NOW + timedelta(days=14)) is None
    with lite.writing() as session:
        sign_out(session, signed.refresh, now=NOW)
    assert _refresh(lite, signed.refresh) is None
    with lite.reading() as session:
        assert signed.refresh not in {one.digest for one in session.exec(select(Refresh)).all()}


def test_a_device_works_until_it_is_revoked(lite, user):
    with lite.writing() as session:
        device, token = add_device(session, session.get(User, user.id), name="phone", now=NOW)
    with lite.reading() as session:
        assert caller_of_device(session, token).user_id == user.id
    with lite.writing() as session:
        session.merge(device).revoked_at = NOW
    with lite.reading() as session, pytest.raises(UnauthorizedError) as error:
        caller_of_device(session, token)
    assert error.value.code == "auth.device"


def test_there_is_no_default_secret(monkeypatch):
    monkeypatch.delenv("CALLOUT_SECRET", raising=False)
    with pytest.raises(UsageError) as error:
        _ = Settings().signing_key
    assert error.value.code == "serve.no_secret"
    with pytest.raises(UsageError) as error:
        _ = Settings(secret=SecretStr("too short")).signing_key
    assert error.value.code == "serve.short_secret"
