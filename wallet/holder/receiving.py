"""Receive a credential: proof of possession, verify, "is this you?", keep or refuse.

OpenID4VCI 1.0, sections 6 to 11. Nothing personal is fetched before the PIN or the issuer's own
page, and nothing is kept that was not verified first (wallet design, section 9).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus

from credentials.encoding import JsonObject, canonical_json, compact_json
from credentials.errors import CredentialError, RejectedError, UnsupportedError
from credentials.findings import Verdict
from credentials.formats import FORMATS
from credentials.keys import SoftwareSigner
from credentials.model import Wire
from credentials.openid4vc.credential import (
    CredentialResponse,
    create_identifier_request,
    create_request,
    parse_response,
)
from credentials.openid4vc.key_proof import create_proof
from credentials.openid4vc.message import write_message
from credentials.openid4vc.nonce import parse_nonce_response
from credentials.openid4vc.notification import NotificationEvent, NotificationRequest
from credentials.openid4vc.token import create_token_request, parse_token_response
from wallet.holder.checking import check_own
from wallet.holder.conversation import Client, Conversation
from wallet.holder.credential_messages import exchange
from wallet.holder.events import EventType
from wallet.holder.keys import new_holder_key
from wallet.holder.offered import Offered, Preview, read_offer
from wallet.holder.outside import FORM_TYPE, JSON_TYPE, Outside, answer_object, quietly
from wallet.holder.passport import full_name
from wallet.holder.vault import Copy, Giver, Held, NewCredential, Vault

__all__ = [
    "Access",
    "Client",
    "Offered",
    "Preview",
    "Received",
    "Waiting",
    "access",
    "ask_again",
    "fetch_credential",
    "keep",
    "read_offer",
    "refuse",
    "request_credential",
]

KNOWN_CODES = frozenset({"pin_wrong", "code_unknown", "code_used", "code_locked", "code_expired"})
"""What our own issuer says more precisely; other texts of strangers are never shown."""

COPIES = 5
"""So that no two readers see the same one; where the issuer gives as many."""


@dataclass(frozen=True, slots=True)
class Access:
    """An access token with what came along.

    Attributes:
        client_id: under which it was got; None where nobody asked our name.
        identifiers: by which the credentials are to be asked; empty where none came.
    """

    conversation: Conversation = field(repr=False)
    client_id: str | None
    identifiers: tuple[tuple[str, str], ...] = ()

    def identifier(self, configuration_id: str) -> str | None:
        """The identifier of a credential of one configuration (section 6.2)."""
        return next((name for of, name in self.identifiers if of == configuration_id), None)


@dataclass(frozen=True, slots=True)
class Notice:
    """Where to tell the issuer what became of a credential."""

    endpoint: str
    notification_id: str
    access: Access = field(repr=False)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A credential that its issuer gives later, to the very keys that were proven.

    Attributes:
        after: when it may be asked again.
    """

    preview: Preview
    access: Access = field(repr=False)
    signers: tuple[SoftwareSigner, ...] = field(repr=False)
    transaction_id: str = field(repr=False)
    after: datetime


@dataclass(frozen=True, slots=True)
class Received:
    """A fetched credential that was checked and is not kept yet.

    Attributes:
        problem: why it may not be kept; None where it may.
        name: the name it carries, for "is this you?".
        others: more copies, each checked as the first one was.
    """

    giver: Giver
    offered: Offered
    wire: Wire = field(repr=False)
    signer: SoftwareSigner = field(repr=False)
    verdict: Verdict = field(repr=False)
    problem: str | None
    name: str | None = field(repr=False)
    notice: Notice | None
    others: tuple[Copy, ...] = field(default=(), repr=False)


def access(
    conversation: Conversation, document: JsonObject, *, client_id: str | None = None
) -> Access:
    """Read a token response; from now on the conversation shows the token.

    Raises:
        ProtocolError: ``token_response_invalid``, also for a token that is not bound to our key.
    """
    response = parse_token_response(document, dpop=conversation.key is not None)
    conversation.token = response.access_token
    identifiers = tuple(
        (detail.credential_configuration_id, name)
        for detail in response.authorization_details or ()
        for name in detail.credential_identifiers or ()
    )
    return Access(conversation, client_id, identifiers)


