"""Credential request, key proof and response (OpenID4VCI 1.0, section 8 and appendix F.1)."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated

from pydantic import BaseModel, Field

from credentials import jose
from credentials.encoding import JsonObject
from credentials.errors import CredentialError, MalformedError
from credentials.keys import PublicKey, Signer, public_key_from_jwk
from credentials.limits import CLOCK_SKEW
from credentials.model import Wire
from credentials.openid4vc.message import WIRE, Name, ProtocolError, WireObject, read_message

PROOF_TYPE = "openid4vci-proof+jwt"
"""``typ`` of a key proof."""

MAX_PROOF_AGE = timedelta(minutes=10)
"""A proof answers a nonce that lives no longer."""

MAX_BATCH = 50
"""Proofs or credentials in one message: more copies than a worker shows in a year."""


ProofList = Annotated[list[str | WireObject], Field(min_length=1, max_length=MAX_BATCH)]
"""Key proofs of one type."""


class CredentialRequest(BaseModel):
    """What the wallet asks: one configuration or identifier, with proofs of one type."""

    model_config = WIRE
    credential_configuration_id: Name | None = None
    credential_identifier: Name | None = None
    proofs: dict[str, ProofList] | None = Field(default=None, repr=False)

    def jwt_proofs(self) -> list[str]:
        """The key proofs.

        Raises:
            ProtocolError: ``invalid_proof``: there are none, or of a type other than ``jwt``.
        """
        proofs = (self.proofs or {}).get("jwt", [])
        texts = [proof for proof in proofs if isinstance(proof, str)]
        if not texts or len(texts) != len(proofs):
            raise ProtocolError("invalid_proof", "no proofs of type jwt")
        return texts


class IssuedCredential(BaseModel):
    """One credential inside a response."""

    model_config = WIRE
    credential: str | WireObject = Field(repr=False)


class CredentialResponse(BaseModel):
    """The credentials, or the handle of a deferred issuance (section 8.3)."""

    model_config = WIRE
    credentials: Annotated[list[IssuedCredential], Field(min_length=1, max_length=MAX_BATCH)] | (
        None
    ) = None
    transaction_id: Name | None = None
    interval: Annotated[int, Field(ge=1)] | None = None
    notification_id: Name | None = None

    def wires(self) -> list[Wire]:
        """The credentials as they travel; empty in a deferred response."""
        return [issued.credential for issued in self.credentials or []]


def create_request(configuration_id: str, proofs: Sequence[str]) -> CredentialRequest:
    """A request for one credential for each key proof."""
    return CredentialRequest(
        credential_configuration_id=configuration_id, proofs={"jwt": list(proofs)}
    )


def parse_request(document: JsonObject) -> CredentialRequest:
    """Read a credential request.

    Raises:
        ProtocolError: ``invalid_credential_request``: not exactly one of identifier and
            configuration, or proofs of more than one type; ``invalid_encryption_parameters``:
            it asks for an encrypted response, which we do not announce (section 8.3.1.2).
    """
    error = "invalid_credential_request"
    if "credential_response_encryption" in document:
        raise ProtocolError("invalid_encryption_parameters", "response encryption is not offered")
    request = read_message(CredentialRequest, document, error=error, code=error)
    if (request.credential_configuration_id is None) == (request.credential_identifier is None):
        raise ProtocolError(error, "needs credential_configuration_id or credential_identifier")
    if request.proofs is not None and len(request.proofs) != 1:
        raise ProtocolError(error, f"{len(request.proofs)} proof types")
    return request


def create_response(
    credentials: Sequence[Wire], *, notification_id: str | None = None
) -> CredentialResponse:
    """The answer that carries the credentials."""
    issued = [IssuedCredential.model_validate({"credential": wire}) for wire in credentials]
    return CredentialResponse(credentials=issued, notification_id=notification_id)


def parse_response(document: JsonObject) -> CredentialResponse:
    """Read the answer of a credential endpoint.

    Raises:
        ProtocolError: ``credential_response_invalid``: credentials and deferral together, neither,
            a deferral without interval, or a notification id without credentials (section 8.3).
    """
    code = "credential_response_invalid"
    response = read_message(CredentialResponse, document, error="invalid_request", code=code)
    deferred = response.transaction_id is not None
    if deferred == (response.credentials is not None):
        raise ProtocolError("invalid_request", "credentials or transaction_id", code=code)
    if deferred != (response.interval is not None):
        raise ProtocolError("invalid_request", "interval belongs to transaction_id", code=code)
    if deferred and response.notification_id is not None:
        raise ProtocolError("invalid_request", "notification_id without credentials", code=code)
    return response


def create_proof(
    signer: Signer, *, audience: str, nonce: str, at: datetime, client_id: str | None = None
) -> str:
    """Prove that we hold the key of ``signer``, to which the credential is to be bound.

    The audience is the credential issuer's identifier, the nonce comes from its nonce endpoint,
    and ``client_id`` is given only where the token was not obtained anonymously.
    """
    payload: JsonObject = {"aud": audience, "iat": int(at.timestamp()), "nonce": nonce}
    if client_id is not None:
        payload["iss"] = client_id
    return jose.sign_compact({"typ": PROOF_TYPE, "jwk": signer.public.jwk()}, payload, signer)


def verify_proof(
    token: str,
    *,
    audience: str,
    nonce_known: Callable[[str], bool],
    at: datetime,
    client_id: str | None = None,
) -> PublicKey:
    """Check a key proof and return the key to bind the credential to.

    ``nonce_known`` says whether we gave out this nonce and it still counts, and may use it up; it
    is asked last, so that a forged proof uses up none. ``client_id`` is the access token's, None
    where that was obtained anonymously.

    Raises:
        ProtocolError: ``invalid_proof``: no sound proof by the key in its header, for another
            issuer or client, without time or nonce, or outside ten minutes;
            ``invalid_nonce``: the nonce is not one of ours (section 8.3.1.2).
    """
    key, payload = _signed(token)
    if payload.get("aud") != audience:
        raise ProtocolError("invalid_proof", "aud is another issuer")
    if payload.get("iss") != client_id:
        raise ProtocolError("invalid_proof", "iss is not the client")
    _check_age(payload.get("iat"), at)
    nonce = payload.get("nonce")
    if not isinstance(nonce, str) or not nonce:
        raise ProtocolError("invalid_proof", "nonce is missing")
    if not nonce_known(nonce):
        raise ProtocolError("invalid_nonce", "nonce is unknown, used or too old")
    return key


def _signed(token: str) -> tuple[PublicKey, JsonObject]:
    try:
        proof = jose.peek(token, typ=frozenset({PROOF_TYPE}), header_key=True)
        key = public_key_from_jwk(_own_key(proof.header))
        proof.verify(key)
    except CredentialError as error:
        raise ProtocolError("invalid_proof", f"{error.code} {error.detail}") from error
    return key, proof.payload


def _own_key(header: JsonObject) -> JsonObject:
    jwk = header.get("jwk")
    if not isinstance(jwk, dict) or not {"kid", "x5c"}.isdisjoint(header):
        raise MalformedError("key_invalid", "the header needs jwk and no other key")
    return jwk


def _check_age(issued: object, at: datetime) -> None:
    if isinstance(issued, bool) or not isinstance(issued, int | float):
        raise ProtocolError("invalid_proof", "iat is no number")
    try:
        moment = datetime.fromtimestamp(issued, tz=UTC)
    except (ValueError, OverflowError, OSError):
        raise ProtocolError("invalid_proof", "iat is no time") from None
    if not at - MAX_PROOF_AGE <= moment <= at + CLOCK_SKEW:
        raise ProtocolError("invalid_proof", "iat is outside the window")
