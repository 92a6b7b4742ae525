"""The credential issuer's HTTP: OpenID4VCI 1.0 for wallets.

Wallets meet OAuth errors; ``service.problems`` writes them. The authorization server stands in
``authorization_api``, its one page in ``pages.authorize``.
"""

from collections.abc import Sequence
from datetime import datetime

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from credentials.encoding import JsonObject, parse_json_object
from credentials.errors import RejectedError
from credentials.keys import PublicKey
from credentials.openid4vc import encryption
from credentials.openid4vc.configuration import configuration_id
from credentials.openid4vc.credential import (
    CredentialRequest,
    CredentialResponse,
    create_deferred_response,
    create_response,
    parse_deferred_request,
    parse_request,
)
from credentials.openid4vc.encryption import EncryptionWish, decrypt_message, encrypt_message
from credentials.openid4vc.key_proof import ProofRules, verify_attested, verify_proofs
from credentials.openid4vc.message import ProtocolError, write_message
from credentials.openid4vc.nonce import NonceResponse
from credentials.openid4vc.notification import NotificationEvent, parse_notification
from credentials.openid4vc.offer import TxCode, create_offer
from issuer import holds, issuance, metadata, offers
from issuer.authorization_clients import attesters, check_sender
from issuer.authorization_grants import (
    Grant,
    credential_identifier,
    grant_of,
    late_grant_of,
)
from issuer.doors import PortsOf, ports_of
from issuer.encryption_keys import encryption_key
from issuer.holds import Deferred
from issuer.issuance import BATCH_SIZE, Delivered
from issuer.oauth import (
    NO_STORE,
    Body,
    access_token,
    at_resource,
    fresh_nonces,
    shown_by,
)
from issuer.ports import Ports

PROTOCOL_PATHS = (
    *("/par", "/token", "/challenge", "/nonce", "/credential", "/deferred_credential"),
    *("/notification", "/offers/", "/o/"),
)
"""Their errors are OAuth errors."""

OPEN_PATHS = ("/.well-known/", *PROTOCOL_PATHS, "/status/")
"""Scripts of any origin may call these: a wallet in a browser does (wallet.md, section 9)."""

STATUS_REASONS = "/status/reasons"
"""Where a holder hears why a proof was paused or withdrawn (``issuer.reasons``)."""

NO_CACHE = {"Cache-Control": "no-cache"}

router = APIRouter()
"""Stands at the root for the first organisation and at ``/o/{slug}`` for each other one."""

well_known = APIRouter()
"""Where RFC 8615 wants a path of its own between host and organisation."""


# --- what the issuer says about itself -------------------------------------------------------


@well_known.get("/.well-known/openid-credential-issuer/o/{slug}")  # noqa: FAST003 - PortsOf reads it
@well_known.get("/.well-known/openid-credential-issuer")
def issuer_metadata(request: Request, ports: PortsOf) -> Response:
    """Section 12.2: which credentials we give, and where; signed for whoever asks a JWT."""
    headers = {**NO_CACHE, "Vary": "Accept"}
    if _prefers_jwt(request.headers.get("accept", "")):
        token = metadata.signed_metadata(ports, at=ports.clock())
        return Response(token, media_type=encryption.MEDIA_TYPE, headers=headers)
    document = write_message(metadata.issuer_metadata(ports))
    document["status_reason_endpoint"] = f"{ports.origin}{STATUS_REASONS}"  # issuer.reasons
    return JSONResponse(document, headers=headers)


def _prefers_jwt(accept: str) -> bool:
    """Whether ``application/jwt`` is asked, and more than JSON (RFC 9110, section 12.5.1)."""
    weights = {"application/jwt": 0.0, "application/json": 0.0}
    for part in accept.split(",")[:20]:
        media_type, *parameters = [step.strip().lower() for step in part.split(";")]
        quality = next((step[2:] for step in parameters if step.startswith("q=")), "1")
        if media_type in weights:
            try:
                weights[media_type] = float(quality)
            except ValueError:
                continue
    return weights["application/jwt"] > weights["application/json"]


@well_known.get("/.well-known/oauth-authorization-server/o/{slug}")  # noqa: FAST003 - PortsOf reads it
@well_known.get("/.well-known/oauth-authorization-server")
def authorization_metadata(ports: PortsOf) -> JSONResponse:
    """RFC 8414: where codes become tokens."""
    return JSONResponse(metadata.authorization_metadata(ports), headers=NO_CACHE)


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
            issuer_state=row.link_id,
        )
    return JSONResponse(write_message(found), headers=NO_STORE)


# --- credentials -----------------------------------------------------------------------------


@router.post("/nonce")
def nonce(request: Request) -> JSONResponse:
    """Section 7: a fresh nonce for proofs of possession, and one for DPoP beside it."""
    ports = ports_of(request)  # not as a dependency: that costs one more way between threads
    at = ports.clock()
    with ports.database.transaction() as session:
        made = issuance.make_nonce(session, ports=ports, at=at)
    return JSONResponse(write_message(NonceResponse(c_nonce=made)), headers=fresh_nonces(ports, at))


@router.post("/credential")
def credential(request: Request, body: Body) -> Response:
    """Section 8: proofs of possession become credentials; a retry gets the same bytes."""
    ports = ports_of(request)  # as above
    at = ports.clock()
    with at_resource(ports, at, "invalid_credential_request"):
        grant = _grant(request, "/credential", ports, at)
        document = _document(request, body, ports)
        asked = parse_request(document)
        _check_asked(asked, grant, ports)
        keys, nonces = _proven(asked, grant, ports, at)
        made = holds.issue_or_defer(ports, grant=grant, keys=keys, nonces=nonces, at=at)
    return _answer(made, asked.credential_response_encryption, ports, at)


