"""The blind service's interface, described as OpenAPI 3.1: what the keeper's page calls.

It is for whoever writes another keeper, or reads along: every call needs the cookie of an open
account, and what changes something the page's own ``Origin``.
"""

from functools import cache
from typing import Any

from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse

from service import description
from service.problems import PROBLEMS
from wallet import api, mailboxes_api, relay_api, shares_api
from wallet.doors import at_keeper

VERSION = "1"
"""Of the interface: what was there stays there, what is new may come."""

ROUTERS = (api.router, shares_api.worker, mailboxes_api.worker, relay_api.router)
"""What the keeper's page may call; the share site's doors are told in the share page's code."""

_JSON = "application/json"
_RAW = {
    ("/api/account/finish", "post"): _JSON,
    ("/api/sign-in/finish", "post"): _JSON,
    ("/api/confirm/finish", "post"): _JSON,
    ("/api/passkeys/finish", "post"): _JSON,
    ("/api/vault", "put"): api.VAULT_TYPE,
}
"""Bodies that are read as they come: an answer of a passkey, a sealed vault."""

_ANSWERED_RAW = {
    "/api/vault": api.VAULT_TYPE,
    "/api/vault/versions/{ver}": api.VAULT_TYPE,
    "/api/relay/{kind}": "application/octet-stream",
}

router = APIRouter(prefix="/api", dependencies=[Depends(at_keeper)])


@cache
def describe() -> dict[str, Any]:  # Any: as FastAPI types it
    """The description; the same for everybody."""
    found = description.describe(
        "skillspass keeper",
        ROUTERS,
        version=VERSION,
        summary="Keep a sealed vault, its passkeys, shares and mailboxes; it reads none of them.",
        security={"account": {"type": "apiKey", "in": "cookie", "name": "account"}},
    )
    for path, operations in found["paths"].items():
        for method, operation in operations.items():
            _complete(operation, path, method)
    return found


def _complete(operation: dict[str, Any], path: str, method: str) -> None:
    """What handlers that read and write octets do not say of themselves."""
    operation["responses"] |= PROBLEMS
    operation["responses"]["5XX"] = {
        **PROBLEMS["4XX"],
        "description": "Cannot be done now: a problem with 503 and a stable code.",
    }
    raw = _RAW.get((path, method))
    if raw is not None:
        kind = {"type": "object"} if raw == _JSON else {"type": "string"}
        operation["requestBody"] = {"required": True, "content": {raw: {"schema": kind}}}
    if method == "get" and path in _ANSWERED_RAW:
        octets = {"schema": {"type": "string", "format": "binary"}}
        operation["responses"]["200"]["content"] = {_ANSWERED_RAW[path]: octets}


@router.get("/openapi.json")
def openapi() -> JSONResponse:
    """It holds no secret and asks no account."""
    return JSONResponse(describe())
