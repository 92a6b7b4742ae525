"""Metadata of the authorization server (RFC 8414; OpenID4VCI 1.0, section 12.3)."""

from pydantic import BaseModel, Field

from credentials.encoding import JsonObject
from credentials.openid4vc import authorization_details, client_attestation, pkce
from credentials.openid4vc.configuration import PROOF_ALGORITHMS
from credentials.openid4vc.message import WIRE, HttpsUrl, read_message
from credentials.openid4vc.metadata import (
    AUTHORIZATION_CODE_GRANT,
    PRE_AUTHORIZED_GRANT,
    REFRESH_GRANT,
    check_identifier,
    well_known,
)


class AuthorizationServerMetadata(BaseModel):
    """What the server publishes; unknown parameters are ignored.

    Attributes:
        require_pushed_authorization_requests: RFC 9126, section 5.
        authorization_response_iss_parameter_supported: RFC 9207, section 3.
        dpop_signing_alg_values_supported: RFC 9449, section 5.1.
        protected_resources: the issuers it serves, where it names them (RFC 9728, section 4).
        challenge_endpoint: attestation-based client authentication, section on challenges.
    """

    model_config = WIRE
    issuer: HttpsUrl
    token_endpoint: HttpsUrl
    authorization_endpoint: HttpsUrl | None = None
    pushed_authorization_request_endpoint: HttpsUrl | None = None
    require_pushed_authorization_requests: bool = False
    challenge_endpoint: HttpsUrl | None = None
    protected_resources: list[str] | None = None
    grant_types_supported: list[str] | None = None
    response_types_supported: list[str] | None = None
    response_modes_supported: list[str] | None = None
    scopes_supported: list[str] | None = None
    code_challenge_methods_supported: list[str] | None = None
    authorization_details_types_supported: list[str] | None = None
    token_endpoint_auth_methods_supported: list[str] | None = None
    client_attestation_signing_alg_values_supported: list[str] | None = None
    client_attestation_pop_signing_alg_values_supported: list[str] | None = None
    dpop_signing_alg_values_supported: list[str] | None = None
    authorization_response_iss_parameter_supported: bool = False
    pre_authorized_grant_anonymous_access_supported: bool = Field(
        default=False,
        validation_alias="pre-authorized_grant_anonymous_access_supported",
        serialization_alias="pre-authorized_grant_anonymous_access_supported",
    )


def create_authorization_metadata(
    issuer: str, *, scopes: list[str], attested_clients: bool, pushed_only: bool
) -> AuthorizationServerMetadata:
    """Metadata of a server whose endpoints lie directly under its identifier.

    Args:
        issuer: the server's identifier.
        scopes: that ask for credentials.
        attested_clients: wallet attestations are believed, of providers that are known.
        pushed_only: requests must be pushed.
    """
    methods = [client_attestation.METHOD] if attested_clients else []
    algorithms = [*PROOF_ALGORITHMS]
    return AuthorizationServerMetadata(
        issuer=issuer,
        token_endpoint=f"{issuer}/token",
        authorization_endpoint=f"{issuer}/authorize",
        pushed_authorization_request_endpoint=f"{issuer}/par",
        require_pushed_authorization_requests=pushed_only,
        challenge_endpoint=f"{issuer}/challenge" if attested_clients else None,
        grant_types_supported=[AUTHORIZATION_CODE_GRANT, PRE_AUTHORIZED_GRANT, REFRESH_GRANT],
        response_types_supported=["code"],
        response_modes_supported=["query"],
        scopes_supported=scopes or None,
        code_challenge_methods_supported=[pkce.METHOD],
        authorization_details_types_supported=[authorization_details.TYPE],
        token_endpoint_auth_methods_supported=["none", *methods],
        client_attestation_signing_alg_values_supported=algorithms if attested_clients else None,
        client_attestation_pop_signing_alg_values_supported=(
            algorithms if attested_clients else None
        ),
        dpop_signing_alg_values_supported=algorithms,
        authorization_response_iss_parameter_supported=True,
        pre_authorized_grant_anonymous_access_supported=True,
    )


def parse_authorization_metadata(
    document: JsonObject, *, expected_issuer: str
) -> AuthorizationServerMetadata:
    """Read metadata that was fetched for ``expected_issuer``.

    Raises:
        ProtocolError: ``issuer_metadata_invalid``: a parameter is missing or wrong, or the
            metadata is of another server (RFC 8414, section 3.3).
    """
    found = read_message(
        AuthorizationServerMetadata,
        document,
        error="invalid_request",
        code="issuer_metadata_invalid",
    )
    check_identifier(found.issuer, expected_issuer)
    return found


def authorization_metadata_url(issuer: str) -> str:
    """Where the metadata lies (RFC 8414, section 3)."""
    return well_known(issuer, "oauth-authorization-server")
