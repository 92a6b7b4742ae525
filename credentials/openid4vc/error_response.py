"""Error responses of OAuth and OpenID4VCI: the words the specifications name, and reading them."""

from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, Field

from credentials.encoding import JsonObject
from credentials.openid4vc.message import WIRE, read_message


class Word(StrEnum):
    """Every ``error`` of the specifications that a message of this package can be answered with."""

    # RFC 6749, sections 4.1.2.1 and 5.2; RFC 6750, section 3.1
    INVALID_REQUEST = "invalid_request"
    INVALID_CLIENT = "invalid_client"
    INVALID_GRANT = "invalid_grant"
    UNAUTHORIZED_CLIENT = "unauthorized_client"
    UNSUPPORTED_GRANT_TYPE = "unsupported_grant_type"
    UNSUPPORTED_RESPONSE_TYPE = "unsupported_response_type"
    INVALID_SCOPE = "invalid_scope"
    ACCESS_DENIED = "access_denied"
    SERVER_ERROR = "server_error"
    TEMPORARILY_UNAVAILABLE = "temporarily_unavailable"
    INVALID_TOKEN = "invalid_token"  # noqa: S105 - a word of the protocol, no secret
    INSUFFICIENT_SCOPE = "insufficient_scope"
    # RFC 9101, section 6.3 (OpenID Connect Core, 3.1.2.6); RFC 9396, section 5
    INVALID_REQUEST_URI = "invalid_request_uri"
    REQUEST_NOT_SUPPORTED = "request_not_supported"
    REQUEST_URI_NOT_SUPPORTED = "request_uri_not_supported"
    INVALID_AUTHORIZATION_DETAILS = "invalid_authorization_details"
    # RFC 9449, sections 5 and 8
    INVALID_DPOP_PROOF = "invalid_dpop_proof"
    USE_DPOP_NONCE = "use_dpop_nonce"
    # attestation-based client authentication, section on errors
    INVALID_CLIENT_ATTESTATION = "invalid_client_attestation"
    USE_ATTESTATION_CHALLENGE = "use_attestation_challenge"
    USE_FRESH_ATTESTATION = "use_fresh_attestation"
    # OpenID4VCI 1.0, sections 8.3.1.2, 9.3 and 11.3; issuance_pending is of its drafts alone
    INVALID_CREDENTIAL_REQUEST = "invalid_credential_request"
    UNKNOWN_CREDENTIAL_CONFIGURATION = "unknown_credential_configuration"
    UNKNOWN_CREDENTIAL_IDENTIFIER = "unknown_credential_identifier"
    INVALID_PROOF = "invalid_proof"
    INVALID_NONCE = "invalid_nonce"
    INVALID_ENCRYPTION_PARAMETERS = "invalid_encryption_parameters"
    CREDENTIAL_REQUEST_DENIED = "credential_request_denied"
    INVALID_TRANSACTION_ID = "invalid_transaction_id"
    ISSUANCE_PENDING = "issuance_pending"
    INVALID_NOTIFICATION_ID = "invalid_notification_id"
    INVALID_NOTIFICATION_REQUEST = "invalid_notification_request"


class ErrorResponse(BaseModel):
    """What a server answers instead of what was asked (RFC 6749, section 5.2).

    Attributes:
        error: mostly one of ``Word``; extensions may add others.
        error_description: for whoever builds the client; a stranger's text, never shown.
        interval: seconds to wait, in the drafts' ``issuance_pending``.
    """

    model_config = WIRE
    error: Annotated[
        str, Field(min_length=1, max_length=100, pattern=r"^[\x20-\x21\x23-\x5B\x5D-\x7E]*$")
    ]
    error_description: str | None = None
    interval: Annotated[int, Field(ge=1)] | None = None

    @property
    def word(self) -> Word | None:
        """The word of the specification; None for one that no specification names."""
        return Word(self.error) if self.error in set(Word) else None


def parse_error_response(document: JsonObject) -> ErrorResponse:
    """Read the JSON body of an answer that is no success.

    Raises:
        ProtocolError: ``error_response_invalid``: it names no error.
    """
    return read_message(
        ErrorResponse, document, error="server_error", code="error_response_invalid"
    )