def fetch_credential(preview: Preview, *, pin: str | None, outside: Outside) -> Received:
    """Redeem the offer with the PIN, fetch the credential and check it.

    Raises:
        RejectedError: ``pin_wrong`` and the other refusals of the issuer.
        UnsupportedError: ``credential_deferred``: the issuer gives it later.
        CredentialError: an answer that cannot be read.
    """
    found = request_credential(preview, _redeem(preview, pin=pin, outside=outside), outside=outside)
    if isinstance(found, Waiting):
        raise UnsupportedError("credential_deferred", "the issuer wants to deliver later")
    return found


def request_credential(preview: Preview, access: Access, *, outside: Outside) -> Received | Waiting:
    """Prove our keys, fetch the credential and check it; or hear that it comes later.

    Raises:
        RejectedError: ``credential_refused``.
        CredentialError: an answer that cannot be read.
    """
    batch = preview.issuer.batch_credential_issuance
    algorithms = preview.offered.algorithms
    signers = tuple(
        new_holder_key(preview.offered.format, supported=algorithms)
        for _ in range(min(batch.batch_size, COPIES) if batch else 1)
    )
    nonce = _nonce(preview, access)
    proofs = [
        create_proof(
            signer,
            audience=preview.offer.credential_issuer,
            nonce=nonce,
            at=outside.now(),
            client_id=access.client_id,
        )
        for signer in signers
    ]
    wanted = preview.offered.configuration_id
    identifier = access.identifier(wanted)
    request = (
        create_request(wanted, proofs)
        if identifier is None
        else create_identifier_request(identifier, proofs)
    )
    answer = exchange(
        preview.issuer,
        access.conversation,
        preview.issuer.credential_endpoint,
        write_message(request),
    )
    return _answered(preview, access, signers, parse_response(answer), outside=outside)


def ask_again(waiting: Waiting, *, outside: Outside) -> Received | Waiting:
    """Ask for a credential that was to come later (section 9).

    Raises:
        RejectedError: ``credential_early`` before the issuer's time; ``credential_refused``.
        UnsupportedError: ``offer_not_supported``: the issuer names no place to ask.
    """
    preview, endpoint = waiting.preview, waiting.preview.issuer.deferred_credential_endpoint
    if endpoint is None:
        raise UnsupportedError("offer_not_supported", "no endpoint to ask later")
    if outside.now() < waiting.after:
        raise RejectedError("credential_early", "before the time that the issuer named")
    message: JsonObject = {"transaction_id": waiting.transaction_id}
    answer = exchange(preview.issuer, waiting.access.conversation, endpoint, message)
    response = parse_response(answer, transaction_id=waiting.transaction_id)
    return _answered(preview, waiting.access, waiting.signers, response, outside=outside)


def keep(received: Received, vault: Vault, *, name_confirmed: bool, outside: Outside) -> Held:
    """Keep a credential that the worker said yes to, and tell the issuer.

    Without a "yes, that is me" to the name in it, anyone could put his own credential into
    somebody else's wallet.

    Raises:
        RejectedError: ``holder_name_unconfirmed``, or its problem: what did not pass the check
            is never kept.
    """
    del outside  # the conversation with the issuer knows it
    if not name_confirmed:
        raise RejectedError("holder_name_unconfirmed", "the worker was not asked, or said no")
    if received.problem is not None:
        raise RejectedError(received.problem, "a credential that failed its check is not kept")
    held = vault.add(
        NewCredential(
            received.offered.format,
            received.wire,
            received.signer,
            received.giver,
            received.others,
        )
    )
    _notify(received.notice, NotificationEvent.ACCEPTED)
    return held


def refuse(received: Received, vault: Vault, *, outside: Outside) -> None:
    """Drop a credential, note it without anything personal, and tell the issuer."""
    del outside  # as above
    data: JsonObject = {"giver": received.giver.id, "type": received.offered.type}
    vault.append(EventType.CREDENTIAL_REFUSED, data)
    _notify(received.notice, NotificationEvent.FAILURE)


