"""BBS proofs (draft, 3.5.3, 3.5.4 and 3.7): show some messages of a signature, unlinkably."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from credentials.bbs import arkworks
from credentials.bbs.arkworks import ORDER, POINT_OCTETS, SCALAR_OCTETS, Point
from credentials.bbs.generators import MAX_MESSAGES, Generators, generators
from credentials.bbs.signature import (
    calculate_domain,
    commitment,
    key_point,
    read_scalar,
    read_signature,
    scalar_octets,
)
from credentials.bbs.suite import EXPAND_OCTETS, SHA_256, Suite
from credentials.bbs_keys import BbsPublicKey
from credentials.errors import MalformedError, ProofInvalid
from credentials.model import Entropy

PROOF_OCTETS_FLOOR = 3 * POINT_OCTETS + 4 * SCALAR_OCTETS
"""A proof that hides nothing; each hidden message adds a scalar."""

_BLINDING = 5


@dataclass(frozen=True, slots=True)
class _Commitments:
    """What the challenge is made of: Abar, Bbar, D, T1, T2 and the domain."""

    points: tuple[Point, Point, Point, Point, Point]
    domain: int


@dataclass(frozen=True, slots=True)
class _Proof:
    """Abar, Bbar, D; e^, r1^, r3^; m^ of each hidden message; the challenge."""

    points: tuple[Point, Point, Point]
    e: int
    r1: int
    r3: int
    hidden: tuple[int, ...]
    challenge: int


def create(
    key: BbsPublicKey,
    signature: bytes,
    *,
    header: bytes,
    presentation_header: bytes,
    messages: Sequence[bytes],
    disclosed: Sequence[int],
    entropy: Entropy,
    suite: Suite = SHA_256,
) -> bytes:
    """ProofGen and CoreProofGen (draft, 3.5.3 and 3.6.3).

    The signature is not checked here; a proof of a wrong one does not hold.

    Args:
        key: of the signer.
        signature: as the signer made it.
        header: as it was signed.
        presentation_header: what this proof is bound to, such as a verifier's nonce.
        messages: all that were signed, in their order.
        disclosed: indexes of those to show, ascending, from 0.
        entropy: unpredictable and never the same twice; else the hidden messages leak.
        suite: the signer's.

    Raises:
        ProofInvalid: ``signature_invalid`` for octets that are no signature.
        MalformedError: ``key_invalid``, or ``too_large`` for more than ``MAX_MESSAGES``.
        ValueError: indexes that do not ascend or lie outside, or entropy that repeats.
    """
    a, e = read_signature(signature)
    key_point(key)
    hidden = _hidden(disclosed, len(messages))
    scalars = suite.message_scalars(messages)
    bases = generators(suite, len(messages))
    random = _random_scalars(entropy, _BLINDING + len(hidden))  # (1)
    domain = calculate_domain(suite, key.octets, bases, header)
    b = commitment(bases, [domain, *scalars])
    points = _initialised((a, e, b), bases, random, hidden)  # (2)
    shown = [(index, scalars[index]) for index in disclosed]
    challenge = _challenge(suite, _Commitments(points, domain), shown, presentation_header)  # (4)
    finalised = _finalised(challenge, e, random, [scalars[index] for index in hidden])  # (6)
    return b"".join([*map(arkworks.write_point, points[:3]), *map(scalar_octets, finalised)])


def verify(
    key: BbsPublicKey,
    proof: bytes,
    *,
    header: bytes,
    presentation_header: bytes,
    messages: Sequence[bytes],
    disclosed: Sequence[int],
    suite: Suite = SHA_256,
) -> None:
    """ProofVerify and CoreProofVerify (draft, 3.5.4 and 3.6.4).

    Args:
        key: of the signer.
        proof: as ``create`` made it.
        header: as it was signed.
        presentation_header: what the proof must be bound to.
        messages: those that are shown.
        disclosed: where each stood when it was signed, ascending, from 0.
        suite: the signer's.

    Raises:
        ProofInvalid: ``proof_invalid``, also for octets that are no proof and for indexes that do
            not fit.
        MalformedError: ``key_invalid``, or ``too_large`` for more than ``MAX_MESSAGES``.
    """
    parsed, point = _read(proof), key_point(key)
    count = len(parsed.hidden) + len(disclosed)
    if len(messages) != len(disclosed):
        raise ProofInvalid("proof_invalid", f"{len(messages)} messages, {len(disclosed)} indexes")
    try:
        hidden = _hidden(disclosed, count)
    except ValueError as error:
        raise ProofInvalid("proof_invalid", "indexes of the disclosed messages") from error
    bases = generators(suite, count)
    shown = list(zip(disclosed, suite.message_scalars(messages), strict=True))
    domain = calculate_domain(suite, key.octets, bases, header)
    points = _verification_initialised(parsed, bases, domain, shown, hidden)  # (1)
    challenge = _challenge(suite, _Commitments(points, domain), shown, presentation_header)  # (3)
    if challenge != parsed.challenge:  # (5)
        raise ProofInvalid("proof_invalid", "the challenge does not fit")
    a_bar, b_bar, _ = parsed.points
    negated = arkworks.negative(b_bar)
    if not arkworks.pairings_cancel(a_bar, point, negated):  # (6)
        raise ProofInvalid("proof_invalid", "no signature of this key behind it")


def _initialised(
    signature: tuple[Point, int, Point],
    bases: Generators,
    random: Sequence[int],
    hidden: Sequence[int],
) -> tuple[Point, Point, Point, Point, Point]:
    """Proof Initialization (draft, 3.7.1), from the signature's A and e, and B."""
    a, e, b = signature
    r1, r2, e_random, r1_random, r3_random, *message_randoms = random
    d = arkworks.weighted_sum([b], [r2])  # (3)
    a_bar = arkworks.weighted_sum([a], [r1 * r2 % ORDER])  # (4)
    b_bar = arkworks.weighted_sum([d, a_bar], [r1, ORDER - e])  # (5)
    t1 = arkworks.weighted_sum([a_bar, d], [e_random, r1_random])  # (6)
    places = [bases.points[index + 1] for index in hidden]
    t2 = arkworks.weighted_sum([d, *places], [r3_random, *message_randoms])  # (7)
    return a_bar, b_bar, d, t1, t2


