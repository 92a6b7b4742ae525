"""Keys for BBS signatures (BBS draft, 3.4; Multikey of bbs-2023), and both kinds of key together.

A BBS key signs a list of messages, of which a holder later shows a few; no algorithm of JOSE does
that. So it is a type of its own beside ``PublicKey``: whatever expects a signature over octets (a
JWS, a key-binding proof, a presentation) cannot be handed a BBS key, and the type checker says so.

Where a verification method may name either, as in a DID document or a Data Integrity proof, the
type is ``VerificationKey``. Its ``algorithm`` tells them apart. A DID document is read without the
curve, which is an extra: whether the octets are a point of G2 is checked where the key is used, and
the answer is remembered there.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Protocol

from credentials.encoding import b64url_encode
from credentials.errors import MalformedError, ProofInvalid, UnsupportedError
from credentials.keys import PublicKey, Signer, public_key_from_multikey
from credentials.multibase import multibase_decode, multibase_encode, varint_decode, varint_encode

G2_CODEC = 0xEB
"""Multicodec ``bls12_381-g2-pub``."""

G2_OCTETS = 96
"""A compressed point of G2."""


class PairingAlgorithm(StrEnum):
    """The signature algorithms over a pairing; no name of JOSE."""

    BBS = "BBS"


@dataclass(frozen=True, slots=True)
class BbsPublicKey:
    """A point of G2 that checks BBS signatures and proofs; equal wherever it was read.

    Attributes:
        octets: 96, compressed; not yet known to be a point of the group.
        key_id: the full DID URL by which others name it; no part of equality.
        algorithm: fixed, as with ``PublicKey``.
    """

    octets: bytes = field(repr=False)
    key_id: str | None = field(default=None, compare=False)
    algorithm: PairingAlgorithm = field(default=PairingAlgorithm.BBS, init=False)

    def __post_init__(self) -> None:
        if len(self.octets) != G2_OCTETS:
            raise MalformedError("key_invalid", f"{len(self.octets)} octets, expected {G2_OCTETS}")

    @property
    def thumbprint(self) -> str:
        """SHA-256 of the Multikey's octets, base64url; its JWK (RFC 7638) is still a draft."""
        return b64url_encode(hashlib.sha256(varint_encode(G2_CODEC) + self.octets).digest())

    def multikey(self) -> str:
        """The key as ``publicKeyMultibase``: multicodec, compressed point, base58btc."""
        return multibase_encode(varint_encode(G2_CODEC) + self.octets)

    def with_key_id(self, key_id: str | None) -> "BbsPublicKey":
        """The same key under another name."""
        return replace(self, key_id=key_id)


class BbsSigner(Protocol):
    """Whoever holds a BBS private key: memory here, a device elsewhere."""

    @property
    def public(self) -> BbsPublicKey:
        """The key that checks these signatures, with the id that others know it by."""
        ...

    def sign(self, header: bytes, messages: Sequence[bytes]) -> bytes:
        """A BBS signature of 80 octets over the messages in this order, bound to the header."""
        ...


VerificationKey = PublicKey | BbsPublicKey
"""What a verification method may hold; ``algorithm`` tells which."""

IssuingSigner = Signer | BbsSigner
"""Who may sign a credential; ``public.algorithm`` tells which."""


def signing_key(key: VerificationKey) -> PublicKey:
    """The key, for whoever expects a signature over octets.

    Raises:
        ProofInvalid: ``alg_key_mismatch`` for a BBS key.
    """
    if isinstance(key, BbsPublicKey):
        raise ProofInvalid("alg_key_mismatch", "a BBS key signs no message alone")
    return key


def message_signer(signer: IssuingSigner) -> Signer:
    """The signer, for whoever needs a signature over octets.

    Raises:
        UnsupportedError: ``alg_not_supported`` for a BBS signer.
    """
    if signer.public.algorithm is PairingAlgorithm.BBS:
        raise UnsupportedError("alg_not_supported", "a BBS key signs no message alone")
    return signer


def verification_key_from_multikey(text: str) -> VerificationKey:
    """Read ``publicKeyMultibase`` of type Multikey, a BBS key or any other.

    Raises:
        MalformedError: ``key_invalid``.
        UnsupportedError: ``key_unsupported`` for a type that we know but do not use.
    """
    try:
        codec, octets = varint_decode(multibase_decode(text))
    except MalformedError as error:
        raise MalformedError("key_invalid", "not multibase") from error
    if codec != G2_CODEC:
        return public_key_from_multikey(text)
    if not text.startswith("z"):
        raise MalformedError("key_invalid", "expected base58btc")
    return BbsPublicKey(octets)
