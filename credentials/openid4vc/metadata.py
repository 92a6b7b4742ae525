"""Metadata of the credential issuer and its authorization server (OpenID4VCI 1.0, section 12)."""

from collections.abc import Mapping
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import BaseModel, Field

from credentials.claims import ClaimsPath
from credentials.encoding import JsonObject
from credentials.openid4vc.message import (
    WIRE,
    HttpsUrl,
    Name,
    ProtocolError,
    WireObject,
    is_https_url,
    read_message,
)

PRE_AUTHORIZED_GRANT = "urn:ietf:params:oauth:grant-type:pre-authorized_code"
"""Section 4.1.1."""

MAX_CONFIGURATIONS = 500
"""Fifty types in ten formats; a wallet lists them on one screen."""

VC_CONTEXT = "https://www.w3.org/ns/credentials/v2"

_ONE_OR_MORE = Field(default=None, min_length=1)


class Display(BaseModel):
    """How to name an issuer, a credential or a claim in one language."""

    model_config = WIRE
    name: str | None = None
    locale: str | None = None
    logo: WireObject | None = None
    description: str | None = None
    background_color: str | None = None
    text_color: str | None = None


class ClaimDescription(BaseModel):
    """One claim that a credential may hold (appendix B.2)."""

    model_config = WIRE
    path: Annotated[list[str | int | None], Field(min_length=1)]
    mandatory: bool | None = None
    display: list[Display] | None = None


class CredentialMetadata(BaseModel):
    """How a wallet may draw a credential and name its claims."""

    model_config = WIRE
    display: list[Display] | None = _ONE_OR_MORE
    claims: list[ClaimDescription] | None = _ONE_OR_MORE


class ProofType(BaseModel):
    """Which key proofs the issuer takes."""

    model_config = WIRE
    proof_signing_alg_values_supported: Annotated[list[str | int], Field(min_length=1)]
    key_attestations_required: WireObject | None = None


class CredentialConfiguration(BaseModel):
    """One kind of credential; ``vct``, ``credential_definition`` or ``doctype`` by its format."""

    model_config = WIRE
    format: Name
    scope: str | None = None
    credential_signing_alg_values_supported: list[str | int] | None = _ONE_OR_MORE
    cryptographic_binding_methods_supported: list[str] | None = _ONE_OR_MORE
    proof_types_supported: dict[str, ProofType] | None = None
    credential_metadata: CredentialMetadata | None = None
    vct: str | None = None
    credential_definition: WireObject | None = None
    doctype: str | None = None


class BatchIssuance(BaseModel):
    """How many proofs one request may carry."""

    model_config = WIRE
    batch_size: Annotated[int, Field(ge=2)]


class CredentialIssuerMetadata(BaseModel):
    """What the issuer publishes at ``/.well-known/openid-credential-issuer`` (section 12.2.4)."""

    model_config = WIRE
    credential_issuer: HttpsUrl
    authorization_servers: list[HttpsUrl] | None = _ONE_OR_MORE
    credential_endpoint: HttpsUrl
    nonce_endpoint: HttpsUrl | None = None
    deferred_credential_endpoint: HttpsUrl | None = None
    notification_endpoint: HttpsUrl | None = None
    credential_request_encryption: WireObject | None = None
    credential_response_encryption: WireObject | None = None
    batch_credential_issuance: BatchIssuance | None = None
    display: list[Display] | None = _ONE_OR_MORE
    credential_configurations_supported: Annotated[
        dict[str, CredentialConfiguration], Field(max_length=MAX_CONFIGURATIONS)
    ]

    def authorization_server(self) -> str:
        """The authorization server to use: the first named, else the issuer itself."""
        return (self.authorization_servers or [self.credential_issuer])[0]


class AuthorizationServerMetadata(BaseModel):
    """RFC 8414 metadata, as far as the pre-authorized code flow needs it (section 12.3)."""

    model_config = WIRE
    issuer: HttpsUrl
    token_endpoint: HttpsUrl
    grant_types_supported: list[str] | None = None
    response_types_supported: list[str] | None = None
    token_endpoint_auth_methods_supported: list[str] | None = None
    pre_authorized_grant_anonymous_access_supported: bool = Field(
        default=False,
        validation_alias="pre-authorized_grant_anonymous_access_supported",
        serialization_alias="pre-authorized_grant_anonymous_access_supported",
    )


def configuration_id(type_id: str, format_id: str) -> str:
    """The name of a configuration: ``heftruck.dc+sd-jwt``."""
    return f"{type_id}.{format_id}"


def sd_jwt_vc_configuration(
    vct: str,
    *,
    display: list[Display],
    claims: Mapping[ClaimsPath, list[Display]],
    issuer_algorithm: str = "ES256",
) -> CredentialConfiguration:
    """A configuration of format ``dc+sd-jwt``, bound to a JWK (appendix A.3)."""
    return CredentialConfiguration(
        format="dc+sd-jwt",
        vct=vct,
        credential_signing_alg_values_supported=[issuer_algorithm],
        cryptographic_binding_methods_supported=["jwk"],
        proof_types_supported=_jwt_proof(),
        credential_metadata=_described(display, claims, root=()),
    )


