"""The door for official W3C suites: ``skillspass conformance serve --port P``.

Offers what the suites of the W3C call, as the VC API writes it: issue, verify, derive, and the
status lists, over https with a self-made certificate. Keys are made for the run. Only proofs and
the data model are judged, so that official vectors by keys of nobody can be sent through; the
product (``credentials.verification``) refuses what is accepted here. It therefore opens on this
machine alone, and not where anything is set up for production.
"""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, cast

import typer
from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.responses import JSONResponse, Response

from credentials import dids
from credentials.encoding import JsonObject, JsonValue, parse_json_object
from credentials.errors import CredentialError, MalformedError, RejectedError, UndeterminedError
from credentials.model import Entropy
from service import serving
from service.app import create_app
from service.clock import Clock, system_clock
from service.command_line import plain_errors
from service.pages import Pages
from service.settings import RoleSettings
from verifier.conformance_certificate import self_made
from verifier.conformance_issuers import DoorIssuer, make_issuers, selective_pointers
from verifier.conformance_proofs import check_credential, check_presentation, derive
from verifier.conformance_status import StatusLists

PRODUCTION = frozenset(f"{role}_PRODUCTION" for role in ("ISSUER", "WALLET", "VERIFIER"))
"""The setting by which each role says that it is in earnest; its name may be in any case."""

_NO = frozenset(["", "0", "false", "f", "no", "n", "off"])

DID_CONTEXTS: tuple[JsonValue, ...] = (
    "https://www.w3.org/ns/did/v1",
    "https://w3id.org/security/multikey/v1",
)

app = typer.Typer(
    name="conformance", help="The door for official W3C suites.", no_args_is_help=True
)
router = APIRouter()


@dataclass(frozen=True, slots=True)
class Door:
    """What stands behind the endpoints.

    Attributes:
        base: its https address.
        issuers: by the name in their address.
        lists: the status lists.
        clock: now.
        entropy: for selective suites.
    """

    base: str
    issuers: Mapping[str, DoorIssuer]
    lists: StatusLists
    clock: Clock
    entropy: Entropy


def _door(request: Request) -> Door:
    found: Door = request.app.state.door
    return found


async def _message(request: Request) -> JsonObject:
    return parse_json_object(await request.body())  # reading a body is the framework's coroutine


DoorOf = Annotated[Door, Depends(_door)]
Message = Annotated[JsonObject, Depends(_message)]


@app.callback()
def door_for_suites() -> None:
    """The door for official W3C suites."""


@app.command()
def serve(
    *, port: Annotated[int, typer.Option(min=1, max=65535, help="Port on this machine.")] = 40443
) -> None:
    """Open the door with keys made for this run, until Ctrl-C. Not in production."""
    with plain_errors(as_json=False), TemporaryDirectory(prefix="skillspass-") as folder:
        door_app = create_door(port, Path(folder), clock=system_clock, entropy=secrets.token_bytes)
        certificate = Path(folder) / "certificate.pem"
        certificate.touch(mode=0o600)
        certificate.write_bytes(self_made(at=system_clock()))
        seat = replace(serving.seat(door_app), certificate=certificate)
        base = door_app.state.door.base
        serving.serve([seat], ready=lambda: typer.echo(f"Open at {base} for suites.", err=True))


def create_door(port: int, var: Path, *, clock: Clock, entropy: Entropy) -> FastAPI:
    """The application behind the door.

    Args:
        port: where it will listen on this machine.
        var: a folder for its own files.
        clock: now.
        entropy: for keys and proofs.

    Raises:
        RejectedError: ``config_production``: something here is set up for production.
    """
    refuse_production()
    base = f"https://localhost:{port}"
    settings = RoleSettings(port=port, public_url=base, identifier=base, var=var)
    application = create_app(
        "conformance", settings=settings, routers=[router], pages=Pages(), clock=clock
    )
    application.add_exception_handler(CredentialError, _refused)
    application.state.door = Door(base, make_issuers(entropy), StatusLists(base), clock, entropy)
    return application


def refuse_production() -> None:
    """No role is set up for production here: this door signs and accepts what nobody may trust.

    Raises:
        RejectedError: ``config_production``.
    """
    for name, value in os.environ.items():
        if name.upper() in PRODUCTION and value.lower() not in _NO:
            raise RejectedError("config_production", f"{name.upper()} is set; test keys only")


