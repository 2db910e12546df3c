"""The OpenAPI document: what FastAPI knows of the routes, and what holds for all of them.

Which refusals a route may answer follows from what it asks for: a token, a version, a key, a body, an id. What follows
from nothing else a route says itself, by :func:`problems`.
"""

from __future__ import annotations

import re
from typing import Any

from fastapi import FastAPI
from pydantic import BaseModel, ConfigDict, Field
from pydantic.json_schema import models_json_schema

from api.service.http.problems import MEDIA_TYPE, TITLES

_REFS = "#/components/schemas/{model}"
_SENTENCE = re.compile(r"(.+?)[.;:](\s|$)", re.DOTALL)


class FaultItem(BaseModel):
    """One thing that is wrong with an input."""

    rule: str = Field(description="stable code of the rule")
    message: str
    file: str | None = None
    row: int | None = None
    field: str | None = None
    value: Any = None


class Problem(BaseModel):
    """A refusal (RFC 9457); some have facts of their own beside these."""

    model_config = ConfigDict(extra="allow")

    type: str = Field(examples=["urn:callout:error:version.stale"])
    title: str
    status: int = Field(ge=400, le=599)
    code: str = Field(description="stable; the texts may change", examples=["version.stale"])
    detail: str
    faults: list[FaultItem] | None = None


def problems(*statuses: int) -> dict[Any, Any]:
    """What a route may answer besides what follows from its parameters, for ``responses=``."""
    return {status: {"description": TITLES[status]} for status in statuses}


def sample(**fields: Any) -> ConfigDict:
    """Configuration of a body's model: an example of it."""
    return ConfigDict(json_schema_extra={"examples": [fields]})


class Described(FastAPI):
    """An application whose document names every refusal."""

    def openapi(self) -> dict[str, Any]:
        """The document, made once."""
        if self.openapi_schema is None:
            _complete(super().openapi())
        assert self.openapi_schema is not None
        return self.openapi_schema


def _complete(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    made = models_json_schema([(Problem, "serialization")], ref_template=_REFS)[1]
    schemas.update(made["$defs"])
    for name in ("HTTPValidationError", "ValidationError"):  # the framework's own, which is never answered
        schemas.pop(name, None)
    for path, methods in document["paths"].items():
        for operation in methods.values():
            found = _SENTENCE.match(operation.get("description", ""))
            if found is not None:
                operation["summary"] = " ".join(found.group(1).split())
            _add_refusals(path, operation)


def _add_refusals(path: str, operation: dict[str, Any]) -> None:
    responses = operation["responses"]
    given = {one["name"].lower() for one in operation.get("parameters", ()) if one["in"] == "header"}
    follows = {
        304: "if-none-match" in given,
        400: "requestBody" in operation,
        401: "security" in operation,
        403: "security" in operation,
        404: "{" in path,
        409: "idempotency-key" in given,
        412: "if-match" in given,
        413: "requestBody" in operation,
        415: "requestBody" in operation,
        422: path.startswith("/v1"),
        428: "if-match" in given,
        503: path != "/health",
    }
    for status in (status for status, does in follows.items() if does):
        responses.setdefault(str(status), {"description": TITLES.get(status, "Unchanged")})
    for status, response in responses.items():
        if status >= "400":
            response["description"] = TITLES[int(status)]
            response["content"] = {MEDIA_TYPE: {"schema": {"$ref": _REFS.format(model="Problem")}}}
    operation["responses"] = dict(sorted(responses.items()))
