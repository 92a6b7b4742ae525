"""The interface for programs, described as OpenAPI 3.1."""

from functools import cache
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.responses import JSONResponse

from issuer import operator_api, systems_api

VERSION = "1"
"""Of the interface: what was there stays there, what is new may come."""

ROUTERS = (operator_api.router, systems_api.router)
"""What programs may call."""

router = APIRouter(prefix="/api")


@cache
def describe() -> dict[str, Any]:  # Any: as FastAPI types it
    """The description; the same for every organisation."""
    alone = FastAPI(
        title="skillspass issuer",
        version=VERSION,
        summary="Offer proofs, look after them, and hear what becomes of them.",
    )
    for part in ROUTERS:
        alone.include_router(part)
    found = alone.openapi()
    found["components"]["securitySchemes"] = {"key": {"type": "http", "scheme": "bearer"}}
    found["security"] = [{"key": []}]
    return found


@router.get("/openapi.json")
def openapi() -> JSONResponse:
    """It holds no secret and asks no key."""
    return JSONResponse(describe())
