"""What the OpenAPI document says of an answer, and whether the answer is so."""

import json
import re
from functools import cache
from typing import Any

import jsonschema

from api.routes import PREFIX, document_text


@cache
def document() -> dict[str, Any]:
    return json.loads(document_text())


@cache
def _patterns() -> list[tuple[re.Pattern[str], str]]:
    """Paths without parameters first, as the table has them."""
    paths = sorted(document()["paths"], key=lambda path: (path.count("{"), path))
    return [(re.compile(re.sub(r"\{\w+\}", "[^/]+", path)), path) for path in paths]


def operation(method: str, path: str) -> dict[str, Any]:
    """What is documented of a request, by its path below the prefix."""
    found = next(known for pattern, known in _patterns() if pattern.fullmatch(path))
    return document()["paths"][found][method.lower()]


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    """A schema that can be used by itself."""
    return {**schema, "components": document()["components"]}


@cache
def _validator(text: str) -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(resolved(json.loads(text)))


def expect_documented(answer: Any) -> None:
    """Fails where an answer has a status, a kind or a shape that the document does not name."""
    path = answer.request.url.raw_path.decode().partition("?")[0].removeprefix(PREFIX)
    told = operation(answer.request.method, path)["responses"]
    status = str(answer.status_code)
    assert status in told, (answer.request.method, path, status, answer.text[:300])
    content = told[status].get("content")
    if content is None:
        assert answer.content == b""
        return
    kind = answer.headers["content-type"].partition(";")[0]
    assert kind in content, (path, kind)
    if kind.endswith("json") and "ndjson" not in kind:
        schema = json.dumps(content[kind]["schema"], sort_keys=True)
        _validator(schema).validate(answer.json())
