"""schemathesis reads the OpenAPI document and asks every route: no 5xx, nothing undocumented."""

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.schemas import BaseSchema
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from api.routes import ENDPOINTS, PREFIX
from tests.api.conftest import Api

EXAMPLES = 2
"""A route, and one where an answer takes long: it costs 12 s of a processor as it is."""
CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
)
IDS = {"customer_id": "C00900", "product_id": "P18", "purpose": "social"}


LONG = ("chat", "what_if", "b_", "c_", "d_")
"""How routes are named that get one example."""
SLOW = {"fairness", "takers", "replay", "retrain"}
"""Routes whose every answer takes long, or begins work: tested by themselves."""


@schemathesis.serializer(*{media for one in ENDPOINTS for media in one.media})
def as_it_is(_context, value):
    """A file in a body, of any kind: bytes as they were drawn."""
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "replace")


def described(api: Api) -> BaseSchema:
    """The document as the server gives it, and the routes that it describes."""
    found = schemathesis.openapi.from_asgi(f"{PREFIX}/openapi.json", api.http.app)

    @found.hook
    def map_path_parameters(_context, told):
        """Half of the requests name what is there: beyond 404 lies the rest of a route."""
        if not told or sum(map(ord, "".join(map(str, told.values())))) % 2:
            return told
        return {name: IDS.get(name, value) for name, value in told.items()}

    return found


def test_F178_every_documented_route_answers_as_the_document_says(api: Api):
    who = {"authorization": api.http.headers["authorization"]}
    tried = set()
    for operation in (one.ok() for one in described(api).get_all_operations()):
        name = operation.definition.raw["operationId"]
        if name in SLOW:
            continue

        n = 1 if name.startswith(LONG) else EXAMPLES

        @settings(max_examples=n, phases=[Phase.generate], database=None,
                  suppress_health_check=list(HealthCheck))  # fmt: skip
        @given(case=operation.as_strategy())
        def ask(case):
            case.call_and_validate(headers=who, checks=CHECKS)

        ask()
        tried.add(name)
    assert tried | SLOW >= {one.name for one in ENDPOINTS}
