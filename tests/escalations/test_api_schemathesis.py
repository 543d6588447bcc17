"""Whatever fits the contract, or nearly fits it, is answered as the contract says: no 500 and no undocumented answer.

Bounded and without chance: the same bodies in every run. Anything found is a test of its own in test_bad_input.
"""

from __future__ import annotations

from typing import Any

import pytest
import requests
import schemathesis
from django.test import Client
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis import Response
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.escalations.api_client import ALL_SCOPES, Caller
from tests.factories.people import internal_organization
from tests.factories.submissions import submission_body

pytestmark = pytest.mark.django_db
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
EXAMPLES = 8  # for each call and mode

from escalations.api.documentation import document  # noqa: E402

CONTRACT = schemathesis.openapi.from_dict(document())
CALLS = [found.ok() for found in CONTRACT.get_all_operations()]


def sent(case: Any, token: str) -> Response:
    """What Django answers to a generated case, in the form the checks read."""
    values = case.as_transport_kwargs(base_url="http://localhost", headers={"Authorization": f"Bearer {token}"})
    request = requests.Request(
        **{name: values.get(name) for name in ("method", "url", "headers", "params", "json", "data", "files")}
    ).prepare()
    headers = {
        name: value if isinstance(value, str) else value.decode("latin-1") for name, value in request.headers.items()
    }
    body = request.body or b""
    answer = Client(raise_request_exception=False).generic(
        str(request.method),
        request.path_url,
        body if isinstance(body, bytes) else body.encode(),
        content_type=headers.pop("Content-Type", ""),
        headers={name: value for name, value in headers.items() if name.lower() != "content-length"},
    )
    return Response(
        status_code=answer.status_code,
        headers={name: [value] for name, value in answer.headers.items()},
        content=answer.content,
        request=request,
        elapsed=0.0,
        verify=False,
    )


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.label)
def test_every_answer_is_a_documented_one(call: Any, mode: GenerationMode) -> None:
    vendor = Caller(scopes=ALL_SCOPES)
    inside = Caller(
        organization=internal_organization(), scopes=("cases:*", "clocks:write", "clocks:backdate", *ALL_SCOPES)
    )
    ref = vendor.post("submissions/", submission_body()).json()["ref"]
    caller = inside if "/cases/" in call.path else vendor
    ids = {}
    if "/webhooks/" in call.path:
        caller = Caller(organization=vendor.key.organization, scopes=("webhooks:manage",))
        made = caller.post("webhooks/", {"url": "https://hooks.vendor.example/"}).json()
        tried = caller.post(f"webhooks/{made['id']}/test/", {}).json()
        ids = {"endpoint_id": made["id"], "delivery_id": tried["id"]}

    @seed(20261122)
    @settings(
        max_examples=EXAMPLES,
        database=None,
        deadline=None,
        derandomize=False,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=call.as_strategy(generation_mode=mode))
    def run(case: Any) -> None:
        if "ref" in (case.path_parameters or {}) and mode is GenerationMode.POSITIVE:
            case.path_parameters["ref"] = ref
        if mode is GenerationMode.POSITIVE:
            case.path_parameters = {name: ids.get(name, value) for name, value in (case.path_parameters or {}).items()}
        case.validate_response(sent(case, caller.token), checks=CHECKS)

    run()
