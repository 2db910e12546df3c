"""The OpenAPI document is complete: summaries, refusals, examples that are as they say."""

from __future__ import annotations

import json
import re

import jsonschema
import pytest

from api.inputs import from_json
from api.service.resources.samples import DOCUMENT, OBJECTS

PROBLEM = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}


@pytest.fixture(scope="module")
def document(routes):
    return routes.openapi()


@pytest.fixture(scope="module")
def operations(document):
    return {
        f"{method.upper()} {path}": operation
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }


def test_every_route_says_what_it_does(operations):
    for name, operation in operations.items():
        assert operation["description"].startswith(operation["summary"]), name
        assert len(operation["summary"].split()) >= 2, name
        assert "\n" not in operation["summary"], name


def test_every_refusal_is_a_problem(operations):
    for name, operation in operations.items():
        refusals = {status: one for status, one in operation["responses"].items() if status >= "400"}
        assert all(one["content"] == PROBLEM and one["description"] for one in refusals.values()), name


def test_refusals_follow_from_what_a_route_asks_for(operations):
    for name, operation in operations.items():
        told = set(operation["responses"])
        asked = {one["name"].lower() for one in operation.get("parameters", ())}
        assert ("security" in operation) <= (told >= {"401", "403"}), name
        assert ("{" in name) <= ("404" in told), name
        assert ("idempotency-key" in asked) <= ("409" in told), name
        assert ("if-match" in asked) <= (told >= {"412", "428"}), name
        assert ("if-none-match" in asked) <= ("304" in told), name
        assert ("requestBody" in operation) <= (told >= {"400", "413", "415"}), name
        assert ("/v1" in name) <= (told >= {"422", "503"}), name
        assert any(status < "300" for status in told), name


def test_every_write_is_repeatable(operations):
    """What needs no key: sign-in, a try that changes nothing, and pieces of a photo, which may come twice anyway."""
    free = {"POST /v1/auth/login", "POST /v1/auth/refresh", "POST /v1/auth/logout", "POST /v1/plans/{plan_id}/slots"}
    free.add("PUT /v1/me/photos/{photo_id}/pieces/{offset}")
    for name, operation in operations.items():
        asked = {one["name"].lower() for one in operation.get("parameters", ())}
        if not name.startswith("GET"):
            assert ("idempotency-key" in asked) == (name not in free), name


def test_every_body_has_an_example_that_is_valid(document, operations):
    for name, operation in operations.items():
        for kind, content in operation.get("requestBody", {}).get("content", {}).items():
            schema = content["schema"]
            held = document["components"]["schemas"].get(schema.get("$ref", "").rpartition("/")[2], schema)
            examples = [content["example"]] if "example" in content else held.get("examples", [])
            if kind == "application/json":
                assert examples, name
                for one in examples:
                    jsonschema.validate(one, schema | {"components": document["components"]})
            elif "/imports/" in name:
                assert examples, name


def test_the_example_of_an_import_can_be_planned():
    day = {name: value for name, value in DOCUMENT.items() if name != "customers"}
    day["plan"] = day["plan"] | {"skills": ["network"]}
    problem = from_json(day).problem
    assert [ticket.id for ticket in problem.tickets] == ["T-001"]


@pytest.mark.parametrize("kind", OBJECTS)
def test_the_example_of_an_object_is_taken(client, boss, kind):
    assert client.post("/v1/imports", json=DOCUMENT, headers=boss).status_code == 200
    answer = client.put(f"/v1/{kind}/another", json=OBJECTS[kind] | _apart(kind), headers=boss)
    assert answer.status_code == 201, answer.text


def _apart(kind):
    """Two shifts of one technician may not overlap."""
    return {"start": "2026-03-03T08:00:00+08:00", "end": "2026-03-03T18:00:00+08:00"} if kind == "shifts" else {}


def test_no_reference_leads_nowhere(document):
    names = set(re.findall(r'"#/components/schemas/([^"]+)"', json.dumps(document)))
    assert names <= document["components"]["schemas"].keys()
    assert "HTTPValidationError" not in document["components"]["schemas"]
