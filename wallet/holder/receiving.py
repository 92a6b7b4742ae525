"""Receive a credential: preview, PIN, proof of possession, verify, "is this you?", keep or refuse.

OpenID4VCI 1.0 with the pre-authorized code flow. Nothing personal is fetched before the PIN, and
nothing is kept that was not verified first (wallet design, section 9).
"""

from dataclasses import dataclass, field
from http import HTTPStatus

from credentials.dids.web import did_web, did_web_at
from credentials.encoding import JsonObject, compact_json
from credentials.errors import CredentialError, MalformedError, RejectedError, UnsupportedError
from credentials.findings import Verdict
from credentials.formats import FORMATS
from credentials.keys import SoftwareSigner
from credentials.model import Wire
from credentials.openid4vc.authorization_metadata import (
    AuthorizationServerMetadata,
    authorization_metadata_url,
    parse_authorization_metadata,
)
from credentials.openid4vc.configuration import CredentialConfiguration, Display
from credentials.openid4vc.credential import create_request, parse_response
from credentials.openid4vc.key_proof import create_proof
from credentials.openid4vc.message import origin, write_message
from credentials.openid4vc.metadata import (
    PRE_AUTHORIZED_GRANT,
    CredentialIssuerMetadata,
    issuer_metadata_url,
    parse_issuer_metadata,
    read_document,
)
from credentials.openid4vc.nonce import parse_nonce_response
from credentials.openid4vc.notification import NotificationEvent, NotificationRequest
from credentials.openid4vc.offer import CredentialOffer, parse_offer, parse_offer_link
from credentials.openid4vc.token import create_token_request, parse_token_response
from wallet.holder.checking import check_own
from wallet.holder.events import EventType
from wallet.holder.keys import KEY_OF_FORMAT, new_holder_key
from wallet.holder.outside import FORM_TYPE, JSON_TYPE, Outside, answer_object, host_of, quietly
from wallet.holder.passport import full_name
from wallet.holder.vault import Giver, Held, NewCredential, Vault

KNOWN_CODES = frozenset({"pin_wrong", "code_unknown", "code_used", "code_locked", "code_expired"})
"""What our own issuer says more precisely; other texts of strangers are never shown."""


@dataclass(frozen=True, slots=True)
class Offered:
    """One credential of an offer, before it is fetched.

    Attributes:
        type: the type URL.
        name: what the issuer calls it.
    """

    configuration_id: str
    format: str
    type: str
    name: str
    algorithms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """An offer as the worker sees it before the PIN: who gives what; nothing personal."""

    giver: Giver
    offered: Offered
    pin_length: int | None
    asks_pin: bool
    offer: CredentialOffer = field(repr=False)
    issuer: CredentialIssuerMetadata = field(repr=False)
    server: AuthorizationServerMetadata = field(repr=False)


@dataclass(frozen=True, slots=True)
class Notice:
    """Where to tell the issuer what became of a credential."""

    endpoint: str
    notification_id: str
    token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Received:
    """A fetched credential that was checked and is not kept yet.

    Attributes:
        problem: why it may not be kept; None where it may.
        name: the name it carries, for "is this you?".
    """

    giver: Giver
    offered: Offered
    wire: Wire = field(repr=False)
    signer: SoftwareSigner = field(repr=False)
    verdict: Verdict = field(repr=False)
    problem: str | None
    name: str | None = field(repr=False)
    notice: Notice | None


def read_offer(text: str, *, outside: Outside, language: str = "nl") -> Preview:
    """Read an offer from a link and look up who gives it.

    Raises:
        CredentialError: ``offer_link_invalid``, ``offer_invalid``, ``issuer_metadata_invalid``,
            ``offer_not_supported``, ``type_not_offered``, or the fetch's own.
    """
    reference = parse_offer_link(text)
    offer = reference.offer or parse_offer(outside.get_object(reference.uri or ""))
    if reference.uri and origin(reference.uri) != origin(offer.credential_issuer):
        raise RejectedError("offer_invalid", "the offer lies at another origin than its issuer")
    if offer.pre_authorized_code is None:
        raise UnsupportedError("offer_not_supported", "no pre-authorized code")
    issuer = parse_issuer_metadata(
        read_document(outside.http.get_body(issuer_metadata_url(offer.credential_issuer))),
        expected_issuer=offer.credential_issuer,
    )
    server = parse_authorization_metadata(
        outside.get_object(authorization_metadata_url(_server(offer, issuer))),
        expected_issuer=_server(offer, issuer),
    )
    if server.grant_types_supported and PRE_AUTHORIZED_GRANT not in server.grant_types_supported:
        raise UnsupportedError("offer_not_supported", "the server knows another flow")
    return Preview(
        giver=_giver(issuer, outside=outside, language=language),
        offered=_choose(offer, issuer, language=language),
        pin_length=offer.tx_code.length if offer.tx_code else None,
        asks_pin=offer.tx_code is not None,
        offer=offer,
        issuer=issuer,
        server=server,
    )


