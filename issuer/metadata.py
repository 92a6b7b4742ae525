"""What the issuer tells about itself: OpenID4VCI 1.0 section 12.2, RFC 8414."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from credentials import jose
from credentials.claims import ClaimsPath
from credentials.encoding import JsonObject
from credentials.openid4vc.authorization_metadata import create_authorization_metadata
from credentials.openid4vc.configuration import (
    AttestationRules,
    CredentialConfiguration,
    Display,
    Kind,
    configuration_id,
    jwt_vc_json_configuration,
    ldp_vc_configuration,
    sd_jwt_vc_configuration,
    vc_sd_jwt_configuration,
)
from credentials.openid4vc.encryption import request_encryption, response_encryption
from credentials.openid4vc.message import write_message
from credentials.openid4vc.metadata import (
    Abilities,
    CredentialIssuerMetadata,
    create_issuer_metadata,
    sign_issuer_metadata,
)
from issuer.encryption_keys import encryption_key
from issuer.formats import FORMAT_IDS, ISSUED_FORMATS
from issuer.issuance import BATCH_SIZE
from issuer.ports import Ports
from issuer.templates import Template
from schemas.contexts import SKILLS_CONTEXT
from schemas.credential_types import CredentialType
from schemas.messages import LANGUAGES

SIGNED_LIFE = timedelta(hours=24)
"""How long a wallet may believe signed metadata that it kept."""


MAX_DESCRIBED = 100
"""Configurations beyond which no claims are named: every phone reads the whole document (100 make
90 kB, measured)."""


def known_configurations(ports: Ports) -> Mapping[str, tuple[str, str]]:
    """Every configuration that is given now, by its id: template id and format id.

    The scope that asks for one has the same name.
    """
    return {
        configuration_id(template_id, format_id): (template_id, format_id)
        for template_id, template in ports.templates.items()
        for format_id in template.formats or ISSUED_FORMATS
    }


def issuer_metadata(ports: Ports) -> CredentialIssuerMetadata:
    """The document at ``/.well-known/openid-credential-issuer``."""
    names = [Display(name=ports.identity.name, locale=locale) for locale in LANGUAGES]
    known = known_configurations(ports)
    found = {
        name: _configuration(
            ports.templates[template_id],
            format_id,
            scope=name,
            described=len(known) <= MAX_DESCRIBED,
            ports=ports,
        )
        for name, (template_id, format_id) in known.items()
    }
    abilities = Abilities(
        batch_size=BATCH_SIZE,
        request_encryption=request_encryption([jose.public_encryption_key(encryption_key(ports))]),
        response_encryption=response_encryption(),
    )
    return create_issuer_metadata(ports.origin, found, display=names, abilities=abilities)


def signed_metadata(ports: Ports, *, at: datetime) -> str:
    """The same as a JWT, by the key of our tokens (section 12.2.3)."""
    signer = ports.signers["dc+sd-jwt"]
    return sign_issuer_metadata(issuer_metadata(ports), signer, at=at, lifetime=SIGNED_LIFE)


def authorization_metadata(ports: Ports) -> JsonObject:
    """The document at ``/.well-known/oauth-authorization-server``."""
    found = create_authorization_metadata(
        ports.origin,
        scopes=[*known_configurations(ports)],
        attested_clients=bool(ports.settings.attesters),
        pushed_only=True,
    )
    return write_message(found)


def _claims(kind: CredentialType) -> dict[ClaimsPath, list[Display]]:
    """The names of the claims; told once for each kind, for a reader counts what it reads."""
    return {
        (claim.path,): [Display(name=claim.label(locale), locale=locale) for locale in LANGUAGES]
        for claim in kind.issued()
    }


def _configuration(
    template: Template, format_id: str, *, scope: str, described: bool, ports: Ports
) -> CredentialConfiguration:
    kind, issued = template.type, ISSUED_FORMATS[format_id]
    first = format_id == (template.formats or FORMAT_IDS)[0]
    asked = AttestationRules() if ports.settings.high_assurance else None
    about = Kind(
        kind.url,
        display=[Display(name=kind.title(locale), locale=locale) for locale in LANGUAGES],
        claims=_claims(kind) if first and described else None,
        scope=scope,
        proof_types=("jwt", "attestation") if ports.settings.attesters else ("jwt",),
        attestation=asked,
    )
    if issued.cryptosuite is not None:
        return ldp_vc_configuration(
            about, contexts=[SKILLS_CONTEXT], cryptosuite=issued.cryptosuite
        )
    algorithm = str(ports.signers[issued.signer].public.algorithm)
    match issued.name:
        case "vc+sd-jwt":
            return vc_sd_jwt_configuration(
                about, contexts=[SKILLS_CONTEXT], issuer_algorithm=algorithm
            )
        case "jwt_vc_json":
            return jwt_vc_json_configuration(about, issuer_algorithm=algorithm)
        case _:
            return sd_jwt_vc_configuration(about, issuer_algorithm=algorithm)
