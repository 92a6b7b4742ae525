"""Credential request and response, immediate and deferred (OpenID4VCI 1.0, sections 8 and 9)."""

from collections.abc import Sequence
from typing import Annotated

from pydantic import BaseModel, Field

from credentials.encoding import JsonObject
from credentials.model import Wire
from credentials.openid4vc.encryption import EncryptionWish, read_wish
from credentials.openid4vc.message import WIRE, Name, ProtocolError, WireObject, read_message

MAX_BATCH = 50
"""Proofs or credentials in one message: more copies than a worker shows in a year."""

_REQUEST_ERROR = "invalid_credential_request"

ProofList = Annotated[list[str | WireObject], Field(min_length=1, max_length=MAX_BATCH)]
"""Key proofs of one type."""


class CredentialRequest(BaseModel):
    """What the wallet asks: one configuration or identifier, with proofs of one type.

    Attributes:
        credential_response_encryption: the key to which the answer is to be encrypted.
    """

    model_config = WIRE
    credential_configuration_id: Name | None = None
    credential_identifier: Name | None = None
    proofs: dict[str, ProofList] | None = Field(default=None, repr=False)
    credential_response_encryption: EncryptionWish | None = None

    def jwt_proofs(self) -> list[str]:
        """The key proofs.

        Raises:
            ProtocolError: ``invalid_proof``: there are none, or of a type other than ``jwt``.
        """
        texts = self._texts("jwt")
        if not texts:
            raise ProtocolError("invalid_proof", "no proofs of type jwt")
        return texts

    def attestation(self) -> str | None:
        """The one key attestation of proof type ``attestation``; None for another type.

        Raises:
            ProtocolError: ``invalid_proof`` where there is not exactly one (appendix F.3).
        """
        if "attestation" not in (self.proofs or {}):
            return None
        texts = self._texts("attestation")
        if len(texts) != 1:
            raise ProtocolError("invalid_proof", "attestation holds exactly one token")
        return texts[0]

    def _texts(self, proof_type: str) -> list[str]:
        proofs = (self.proofs or {}).get(proof_type, [])
        texts = [proof for proof in proofs if isinstance(proof, str)]
        return texts if len(texts) == len(proofs) else []


class DeferredRequest(BaseModel):
    """Asks once more for what could not be given at once (section 9.1)."""

    model_config = WIRE
    transaction_id: Name = Field(repr=False)
    credential_response_encryption: EncryptionWish | None = None


class IssuedCredential(BaseModel):
    """One credential inside a response."""

    model_config = WIRE
    credential: str | WireObject = Field(repr=False)


class CredentialResponse(BaseModel):
    """The credentials, or the handle of a deferred issuance (sections 8.3 and 9.2).

    Attributes:
        interval: seconds to wait before asking again.
    """

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


def create_identifier_request(identifier: str, proofs: Sequence[str]) -> CredentialRequest:
    """The same, by an identifier that came with the token (section 6.2)."""
    return CredentialRequest(credential_identifier=identifier, proofs={"jwt": list(proofs)})


def parse_request(document: JsonObject) -> CredentialRequest:
    """Read a credential request.

    Raises:
        ProtocolError: ``invalid_credential_request``: not exactly one of identifier and
            configuration, or proofs of more than one type; ``invalid_encryption_parameters``.
    """
    _check_wish(document)
    request = read_message(CredentialRequest, document, error=_REQUEST_ERROR, code=_REQUEST_ERROR)
    if (request.credential_configuration_id is None) == (request.credential_identifier is None):
        raise ProtocolError(
            _REQUEST_ERROR, "needs credential_configuration_id or credential_identifier"
        )
    if request.proofs is not None and len(request.proofs) != 1:
        raise ProtocolError(_REQUEST_ERROR, f"{len(request.proofs)} proof types")
    return request


def parse_deferred_request(document: JsonObject) -> DeferredRequest:
    """Read a deferred credential request.

    Raises:
        ProtocolError: ``invalid_credential_request`` without ``transaction_id``;
            ``invalid_encryption_parameters``.
    """
    _check_wish(document)
    return read_message(DeferredRequest, document, error=_REQUEST_ERROR, code=_REQUEST_ERROR)


def _check_wish(document: JsonObject) -> None:
    if "credential_response_encryption" in document:
        read_wish(document["credential_response_encryption"])


def create_response(
    credentials: Sequence[Wire], *, notification_id: str | None = None
) -> CredentialResponse:
    """The answer that carries the credentials."""
    issued = [IssuedCredential.model_validate({"credential": wire}) for wire in credentials]
    return CredentialResponse(credentials=issued, notification_id=notification_id)


def create_deferred_response(transaction_id: str, *, interval: int) -> CredentialResponse:
    """The answer that says when to ask again, in seconds; sent with status 202."""
    return CredentialResponse(transaction_id=transaction_id, interval=interval)


def parse_response(
    document: JsonObject, *, transaction_id: str | None = None
) -> CredentialResponse:
    """Read the answer of a credential endpoint, or of the deferred one.

    Args:
        document: the JSON body, decrypted where it was encrypted.
        transaction_id: of the deferred request; a further deferral must repeat it (section 9.2).

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
    if deferred and transaction_id not in {None, response.transaction_id}:
        raise ProtocolError("invalid_request", "another transaction", code=code)
    return response
