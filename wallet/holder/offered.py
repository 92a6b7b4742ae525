"""An offer as the worker sees it before anything personal is fetched: who gives what.

The issuer and its authorization server must name one another (OpenID4VCI 1.0, sections 4 and 12).
"""

from dataclasses import dataclass, field

from credentials.bbs_keys import signing_key
from credentials.dids import resolve
from credentials.dids.web import did_web, did_web_at
from credentials.errors import MalformedError, RejectedError, UnsupportedError
from credentials.keys import PublicKey
from credentials.openid4vc.authorization_metadata import (
    AuthorizationServerMetadata,
    authorization_metadata_url,
    parse_authorization_metadata,
)
from credentials.openid4vc.configuration import CredentialConfiguration, Display
from credentials.openid4vc.message import origin
from credentials.openid4vc.metadata import (
    AUTHORIZATION_CODE_GRANT,
    PRE_AUTHORIZED_GRANT,
    CredentialIssuerMetadata,
    issuer_metadata_url,
    parse_issuer_metadata,
    read_document,
    verify_issuer_metadata,
)
from credentials.openid4vc.offer import CredentialOffer, parse_offer, parse_offer_link
from wallet.holder.conversation import Client
from wallet.holder.keys import KEYS_OF_FORMAT
from wallet.holder.outside import Outside, host_of
from wallet.holder.vault import Giver

SIGNED = "application/jwt"
"""As what signed metadata are asked for (OpenID4VCI 1.0, section 12.2.2)."""


@dataclass(frozen=True, slots=True)
class Offered:
    """One credential of an offer, before it is fetched.

    Attributes:
        type: the type URL.
        name: what the issuer calls it.
        scope: that asks for it in the code flow; None where only its id does.
    """

    configuration_id: str
    format: str
    type: str
    name: str
    algorithms: tuple[str, ...]
    scope: str | None = None


@dataclass(frozen=True, slots=True)
class Preview:
    """An offer as the worker sees it before the PIN: who gives what; nothing personal.

    Attributes:
        client: who we are to its authorization server; None for a wallet without the code flow.
    """

    giver: Giver
    offered: Offered
    pin_length: int | None
    asks_pin: bool
    offer: CredentialOffer = field(repr=False)
    issuer: CredentialIssuerMetadata = field(repr=False)
    server: AuthorizationServerMetadata = field(repr=False)
    client: Client | None = None

    @property
    def by_browser(self) -> bool:
        """Whether the person goes to the issuer's own page; else a code came with the offer."""
        return self.offer.pre_authorized_code is None

    @property
    def issuer_state(self) -> str | None:
        """What the offer wants to be told again in the code flow."""
        grant = self.offer.grants and self.offer.grants.authorization_code
        return grant.issuer_state if grant else None


def read_offer(
    text: str, *, outside: Outside, language: str = "nl", client: Client | None = None
) -> Preview:
    """Read an offer from a link and look up who gives it.

    Args:
        text: the link.
        outside: for the offer and the metadata.
        language: in which names are shown.
        client: for offers that lead to the issuer's own page; without it they are refused.

    Raises:
        CredentialError: ``offer_link_invalid``, ``offer_invalid``, ``issuer_metadata_invalid``,
            ``offer_not_supported``, ``type_not_offered``, or the fetch's own.
    """
    reference = parse_offer_link(text)
    offer = reference.offer or parse_offer(outside.get_object(reference.uri or ""))
    if reference.uri and origin(reference.uri) != origin(offer.credential_issuer):
        raise RejectedError("offer_invalid", "the offer lies at another origin than its issuer")
    if offer.pre_authorized_code is None and client is None:
        raise UnsupportedError("offer_not_supported", "no pre-authorized code")
    issuer = _metadata(offer.credential_issuer, client, outside=outside)
    server = _server_metadata(offer, issuer, outside=outside)
    return Preview(
        giver=_giver(issuer, outside=outside, language=language),
        offered=_choose(offer, issuer, language=language),
        pin_length=offer.tx_code.length if offer.tx_code else None,
        asks_pin=offer.tx_code is not None,
        offer=offer,
        issuer=issuer,
        server=server,
        client=client,
    )


