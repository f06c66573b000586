"""The description of every route of the API in OpenAPI 3.1."""

import re
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from typing import Any

import msgspec

from index.guard import Door, Who
from index.openapi import refusals
from index.openapi.answers import Refusal
from index.openapi.moderating import MODERATORS
from index.openapi.operation import NUMBER, Operation, Operations, Schema
from index.openapi.publishing import EVERYBODY, OWNERS

TAGS: Mapping[str, Operations] = {
    "everybody": EVERYBODY,
    "owners": OWNERS,
    "moderators": MODERATORS,
}
OPERATIONS: Operations = {key: made for table in TAGS.values() for key, made in table.items()}
"""Every operation there is, by method and path."""

_PATH: Mapping[str, Schema] = {
    "id": NUMBER,
    "project": {"type": "string", "minLength": 1, "examples": ["teapot"]},
    "version": {"type": "string", "minLength": 1, "examples": ["1.0"]},
    "filename": {
        "type": "string",
        "minLength": 1,
        "examples": ["teapot-1.0-py3-none-any.whl"],
    },
    "account": {"type": "string", "minLength": 1, "examples": ["bob"]},
}
_SCHEMES = {
    "bearer": {"type": "http", "scheme": "bearer", "description": "A token."},
    "basic": {
        "type": "http",
        "scheme": "basic",
        "description": "Any name and a token, or, where a password is asked for, that.",
    },
}


def described(doors: Sequence[Door]) -> dict[str, Any]:
    """The document about those *doors* that have an operation."""
    known = [(door, OPERATIONS[key]) for door in doors if (key := _key(door)) in OPERATIONS]
    refs, schemas = _schemas([operation for _, operation in known])
    paths: dict[str, dict[str, Any]] = {}
    for door, operation in known:
        paths.setdefault(door.path, {})[door.method.lower()] = _operation(door, operation, refs)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Bascule",
            "version": version("bascule"),
            "summary": "A Python package index with moderation that can be undone.",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "/"}],
        "tags": [{"name": name} for name in TAGS],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "responses": refusals.components(),
            "securitySchemes": _SCHEMES,
        },
    }


def _schemas(operations: Sequence[Operation]) -> tuple[dict[Any, Any], dict[str, Any]]:
    """Where each type of these operations is described, and the descriptions."""
    types: dict[type[msgspec.Struct], None] = {Refusal: None}
    for operation in operations:
        types |= dict.fromkeys(operation.answers.values())
        if operation.body is not None:
            types[operation.body] = None
    refs, schemas = msgspec.json.schema_components(
        types, ref_template="#/components/schemas/{name}"
    )
    return dict(zip(types, refs, strict=True)), schemas


def _operation(door: Door, operation: Operation, refs: Mapping[Any, Any]) -> dict[str, Any]:
    (tag,) = (name for name, table in TAGS.items() if _key(door) in table)
    shown: dict[str, Any] = {
        "operationId": "-".join([door.method.lower(), *re.findall(r"\w+", door.path)[1:]]),
        "summary": operation.summary,
        "tags": [tag],
        "security": _security(door, operation),
        "responses": {
            str(status): {
                "description": (shape.__doc__ or "").splitlines()[0],
                **_json(refs[shape]),
            }
            for status, shape in operation.answers.items()
        },
    }
    for status in refusals.of(door, operation):
        name, _ = refusals.MEANINGS[status]
        shown["responses"][str(status)] = {"$ref": f"#/components/responses/{name}"}
    if parameters := _parameters(door, operation):
        shown["parameters"] = parameters
    if operation.body is not None:
        shown["requestBody"] = {
            "required": bool(_needed(operation)),
            **_json(refs[operation.body], operation.example),
        }
    return shown


def _parameters(door: Door, operation: Operation) -> list[dict[str, Any]]:
    schemas = {**_PATH, **operation.path}
    return [
        {"name": name, "in": "path", "required": True, "schema": schemas[name]}
        for name in re.findall(r"\{(\w+)\}", door.path)
    ] + [
        {"name": each.name, "in": "query", "description": each.meaning, "schema": each.schema}
        for each in operation.query
    ]


def _security(door: Door, operation: Operation) -> list[dict[str, list[str]]]:
    match door.who:
        case Who.ANYONE:
            return [{}, {"basic": []}] if 401 in operation.refuses else []
        case Who.READER:
            return [{}, {"bearer": []}, {"basic": []}]
        case _:
            return [{"bearer": []}, {"basic": []}]


def _needed(operation: Operation) -> list[str]:
    fields = msgspec.structs.fields(operation.body) if operation.body else ()
    return [field.encode_name for field in fields if field.required]


def _json(schema: Any, example: Mapping[str, Any] | None = None) -> dict[str, Any]:
    content = {"schema": schema} | ({"example": example} if example else {})
    return {"content": {"application/json": content}}


def _key(door: Door) -> tuple[str, str]:
    return door.method, door.path
