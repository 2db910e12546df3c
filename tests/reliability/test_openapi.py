"""Every route of the OpenAPI document under generated calls, by every role, on a service with a day under way.

Half of the ids are real, half of the calls are as the document asks for and half are not. Whatever comes in: no fault
of ours (5xx), only what the document says, problem details for every refusal, and never a secret or a stack trace.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import warnings
from collections import Counter
from functools import cache

import jsonschema
import pytest
import requests
import schemathesis
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.generation import GenerationMode

from api.service.http.app import service_of_parts
from api.service.security.accounts import add_user
from api.service.security.roles import Role
from api.service.store.database import Store
from tests.api.service import conftest as service
from tests.postgres import database

pytestmark = [pytest.mark.reliability, pytest.mark.filterwarnings("ignore")]
EXAMPLES = int(os.environ.get("CALLOUT_FUZZ_EXAMPLES", "20"))
"""Generated calls of one route, each sent by four roles and by nobody; a fifth of it on PostgreSQL."""
LEAST = 200
"""Calls that were really sent, for each of these examples: all routes and roles together."""
DAY = {"start": "2026-03-02T00:00:00+08:00", "end": "2026-03-03T00:00:00+08:00"}
SECRETS = re.compile(r"Traceback|File \"/|sqlalchemy|psycopg|sqlite3|\$argon2|" + service.KEY + "|" + service.PASSWORD)
SHOWN = {"/v1/auth/login", "/v1/auth/refresh", "/v1/users/{user_id}/devices"}
"""Routes that are there to show a token."""
postgres, migrated_name, migrated_file = service.postgres, service.migrated_name, service.migrated_file
clock, cheap_hashes, town, routes = service.clock, service.cheap_hashes, service.town, service.routes


@pytest.fixture
def live(request, tmp_path, clock, routes, town):
    """Service with a published plan, a draft, a customer, an absence, a phone and a photo; its ids and callers."""
    with contextlib.ExitStack() as stack:
        if request.param == "sqlite":
            url = f"sqlite:///{shutil.copy(request.getfixturevalue('migrated_file'), tmp_path / 'live.sqlite')}"
        else:
            template = request.getfixturevalue("migrated_name")
            url = stack.enter_context(database(request.getfixturevalue("postgres"), template))
        store = Store(url)
        stack.callback(store.close)
        setup = service.Settings(secret=service.SecretStr(service.KEY), most_body_bytes=100_000)
        routes.state.service = service_of_parts(setup, store, key=service.KEY, now=clock)
        client = stack.enter_context(TestClient(routes, raise_server_exceptions=False))
        yield client, *_day(client, store, setup, clock, town)


def _day(client, store, setup, clock, town):
    """Import, plan, publish, report: what stands in the database before the first call."""

    def good(method, path, caller, **more):
        answer = client.request(method, path, headers=callers[caller] | more.pop("headers", {}), **more)
        assert answer.status_code < 300, (path, answer.text)
        return answer

    def planned():
        job = good("POST", "/v1/plans", Role.DISPATCHER, json=DAY | {"engine": "greedy", "iterations": 5}).json()["id"]
        assert service.Here(store, setup, clock, threads=1).step()
        clock.forward(seconds=1)
        return job, good("GET", f"/v1/jobs/{job}", Role.DISPATCHER).json()["plan"]

    callers = {}
    for role in Role:
        if role is Role.TECHNICIAN:
            good("POST", "/v1/imports", Role.DISPATCHER, json=town)
        with store.writing() as session:
            user = add_user(
                session, role.value, service.PASSWORD, role, technician_id="Ann" if role is Role.TECHNICIAN else None
            )
        body = {"login": role.value, "password": service.PASSWORD}
        token = client.post("/v1/auth/login", json=body).json()["access_token"]
        callers[role] = {"Authorization": f"Bearer {token}"}
    boss, phone = Role.DISPATCHER, Role.TECHNICIAN
    (job, plan), (_, draft) = planned(), planned()
    good("POST", f"/v1/plans/{plan}/publish", boss, headers={"If-Match": "*"})
    stops = good("GET", "/v1/me/route", phone, params=DAY).json()["stops"]
    good("PUT", "/v1/customers/K1", boss, json={"name": "Chen Wei"})
    good("PUT", "/v1/tickets/T1/customer", boss, json={"customer": "K1"})
    good("PUT", "/v1/absences/A1", boss, json={"technician": "Bo", **DAY})
    device = good("POST", f"/v1/users/{user.id}/devices", Role.ADMIN, json={"name": "a phone"}).json()["id"]
    data = b"\xff\xd8\xff\xe0" + bytes(100)
    announced = {"id": "photo-0001", "visit": stops[0]["visit"], "size": 104}
    digest = service.hashlib.sha256(data).hexdigest()
    good("POST", "/v1/me/photos", phone, json=announced | {"sha256": digest})
    kind = {"Content-Type": "application/octet-stream"}
    good("PUT", "/v1/me/photos/photo-0001/pieces/0", phone, content=data, headers=kind)
    tickets = [one["id"] for one in town["tickets"]]
    ids = {
        "plan_id": [plan, draft],
        "other_id": [plan, draft],
        "job_id": [job],
        "ticket_id": tickets,
        "customer_id": ["K1"],
        "absence_id": ["A1"],
        "user_id": [user.id],
        "device_id": [device],
        "photo_id": ["photo-0001"],
        "visit_id": [one["visit"] for one in stops],
        "centres": ["C"],
        "technicians": ["Ann", "Bo"],
        "shifts": ["Ann-mon", "Bo-mon"],
        "tickets": tickets,
    }
    return ids, [{}, *(callers[role] for role in reversed(Role))]


REAL_FIELDS = {
    "ticket": "ticket_id",
    "technician": "technicians",
    "shift": "shifts",
    "visit": "visit_id",
    "customer": "customer_id",
    "centre": "centres",
}


def _with_real(value, ids, chance):
    """The same body or query, with some names that are known and some times of the day."""
    if isinstance(value, list):
        return [_with_real(one, ids, chance) for one in value]
    if not isinstance(value, dict):
        return value
    made = {}
    for name, one in value.items():
        if name in REAL_FIELDS and isinstance(one, str) and chance.random() < 0.7:
            made[name] = chance.choice(ids[REAL_FIELDS[name]])
        elif name in DAY and chance.random() < 0.7:
            made[name] = DAY[name]
        else:
            made[name] = _with_real(one, ids, chance)
    return made


def _prepared(case, ids, chance):
    """The call as bytes; None when no client could send it."""
    for name in list(case.path_parameters or {}):
        known = ids.get(case.path.split("/")[2] if name == "object_id" else name)
        if known and chance.random() < 0.5:
            case.path_parameters[name] = chance.choice(known)
    if case.body is not None:
        case.body = _with_real(case.body, ids, chance)
    if isinstance(case.query, dict):
        case.query = _with_real(case.query, ids, chance)
    headers = dict(case.headers or {})
    if chance.random() < 0.5:
        headers["If-Match"] = "*"
    case.headers = {name: value for name, value in headers.items() if name.lower() != "authorization"}
    try:
        return requests.Request(**case.as_transport_kwargs(base_url="http://testserver")).prepare()
    except (ValueError, TypeError, requests.RequestException):
        return None


def _wrong(operation, answer, document):
    """What an answer has that it must not have."""
    status, kind = answer.status_code, answer.headers.get("Content-Type", "").partition(";")[0]
    if status >= 500:
        return f"{status} {answer.text[:200]}"
    if (found := SECRETS.search(answer.text)) is not None:
        return f"shows {found.group()!r}"
    if "callout-device-" in answer.text and operation.path not in SHOWN:
        return "shows a device's token"
    told = document["paths"][operation.path][operation.method.lower()]["responses"].get(str(status))
    if told is None:
        return f"{status} is not documented: {answer.text[:200]}"
    if status >= 400:
        body = answer.json() if kind == "application/problem+json" else {}
        if not body.get("code") or body.get("status") != status or kind not in told["content"]:
            return f"{status} {kind} is no problem: {answer.text[:200]}"
        schema = told["content"][kind]["schema"]
    elif answer.content:
        if not any(re.fullmatch(re.escape(one).replace(r"\*", ".*"), kind) for one in told.get("content", {})):
            return f"{status} {kind!r} is not documented"
        if kind != "application/json":
            return None
        body, schema = answer.json(), told["content"][kind].get("schema", {})
    else:
        return None if status in (204, 304) else f"{status} without a body"
    fault = next(_validator(json.dumps(schema), json.dumps(document["components"])).iter_errors(body), None)
    return None if fault is None else f"{status} is not as documented: {fault.json_path} {fault.message[:150]}"


@cache
def _validator(schema, components):
    return jsonschema.Draft202012Validator({**json.loads(schema), "components": json.loads(components)})


def _each(operation, examples, look):
    """Show some generated calls of one route, the same in every run."""
    kinds = (operation.as_strategy(mode) for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE))

    @settings(
        max_examples=examples,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=st.one_of(*kinds), chance=st.randoms(use_true_random=False))
    def generated(case, chance):
        look(case, chance)

    generated()


def _fire(client, ids, callers, counts, examples):
    """Generate calls of every route, each sent by every role; all faults that were found, each once."""
    document = client.get("/v1/openapi.json").json()
    found = {}
    for made in schemathesis.openapi.from_dict(document).get_all_operations():
        operation = made.ok()

        def send(case, chance, operation=operation):
            call = _prepared(case, ids, chance)
            if call is None:
                return
            for caller in callers:  # who may write most comes last: before it there is something to see
                answer = client.request(call.method, call.url, headers={**call.headers, **caller}, content=call.body)
                counts[call.method] += 1
                counts[answer.status_code] += 1
                wrong = _wrong(operation, answer, document) if call.method == operation.method.upper() else None
                if wrong is not None:
                    told = f"{wrong}\n    {call.method} {call.url} {dict(call.headers)} {str(call.body)[:300]}"
                    found.setdefault((operation.label, re.sub(r"\W?\d+|'.*", "", wrong)[:60]), told)

        if operation.path != "/v1/me/stream":  # it does not end
            _each(operation, examples, send)
    return found


@pytest.mark.generated
@pytest.mark.parametrize(
    ("live", "examples"),
    [("sqlite", EXAMPLES), ("postgresql", EXAMPLES // 5)],
    indirect=["live"],
    ids=lambda one: str(one),
)
def test_generated_calls(live, examples, record_property):
    (client, ids, callers), cases = live, Counter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = _fire(client, ids, callers, cases, examples)
    assert not found, "\n".join(f"{label}: {text}" for (label, _), text in found.items())
    record_property("calls", {str(name): count for name, count in cases.items()})
    print(dict(cases))  # noqa: T201  (-rP shows it)
    calls = sum(count for name, count in cases.items() if isinstance(name, str))
    assert calls >= LEAST * examples, cases
    assert {"GET", "POST", "PUT", "DELETE"} <= cases.keys()
    assert {200, 201, 202, 204, 401, 403, 404, 409, 412, 422, 428} <= cases.keys(), cases
