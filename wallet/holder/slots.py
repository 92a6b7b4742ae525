"""Slots of the sealed file: each one is a way to open it (wallet design, section 2).

A slot is a P-256 key pair. Its private half is sealed under a key made from what the worker has or
knows; its public half is enough to give it the data key of the next version. Kinds: ``prf`` a
passkey, ``rec`` the recovery card, ``dev`` a key that stays in one browser, ``xfer`` a new device
for five minutes, ``pass`` a passphrase, which only this engine makes.
"""

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.keywrap import (
    InvalidUnwrap,
    aes_key_unwrap,
    aes_key_wrap,
)
from pydantic import BaseModel, ConfigDict

from credentials.encoding import b64url_decode, b64url_encode
from credentials.errors import CredentialError, RejectedError
from credentials.model import Entropy

ARGON2_MEMORY_KIB = 64 * 1024
"""64 MiB for each guess: the passphrase is the only secret a thief of the file must find."""

ARGON2_PASSES = 3
"""As the design says; about a third of a second on one core (measured)."""

DERIVED = frozenset({"prf", "rec", "xfer"})
"""Kinds whose secret has enough chance in it for HKDF alone; ``dev`` is a key already."""

DEK_INFO = b"skillspass/dek/1"

WID_BYTES, SLOT_ID_BYTES, SALT_BYTES, IV_BYTES, KEY_BYTES = 16, 8, 16, 12, 32

P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551

SCALAR_ENTROPY_BYTES = 40
"""64 bits more than the order, so that the remainder is not biased (FIPS 186-5, A.2.1)."""


class PointJwk(BaseModel):
    """A public point on P-256, as a JWK without names."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    kty: str
    crv: str
    x: str
    y: str


class SealedKey(BaseModel):
    """The slot's private key under AES-256-GCM."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    iv: str
    ct: str


class WrappedDek(BaseModel):
    """The data key of one version: ECDH with ``epk``, HKDF, AES key wrap."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    epk: PointJwk
    ct: str


class Slot(BaseModel):
    """One way to open a vault, as it stands in the header."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    id: str
    kind: str
    pub: PointJwk
    sk: SealedKey
    salt: str | None = None
    dek: WrappedDek | None = None


def invalid_slot(reason: str) -> RejectedError:
    """One error for a wrong secret and for damage: a thief must not learn which."""
    return RejectedError("vault_slot_invalid", reason)


def slot_key(kind: str, secret: bytes, *, wid: bytes) -> bytes:
    """The key that seals the private half of a slot.

    Args:
        kind: of the slot; not ``pass``, whose passphrase is stretched first.
        secret: 32 octets a passkey gave, the 20 of a recovery card, a shared secret, or a key.
        wid: of the vault.

    Raises:
        RejectedError: ``vault_slot_invalid`` for another kind, or a key of another length.
    """
    if kind in DERIVED:
        return _hkdf(secret, wid=wid, info=_slot_info(kind))
    if kind == "dev" and len(secret) == KEY_BYTES:
        return secret
    raise invalid_slot("a kind that cannot be made from a secret")


def make_slot(kind: str, secret: bytes, *, wid: bytes, entropy: Entropy) -> Slot:
    """A slot that opens with a secret; it has no data key until the next seal.

    Raises:
        RejectedError: as ``slot_key``.
    """
    kek = slot_key(kind, secret, wid=wid)
    return _sealed_slot(kind, kek, entropy(SLOT_ID_BYTES), wid=wid, entropy=entropy)


def open_slot(slot: Slot, secret: bytes, *, wid: bytes) -> ec.EllipticCurvePrivateKey:
    """The private key of a slot that a secret opens.

    Raises:
        RejectedError: ``vault_slot_invalid``: another secret, or a damaged slot.
    """
    return _unsealed(slot, slot_key(slot.kind, secret, wid=wid), wid=wid)


def make_pass_slot(passphrase: str, *, wid: bytes, entropy: Entropy) -> Slot:
    """A slot that opens with a passphrase; it has no data key until the next seal."""
    slot_id, salt = entropy(SLOT_ID_BYTES), entropy(SALT_BYTES)
    kek = _pass_key(passphrase, salt=salt, wid=wid)
    slot = _sealed_slot("pass", kek, slot_id, wid=wid, entropy=entropy)
    return slot.model_copy(update={"salt": b64url_encode(salt)})


