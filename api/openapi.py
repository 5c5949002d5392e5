"""The OpenAPI 3.1 document and the page of it, both from the table of routes and their models."""

import html
from collections.abc import Sequence
from typing import Any, Final

from pydantic import TypeAdapter

from api.endpoint import Endpoint
from api.engines import roles_of
from api.problems import MEDIA, ProblemDetails
from api.schemas import shape_of

PREFIX: Final = "/api/v1"
_SAID: Final = {
    "304": "What the ETag names still holds",
    "401": "No valid token",
    "403": "Not open to the role or the scopes of this client",
    "404": "Not there, or not for this client",
    "408": "The body stopped coming",
    "409": "Somebody answered meanwhile, a second person has to agree, or the id was used before",
    "413": "The request is too large",
    "415": "The request is of another kind",
    "422": "A value cannot be used",
    "429": "Asked too often",
    "500": "Something went wrong",
    "503": "Cannot be answered now",
}
_STYLE: Final = (
    "body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:60rem;padding:0 1rem;"
    "color-scheme:light dark}table{border-collapse:collapse;width:100%}th,td{text-align:left;"
    "padding:.35rem .6rem;border-bottom:1px solid #8886;vertical-align:top}code{font-size:.9em}"
)


def document(endpoints: Sequence[Endpoint]) -> dict[str, Any]:
    """The OpenAPI document of some routes."""
    schemas = _Schemas(endpoints)
    paths: dict[str, dict[str, Any]] = {}
    for one in endpoints:
        paths.setdefault(one.path, {})[one.method.lower()] = _operation(one, schemas)
    paths["/health"] = {"get": _health()}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Attune",
            "version": "1",
            "description": "What pages and the command line answer, for programs.",
        },
        "servers": [{"url": PREFIX}],
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "schemas": schemas.defined,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


class _Schemas:
    """JSON Schemas of everything that routes take and give."""

    def __init__(self, endpoints: Sequence[Endpoint]):
        asked: list[tuple[Any, Any, TypeAdapter[Any]]] = [
            ("problem", "serialization", TypeAdapter(ProblemDetails))
        ]
        for one in endpoints:
            adapter = TypeAdapter(shape_of(one.gives))
            asked.append((one.name, "serialization", adapter))
            asked.append((f"{one.name} query", "validation", TypeAdapter(one.query)))
            if one.body is not None:
                asked.append((f"{one.name} body", "validation", TypeAdapter(one.body)))
        made, rest = TypeAdapter.json_schemas(asked, ref_template="#/components/schemas/{model}")
        self._made = {name: schema for (name, _), schema in made.items()}
        self.defined: dict[str, Any] = rest.get("$defs", {})

    def of(self, name: str) -> dict[str, Any]:
        """The schema, or where it stands."""
        return self._made[name]

    def whole(self, name: str) -> dict[str, Any]:
        """The schema itself."""
        schema = self._made[name]
        reference = schema.get("$ref")
        return self.defined[reference.rsplit("/", 1)[-1]] if reference else schema


def _operation(one: Endpoint, schemas: _Schemas) -> dict[str, Any]:
    told: dict[str, Any] = {
        "operationId": one.name,
        "summary": one.summary,
        "description": f"Scope {one.scope}; roles {', '.join(sorted(roles_of(one.asks)))}.",
        "tags": [one.tag],
        "parameters": [*map(_in_path, one.parameters), *_in_query(schemas.whole(_query(one)))],
        "responses": _responses(one, schemas),
    }
    if one.body is not None:
        content = {"application/json": {"schema": schemas.of(f"{one.name} body")}}
        told["requestBody"] = {"required": True, "content": content}
    elif one.media:
        told["requestBody"] = {"required": True, "content": {kind: {} for kind in one.media}}
    return told


def _query(one: Endpoint) -> str:
    return f"{one.name} query"


def _in_path(name: str) -> dict[str, Any]:
    shape = {"type": "string", "minLength": 1}
    return {"name": name, "in": "path", "required": True, "schema": shape}


def _in_query(model: dict[str, Any]) -> list[dict[str, Any]]:
    """Parameters of a model's fields; a query can say nothing, but not null."""
    told = []
    for name, field in model.get("properties", {}).items():
        shape = {key: value for key, value in field.items() if key not in ("title", "description")}
        choices = [one for one in shape.pop("anyOf", []) if one.get("type") != "null"]
        if choices:
            shape = {**choices[0], **shape}
        if shape.get("default", "") is None:
            del shape["default"]
        said = {"description": field["description"]} if "description" in field else {}
        told.append({"name": name, "in": "query", "required": False, "schema": shape, **said})
    return told


def _responses(one: Endpoint, schemas: _Schemas) -> dict[str, Any]:
    kinds = one.streams or ("application/json",)
    given = {
        kind: {"schema": {"type": "string"} if one.streams else schemas.of(one.name)}
        for kind in kinds
    }
    told: dict[str, Any] = {
        str(status): {"description": one.summary, "content": given} for status in one.status
    }
    codes = ["401", "403", "404", "422", "429", "500", "503"]
    codes += ["408", "413", "415"] if one.body is not None or one.media else []
    codes += ["409"] if one.conflicts else []
    if one.tagged:
        told["304"] = {"description": _SAID["304"]}
    problem = {MEDIA: {"schema": schemas.of("problem")}}
    told |= {code: {"description": _SAID[code], "content": problem} for code in sorted(codes)}
    return told


def _health() -> dict[str, Any]:
    shape = {
        "type": "object",
        "properties": {"status": {"const": "ok"}},
        "required": ["status"],
        "additionalProperties": False,
    }
    given = {"application/json": {"schema": shape}}
    return {
        "operationId": "health",
        "summary": "Whether the server answers; needs no token",
        "tags": ["health"],
        "security": [],
        "responses": {"200": {"description": "It does", "content": given}},
    }


def docs_page(endpoints: Sequence[Endpoint]) -> str:
    """The routes as a page that reads nothing from anywhere, and runs nothing."""
    rows = "".join(
        f"<tr><td><code>{one.method}</code></td><td><code>{html.escape(PREFIX + one.path)}</code>"
        f"</td><td>{html.escape(one.summary)}</td><td>{one.scope}</td>"
        f"<td>{html.escape(', '.join(sorted(roles_of(one.asks))))}</td></tr>"
        for one in endpoints
    )
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>Attune JSON API</title><style>{_STYLE}</style></head><body><main>"
        "<h1>Attune JSON API</h1><p>Send <code>Authorization: Bearer TOKEN</code>; whoever runs "
        "Attune makes a token with <code>python -m engine client add</code>. Every route, what it "
        f'takes and what it gives stands in the <a href="{PREFIX}/openapi.json">OpenAPI document'
        "</a>. Errors are problem+json.</p><table><thead><tr><th>Method</th><th>Route</th>"
        f"<th>What it answers</th><th>Scope</th><th>Roles</th></tr></thead><tbody>{rows}</tbody>"
        "</table></main></body></html>"
    )
