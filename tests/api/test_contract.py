"""Whatever is sent: no 5xx, and no answer that the OpenAPI document does not name."""

import re
from typing import Any
from urllib.parse import quote

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.routes import ENDPOINTS
from tests.api.conftest import Api
from tests.api.documented import document, expect_documented

N = 34
SLOW = {"fairness", "takers", "replay", "retrain"}
"""Routes whose every answer takes long, or begins work: tested by themselves."""
KNOWN = ("C00900", "C00901", "P18", "P01", "social", "1", "nobody")
ODD = st.one_of(
    st.text(max_size=30), st.integers(), st.none(), st.booleans(), st.just([]), st.just({})
)


def of_schema(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Values that a schema of the document allows, and now and then one that it may not."""
    return st.one_of(_allowed(schema), _allowed(schema), _allowed(schema), ODD)


def _allowed(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[-1]
        return _allowed(document()["components"]["schemas"][name])
    if "anyOf" in schema:
        return st.one_of(*map(_allowed, schema["anyOf"]))
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    kind = schema.get("type")
    if kind == "object":
        return _object(schema)
    if kind == "array":
        most = min(schema.get("maxItems", 3), 3)
        return st.lists(of_schema(schema.get("items", {})), max_size=most)
    if kind == "string":
        return _text(schema)
    if kind in ("integer", "number"):
        low, high = schema.get("minimum", -10), schema.get("maximum", 1000)
        whole = kind == "integer"
        return st.integers(low, high) if whole else st.floats(low, high, allow_nan=False)
    return {"boolean": st.booleans(), "null": st.none()}.get(kind, ODD)


def _object(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    fields = schema.get("properties", {})
    needed = set(schema.get("required", ()))
    told = {name: of_schema(shape) for name, shape in fields.items()}
    return st.fixed_dictionaries(
        {name: shape for name, shape in told.items() if name in needed},
        optional={name: shape for name, shape in told.items() if name not in needed},
    )


def _text(schema: dict[str, Any]) -> st.SearchStrategy[str]:
    if schema.get("format") == "uuid":
        return st.uuids(version=4).map(str)
    if schema.get("format") == "date":
        return st.dates().map(str)
    if "pattern" in schema:
        return st.from_regex(schema["pattern"])
    least, most = schema.get("minLength", 0), min(schema.get("maxLength", 40), 40)
    return st.one_of(st.sampled_from(KNOWN), st.text(min_size=least, max_size=most))


@st.composite
def requests(draw: st.DrawFn) -> tuple[str, str, dict[str, Any]]:
    """A method, a path, and what is sent."""
    one = draw(st.sampled_from([one for one in ENDPOINTS if one.name not in SLOW]))
    told = document()["paths"][one.path][one.method.lower()]
    inside = st.one_of(*[st.sampled_from(KNOWN)] * 3, st.text(min_size=1, max_size=20))
    place = re.compile(r"\{\w+\}")
    path = place.sub(lambda _: quote(draw(inside), safe="") or "x", one.path)
    asked = [item for item in told["parameters"] if item["in"] == "query"]
    shapes = {item["name"]: of_schema(item["schema"]) for item in asked}
    sent: dict[str, Any] = {"params": draw(st.fixed_dictionaries({}, optional=shapes))}
    sent["params"] = {name: str(value) for name, value in sent["params"].items()}
    if one.body is not None:
        content = told["requestBody"]["content"]["application/json"]
        sent["json"] = draw(of_schema(content["schema"]))
    elif one.media:
        sent["content"] = draw(st.binary(max_size=60))
        sent["headers"] = {"content-type": draw(st.sampled_from((*one.media, "text/plain")))}
    return one.method, path, sent


@settings(max_examples=N, suppress_health_check=list(HealthCheck))
@given(asked=requests())
def test_F178_no_request_gets_a_5xx_or_an_answer_that_is_not_documented(api: Api, asked):
    method, path, sent = asked
    answer = api.http.request(method, f"/api/v1{path}", **sent)
    assert answer.status_code < 500, answer.text
    if "%2F" not in path:  # which a server reads as one more part of the path
        expect_documented(answer)
