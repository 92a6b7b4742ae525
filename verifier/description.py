"""The interface for programs, described as OpenAPI 3.1."""

from functools import cache
from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from service import description
from verifier import api, check_api, dossier_api, request_events, systems_api

VERSION = "1"
"""Of the interface: what was there stays there, what is new may come."""

ROUTERS = (
    check_api.router,  # what is asked most is looked for first
    api.router,
    dossier_api.router,
    request_events.router,
    systems_api.router,
)
"""What programs may call."""

router = APIRouter(prefix="/api")


@cache
def describe() -> dict[str, Any]:  # Any: as FastAPI types it
    """The description; the same for every firm."""
    return description.describe(
        "skillspass verifier",
        ROUTERS,
        version=VERSION,
        summary="Ask somebody for a proof, check what you were shown, and hear of answers.",
        security={"key": {"type": "http", "scheme": "bearer"}},
    )


@router.get("/openapi.json")
def openapi() -> JSONResponse:
    """It holds no secret and asks no key."""
    return JSONResponse(describe())