def _finalised(challenge: int, e: int, random: Sequence[int], hidden: Sequence[int]) -> list[int]:
    """Proof Finalization (draft, 3.7.2): the scalars of the proof, the challenge last."""
    r1, r2, e_random, r1_random, r3_random, *message_randoms = random
    r3 = pow(r2, -1, ORDER)  # (1)
    scalars = [
        e_random + e * challenge,  # (2)
        r1_random - r1 * challenge,  # (3)
        r3_random - r3 * challenge,  # (4)
        *(m + message * challenge for m, message in zip(message_randoms, hidden, strict=True)),
        challenge,
    ]
    return [scalar % ORDER for scalar in scalars]


def _verification_initialised(
    proof: _Proof,
    bases: Generators,
    domain: int,
    shown: Sequence[tuple[int, int]],
    hidden: Sequence[int],
) -> tuple[Point, Point, Point, Point, Point]:
    """Proof Verification Initialization (draft, 3.7.3), with T2 in one sum."""
    a_bar, b_bar, d = proof.points
    c = proof.challenge
    t1 = arkworks.weighted_sum([b_bar, a_bar, d], [c, proof.e, proof.r1])  # (2)
    weights = dict(zip(hidden, proof.hidden, strict=True))
    weights |= {index: message * c % ORDER for index, message in shown}
    ordered = [weights[index] for index in range(len(weights))]
    t2 = arkworks.weighted_sum(  # (3), (4)
        [bases.fixed, d, *bases.points], [c, proof.r3, domain * c % ORDER, *ordered]
    )
    return a_bar, b_bar, d, t1, t2


def _challenge(
    suite: Suite,
    commitments: _Commitments,
    shown: Sequence[tuple[int, int]],
    presentation_header: bytes,
) -> int:
    """Challenge Calculation (draft, 3.7.4)."""
    octets = [len(shown).to_bytes(8, "big")]
    octets += [index.to_bytes(8, "big") + scalar_octets(scalar) for index, scalar in shown]
    octets += [*map(arkworks.write_point, commitments.points), scalar_octets(commitments.domain)]
    octets += [len(presentation_header).to_bytes(8, "big"), presentation_header]
    return suite.challenge(b"".join(octets))


def _read(octets: bytes) -> _Proof:
    """Octets to Proof (draft, 4.2.4.5): no identity, no zero, nothing left over."""
    surplus = len(octets) - PROOF_OCTETS_FLOOR
    if surplus < 0 or surplus % SCALAR_OCTETS:  # (1), (2), (17)
        raise ProofInvalid("proof_invalid", f"{len(octets)} octets")
    if surplus // SCALAR_OCTETS > MAX_MESSAGES:
        raise MalformedError("too_large", f"{len(octets)} octets of proof")
    try:
        a_bar, b_bar, d = map(arkworks.read_point, _slices(octets[: 3 * POINT_OCTETS], 3))
        count = 4 + surplus // SCALAR_OCTETS
        rest = _slices(octets[3 * POINT_OCTETS :], count)
        e, r1, r3, *hidden, challenge = map(read_scalar, rest)
    except MalformedError as error:
        raise ProofInvalid("proof_invalid", error.detail) from error
    return _Proof((a_bar, b_bar, d), e, r1, r3, tuple(hidden), challenge)


def _slices(octets: bytes, count: int) -> Iterable[bytes]:
    size = len(octets) // count
    return (octets[start : start + size] for start in range(0, len(octets), size))


def _hidden(disclosed: Sequence[int], count: int) -> list[int]:
    if any(low >= high for low, high in pairwise(disclosed)):
        raise ValueError("indexes do not ascend")
    if disclosed and not 0 <= disclosed[0] <= disclosed[-1] < count:
        raise ValueError("an index outside the messages")
    shown = frozenset(disclosed)
    return [index for index in range(count) if index not in shown]


def _random_scalars(entropy: Entropy, count: int) -> list[int]:
    """Random Scalars (draft, 4.2.1)."""
    scalars = [int.from_bytes(entropy(EXPAND_OCTETS), "big") % ORDER for _ in range(count)]
    if not all(scalars) or len(set(scalars)) < count:  # a constant source gives the secrets away
        raise ValueError("entropy that is no entropy")
    return scalars
