"""The issuer's HTTP: OpenID4VCI 1.0 for wallets, and a JSON interface for the institute's programs.

Wallets meet OAuth errors, operators RFC 9457 problems; ``service.problems`` writes both.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse

from credentials.encoding import parse_json_object
from credentials.errors import CredentialError, UndeterminedError
from credentials.openid4vc.configuration import configuration_id
from credentials.openid4vc.credential import create_response, parse_request
from credentials.openid4vc.message import ProtocolError, write_message
from credentials.openid4vc.nonce import NonceResponse
from credentials.openid4vc.notification import NotificationEvent, parse_notification
from credentials.openid4vc.offer import TxCode, create_offer
from credentials.openid4vc.token import (
    PreAuthorizedRequest,
    TokenResponse,
    parse_token_request,
)
from issuer import issuance, metadata, offers
from issuer.doors import PortsOf
from issuer.offers import Refused
from issuer.orders import FORMAT_IDS
from issuer.ports import Ports
from service.problems import OAuthError

PROTOCOL_PATHS = ("/token", "/nonce", "/credential", "/notification", "/offers/", "/o/")
"""Their errors are OAuth errors."""

OPEN_PATHS = ("/.well-known/", *PROTOCOL_PATHS, "/status/")
"""Scripts of any origin may call these: a wallet in a browser does (wallet.md, section 9)."""

NO_STORE = {"Cache-Control": "no-store"}

router = APIRouter()
"""Stands at the root for the first organisation and at ``/o/{slug}`` for each other one."""

well_known = APIRouter()
"""Where RFC 8615 wants a path of its own between host and organisation."""


async def _body(request: Request) -> bytes:
    return await request.body()  # reading a body is the framework's own coroutine


Body = Annotated[bytes, Depends(_body)]


# --- what the issuer says about itself -------------------------------------------------------


@well_known.get("/.well-known/openid-credential-issuer/o/{slug}")  # noqa: FAST003 - PortsOf reads it
@well_known.get("/.well-known/openid-credential-issuer")
def issuer_metadata(ports: PortsOf) -> JSONResponse:
    """Section 12.2: which credentials we give, and where."""
    return JSONResponse(metadata.issuer_metadata(ports), headers={"Cache-Control": "no-cache"})


@well_known.get("/.well-known/oauth-authorization-server/o/{slug}")  # noqa: FAST003 - PortsOf reads it
@well_known.get("/.well-known/oauth-authorization-server")
def authorization_metadata(ports: PortsOf) -> JSONResponse:
    """RFC 8414: where codes become tokens."""
    found = metadata.authorization_metadata(ports)
    return JSONResponse(found, headers={"Cache-Control": "no-cache"})


@well_known.get("/o/{slug}/did.json")  # noqa: FAST003 - PortsOf reads it
@well_known.get("/.well-known/did.json")
def did_document(ports: PortsOf) -> JSONResponse:
    """did:web: the keys that sign our credentials and lists."""
    return JSONResponse(metadata.did_document(ports), headers={"Cache-Control": "no-cache"})


# --- the pre-authorized code flow ------------------------------------------------------------


@contextmanager
def protocol_words(default: str) -> Iterator[None]:
    """Say every refusal in OAuth's words: the message's own, else ``default``."""
    try:
        yield
    except (OAuthError, UndeterminedError):
        raise
    except ProtocolError as error:
        raise OAuthError(error.error, code=error.code, detail=error.detail) from error
    except CredentialError as error:
        raise _said(error, default) from error


_WORDS = {
    "invalid_token": ("invalid_token", 401),
    "idempotency_conflict": ("invalid_credential_request", 409),
    "invalid_notification_id": ("invalid_notification_id", 400),
    "invalid_nonce": ("invalid_nonce", 400),
    "too_large": ("invalid_request", 413),
}
"""Our codes that have a word of their own in OAuth, with the HTTP status."""


def _said(error: CredentialError, default: str) -> OAuthError:
    word, http = _WORDS.get(error.code, (default, 400))
    challenge = {"WWW-Authenticate": f'Bearer error="{word}"'} if http == 401 else {}  # noqa: PLR2004
    return OAuthError(word, code=error.code, detail=error.detail, status=http, headers=challenge)


def bearer(request: Request) -> str:
    """The token of an ``Authorization: Bearer`` header (RFC 6750, section 2.1); empty: none."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _access_token(request: Request) -> str:
    token = bearer(request)
    if not token:
        raise OAuthError("invalid_token", status=401, headers={"WWW-Authenticate": "Bearer"})
    return token


