"""An interface beside its own description: made-up calls, right and wrong, by schemathesis.

Every answer must be one that the description knows: its status, content type and shape; never a
500. The calls are the same each time (a seed), and in memory.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

import requests
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis import GenerationMode, openapi
from schemathesis.checks import load_all_checks, not_a_server_error
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from starlette.testclient import TestClient

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
SEED = 20261123
EXAMPLES = {GenerationMode.POSITIVE: 8, GenerationMode.NEGATIVE: 8}
"""Of each operation: some hundreds of calls together, and far below a minute."""


def faults_of(
    document: dict[str, Any], client: Callable[[], tuple[TestClient, Mapping[str, str]]]
) -> list[str]:
    """What was answered otherwise than described: operation and failure, each once.

    Args:
        document: the description as it is served.
        client: a fresh caller for each operation, with the headers of whoever may call it.
    """
    load_all_checks()
    found: set[str] = set()
    for result in openapi.from_dict(document).get_all_operations():
        if not isinstance(result, Ok):
            raise result.err()
        operation = result.ok()
        for mode, examples in EXAMPLES.items():
            caller, headers = client()
            with suppress(_nothing_to_make()):
                _call_all(operation, mode, examples, caller, headers, found)
    return sorted(found)


def _nothing_to_make() -> type[Exception]:
    """An operation without any argument cannot be called wrongly."""
    from hypothesis.errors import Unsatisfiable  # noqa: PLC0415 - beside its one use

    return Unsatisfiable


def _call_all(
    operation: Any,  # noqa: ANN401 - schemathesis' own
    mode: GenerationMode,
    examples: int,
    client: TestClient,
    headers: Mapping[str, str],
    found: set[str],
) -> None:
    @seed(SEED)
    @settings(
        max_examples=examples,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def call(case: Any) -> None:  # noqa: ANN401 - schemathesis' own
        """One made-up call, and its answer beside the description."""
        try:
            sent = case.as_transport_kwargs(base_url="http://testserver", headers=dict(headers))
            sent.pop("timeout", None)
            prepared = requests.Request(**_request(sent)).prepare()
            answer = client.request(
                prepared.method or "",
                prepared.path_url,
                headers={name: str(value) for name, value in prepared.headers.items()},
                content=_octets(prepared.body),
            )
        except (ValueError, UnicodeError, requests.exceptions.RequestException):
            return  # no client can send this
        try:
            case.validate_response(answer, checks=CHECKS)
        except (Failure, FailureGroup) as failure:
            found.add(_told(operation.label, answer.status_code, failure))

    call()


def _request(sent: Mapping[str, Any]) -> dict[str, Any]:
    names = ("method", "url", "headers", "params", "cookies", "data", "json", "files")
    return {name: sent[name] for name in names if name in sent}


def _octets(body: object) -> bytes:
    if isinstance(body, str):
        return body.encode()
    return body if isinstance(body, bytes) else b""


def _told(label: str, status: int, failure: BaseException) -> str:
    each = failure.exceptions if isinstance(failure, FailureGroup) else [failure]
    return f"{label} {status}: " + "; ".join(f"{type(one).__name__} {one}"[:300] for one in each)