def _redeem(preview: Preview, *, pin: str | None, outside: Outside) -> Access:
    conversation = Conversation(preview.server, client=preview.client, outside=outside)
    body = create_token_request(preview.offer.pre_authorized_code or "", tx_code=pin)
    answer = conversation.send_as_client(preview.server.token_endpoint, body)
    document = answer_object(answer)
    if answer.status != HTTPStatus.OK:
        own = {str(document.get("code")), str(document.get("error_description"))} & KNOWN_CODES
        word = "pin_wrong" if document.get("error") == "invalid_grant" else "offer_refused"
        raise RejectedError(next(iter(own), word), f"status {answer.status}")
    return access(conversation, document)


def _nonce(preview: Preview, access: Access) -> str:
    endpoint = preview.issuer.nonce_endpoint
    if endpoint is None:
        raise UnsupportedError("offer_not_supported", "no nonce for the proof of possession")
    answer = access.conversation.send(endpoint, body=b"", content_type=FORM_TYPE)
    return parse_nonce_response(answer_object(answer)).c_nonce


def _answered(
    preview: Preview,
    access: Access,
    signers: tuple[SoftwareSigner, ...],
    response: CredentialResponse,
    *,
    outside: Outside,
) -> Received | Waiting:
    if response.transaction_id is not None:
        after = outside.now() + timedelta(seconds=response.interval or 1)
        return Waiting(preview, access, signers, response.transaction_id, after)
    endpoint = preview.issuer.notification_endpoint
    notice = None
    if endpoint and response.notification_id:
        notice = Notice(endpoint, response.notification_id, access)
    try:
        return _checked(preview, response.wires(), signers, notice, outside=outside)
    except CredentialError:
        _notify(notice, NotificationEvent.FAILURE)
        raise


def _checked(
    preview: Preview,
    wires: Sequence[Wire],
    signers: Sequence[SoftwareSigner],
    notice: Notice | None,
    *,
    outside: Outside,
) -> Received:
    """The first copy with its verdict; its problem is the first problem of any copy."""
    format_id = preview.offered.format
    checked = [check_own(wire, format_id, outside=outside) for wire in wires]
    bound = _bound(wires, format_id, signers)
    verified = checked[0].verdict.verified
    issuer_id = verified.credential.issuer if verified else preview.giver.id
    problems = [each.problem for each in checked] + [_misfit(preview, wires, bound)]
    return Received(
        giver=Giver(issuer_id, preview.giver.name, preview.giver.host, listed=checked[0].listed),
        offered=preview.offered,
        wire=wires[0],
        signer=bound[0] or signers[0],
        verdict=checked[0].verdict,
        problem=next((each for each in problems if each is not None), None),
        name=full_name(verified.credential.claims) if verified else None,
        notice=notice,
        others=tuple(
            Copy(wire, signer.private_jwk())
            for wire, signer in zip(wires[1:], bound[1:], strict=True)
            if signer is not None
        ),
    )


def _bound(
    wires: Sequence[Wire], format_id: str, signers: Sequence[SoftwareSigner]
) -> list[SoftwareSigner | None]:
    """Which of our keys each copy is bound to; None for somebody else's, or one used twice."""
    left = {signer.public.thumbprint: signer for signer in signers}
    holders = [FORMATS[format_id].parse(wire).holder for wire in wires]
    return [left.pop(holder.thumbprint, None) if holder else None for holder in holders]


def _misfit(
    preview: Preview, wires: Sequence[Wire], bound: Sequence[SoftwareSigner | None]
) -> str | None:
    """Why sound copies are not what was offered to us, as a code."""
    parsed = [FORMATS[preview.offered.format].parse(wire).credential for wire in wires]
    if None in bound:
        return "holder_key_mismatch"
    if any(each.type != preview.offered.type for each in parsed):
        return "type_not_offered"
    if preview.giver.listed and any(each.issuer != preview.giver.id for each in parsed):
        return "issuer_mismatch"
    if len({(each.issuer, canonical_json(each.claims)) for each in parsed}) > 1:
        return "copies_differ"
    return None


def _notify(notice: Notice | None, event: NotificationEvent) -> None:
    """Tell the issuer; whether it hears us changes nothing for the worker."""
    if notice is None:
        return
    message = NotificationRequest(notification_id=notice.notification_id, event=event)
    quietly(
        lambda: notice.access.conversation.send(
            notice.endpoint, body=compact_json(write_message(message)), content_type=JSON_TYPE
        )
    )
