"""The two ciphersuites of BBS (draft, section 7), which differ in how they hash (RFC 9380, 5)."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from credentials.bbs import arkworks
from credentials.bbs.arkworks import FIELD, ORDER, Point

EXPAND_OCTETS = 48
"""expand_len: 255 bits of the order and 128 of security, rounded up."""

MAX_TAG_OCTETS = 255
"""A longer domain separation tag would have to be hashed first; ours are under 100."""

_FIELD_OCTETS = 64
_SHA256_OCTETS, _SHA256_BLOCK, _MAX_BLOCKS = 32, 64, 255

Expand = Callable[[bytes, bytes, int], bytes]
"""Message, domain separation tag and number of octets to that many uniform octets."""


@dataclass(frozen=True, slots=True)
class Suite:
    """A ciphersuite with the one interface that the draft defines over it (3.5).

    Attributes:
        identifier: ciphersuite_id.
        expand: expand_message of the hash-to-curve suite.
        fixed_point: P1, 48 octets.
    """

    identifier: bytes
    expand: Expand
    fixed_point: bytes

    @property
    def api(self) -> bytes:
        """api_id: hash to generators, hash messages to scalars (draft, 3.5)."""
        return self.identifier + b"H2G_HM2S_"

    def hash_to_scalar(self, message: bytes, tag: bytes) -> int:
        """Hash to Scalar (draft, 4.2.2); ``tag`` is the domain separation tag."""
        return int.from_bytes(self.expand(message, tag, EXPAND_OCTETS), "big") % ORDER

    def challenge(self, message: bytes) -> int:
        """Hash to Scalar under the interface's own tag."""
        return self.hash_to_scalar(message, self.api + b"H2S_")

    def message_scalars(self, messages: Sequence[bytes]) -> list[int]:
        """Messages to Scalars (draft, 4.1.2)."""
        tag = self.api + b"MAP_MSG_TO_SCALAR_AS_HASH_"
        return [self.hash_to_scalar(message, tag) for message in messages]

    def hash_to_point(self, message: bytes, tag: bytes) -> Point:
        """hash_to_curve for G1 (RFC 9380, section 3); the cofactor may be cleared before adding."""
        uniform = self.expand(message, tag, 2 * _FIELD_OCTETS)
        first, second = uniform[:_FIELD_OCTETS], uniform[_FIELD_OCTETS:]
        return arkworks.map_to_point(int.from_bytes(first, "big") % FIELD) + arkworks.map_to_point(
            int.from_bytes(second, "big") % FIELD
        )


def expand_message_xmd(message: bytes, tag: bytes, count: int) -> bytes:
    """expand_message_xmd with SHA-256 (RFC 9380, 5.3.1).

    Raises:
        ValueError: a tag over 255 octets, or more than 8,160 octets asked.
    """
    blocks = -(-count // _SHA256_OCTETS)
    if len(tag) > MAX_TAG_OCTETS or blocks > _MAX_BLOCKS:  # (2)
        raise ValueError(count)
    tag_prime = tag + bytes([len(tag)])  # (3)
    sized = message + count.to_bytes(2, "big") + b"\0" + tag_prime
    first = hashlib.sha256(bytes(_SHA256_BLOCK) + sized).digest()  # (6), (7)
    block = hashlib.sha256(first + b"\1" + tag_prime).digest()  # (8)
    uniform = [block]
    for index in range(2, blocks + 1):  # (9), (10)
        mixed = int.from_bytes(first, "big") ^ int.from_bytes(block, "big")
        octets = mixed.to_bytes(_SHA256_OCTETS, "big")
        block = hashlib.sha256(octets + bytes([index]) + tag_prime).digest()
        uniform.append(block)
    return b"".join(uniform)[:count]  # (11), (12)


def expand_message_xof(message: bytes, tag: bytes, count: int) -> bytes:
    """expand_message_xof with SHAKE-256 (RFC 9380, 5.3.2).

    Raises:
        ValueError: a tag over 255 octets, or more than 65,535 octets asked.
    """
    if len(tag) > MAX_TAG_OCTETS or count > 0xFFFF:  # noqa: PLR2004 - (1) two octets
        raise ValueError(count)
    sized = message + count.to_bytes(2, "big") + tag + bytes([len(tag)])  # (2), (3)
    return hashlib.shake_256(sized).digest(count)  # (4)


SHA_256 = Suite(
    b"BBS_BLS12381G1_XMD:SHA-256_SSWU_RO_",
    expand_message_xmd,
    bytes.fromhex(
        "a8ce256102840821a3e94ea9025e4662b205762f9776b3a766c872b948f1fd22"
        "5e7c59698588e70d11406d161b4e28c9"
    ),
)
"""BLS12-381-SHA-256: the one that bbs-2023 uses."""

SHAKE_256 = Suite(
    b"BBS_BLS12381G1_XOF:SHAKE-256_SSWU_RO_",
    expand_message_xof,
    bytes.fromhex(
        "8929dfbc7e6642c4ed9cba0856e493f8b9d7d5fcb0c31ef8fdcd34d50648a56c"
        "795e106e9eada6e0bda386b414150755"
    ),
)
"""BLS12-381-SHAKE-256."""