@router.get("/offers/{link_id}")
def read_offer(link_id: str, ports: PortsOf) -> JSONResponse:
    """Section 4.1.3: the offer behind a link; it names no person and holds no PIN."""
    with ports.database.reading() as session:
        row = offers.find_by_link(session, link_id, ports=ports, at=ports.clock())
        found = create_offer(
            ports.origin,
            [configuration_id(row.type_id, row.format)],
            pre_authorized_code=offers.contents_of(row, ports).code,
            tx_code=TxCode(input_mode="numeric", length=offers.PIN_DIGITS),
        )
    return JSONResponse(write_message(found), headers=NO_STORE)


@router.post("/token")
def token(body: Body, ports: PortsOf) -> JSONResponse:
    """Section 6: a code and its PIN become an access token, once."""
    with protocol_words("invalid_request"):
        asked = parse_token_request(body)
        if not isinstance(asked, PreAuthorizedRequest):
            raise OAuthError("unsupported_grant_type")
        if not asked.tx_code:
            raise OAuthError("invalid_request", detail="tx_code is missing")
    with ports.database.transaction() as session:
        answer = offers.redeem(
            session,
            code=asked.pre_authorized_code,
            tx_code=asked.tx_code,
            ports=ports,
            at=ports.clock(),
        )
    if isinstance(answer, Refused):  # raised after the commit: a wrong PIN must stay counted
        raise OAuthError("invalid_grant", code=answer.code)
    made = TokenResponse(
        access_token=answer.access_token,
        token_type="Bearer",  # noqa: S106 - the kind of token, no secret
        expires_in=int(answer.expires_in.total_seconds()),
    )
    return JSONResponse(write_message(made), headers=NO_STORE)


@router.post("/nonce")
def nonce(ports: PortsOf) -> JSONResponse:
    """Section 7: a fresh nonce for one proof of possession."""
    at = ports.clock()
    with ports.database.transaction() as session:
        made = issuance.make_nonce(session, ports=ports, at=at)
    return JSONResponse(write_message(NonceResponse(c_nonce=made)), headers=NO_STORE)


@router.post("/credential")
def credential(request: Request, body: Body, ports: PortsOf) -> JSONResponse:
    """Section 8: a proof of possession becomes a credential; a retry gets the same bytes."""
    access_token, at = _access_token(request), ports.clock()
    with protocol_words("invalid_credential_request"):
        asked = parse_request(parse_json_object(body))
        with ports.database.reading() as session:
            offer = issuance.offer_of_token(session, access_token, ports=ports, at=at)
        _check_configuration(asked.credential_configuration_id, offer.type_id, offer.format, ports)
        proofs = asked.jwt_proofs()
        if len(proofs) != 1:
            raise OAuthError("invalid_proof", detail=f"{len(proofs)} proofs, one is asked")
        made = issuance.issue(ports, access_token=access_token, proof=proofs[0], at=at)
    answer = create_response([made.wire], notification_id=made.notification_id)
    return JSONResponse(write_message(answer), headers=NO_STORE)


def _check_configuration(asked: str | None, type_id: str, format_id: str, ports: Ports) -> None:
    if asked is None:
        raise OAuthError("unknown_credential_identifier")
    if asked == configuration_id(type_id, format_id):
        return
    known = {configuration_id(one, f) for one in ports.templates for f in FORMAT_IDS}
    if asked in known:
        raise OAuthError("invalid_credential_request", detail="another one than was offered")
    raise OAuthError("unknown_credential_configuration")


@router.post("/notification", status_code=204)
def notification(request: Request, body: Body, ports: PortsOf) -> Response:
    """Section 11: the holder kept it, or said that it is not theirs."""
    access_token = _access_token(request)
    with protocol_words("invalid_notification_request"):
        asked = parse_notification(parse_json_object(body))
        with ports.database.transaction() as session:
            issuance.notify(
                session,
                access_token=access_token,
                ports=ports,
                notification_id=asked.notification_id,
                accepted=asked.event is NotificationEvent.ACCEPTED,
                at=ports.clock(),
            )
    return Response(status_code=204)
