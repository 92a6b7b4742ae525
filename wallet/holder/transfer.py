"""Moving to a new device: what the two show and send one another (wallet design, section 5).

    code = invitation_code(mailbox_id, new_key)       # new device: drawn as QR, or typed
    hello = greeting(old_key)                          # old device, first letter
    check_key(invitation, new_key)                     # old device, on the second letter
    places = word_places(old_key, new_key)             # both: two words that people compare
    shared = Shared.agree(own_private, other_key)      # both: opens the ``xfer`` slot

The code names the new device's one-time key by its hash and the key itself comes after the old
device's own. So neither somebody in between nor the service, which carries the letters, can look
for keys with the same two words: each key is fixed before the other is known.
"""

import hashlib
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from credentials.encoding import (
    JsonObject,
    b64url_decode,
    b64url_encode,
    canonical_json,
    parse_json_object,
)
from credentials.errors import CredentialError, MalformedError, RejectedError
from credentials.model import Entropy

ID_BYTES, PRINT_BYTES, IV_BYTES, KEY_BYTES = 16, 20, 12, 32
"""A mailbox of 128 bits; 160 bits of a hash, 48 letters together: short enough to be typed."""

LIFE_SECONDS = 300
"""Five minutes: both devices lie on the same table."""

MAX_LETTER_BYTES = 2_048
"""A key or a note; ours have some 200."""

INFO = "skillspass/transfer"
_POINT = frozenset({"kty", "crv", "x", "y"})


@dataclass(frozen=True, slots=True)
class Invitation:
    """What a new device shows: where it listens, and the hash of its one-time key."""

    mailbox_id: bytes
    print: bytes


@dataclass(frozen=True, slots=True)
class Shared:
    """What both devices have in common, and nobody else.

    Attributes:
        slot: opens the ``xfer`` slot; ticket: opens the account once, at the service.
        key: seals the notes between them.
    """

    slot: bytes = field(repr=False)
    ticket: bytes = field(repr=False)
    key: bytes = field(repr=False)

    @classmethod
    def agree(cls, own: ec.EllipticCurvePrivateKey, other: JsonObject) -> "Shared":
        """ECDH over P-256 between a one-time key of ours and the other device's.

        Raises:
            MalformedError: ``transfer_invalid``: no point of the curve.
        """
        secret = own.exchange(ec.ECDH(), _point(other))
        ticket, key = (_derived(secret, f"{INFO}/{part}/1") for part in ("ticket", "key"))
        return cls(secret, ticket, key)


def invitation_code(mailbox_id: bytes, key: JsonObject) -> str:
    """What the new device shows; it stands behind ``#t=`` of the keeper's address."""
    return b64url_encode(mailbox_id + _print(key))


def parse_invitation(text: str) -> Invitation:
    """Read a code, or a whole link.

    Raises:
        MalformedError: ``transfer_invalid``.
    """
    try:
        octets = b64url_decode("".join(text.split()).rpartition("#t=")[2])
    except CredentialError as error:
        raise _invalid("no code of ours") from error
    if len(octets) != ID_BYTES + PRINT_BYTES:
        raise _invalid(f"{len(octets)} octets")
    return Invitation(octets[:ID_BYTES], octets[ID_BYTES:])


def greeting(key: JsonObject) -> bytes:
    """The letter that holds a device's one-time public key."""
    return canonical_json({"v": 1, "pub": key})


def parse_greeting(octets: bytes) -> JsonObject:
    """The public key in a letter.

    Raises:
        MalformedError: ``transfer_invalid``.
    """
    document = _document(octets)
    key = document.get("pub")
    sound = isinstance(key, dict) and key.keys() == _POINT and (key["kty"], key["crv"]) == _CURVE
    if document.keys() != {"v", "pub"} or document["v"] != 1 or not sound:
        raise _invalid("another letter")
    assert isinstance(key, dict)  # noqa: S101 - for the type checker: said above
    _point(key)
    return key


def check_key(invitation: Invitation, key: JsonObject) -> None:
    """The key is the one of the code.

    Raises:
        RejectedError: ``transfer_other_key``.
    """
    if _print(key) != invitation.print:
        raise RejectedError("transfer_other_key", "another key than that of the code")


def word_places(one: JsonObject, other: JsonObject) -> tuple[int, int]:
    """Two places in the list of words, the same on both devices."""
    keys = sorted(b64url_encode(canonical_json(key)) for key in (one, other))
    octets = hashlib.sha256(f"{INFO}/1{','.join(keys)}".encode()).digest()
    return octets[0], octets[1]


def seal_note(note: JsonObject, shared: Shared, mailbox_id: bytes, *, entropy: Entropy) -> bytes:
    """Seal a note; it opens in its own mailbox alone."""
    iv = entropy(IV_BYTES)
    return iv + AESGCM(shared.key).encrypt(iv, canonical_json(note), mailbox_id)


def open_note(octets: bytes, shared: Shared, mailbox_id: bytes) -> JsonObject:
    """Open a note of the other device.

    Raises:
        RejectedError: ``transfer_failed``: of another mailbox, another pair, or changed.
    """
    try:
        plain = AESGCM(shared.key).decrypt(octets[:IV_BYTES], octets[IV_BYTES:], mailbox_id)
        return _document(plain)
    except (InvalidTag, ValueError, CredentialError) as error:
        raise RejectedError("transfer_failed", "it does not open") from error


_CURVE = ("EC", "P-256")


def _document(octets: bytes) -> JsonObject:
    try:
        return parse_json_object(octets, max_bytes=MAX_LETTER_BYTES)
    except CredentialError as error:
        raise _invalid(error.code) from error


def _print(key: JsonObject) -> bytes:
    return hashlib.sha256(canonical_json(key)).digest()[:PRINT_BYTES]


def _point(key: JsonObject) -> ec.EllipticCurvePublicKey:
    try:
        x, y = (int.from_bytes(b64url_decode(str(key[name])), "big") for name in ("x", "y"))
        return ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()
    except (KeyError, ValueError, CredentialError) as error:
        raise _invalid("no point of the curve") from error


def _derived(secret: bytes, info: str) -> bytes:
    hkdf = HKDF(algorithm=hashes.SHA256(), length=KEY_BYTES, salt=None, info=info.encode())
    return hkdf.derive(secret)


def _invalid(detail: str) -> MalformedError:
    return MalformedError("transfer_invalid", detail)
