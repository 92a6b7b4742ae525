"""What a browser sends back in a passkey ceremony: read strictly, then checked by py_webauthn.

The library's own reader forgives padding, odd base64 and unknown exceptions of its parsers; this
one takes only the members that are needed, so ``clientExtensionResults`` (where ``prf`` puts its
secret) is never kept, and whatever the library raises becomes ``passkey_refused``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from webauthn import verify_authentication_response, verify_registration_response
from webauthn.helpers import parse_attestation_object
from webauthn.helpers.cose import COSEAlgorithmIdentifier
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticationCredential,
    AuthenticatorAssertionResponse,
    AuthenticatorAttestationResponse,
    RegistrationCredential,
)
from webauthn.registration.verify_registration_response import VerifiedRegistration

from credentials.encoding import b64url_decode, b64url_encode, parse_json_object
from credentials.errors import CredentialError, MalformedError, RejectedError

MAX_ANSWER_BYTES = 32 * 1024
"""A registration with an RSA key and a certificate chain takes some 5 kB."""

ATTESTATIONS = frozenset({"none", "packed"})
"""We ask for none; a device that signs for itself sends packed all the same. No other parser of
the library is reached."""

TRANSPORTS = frozenset({"usb", "nfc", "ble", "smart-card", "hybrid", "internal"})

Holder = Mapping[str, object]

_LIBRARY = (
    WebAuthnException,
    InvalidSignature,
    UnsupportedAlgorithm,
    ValueError,
    KeyError,
    TypeError,
    AttributeError,
    IndexError,
    OverflowError,
    RecursionError,
    MemoryError,
)
"""What the library and the parsers under it raise at odd bytes."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The members that count of ``RegistrationResponseJSON`` or ``AuthenticationResponseJSON``.

    Attributes:
        id: base64url, as the browser names the passkey.
        challenge: what the browser says it was asked; our own rows say whether it was.
        attestation: the attestation object of a registration; empty otherwise.
        authenticator_data: of a use; empty otherwise.
    """

    id: str
    client_data: bytes
    challenge: bytes
    attestation: bytes = b""
    authenticator_data: bytes = b""
    signature: bytes = b""
    user_handle: bytes | None = None
    transports: tuple[str, ...] = ()


def read_answer(text: str) -> Answer:
    """Read the text of the browser's ``toJSON()``; extension results are left behind.

    Raises:
        MalformedError: ``passkey_malformed``: not these members, not base64url, too large, or
            asked from within a page of another site (section 7.1, step 10).
    """
    try:
        return _read(parse_json_object(text, max_bytes=MAX_ANSWER_BYTES))
    except MalformedError as error:
        if error.code == "passkey_malformed":
            raise
        raise MalformedError("passkey_malformed", error.code) from None


def verify_registration(
    answer: Answer,
    *,
    challenge: bytes,
    party_id: str,
    origins: Sequence[str],
    algorithms: Sequence[COSEAlgorithmIdentifier],
) -> VerifiedRegistration:
    """Check a registration (section 7.1), with the person present and verified.

    Raises:
        RejectedError: ``passkey_refused``; the detail is the library's class of error alone.
    """
    credential = RegistrationCredential(
        id=answer.id,
        raw_id=b64url_decode(answer.id),
        response=AuthenticatorAttestationResponse(
            client_data_json=answer.client_data, attestation_object=answer.attestation
        ),
    )
    try:
        if parse_attestation_object(answer.attestation).fmt not in ATTESTATIONS:
            raise RejectedError("passkey_refused", "a form of attestation that was not asked")
        made = verify_registration_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=party_id,
            expected_origin=list(origins),
            require_user_verification=True,
            supported_pub_key_algs=list(algorithms),
        )
    except CredentialError:
        raise
    except _LIBRARY as error:
        raise RejectedError("passkey_refused", type(error).__name__) from None
    if b64url_encode(made.credential_id) != answer.id:
        raise RejectedError("passkey_refused", "the device names another passkey than the browser")
    return made


def verify_use(
    answer: Answer,
    *,
    challenge: bytes,
    party_id: str,
    origins: Sequence[str],
    public_key: bytes,
    sign_count: int,
) -> int:
    """Check a use (section 7.2), with the person present and verified.

    Returns:
        The device's new count.

    Raises:
        RejectedError: ``passkey_refused``, also for a count that did not grow: a copied device.
    """
    credential = AuthenticationCredential(
        id=answer.id,
        raw_id=b64url_decode(answer.id),
        response=AuthenticatorAssertionResponse(
            client_data_json=answer.client_data,
            authenticator_data=answer.authenticator_data,
            signature=answer.signature,
        ),
    )
    try:
        verified = verify_authentication_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=party_id,
            expected_origin=list(origins),
            credential_public_key=public_key,
            credential_current_sign_count=sign_count,
            require_user_verification=True,
        )
    except _LIBRARY as error:
        raise RejectedError("passkey_refused", type(error).__name__) from None
    return verified.new_sign_count


def _read(whole: Holder) -> Answer:
    response = _object(whole, "response")
    client_data = _octets(response, "clientDataJSON")
    said = parse_json_object(client_data, max_bytes=MAX_ANSWER_BYTES)
    identifier = _octets(whole, "id")
    if _octets(whole, "rawId") != identifier or whole.get("type") != "public-key":
        raise MalformedError("passkey_malformed", "id, rawId, type")
    if said.get("crossOrigin", False) is not False or "topOrigin" in said:
        raise MalformedError("passkey_malformed", "asked from a page of another site")
    return Answer(
        id=b64url_encode(identifier),
        client_data=client_data,
        challenge=_octets(said, "challenge"),
        attestation=_optional(response, "attestationObject") or b"",
        authenticator_data=_optional(response, "authenticatorData") or b"",
        signature=_optional(response, "signature") or b"",
        user_handle=_optional(response, "userHandle"),
        transports=_transports(response.get("transports")),
    )


def _object(holder: Holder, name: str) -> Holder:
    value = holder.get(name)
    if not isinstance(value, dict):
        raise MalformedError("passkey_malformed", name)
    return value


def _octets(holder: Holder, name: str) -> bytes:
    value = _optional(holder, name)
    if not value:
        raise MalformedError("passkey_malformed", name)
    return value


def _optional(holder: Holder, name: str) -> bytes | None:
    value = holder.get(name)
    if value is None:
        return None
    if not isinstance(value, str):
        raise MalformedError("passkey_malformed", name)
    return b64url_decode(value)


def _transports(value: object) -> tuple[str, ...]:
    names = value if isinstance(value, list) else []
    return tuple(sorted({name for name in names if isinstance(name, str)} & TRANSPORTS))