def ldp_vc_configuration(
    type_url: str,
    *,
    contexts: list[str],
    display: list[Display],
    claims: Mapping[ClaimsPath, list[Display]],
    cryptosuite: str = "eddsa-rdfc-2022",
) -> CredentialConfiguration:
    """A configuration of format ``ldp_vc``, bound to a JWK (appendix A.1.2)."""
    definition: WireObject = {
        "@context": [VC_CONTEXT, *contexts],
        "type": ["VerifiableCredential", type_url],
    }
    return CredentialConfiguration(
        format="ldp_vc",
        credential_definition=definition,
        credential_signing_alg_values_supported=[cryptosuite],
        cryptographic_binding_methods_supported=["jwk"],
        proof_types_supported=_jwt_proof(),
        credential_metadata=_described(display, claims, root=("credentialSubject",)),
    )


def _jwt_proof() -> dict[str, ProofType]:
    return {"jwt": ProofType(proof_signing_alg_values_supported=["ES256", "ES384", "EdDSA"])}


def _described(
    display: list[Display], claims: Mapping[ClaimsPath, list[Display]], *, root: ClaimsPath
) -> CredentialMetadata:
    descriptions = [
        ClaimDescription(path=[*root, *path], display=names or None)
        for path, names in claims.items()
    ]
    return CredentialMetadata(display=display or None, claims=descriptions or None)


def create_issuer_metadata(
    credential_issuer: str,
    configurations: Mapping[str, CredentialConfiguration],
    *,
    display: list[Display],
) -> CredentialIssuerMetadata:
    """Metadata of an issuer whose endpoints lie directly under its identifier."""
    return CredentialIssuerMetadata(
        credential_issuer=credential_issuer,
        credential_endpoint=f"{credential_issuer}/credential",
        nonce_endpoint=f"{credential_issuer}/nonce",
        notification_endpoint=f"{credential_issuer}/notification",
        display=display or None,
        credential_configurations_supported=dict(configurations),
    )


def create_authorization_metadata(issuer: str) -> AuthorizationServerMetadata:
    """Metadata of a server that knows the pre-authorized code flow without client sign-in."""
    return AuthorizationServerMetadata(
        issuer=issuer,
        token_endpoint=f"{issuer}/token",
        grant_types_supported=[PRE_AUTHORIZED_GRANT],
        token_endpoint_auth_methods_supported=["none"],
        pre_authorized_grant_anonymous_access_supported=True,
    )


def parse_issuer_metadata(
    document: JsonObject, *, expected_issuer: str
) -> CredentialIssuerMetadata:
    """Read metadata that was fetched for ``expected_issuer``.

    Raises:
        ProtocolError: ``issuer_metadata_invalid``: a parameter is missing or wrong, or the
            metadata is of another issuer (section 12.2.4: exact comparison).
    """
    found = read_message(
        CredentialIssuerMetadata, document, error="invalid_request", code="issuer_metadata_invalid"
    )
    _same(found.credential_issuer, expected_issuer)
    return found


def parse_authorization_metadata(
    document: JsonObject, *, expected_issuer: str
) -> AuthorizationServerMetadata:
    """Read authorization server metadata that was fetched for ``expected_issuer``.

    Raises:
        ProtocolError: ``issuer_metadata_invalid``, as above (RFC 8414, section 3.3).
    """
    found = read_message(
        AuthorizationServerMetadata,
        document,
        error="invalid_request",
        code="issuer_metadata_invalid",
    )
    _same(found.issuer, expected_issuer)
    return found


def _same(found: str, expected: str) -> None:
    if found != expected:
        raise ProtocolError(
            "invalid_request", f"{found} instead of {expected}", code="issuer_metadata_invalid"
        )


def issuer_metadata_url(credential_issuer: str) -> str:
    """Where the metadata lies: the well-known part goes between host and path (12.2.2)."""
    return _well_known(credential_issuer, "openid-credential-issuer")


def authorization_metadata_url(issuer: str) -> str:
    """Where the authorization server's metadata lies (RFC 8414, section 3)."""
    return _well_known(issuer, "oauth-authorization-server")


def _well_known(identifier: str, name: str) -> str:
    if not is_https_url(identifier) or urlsplit(identifier).query:
        raise ProtocolError("invalid_request", "identifier", code="issuer_metadata_invalid")
    parts = urlsplit(identifier)
    return f"https://{parts.netloc}/.well-known/{name}{parts.path.rstrip('/')}"


def claim_names(metadata: CredentialMetadata, locale: str) -> dict[ClaimsPath, str]:
    """The name of each described claim in ``locale`` (prefix match: ``nl`` finds ``nl-NL``)."""
    return {
        tuple(claim.path): display.name
        for claim in metadata.claims or []
        for display in claim.display or []
        if display.name and (display.locale or "").split("-")[0] == locale
    }