# --- what the suites call ----------------------------------------------------------------------


@router.get("/issuers")
def issuers(door: DoorOf) -> JSONResponse:
    """Who issues here: name to DID, suite and address, for the configuration of a suite."""
    return JSONResponse(
        {
            name: {
                "id": issuer.did,
                "suite": issuer.suite,
                "algorithm": str(issuer.signer.public.algorithm),
                "endpoint": f"{door.base}/issuers/{name}/credentials/issue",
            }
            for name, issuer in door.issuers.items()
        }
    )


@router.post("/issuers/{name}/credentials/issue")
def issue(name: str, message: Message, door: DoorOf) -> JSONResponse:
    """Secure ``credential``: 201, or 400 where it does not conform."""
    issuer = door.issuers.get(name)
    if issuer is None:
        raise RejectedError("not_found", "no such issuer")
    secured = issuer.issue(
        _object(message, "credential"),
        _options(message),
        lists=door.lists,
        at=door.clock(),
        entropy=door.entropy,
    )
    return JSONResponse({"verifiableCredential": secured}, 201)


@router.post("/credentials/verify")
def verify_credential(message: Message, door: DoorOf) -> JSONResponse:
    """Check the proofs of ``verifiableCredential``: 200, or 400 where one does not hold."""
    at, checks = door.clock(), _options(message).get("checks", [])
    credential = check_credential(_object(message, "verifiableCredential"), at=at)
    if isinstance(checks, list) and "credentialStatus" in checks:
        door.lists.check(credential, at=at)
    return _holds()


@router.post("/presentations/verify")
def verify_presentation(message: Message, door: DoorOf) -> JSONResponse:
    """Check the proofs of ``verifiablePresentation``: 200, or 400 where one does not hold."""
    presentation = _object(message, "verifiablePresentation")
    check_presentation(presentation, _options(message), at=door.clock())
    return _holds()


@router.post("/credentials/derive")
def derive_credential(message: Message, door: DoorOf) -> JSONResponse:
    """Show what is mandatory and what ``selectivePointers`` name: 201, or 400."""
    derived = derive(
        _object(message, "verifiableCredential"),
        selective_pointers(_options(message)),
        at=door.clock(),
        entropy=door.entropy,
    )
    return JSONResponse({"verifiableCredential": derived}, 201)


@router.get("/status/{purpose}")
def status_list(purpose: str, door: DoorOf) -> JSONResponse:
    """The signed list credential of one purpose."""
    document = door.lists.publish(purpose, at=door.clock())
    return JSONResponse(document, media_type="application/vc+ld+json")


@router.get("/identifiers/{did}")
def did_document(did: str) -> JSONResponse:
    """The document of a did:key or did:jwk; nothing is fetched."""
    found = dids.resolve(did, _no_fetch)
    methods: list[JsonValue] = [
        {"id": name, "type": "Multikey", "controller": did, "publicKeyMultibase": key.multikey()}
        for name, key in found.methods.items()
    ]
    document: JsonObject = {
        "@context": [*DID_CONTEXTS],
        "id": did,
        "verificationMethod": methods,
    }
    for purpose, names in found.relationships.items():
        document[purpose] = [*sorted(names)]
    return JSONResponse(document, media_type="application/did+ld+json")


def _holds() -> JSONResponse:
    return JSONResponse({"verified": True, "checks": ["proof"], "warnings": [], "errors": []})


def _refused(_request: Request, error: Exception) -> Response:
    """400 with the stable code; 404 where there is nothing at this address."""
    own = cast("CredentialError", error)  # the registration names the type
    status = 404 if own.code == "not_found" else 400
    body = {"verified": False, "errors": [own.code], "code": own.code, "detail": own.detail}
    return JSONResponse(body, status)


def _object(message: JsonObject, name: str) -> JsonObject:
    value = message.get(name)
    if not isinstance(value, dict):
        raise MalformedError("json_malformed", f"member {name} is no object")
    return value


def _options(message: JsonObject) -> JsonObject:
    return _object(message, "options") if message.get("options") is not None else {}


def _no_fetch(_url: str) -> bytes:
    raise UndeterminedError("fetch_failed", "nothing is fetched here")
