"""Credential requests and their answers on the wire, in the clear or encrypted.

OpenID4VCI 1.0, sections 8 to 10: whoever asks for an encrypted answer encrypts the request too, for
else somebody on the way could put another key into it.
"""

from collections.abc import Sequence
from http import HTTPStatus

from credentials import jose
from credentials.encoding import JsonObject, compact_json
from credentials.errors import RejectedError, UnsupportedError
from credentials.openid4vc.encryption import MEDIA_TYPE, decrypt_message, encrypt_message
from credentials.openid4vc.message import ProtocolError
from credentials.openid4vc.metadata import CredentialIssuerMetadata
from service.fetch import Fetched
from wallet.holder.conversation import Conversation
from wallet.holder.outside import JSON_TYPE, answer_object


def exchange(
    issuer: CredentialIssuerMetadata, conversation: Conversation, url: str, message: JsonObject
) -> JsonObject:
    """Send a message about a credential; both ways encrypted where one of us wants that.

    Args:
        issuer: whose metadata say what it can and wants.
        conversation: with it.
        url: one of its endpoints.
        message: a credential request, first or deferred.

    Returns:
        The answer, decrypted.

    Raises:
        RejectedError: ``credential_refused``; ``credential_response_invalid`` for an answer in
            the clear where we asked for an encrypted one.
        UnsupportedError: ``offer_not_supported``: no key or algorithm that we share.
        CredentialError: an answer that cannot be read.
    """
    asked, answered = (
        issuer.credential_request_encryption,
        issuer.credential_response_encryption,
    )
    wished = conversation.encrypted
    required = any(each is not None and each.encryption_required for each in (asked, answered))
    if not (required or (wished and asked is not None and answered is not None)):
        answer = conversation.send(url, body=compact_json(message), content_type=JSON_TYPE)
        return answer_object(_taken(answer))
    if asked is None:  # section 10: an answer to nobody's key but ours, so that must be hidden too
        raise UnsupportedError("offer_not_supported", "no key to encrypt the request to")
    private = jose.generate_encryption_key()
    if answered is not None:
        enc = _content_encryption(answered.enc_values_supported)
        public = jose.public_encryption_key(private)
        message = {**message, "credential_response_encryption": {"jwk": public, "enc": enc}}
    sealed = encrypt_message(
        message, _usable(asked.jwks.keys), enc=_content_encryption(asked.enc_values_supported)
    )
    answer = conversation.send(url, body=sealed.encode(), content_type=MEDIA_TYPE)
    _taken(answer)
    if answered is None:
        return answer_object(answer)
    if answer.content_type != MEDIA_TYPE:
        raise RejectedError("credential_response_invalid", "not encrypted, though we asked it")
    return decrypt_message(answer.body, [private])


def _content_encryption(supported: Sequence[str]) -> str:
    found = next((each for each in jose.CONTENT_ENCRYPTION if each in supported), None)
    if found is None:
        raise UnsupportedError("offer_not_supported", "another content encryption")
    return found


def _usable(keys: Sequence[JsonObject]) -> JsonObject:
    """The first key that we can encrypt to; others are passed over."""
    for jwk in keys:
        try:
            encrypt_message({}, jwk)
        except ProtocolError:
            continue
        return jwk
    raise UnsupportedError("offer_not_supported", "no key that we can encrypt to")


def _taken(answer: Fetched) -> Fetched:
    if answer.status not in {HTTPStatus.OK, HTTPStatus.ACCEPTED}:
        raise RejectedError("credential_refused", f"status {answer.status}")
    return answer
