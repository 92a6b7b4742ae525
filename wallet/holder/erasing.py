"""Ask whoever saw a proof to erase the result, and keep what they say (decision 0052)."""

from collections.abc import Sequence
from http import HTTPStatus

from credentials.encoding import JsonObject
from credentials.errors import RejectedError
from credentials.keys import SoftwareSigner
from credentials.openid4vc.deletion import Erased, create_deletion, read_receipt
from credentials.openid4vc.message import write_form
from wallet.holder.asker import Requested
from wallet.holder.events import Event, EventType
from wallet.holder.outside import FORM_TYPE, Outside, answer_object
from wallet.holder.vault import Held, Vault

_TEXTS = ("client_id", "nonce", "deletion_uri")


def erasing_facts(request: Requested, shown: Sequence[Held]) -> JsonObject:
    """What erasing takes later: whom to ask, about which answer, and which key signed it.

    Args:
        request: that was answered.
        shown: the copies that were shown; the key of the first one asks later.
    """
    declared = request.declaration
    if declared is None or declared.deletion_uri is None or not shown:
        return {}
    if request.client_id is None:  # nobody signed, so nobody's receipt could be checked
        return {}
    return {
        "client_id": request.client_id,
        "nonce": request.nonce,
        "deletion_uri": declared.deletion_uri,
        "held": [each.id for each in shown],
        "signer": shown[0].signer().public.thumbprint,
    }


def can_erase(event: Event) -> bool:
    """Whether the asker of an answer said where to ask."""
    return event.type is EventType.REQUEST_ANSWERED and all(
        isinstance(event.data.get(name), str) for name in _TEXTS
    )


def erase(event: Event, vault: Vault, *, outside: Outside) -> Erased:
    """Ask to erase the result of one answer, and write down what was asked and said.

    Raises:
        RejectedError: ``deletion_request_invalid``: the asker gave no address, or the key is gone;
            ``deletion_receipt_invalid``: no receipt, or one that is not the asker's.
        UndeterminedError: they cannot be reached now.
    """
    signer = _signer(event, vault.held())
    if not can_erase(event) or signer is None:
        raise RejectedError("deletion_request_invalid", "no address, or no key any more")
    client_id, nonce, uri = (str(event.data[name]) for name in _TEXTS)
    asked = create_deletion(signer, client_id=client_id, nonce=nonce, at=outside.now())
    fetched = outside.http.post(
        uri, body=write_form({"deletion_request": asked}), content_type=FORM_TYPE
    )
    receipt = answer_object(fetched).get("receipt")
    if fetched.status != HTTPStatus.OK or not isinstance(receipt, str):
        raise RejectedError("deletion_receipt_invalid", f"status {fetched.status}")
    outcome = read_receipt(
        receipt,
        request=asked,
        client_id=client_id,
        deletion_uri=uri,
        get=outside.http.get_body,
        at=outside.now(),
        anchors=outside.anchors,
    )
    about: JsonObject = {name: event.data.get(name) for name in ("name", "host")}
    vault.append(
        EventType.DELETION_ASKED,
        {**about, "answer": event.ulid, "receipt": receipt, "outcome": outcome.value},
    )
    return outcome


def _signer(event: Event, held: Sequence[Held]) -> SoftwareSigner | None:
    """The key that signed the answer, where its credential is still here."""
    named = event.data.get("signer")
    signers = (SoftwareSigner.from_private_jwk(copy.key) for each in held for copy in each.copies)
    return next((each for each in signers if each.public.thumbprint == named), None)
