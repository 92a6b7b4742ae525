"""The interface for programs, described as OpenAPI 3.1."""

from functools import cache
from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from issuer import operator_api, systems_api
from service import description

VERSION = "1"
"""Of the interface: what was there stays there, what is new may come."""

ROUTERS = (operator_api.router, systems_api.router)
"""What programs may call."""

router = APIRouter(prefix="/api")


@cache
def describe() -> dict[str, Any]:  # Any: as FastAPI types it
    """The description; the same for every organisation."""
    return description.describe(
        "skillspass issuer",
        ROUTERS,
        version=VERSION,
        summary="Offer proofs, look after them, and hear what becomes of them.",
        security={"key": {"type": "http", "scheme": "bearer"}},
    )


@router.get("/openapi.json")
def openapi() -> JSONResponse:
    """It holds no secret and asks no key."""
    return JSONResponse(describe())
