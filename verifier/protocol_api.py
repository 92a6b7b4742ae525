"""OpenID4VP 1.0 for the holder's side: the signed request, the one answer, and erasing it again."""

from typing import Annotated

from fastapi import APIRouter, Body, Response
from fastapi.responses import JSONResponse

from credentials.dids.web import did_web, write_document
from credentials.encoding import compact_json
from credentials.openid4vc.message import ProtocolError, read_form
from credentials.openid4vc.request import REQUEST_TYPE
from credentials.openid4vc.response import parse_form
from service.problems import OAuthError
from verifier import deletions, request_objects, requests, responses
from verifier.ports import Ports, PortsOf
from verifier.request_objects import Fetching

router = APIRouter()

NO_STORE = {"Cache-Control": "no-store"}
FORM = "application/x-www-form-urlencoded"

Form = Annotated[bytes, Body(media_type=FORM)]


@router.get("/.well-known/did.json")
def did_document(ports: PortsOf) -> Response:
    """The key that signs our requests (did:web)."""
    document = write_document(did_web(ports.settings.identifier), [ports.signer.public])
    return Response(compact_json(document), media_type="application/did+json")


@router.get("/oid4vp/requests/{reference}")
def signed_request(reference: str, ports: PortsOf) -> Response:
    """The signed request (section 5.7; RFC 9101); it may be fetched again while it is open."""
    return _request_object(ports, reference, request_objects.NOTHING_POSTED)


@router.post("/oid4vp/requests/{reference}")
def fresh_request(reference: str, body: Form, ports: PortsOf) -> Response:
    """The same, with the wallet's nonce in it, and as the wallet can read it (section 5.10)."""
    return _request_object(ports, reference, request_objects.read_fetching(body))


@router.post("/oid4vp/responses/{reference}")
def take_response(reference: str, body: Form, ports: PortsOf) -> JSONResponse:
    """The one answer (section 8.2); the address to go back to is for the browser that asked."""
    posted = parse_form(body)
    received = responses.receive(ports, reference, posted, at=ports.clock())
    back = f"{ports.settings.public_url}/back/{reference}?response_code={received.return_code}"
    return JSONResponse({"redirect_uri": back}, headers=NO_STORE)


@router.post("/oid4vp/deletions")
def take_deletion(body: Form, ports: PortsOf) -> JSONResponse:
    """Erase a result at the wish of who showed it, and sign that it was done (decision 0052)."""
    text = read_form(body).get("deletion_request")
    if text is None:
        raise ProtocolError("invalid_request", "no field", code="deletion_request_invalid")
    receipt = deletions.erase(ports, text, at=ports.clock())
    return JSONResponse({"receipt": receipt}, headers=NO_STORE)


def _request_object(ports: Ports, reference: str, fetching: Fetching) -> Response:
    at = ports.clock()
    with ports.database.transaction() as session:
        row = requests.retrieve(session, reference, at=at)
    try:
        token = request_objects.signed(
            row, asker=ports.asker, signer=ports.signer, at=at, fetching=fetching
        )
    except ProtocolError as error:  # what the wallet cannot read, by its registered name
        raise OAuthError(error.error, code=error.code) from error
    return Response(token, media_type=f"application/{REQUEST_TYPE}", headers=NO_STORE)
