"""Callers with something odd, and how it is refused."""

from __future__ import annotations

import pytest

from api.service.security.roles import Role


@pytest.fixture
def callers(client, sign_in, boss, town):
    """Headers by role; the town is imported."""
    assert client.post("/v1/imports", json=town, headers=boss).status_code == 200
    phone = sign_in(Role.TECHNICIAN, technician="Ann")
    return {"boss": boss, "phone": phone, "admin": sign_in(Role.ADMIN)}


@pytest.fixture
def refused(client, callers):
    """Send something and expect a problem with this code."""

    def send(code, method, path, *, by="boss", headers=(), **more):
        answer = client.request(method, path, headers=callers[by] | dict(headers), **more)
        assert answer.headers["Content-Type"] == "application/problem+json", answer.text
        assert (answer.json()["code"], answer.json()["status"]) == (code, answer.status_code), answer.text
        assert answer.status_code < 500
        return answer

    return send
