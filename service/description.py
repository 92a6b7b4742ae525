"""An interface for programs, described as OpenAPI 3.1: what its routers say, and nothing else."""

from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter, FastAPI


def describe(
    title: str,
    routers: Sequence[APIRouter],
    *,
    version: str,
    summary: str,
    security: dict[str, Any],
) -> dict[str, Any]:  # Any: as FastAPI types it
    """The description of a service's routers.

    Args:
        title: of the service.
        routers: what programs may call.
        version: what was there stays there, what is new may come.
        summary: one sentence.
        security: one scheme by its name; it is asked unless an operation says otherwise.
    """
    alone = FastAPI(title=title, version=version, summary=summary)
    for part in routers:
        alone.include_router(part)
    found = alone.openapi()
    found["components"]["securitySchemes"] = security
    found["security"] = [{name: []} for name in security]
    _drop_422(found)
    return found


def _drop_422(found: dict[str, Any]) -> None:
    """The framework's own answer to a wrong field is never given: ours is a problem, with 400."""
    for operations in found["paths"].values():
        for operation in operations.values():
            answers = operation.get("responses", {})
            if "HTTPValidationError" in str(answers.get("422", "")):
                del answers["422"]
    for name in ("HTTPValidationError", "ValidationError"):
        found["components"].get("schemas", {}).pop(name, None)
