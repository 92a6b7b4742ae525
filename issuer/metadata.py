"""What the issuer tells about itself: OpenID4VCI 1.0 section 12.2, RFC 8414, its DID document."""

from credentials.dids.web import write_document
from credentials.encoding import JsonObject
from credentials.openid4vc.authorization_metadata import create_authorization_metadata
from credentials.openid4vc.configuration import (
    CredentialConfiguration,
    Display,
    Kind,
    configuration_id,
    ldp_vc_configuration,
    sd_jwt_vc_configuration,
)
from credentials.openid4vc.message import write_message
from credentials.openid4vc.metadata import create_issuer_metadata
from issuer.orders import FORMAT_IDS
from issuer.ports import Ports
from issuer.templates import Template
from schemas.contexts import SKILLS_CONTEXT
from schemas.messages import LANGUAGES


def issuer_metadata(ports: Ports) -> JsonObject:
    """The document at ``/.well-known/openid-credential-issuer``."""
    names = [Display(name=ports.identity.name, locale=locale) for locale in LANGUAGES]
    found = {
        configuration_id(type_id, format_id): _configuration(template, format_id)
        for type_id, template in ports.templates.items()
        for format_id in FORMAT_IDS
    }
    return write_message(create_issuer_metadata(ports.origin, found, display=names))


def authorization_metadata(ports: Ports) -> JsonObject:
    """The document at ``/.well-known/oauth-authorization-server``."""
    found = create_authorization_metadata(
        ports.origin, scopes=[], attested_clients=False, pushed_only=False
    )
    return write_message(found)


def did_document(ports: Ports) -> JsonObject:
    """The document at ``/.well-known/did.json``: the key of each format."""
    return write_document(ports.did, [signer.public for signer in ports.signers.values()])


def _configuration(template: Template, format_id: str) -> CredentialConfiguration:
    kind = template.type
    display = [Display(name=kind.title(locale), locale=locale) for locale in LANGUAGES]
    claims = {
        (claim.path,): [Display(name=claim.label(locale), locale=locale) for locale in LANGUAGES]
        for claim in kind.issued()
    }
    about = Kind(kind.url, display=display, claims=claims)
    if format_id == "ldp_vc":
        return ldp_vc_configuration(about, contexts=[SKILLS_CONTEXT])
    return sd_jwt_vc_configuration(about)