def _metadata(
    identifier: str, client: Client | None, *, outside: Outside
) -> CredentialIssuerMetadata:
    """What the issuer says of itself; signed by a key of its own document where we want that."""
    url = issuer_metadata_url(identifier)
    if client is None or not client.signed_metadata:
        found = read_document(outside.http.get_body(url))
        return parse_issuer_metadata(found, expected_issuer=identifier)
    did, at = _did_of(identifier), outside.now()

    def key_of(key_id: str | None) -> PublicKey:
        method = resolve(did, outside.http.get_body, at=at).methods.get(key_id or "")
        if method is None:
            raise RejectedError("issuer_metadata_invalid", "signed by no key of the issuer")
        return signing_key(method)

    answer = outside.http.get(url, accept=(SIGNED,))
    if answer.content_type != SIGNED:
        raise RejectedError("issuer_metadata_unsigned", "the issuer signs no metadata")
    token = answer.body.decode("ascii", "replace")  # other characters are refused below
    return verify_issuer_metadata(token, expected_issuer=identifier, key_of=key_of, at=at)


def _server_metadata(
    offer: CredentialOffer, issuer: CredentialIssuerMetadata, *, outside: Outside
) -> AuthorizationServerMetadata:
    """The server that the issuer names, which in its turn does not name others alone."""
    name = _server(offer, issuer)
    found = outside.get_object(authorization_metadata_url(name))
    server = parse_authorization_metadata(found, expected_issuer=name)
    served = server.protected_resources
    if served is not None and issuer.credential_issuer not in served:
        raise RejectedError("issuer_metadata_invalid", "the server serves other issuers")
    by_browser = offer.pre_authorized_code is None
    grant = AUTHORIZATION_CODE_GRANT if by_browser else PRE_AUTHORIZED_GRANT
    if server.grant_types_supported and grant not in server.grant_types_supported:
        raise UnsupportedError("offer_not_supported", "the server knows another flow")
    return server


def _server(offer: CredentialOffer, issuer: CredentialIssuerMetadata) -> str:
    """The authorization server: one that the issuer names, and only such a one (12.2.4)."""
    grants = offer.grants
    grant = grants and (grants.pre_authorized or grants.authorization_code)
    named = grant.authorization_server if grant else None
    known = issuer.authorization_servers or [issuer.credential_issuer]
    if named is not None and named not in known:
        raise RejectedError("issuer_metadata_invalid", "a server that the issuer does not name")
    return named or known[0]


def _giver(issuer: CredentialIssuerMetadata, *, outside: Outside, language: str) -> Giver:
    did = _did_of(issuer.credential_issuer)
    host = host_of(issuer.credential_issuer)
    trust = outside.trust()
    entry = trust.entry(did) if trust else None
    if entry is None:
        return Giver(did, _display_name(issuer.display, language) or host, host, listed=False)
    name = entry.name_en if language == "en" and entry.name_en else entry.name
    return Giver(did, name, host, listed=True)


def _did_of(address: str) -> str:
    """The DID of a credential issuer: several may share a host, each below a path of its own."""
    try:
        return did_web_at(address)
    except MalformedError:  # a path that no DID can name: then the host stands for it
        return did_web(origin(address))


def _choose(offer: CredentialOffer, issuer: CredentialIssuerMetadata, *, language: str) -> Offered:
    """The first offered configuration that this wallet can hold."""
    for configuration_id in offer.configuration_ids:
        configuration = issuer.credential_configurations_supported.get(configuration_id)
        if configuration is None:
            raise RejectedError("type_not_offered", "an id that the issuer does not know")
        if configuration.format in KEYS_OF_FORMAT:
            return _offered(configuration_id, configuration, language=language)
    raise UnsupportedError("offer_not_supported", "no format that this wallet can hold")


def _offered(
    configuration_id: str, configuration: CredentialConfiguration, *, language: str
) -> Offered:
    type_url = configuration.vct or ""
    definition = configuration.credential_definition or {}
    types = definition.get("type")
    if not type_url and isinstance(types, list) and types:
        type_url = str(types[-1])
    if not type_url:
        raise MalformedError("issuer_metadata_invalid", "a configuration without type")
    metadata = configuration.credential_metadata
    proof = (configuration.proof_types_supported or {}).get("jwt")
    return Offered(
        configuration_id=configuration_id,
        format=configuration.format,
        type=type_url,
        name=_display_name(metadata.display if metadata else None, language) or configuration_id,
        algorithms=tuple(map(str, proof.proof_signing_alg_values_supported)) if proof else (),
        scope=configuration.scope,
    )


def _display_name(display: list[Display] | None, language: str) -> str | None:
    names = [(each.locale or "", each.name) for each in display or [] if each.name]
    spoken = [name for locale, name in names if locale.split("-")[0] == language]
    return next(iter([*spoken, *(name for _, name in names)]), None)