@router.post("/deferred_credential")
def deferred_credential(request: Request, body: Body, ports: PortsOf) -> Response:
    """Section 9: what could not be given at once, or how long to wait for it."""
    at = ports.clock()
    with at_resource(ports, at, "invalid_credential_request"):
        grant = _grant(request, "/deferred_credential", ports, at)
        asked = parse_deferred_request(_document(request, body, ports))
        made = holds.issue_deferred(ports, grant=grant, transaction_id=asked.transaction_id, at=at)
    return _answer(made, asked.credential_response_encryption, ports, at)


@router.post("/notification", status_code=204)
def notification(request: Request, body: Body, ports: PortsOf) -> Response:
    """Section 11: the holder kept it, or said that it is not theirs."""
    at = ports.clock()
    with at_resource(ports, at, "invalid_notification_request"):
        grant = _grant(request, "/notification", ports, at, late=True)
        asked = parse_notification(parse_json_object(body))
        with ports.database.transaction() as session:
            issuance.notify(
                session,
                grant=grant,
                notification_id=asked.notification_id,
                accepted=asked.event is NotificationEvent.ACCEPTED,
                ports=ports,
                at=at,
            )
    return Response(status_code=204, headers=fresh_nonces(ports, at))


def _grant(request: Request, path: str, ports: Ports, at: datetime, *, late: bool = False) -> Grant:
    """What the access token opens, shown as it must be."""
    token, as_dpop = access_token(request)
    find = late_grant_of if late else grant_of
    with ports.database.asking() as connection:
        grant = find(connection, token, ports=ports, at=at)
    if as_dpop != (grant.thumbprint is not None):
        raise RejectedError("invalid_token", "shown as another kind of token")
    check_sender(ports, shown_by(request, path), grant=grant, access_token=token, at=at)
    return grant


def _document(request: Request, body: bytes, ports: Ports) -> JsonObject:
    """The request, decrypted where it was encrypted (section 10).

    Raises:
        ProtocolError: ``invalid_encryption_parameters``; also where an encrypted answer is asked
            in a plain request, for anyone on the way could put another key in (section 8.2).
    """
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type == encryption.MEDIA_TYPE:
        return decrypt_message(body, [encryption_key(ports)])
    document = parse_json_object(body)
    if "credential_response_encryption" in document:
        encryption.read_wish(document["credential_response_encryption"])
        code = "encryption_request_plain"
        raise ProtocolError("invalid_encryption_parameters", "the request is plain", code=code)
    return document


def _check_asked(asked: CredentialRequest, grant: Grant, ports: Ports) -> None:
    """The request names what the token is for: by identifier where one was given (6.2)."""
    wanted = asked.credential_configuration_id
    if asked.credential_identifier is not None:
        own = credential_identifier(grant.offer_id)
        if not grant.detailed or asked.credential_identifier != own:
            raise ProtocolError("unknown_credential_identifier", "not of this token")
        return
    if wanted != configuration_id(grant.type_id, grant.format):
        if wanted not in metadata.known_configurations(ports):
            raise ProtocolError("unknown_credential_configuration", "none of ours")
        raise ProtocolError("invalid_credential_request", "another one than was offered")
    if grant.detailed:
        raise ProtocolError("invalid_credential_request", "the token came with an identifier")


def _proven(
    asked: CredentialRequest, grant: Grant, ports: Ports, at: datetime
) -> tuple[Sequence[PublicKey], Sequence[str]]:
    """The keys that the wallet has shown, and the nonces it used for that, to be spent."""
    rules = ProofRules(
        ports.origin,
        client_id=grant.client_id,
        attesters=attesters(ports),
        attested=ports.settings.high_assurance,
    )
    nonces: list[str] = []

    def spent_later(nonce: str) -> bool:
        """Whether it is fresh is decided where it is used up, with the intent."""
        nonces.append(nonce)
        return True

    attestation = asked.attestation()
    if attestation is not None:
        keys = verify_attested(attestation, rules=rules, nonce_known=spent_later, at=at)
    else:
        proofs = asked.jwt_proofs()
        _check_number(len(proofs))
        keys = verify_proofs(proofs, rules=rules, nonce_known=spent_later, at=at)
    _check_number(len(keys))
    return keys, nonces


def _check_number(copies: int) -> None:
    if copies > BATCH_SIZE:
        raise ProtocolError("invalid_proof", f"{copies} copies", code="proofs_too_many")


def _answer(
    made: Delivered | Deferred, wish: EncryptionWish | None, ports: Ports, at: datetime
) -> Response:
    headers, status = fresh_nonces(ports, at), 200
    if isinstance(made, Deferred):
        wait, status = int(holds.INTERVAL.total_seconds()), 202
        headers["Retry-After"] = str(wait)
        message: CredentialResponse = create_deferred_response(made.transaction_id, interval=wait)
    else:
        message = create_response(made.wires, notification_id=made.notification_id)
    document = write_message(message)
    if wish is None:
        return JSONResponse(document, status_code=status, headers=headers)
    token = encrypt_message(document, wish.jwk, enc=wish.enc)
    return Response(token, status, media_type=encryption.MEDIA_TYPE, headers=headers)
