"""What programs call: OpenID4VP 1.0 for the holder's side, JSON for a firm's own systems."""

import hmac
from typing import Annotated, Literal

from fastapi import APIRouter, Body, Header, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict

from credentials.dids.web import write_document
from credentials.encoding import JsonObject, compact_json
from credentials.openid4vc.request import REQUEST_TYPE, client_id_of
from credentials.openid4vc.response import parse_form
from service.problems import OAuthError
from verifier import requests, responses
from verifier.ports import Ports, PortsOf
from verifier.verdicts import as_json

router = APIRouter()

NO_STORE = {"Cache-Control": "no-store"}


class AskBody(BaseModel):
    """Ask one of the named queries."""

    model_config = ConfigDict(extra="forbid", strict=True)
    preset: str
    language: Literal["nl", "en"] = "nl"


@router.get("/.well-known/did.json")
def did_document(ports: PortsOf) -> Response:
    """The key that signs our requests (did:web)."""
    did = ports.asker.client_id.removeprefix(client_id_of(""))
    body = compact_json(write_document(did, [ports.signer.public]))
    return Response(body, media_type="application/did+json")


@router.get("/oid4vp/requests/{reference}")
def signed_request(reference: str, ports: PortsOf) -> Response:
    """The signed request (OpenID4VP 1.0, section 5.7; RFC 9101)."""
    at = ports.clock()
    with ports.database.transaction() as session:
        row = requests.retrieve(session, reference, at=at)
    token = requests.signed(row, asker=ports.asker, signer=ports.signer, at=at)
    return Response(token, media_type=f"application/{REQUEST_TYPE}", headers=NO_STORE)


@router.post("/oid4vp/responses/{reference}")
def take_response(
    reference: str,
    body: Annotated[bytes, Body(media_type="application/x-www-form-urlencoded")],
    ports: PortsOf,
) -> JSONResponse:
    """The one answer (section 8.2); the address to go back to is for the browser that asked."""
    at = ports.clock()
    posted = parse_form(body)
    if posted.jwe is None:
        received = responses.decline(ports, reference, state=posted.state or "", at=at)
    else:
        received = responses.receive(ports, reference, posted.jwe, at=at)
    answer = {}
    if received.return_code is not None:
        back = f"{ports.settings.public_url}/back/{reference}"
        answer["redirect_uri"] = f"{back}?response_code={received.return_code}"
    return JSONResponse(answer, headers=NO_STORE)


@router.post("/api/requests", status_code=201)
def ask(
    body: AskBody, ports: PortsOf, authorization: Annotated[str, Header()] = ""
) -> JSONResponse:
    """Make a request; the link goes to the person, the id stays with the asker."""
    require_key(ports, authorization)
    with ports.database.transaction() as session:
        row = requests.ask(
            session,
            body.preset,
            at=ports.clock(),
            entropy=ports.entropy,
            language=body.language,
        )
    asked = {
        "id": row.id,
        "client_id": ports.asker.client_id,
        "request_uri": ports.asker.request_uri(row.reference),
        "link": ports.asker.link(row.reference),
    }
    return JSONResponse(asked, 201, headers=NO_STORE)


@router.get("/api/requests/{request_id}")
def state(
    request_id: str, ports: PortsOf, authorization: Annotated[str, Header()] = ""
) -> JSONResponse:
    """Where a request is, and its verdict once there is one."""
    require_key(ports, authorization)
    at = ports.clock()
    with ports.database.reading() as session:
        row = requests.find(session, request_id)
    found: JsonObject = {"state": requests.state_of(row, at=at).value}
    report = responses.report_of(ports, row, at=at)
    if report is not None:
        found["verdict"] = as_json(report)
    elif found["state"] == requests.State.ANSWERED:
        found["state"] = requests.State.RETRIEVED.value  # it is still being checked
    return JSONResponse(found, headers=NO_STORE)


def require_key(ports: Ports, authorization: str) -> None:
    """The caller carries our API key.

    Raises:
        OAuthError: ``unauthorized``.
    """
    scheme, _, key = authorization.partition(" ")
    same = hmac.compare_digest(key.strip().encode(), ports.api_key.encode())
    if scheme.lower() != "bearer" or not same:
        raise OAuthError(
            "invalid_token",
            code="unauthorized",
            status=401,
            headers={"WWW-Authenticate": "Bearer"},
        )