def fetch_credential(preview: Preview, *, pin: str | None, outside: Outside) -> Received:
    """Redeem the offer with the PIN, fetch the credential and check it.

    Raises:
        RejectedError: ``pin_wrong`` and the other refusals of the issuer.
        CredentialError: an answer that cannot be read.
    """
    token = _token(preview, pin=pin, outside=outside)
    signer = new_holder_key(preview.offered.format, supported=preview.offered.algorithms)
    nonce = _nonce(preview, outside=outside)
    proof = create_proof(
        signer, audience=preview.offer.credential_issuer, nonce=nonce, at=outside.now()
    )
    answer = outside.http.post(
        preview.issuer.credential_endpoint,
        body=compact_json(write_message(create_request(preview.offered.configuration_id, [proof]))),
        content_type=JSON_TYPE,
        headers={"Authorization": f"Bearer {token}"},
    )
    if answer.status != HTTPStatus.OK:
        raise RejectedError("credential_refused", f"status {answer.status}")
    response = parse_response(answer_object(answer))
    if not response.wires():
        raise UnsupportedError("offer_not_supported", "the issuer wants to deliver later")
    endpoint = preview.issuer.notification_endpoint
    notice = None
    if endpoint and response.notification_id:
        notice = Notice(endpoint, response.notification_id, token)
    try:
        return _checked(preview, response.wires()[0], signer, notice, outside=outside)
    except CredentialError:
        _notify(notice, NotificationEvent.FAILURE, outside=outside)
        raise


def keep(received: Received, vault: Vault, *, name_confirmed: bool, outside: Outside) -> Held:
    """Keep a credential that the worker said yes to, and tell the issuer.

    Without a "yes, that is me" to the name in it, anyone could put his own credential into
    somebody else's wallet.

    Raises:
        RejectedError: ``holder_name_unconfirmed``, or its problem: what did not pass the check
            is never kept.
    """
    if not name_confirmed:
        raise RejectedError("holder_name_unconfirmed", "the worker was not asked, or said no")
    if received.problem is not None:
        raise RejectedError(received.problem, "a credential that failed its check is not kept")
    held = vault.add(
        NewCredential(received.offered.format, received.wire, received.signer, received.giver)
    )
    _notify(received.notice, NotificationEvent.ACCEPTED, outside=outside)
    return held


def refuse(received: Received, vault: Vault, *, outside: Outside) -> None:
    """Drop a credential, note it without anything personal, and tell the issuer."""
    data: JsonObject = {"giver": received.giver.id, "type": received.offered.type}
    vault.append(EventType.CREDENTIAL_REFUSED, data)
    _notify(received.notice, NotificationEvent.FAILURE, outside=outside)


def _server(offer: CredentialOffer, issuer: CredentialIssuerMetadata) -> str:
    """The authorization server: one that the issuer names, and only such a one (12.2.4)."""
    grant = offer.grants and offer.grants.pre_authorized
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
        if configuration.format in KEY_OF_FORMAT:
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
    )


def _display_name(display: list[Display] | None, language: str) -> str | None:
    names = [(each.locale or "", each.name) for each in display or [] if each.name]
    spoken = [name for locale, name in names if locale.split("-")[0] == language]
    return next(iter([*spoken, *(name for _, name in names)]), None)


def _token(preview: Preview, *, pin: str | None, outside: Outside) -> str:
    body = create_token_request(preview.offer.pre_authorized_code or "", tx_code=pin)
    answer = outside.http.post(preview.server.token_endpoint, body=body, content_type=FORM_TYPE)
    document = answer_object(answer)
    if answer.status != HTTPStatus.OK:
        own = {str(document.get("code")), str(document.get("error_description"))} & KNOWN_CODES
        word = "pin_wrong" if document.get("error") == "invalid_grant" else "offer_refused"
        raise RejectedError(next(iter(own), word), f"status {answer.status}")
    return parse_token_response(document).access_token


def _nonce(preview: Preview, *, outside: Outside) -> str:
    if preview.issuer.nonce_endpoint is None:
        raise UnsupportedError("offer_not_supported", "no nonce for the proof of possession")
    answer = outside.http.post(preview.issuer.nonce_endpoint, body=b"", content_type=FORM_TYPE)
    return parse_nonce_response(answer_object(answer)).c_nonce


def _checked(
    preview: Preview,
    wire: Wire,
    signer: SoftwareSigner,
    notice: Notice | None,
    *,
    outside: Outside,
) -> Received:
    checked = check_own(wire, preview.offered.format, outside=outside)
    verified = checked.verdict.verified
    issuer_id = verified.credential.issuer if verified else preview.giver.id
    return Received(
        giver=Giver(issuer_id, preview.giver.name, preview.giver.host, listed=checked.listed),
        offered=preview.offered,
        wire=wire,
        signer=signer,
        verdict=checked.verdict,
        problem=checked.problem or _misfit(preview, wire, signer),
        name=full_name(verified.credential.claims) if verified else None,
        notice=notice,
    )


def _misfit(preview: Preview, wire: Wire, signer: SoftwareSigner) -> str | None:
    """Why a sound credential is not the one that was offered to us, as a code."""
    unverified = FORMATS[preview.offered.format].parse(wire)
    if unverified.holder != signer.public:
        return "holder_key_mismatch"
    if unverified.credential.type != preview.offered.type:
        return "type_not_offered"
    if preview.giver.listed and unverified.credential.issuer != preview.giver.id:
        return "issuer_mismatch"
    return None


def _notify(notice: Notice | None, event: NotificationEvent, *, outside: Outside) -> None:
    """Tell the issuer; whether it hears us changes nothing for the worker."""
    if notice is None:
        return
    message = NotificationRequest(notification_id=notice.notification_id, event=event)
    quietly(
        lambda: outside.http.post(
            notice.endpoint,
            body=compact_json(write_message(message)),
            content_type=JSON_TYPE,
            headers={"Authorization": f"Bearer {notice.token}"},
        )
    )
