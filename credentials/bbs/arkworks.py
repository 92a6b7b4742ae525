"""The curve under BBS: BLS12-381 by py_arkworks_bls12381, whose only importer this is.

Nine functions, and points that can be added and subtracted. Scalars are integers from 0 to
``ORDER`` - 1. Another library needs these names and nothing else.
"""

from collections.abc import Sequence

from py_arkworks_bls12381 import GT, G1Point, G2Point, Scalar

from credentials.errors import MalformedError

ORDER = 0x73EDA753299D7D483339D80809A1D80553BDA402FFFE5BFEFFFFFFFF00000001
"""The prime order r of G1 and G2."""

FIELD = int(
    "1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaab",
    16,
)
"""The prime p under the coordinates."""

POINT_OCTETS = 48
"""A compressed point of G1."""

SCALAR_OCTETS = 32
"""A scalar, big-endian."""

Point = G1Point
"""A point of G1; supports + and -."""

KeyPoint = G2Point
"""A point of G2."""

_FEW = 4
"""Up to here single multiplications are faster than the bucket method (measured)."""

_BASE = G2Point()
_NOTHING, _NO_KEY = G1Point.identity(), G2Point.identity()


def read_point(octets: bytes) -> Point:
    """Read a point of G1 in its one spelling (draft, octets_to_point_E1 and subgroup_check_G1).

    Raises:
        MalformedError: ``proof_malformed``: another length or spelling, not on the curve, outside
            the subgroup, or the identity.
    """
    try:
        point = G1Point.from_compressed_bytes(octets)  # checks curve and subgroup
    except ValueError as error:
        raise MalformedError("proof_malformed", f"{len(octets)} octets") from error
    if point == _NOTHING or point.to_compressed_bytes() != octets:  # the library forgives spelling
        raise MalformedError("proof_malformed", "the identity, or not its canonical spelling")
    return point


def write_point(point: Point) -> bytes:
    """48 octets, compressed."""
    return point.to_compressed_bytes()


def read_key(octets: bytes) -> KeyPoint:
    """Read a point of G2 (draft, octets_to_pubkey).

    Raises:
        MalformedError: ``key_invalid``, for the same reasons as ``read_point``.
    """
    try:
        key = G2Point.from_compressed_bytes(octets)
    except ValueError as error:
        raise MalformedError("key_invalid", f"{len(octets)} octets") from error
    if key == _NO_KEY or key.to_compressed_bytes() != octets:
        raise MalformedError("key_invalid", "the identity, or not its canonical spelling")
    return key


def key_of(secret: int) -> bytes:
    """The public key of a secret one (draft, SkToPk): 96 octets."""
    return (_BASE * _scalar(secret)).to_compressed_bytes()


def map_to_point(element: int) -> Point:
    """Simplified SWU and the cofactor cleared (RFC 9380, 6.6.3 and 7), from 0 to ``FIELD`` - 1."""
    return G1Point.map_from_fp_be(element.to_bytes(POINT_OCTETS, "big"))


def weighted_sum(points: Sequence[Point], scalars: Sequence[int]) -> Point:
    """Each point times its scalar, added up; both sequences are equally long.

    The points come from ``read_point`` or from here: the library does not check them again.
    """
    weights = [_scalar(scalar) for scalar in scalars]
    if len(points) > _FEW:
        return G1Point.multiexp_unchecked(list(points), weights)
    total = _NOTHING
    for point, weight in zip(points, weights, strict=True):
        total += point * weight
    return total


def negative(point: Point) -> Point:
    """The point that adds up with this one to the identity."""
    return -point


def pairings_cancel(left: Point, key: KeyPoint, right: Point) -> bool:
    """Whether e(left, key) * e(right, BP2) is the identity of GT."""
    return GT.pairing_check([left, right], [key, _BASE])


def _scalar(value: int) -> Scalar:
    return Scalar.from_be_bytes(value.to_bytes(SCALAR_OCTETS, "big"))
