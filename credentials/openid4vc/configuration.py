"""Credential configurations: what an issuer says of each kind (OpenID4VCI 1.0, 12.2.4 and A)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

from pydantic import BaseModel, Field

from credentials.claims import ClaimsPath
from credentials.openid4vc.message import WIRE, Name, WireObject

VC_CONTEXT = "https://www.w3.org/ns/credentials/v2"

PROOF_ALGORITHMS = ("ES256", "ES384", "EdDSA")
"""With which a holder may prove that he has a key."""

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


class AttestationRules(BaseModel):
    """How well keys must be kept (appendix D.2); an empty one asks an attestation of any kind."""

    model_config = WIRE
    key_storage: list[str] | None = _ONE_OR_MORE
    user_authentication: list[str] | None = _ONE_OR_MORE


class ProofType(BaseModel):
    """Which key proofs the issuer takes."""

    model_config = WIRE
    proof_signing_alg_values_supported: Annotated[list[str | int], Field(min_length=1)]
    key_attestations_required: AttestationRules | None = None


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


@dataclass(frozen=True, slots=True)
class Kind:
    """What all formats say about one kind of credential.

    Attributes:
        type_url: ``vct``, or the last entry of ``type``.
        scope: the OAuth scope that asks for it; None where there is none.
        claims: with their names, by path inside the subject.
        proof_types: ``jwt`` and, where attestations are believed, ``attestation``.
        attestation: what is asked of keys; None where nothing is.
    """

    type_url: str
    display: Sequence[Display] = ()
    claims: Mapping[ClaimsPath, Sequence[Display]] | None = None
    scope: str | None = None
    proof_types: tuple[str, ...] = ("jwt",)
    attestation: AttestationRules | None = None


def configuration_id(type_id: str, format_id: str) -> str:
    """The name of a configuration: ``heftruck.dc+sd-jwt``."""
    return f"{type_id}.{format_id}"


def sd_jwt_vc_configuration(
    kind: Kind, *, issuer_algorithm: str = "ES256"
) -> CredentialConfiguration:
    """A configuration of format ``dc+sd-jwt`` (appendix A.3)."""
    return _configuration("dc+sd-jwt", kind, issuer_algorithm, root=()).model_copy(
        update={"vct": kind.type_url}
    )


def vc_sd_jwt_configuration(
    kind: Kind, *, contexts: Sequence[str], issuer_algorithm: str = "ES256"
) -> CredentialConfiguration:
    """A configuration of format ``vc+sd-jwt``.

    No profile of the specification names it: it says of its type what ``jwt_vc_json-ld`` says
    (appendix A.1.3).
    """
    found = _configuration("vc+sd-jwt", kind, issuer_algorithm)
    return found.model_copy(update={"credential_definition": _definition(kind, contexts)})


def jwt_vc_json_configuration(
    kind: Kind, *, issuer_algorithm: str = "ES256"
) -> CredentialConfiguration:
    """A configuration of format ``jwt_vc_json`` (appendix A.1.1)."""
    found = _configuration("jwt_vc_json", kind, issuer_algorithm)
    return found.model_copy(update={"credential_definition": {"type": _types(kind)}})


def ldp_vc_configuration(
    kind: Kind, *, contexts: Sequence[str], cryptosuite: str = "eddsa-rdfc-2022"
) -> CredentialConfiguration:
    """A configuration of format ``ldp_vc``, signed with one cryptosuite (appendix A.1.2)."""
    found = _configuration("ldp_vc", kind, cryptosuite)
    return found.model_copy(update={"credential_definition": _definition(kind, contexts)})


def _types(kind: Kind) -> list[str]:
    return ["VerifiableCredential", kind.type_url]


def _definition(kind: Kind, contexts: Sequence[str]) -> WireObject:
    return {"@context": [VC_CONTEXT, *contexts], "type": [*_types(kind)]}


def _configuration(
    format_id: str, kind: Kind, algorithm: str, *, root: ClaimsPath = ("credentialSubject",)
) -> CredentialConfiguration:
    proof = ProofType(
        proof_signing_alg_values_supported=[*PROOF_ALGORITHMS],
        key_attestations_required=kind.attestation,
    )
    described = [
        ClaimDescription(path=[*root, *path], display=list(names) or None)
        for path, names in (kind.claims or {}).items()
    ]
    return CredentialConfiguration(
        format=format_id,
        scope=kind.scope,
        credential_signing_alg_values_supported=[algorithm],
        cryptographic_binding_methods_supported=["jwk"],
        proof_types_supported=dict.fromkeys(kind.proof_types, proof),
        credential_metadata=CredentialMetadata(
            display=list(kind.display) or None, claims=described or None
        ),
    )


def claim_names(metadata: CredentialMetadata, locale: str) -> dict[ClaimsPath, str]:
    """The name of each described claim in ``locale`` (prefix match: ``nl`` finds ``nl-NL``)."""
    return {
        tuple(claim.path): display.name
        for claim in metadata.claims or []
        for display in claim.display or []
        if display.name and (display.locale or "").split("-")[0] == locale
    }