def open_pass_slot(slot: Slot, passphrase: str, *, wid: bytes) -> ec.EllipticCurvePrivateKey:
    """The slot's private key.

    Raises:
        RejectedError: ``vault_slot_invalid``: another passphrase, or a damaged slot.
    """
    if slot.salt is None:
        raise invalid_slot("no salt")
    try:
        salt = b64url_decode(slot.salt)
    except CredentialError as error:
        raise invalid_slot("the slot does not open") from error
    return _unsealed(slot, _pass_key(passphrase, salt=salt, wid=wid), wid=wid)


def give_dek(slot: Slot, dek: bytes, *, wid: bytes, entropy: Entropy) -> Slot:
    """The same slot with the data key of a new version."""
    ephemeral = _private_key(entropy)
    shared = ephemeral.exchange(ec.ECDH(), _point(slot.pub))
    wrapped = aes_key_wrap(_hkdf(shared, wid=wid, info=DEK_INFO), dek)
    dek_field = WrappedDek(epk=_jwk(ephemeral.public_key()), ct=b64url_encode(wrapped))
    return slot.model_copy(update={"dek": dek_field})


def take_dek(slot: Slot, private: ec.EllipticCurvePrivateKey, *, wid: bytes) -> bytes:
    """The data key of this version.

    Raises:
        RejectedError: ``vault_slot_invalid`` where it cannot be unwrapped.
    """
    if slot.dek is None:
        raise invalid_slot("no data key")
    try:
        shared = private.exchange(ec.ECDH(), _point(slot.dek.epk))
        key = _hkdf(shared, wid=wid, info=DEK_INFO)
        dek = aes_key_unwrap(key, b64url_decode(slot.dek.ct))
    except (InvalidUnwrap, ValueError, CredentialError) as error:
        raise invalid_slot("the data key does not open") from error
    if len(dek) != KEY_BYTES:
        raise invalid_slot("the data key does not open")
    return dek


def _sealed_slot(kind: str, kek: bytes, slot_id: bytes, *, wid: bytes, entropy: Entropy) -> Slot:
    iv, private = entropy(IV_BYTES), _private_key(entropy)
    secret = private.private_bytes(
        serialization.Encoding.DER,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    sealed = AESGCM(kek).encrypt(iv, secret, wid + slot_id + kind.encode())
    return Slot(
        id=b64url_encode(slot_id),
        kind=kind,
        pub=_jwk(private.public_key()),
        sk=SealedKey(iv=b64url_encode(iv), ct=b64url_encode(sealed)),
    )


def _unsealed(slot: Slot, kek: bytes, *, wid: bytes) -> ec.EllipticCurvePrivateKey:
    try:
        aad = wid + b64url_decode(slot.id) + slot.kind.encode()
        secret = AESGCM(kek).decrypt(b64url_decode(slot.sk.iv), b64url_decode(slot.sk.ct), aad)
        private = serialization.load_der_private_key(secret, password=None)
    except (InvalidTag, ValueError, CredentialError) as error:
        raise invalid_slot("the slot does not open") from error
    if (
        not isinstance(private, ec.EllipticCurvePrivateKey)
        or _jwk(private.public_key()) != slot.pub
    ):
        raise invalid_slot("the slot does not open")
    return private


def _pass_key(passphrase: str, *, salt: bytes, wid: bytes) -> bytes:
    stretched = Argon2id(
        salt=salt,
        length=KEY_BYTES,
        iterations=ARGON2_PASSES,
        lanes=1,
        memory_cost=ARGON2_MEMORY_KIB,
    ).derive(passphrase.encode())
    return _hkdf(stretched, wid=wid, info=_slot_info("pass"))


def _slot_info(kind: str) -> bytes:
    return f"skillspass/slot/{kind}/1".encode()


def _hkdf(secret: bytes, *, wid: bytes, info: bytes) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=KEY_BYTES, salt=wid, info=info).derive(secret)


def _private_key(entropy: Entropy) -> ec.EllipticCurvePrivateKey:
    scalar = int.from_bytes(entropy(SCALAR_ENTROPY_BYTES), "big") % (P256_ORDER - 1) + 1
    return ec.derive_private_key(scalar, ec.SECP256R1())


def _jwk(key: ec.EllipticCurvePublicKey) -> PointJwk:
    numbers = key.public_numbers()
    x, y = (b64url_encode(number.to_bytes(KEY_BYTES, "big")) for number in (numbers.x, numbers.y))
    return PointJwk(kty="EC", crv="P-256", x=x, y=y)


def _point(jwk: PointJwk) -> ec.EllipticCurvePublicKey:
    if (jwk.kty, jwk.crv) != ("EC", "P-256"):
        raise invalid_slot("a point on another curve")
    x, y = (int.from_bytes(b64url_decode(number), "big") for number in (jwk.x, jwk.y))
    return ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()
