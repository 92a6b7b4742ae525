"""BBS signatures (draft, 3.4 to 3.6.2): make a key, sign a list of messages, check it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Self

from credentials.bbs import arkworks
from credentials.bbs.arkworks import ORDER, POINT_OCTETS, SCALAR_OCTETS, KeyPoint, Point
from credentials.bbs.generators import Generators, generators
from credentials.bbs.suite import EXPAND_OCTETS, SHA_256, Suite
from credentials.bbs_keys import BbsPublicKey
from credentials.errors import MalformedError, ProofInvalid
from credentials.model import Entropy

SIGNATURE_OCTETS = POINT_OCTETS + SCALAR_OCTETS
MIN_KEY_MATERIAL = 32
MAX_KEY_INFO = 65_535
MAX_CACHED_KEYS = 256
"""Points of G2 that were checked, about 300 octets each: more issuers than one verifier meets."""


@dataclass(frozen=True, slots=True)
class SoftwareBbsSigner:
    """A signer that holds its secret in memory; its ``repr`` shows the public half only.

    Signing is not constant time (see the package).
    """

    public: BbsPublicKey
    _secret: int = field(repr=False, compare=False)
    _suite: Suite = field(default=SHA_256, repr=False, compare=False)

    @classmethod
    def generate(
        cls, entropy: Entropy, key_id: str | None = None, *, suite: Suite = SHA_256
    ) -> Self:
        """A fresh key from 48 unpredictable octets."""
        return cls.from_material(entropy(EXPAND_OCTETS), key_id=key_id, suite=suite)

    @classmethod
    def from_material(
        cls,
        material: bytes,
        *,
        info: bytes = b"",
        tag: bytes | None = None,
        key_id: str | None = None,
        suite: Suite = SHA_256,
    ) -> Self:
        """Secret Key (draft, 3.4.1): the same material and ``info`` make the same key.

        Raises:
            ValueError: material under 32 octets, or ``info`` over 65,535.
        """
        if len(material) < MIN_KEY_MATERIAL or len(info) > MAX_KEY_INFO:  # (1), (2)
            raise ValueError(len(material))
        derived = material + len(info).to_bytes(2, "big") + info  # (3)
        secret = suite.hash_to_scalar(derived, tag or suite.identifier + b"KEYGEN_DST_")  # (4)
        return cls.from_secret(secret.to_bytes(SCALAR_OCTETS, "big"), key_id, suite=suite)

    @classmethod
    def from_secret(
        cls, octets: bytes, key_id: str | None = None, *, suite: Suite = SHA_256
    ) -> Self:
        """Read a secret key of 32 octets, as an encrypted store keeps it.

        Raises:
            MalformedError: ``key_invalid`` for another length, zero, or the order and above.
        """
        secret = int.from_bytes(octets, "big")
        if len(octets) != SCALAR_OCTETS or not 0 < secret < ORDER:
            raise MalformedError("key_invalid", "no secret key of BBS")
        return cls(BbsPublicKey(arkworks.key_of(secret), key_id), secret, suite)

    def secret(self) -> bytes:
        """The secret key, for an encrypted store and nowhere else."""
        return self._secret.to_bytes(SCALAR_OCTETS, "big")

    def sign(self, header: bytes, messages: Sequence[bytes]) -> bytes:
        """Sign and CoreSign (draft, 3.5.1 and 3.6.1): 80 octets, the same for the same input.

        Raises:
            MalformedError: ``too_large`` for more than ``MAX_MESSAGES``.
        """
        suite = self._suite
        bases = generators(suite, len(messages))
        scalars = suite.message_scalars(messages)
        domain = calculate_domain(suite, self.public.octets, bases, header)  # (1)
        octets = b"".join(map(scalar_octets, [self._secret, *scalars, domain]))
        e = suite.challenge(octets)  # (2)
        b = commitment(bases, [domain, *scalars])  # (3)
        inverse = pow(self._secret + e, -1, ORDER)  # ValueError once in 2^255: no such inverse
        a = arkworks.weighted_sum([b], [inverse])  # (4)
        return arkworks.write_point(a) + scalar_octets(e)  # (5)


def verify(
    key: BbsPublicKey,
    signature: bytes,
    header: bytes,
    messages: Sequence[bytes],
    *,
    suite: Suite = SHA_256,
) -> None:
    """Verify and CoreVerify (draft, 3.5.2 and 3.6.2).

    Raises:
        ProofInvalid: ``signature_invalid``, also for octets that are no signature.
        MalformedError: ``key_invalid``, or ``too_large`` for more than ``MAX_MESSAGES``.
    """
    a, e = read_signature(signature)
    point = key_point(key)
    bases = generators(suite, len(messages))
    domain = calculate_domain(suite, key.octets, bases, header)  # (1)
    b = commitment(bases, [domain, *suite.message_scalars(messages)])  # (2)
    right = arkworks.weighted_sum([a], [e]) - b
    if not arkworks.pairings_cancel(a, point, right):  # (3)
        raise ProofInvalid("signature_invalid", f"BBS over {len(messages)} messages")


def key_point(key: BbsPublicKey) -> KeyPoint:
    """The key as a point, checked once and remembered (draft, 4.2.4.6).

    Raises:
        MalformedError: ``key_invalid``.
    """
    return _key_point(key.octets)


@lru_cache(maxsize=MAX_CACHED_KEYS)
def _key_point(octets: bytes) -> KeyPoint:
    return arkworks.read_key(octets)


def read_signature(octets: bytes) -> tuple[Point, int]:
    """Octets to Signature (draft, 4.2.4.3): A and e.

    Raises:
        ProofInvalid: ``signature_invalid``.
    """
    if len(octets) != SIGNATURE_OCTETS:  # (1), (2)
        raise ProofInvalid("signature_invalid", f"{len(octets)} octets")
    try:
        a = arkworks.read_point(octets[:POINT_OCTETS])  # (3) to (7)
        return a, read_scalar(octets[POINT_OCTETS:])  # (8) to (12)
    except MalformedError as error:
        raise ProofInvalid("signature_invalid", error.detail) from error


def read_scalar(octets: bytes) -> int:
    """A scalar from 1 to the order less 1, big-endian.

    Raises:
        MalformedError: ``proof_malformed``.
    """
    scalar = int.from_bytes(octets, "big")
    if len(octets) != SCALAR_OCTETS or not 0 < scalar < ORDER:
        raise MalformedError("proof_malformed", f"{len(octets)} octets, or out of range")
    return scalar


def scalar_octets(scalar: int) -> bytes:
    """32 octets, big-endian."""
    return scalar.to_bytes(SCALAR_OCTETS, "big")


def commitment(bases: Generators, scalars: Sequence[int]) -> Point:
    """B: P1, plus every generator times its scalar, the domain first."""
    return bases.fixed + arkworks.weighted_sum(bases.points, scalars)


def calculate_domain(suite: Suite, key: bytes, bases: Generators, header: bytes) -> int:
    """Domain Calculation (draft, 4.2.3)."""
    messages = len(bases.points) - 1
    octets = messages.to_bytes(8, "big") + bases.octets + suite.api  # (1), (2)
    return suite.challenge(key + octets + len(header).to_bytes(8, "big") + header)  # (3), (4)
