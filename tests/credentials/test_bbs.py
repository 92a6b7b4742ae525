"""BBS beyond the fixtures: forgeries, malformed octets, limits, and entropy that is none."""

import hashlib
from collections.abc import Callable
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credentials.bbs import arkworks, generators, proof, signature
from credentials.bbs.arkworks import ORDER
from credentials.bbs.generators import MAX_MESSAGES
from credentials.bbs.signature import SoftwareBbsSigner, scalar_octets
from credentials.bbs.suite import SHA_256, SHAKE_256
from credentials.bbs_keys import BbsPublicKey, verification_key_from_multikey
from credentials.errors import CredentialError, MalformedError, ProofInvalid
from credentials.keys import Algorithm, PublicKey, SoftwareSigner

SIGNER = SoftwareBbsSigner.from_material(b"a secret that only this test knows of, truly")
KEY = SIGNER.public
HEADER, BOUND = b"header", b"nonce"
MESSAGES = [f"message {number}".encode() for number in range(6)]
SHOWN = [1, 4]
IDENTITY = b"\xc0" + bytes(47)
SIGNED = SIGNER.sign(HEADER, MESSAGES)


def entropy() -> Callable[[int], bytes]:
    """Octets that differ at each call, the same in each test."""
    numbers = count()
    return lambda size: hashlib.shake_256(b"%d" % next(numbers)).digest(size)


def prove(signed: bytes = SIGNED, shown: list[int] = SHOWN) -> bytes:
    return proof.create(
        KEY,
        signed,
        header=HEADER,
        presentation_header=BOUND,
        messages=MESSAGES,
        disclosed=shown,
        entropy=entropy(),
    )


def judge(
    candidate: bytes,
    *,
    key: BbsPublicKey = KEY,
    header: bytes = HEADER,
    bound: bytes = BOUND,
    shown: list[int] = SHOWN,
    messages: list[bytes] | None = None,
) -> None:
    chosen = [MESSAGES[index] for index in SHOWN] if messages is None else messages
    proof.verify(
        key,
        candidate,
        header=header,
        presentation_header=bound,
        messages=chosen,
        disclosed=shown,
    )


def forge() -> tuple[bytes, list[bytes]]:
    """A proof without any signature: with Abar and Bbar the identity the pairings cancel."""
    messages = [b"I am an admiral", b"and a welder"]
    hidden = proof._hidden(SHOWN, len(MESSAGES))
    bases = generators.generators(SHA_256, len(MESSAGES))
    domain = signature.calculate_domain(SHA_256, KEY.octets, bases, HEADER)
    scalars = SHA_256.message_scalars(messages)
    shown = list(zip(SHOWN, scalars, strict=True))
    nothing = bases.fixed - bases.fixed
    chosen = [arkworks.weighted_sum([bases.points[index + 1]], [scalar]) for index, scalar in shown]
    d = bases.fixed + arkworks.weighted_sum([bases.points[0]], [domain]) + chosen[0] + chosen[1]
    r1, r3, *randoms = range(2, 2 + 2 + len(hidden))
    places = [bases.points[index + 1] for index in hidden]
    t1 = arkworks.weighted_sum([d], [r1])
    t2 = arkworks.weighted_sum([d, *places], [r3, *randoms])
    c = proof._challenge(
        SHA_256, proof._Commitments((nothing, nothing, d, t1, t2), domain), shown, BOUND
    )
    numbers = [1, r1, (r3 - c) % ORDER, *randoms, c]
    octets = [IDENTITY, IDENTITY, arkworks.write_point(d), *map(scalar_octets, numbers)]
    return b"".join(octets), messages


def test_a_proof_of_identity_points_is_refused() -> None:
    forged, messages = forge()
    with pytest.raises(ProofInvalid, match="proof_invalid"):
        judge(forged, messages=messages)


def test_the_forgery_would_pass_if_identity_points_were_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    forged, messages = forge()
    monkeypatch.setattr(arkworks, "read_point", arkworks.Point.from_compressed_bytes)
    judge(forged, messages=messages)


def test_a_proof_holds_for_what_was_shown_and_nothing_else() -> None:
    made = prove()
    judge(made)
    other = SoftwareBbsSigner.from_material(b"another secret that only this test knows of")
    refused: list[Callable[[], None]] = [
        lambda: judge(made, key=other.public),
        lambda: judge(made, header=b"other"),
        lambda: judge(made, bound=b"other"),
        lambda: judge(made, shown=[0, 4]),
        lambda: judge(made, messages=[MESSAGES[4], MESSAGES[1]]),
        lambda: judge(made, messages=[MESSAGES[1]]),
        lambda: judge(made, shown=[1], messages=[MESSAGES[1]]),
    ]
    for wrong in refused:
        with pytest.raises(ProofInvalid, match="proof_invalid"):
            wrong()


@pytest.mark.parametrize("shown", [[4, 1], [1, 1], [-1, 1], [1, 6]], ids=str)
def test_indexes_that_do_not_ascend_or_lie_outside_are_refused(shown: list[int]) -> None:
    judge(prove(shown=[]), shown=[], messages=[])
    with pytest.raises(ProofInvalid, match="proof_invalid"):
        judge(prove(), shown=shown)
    with pytest.raises(ValueError, match="index"):
        prove(shown=shown)


def test_two_proofs_of_one_signature_share_nothing() -> None:
    source = entropy()
    first, second = (
        proof.create(
            KEY,
            SIGNED,
            header=HEADER,
            presentation_header=BOUND,
            messages=MESSAGES,
            disclosed=SHOWN,
            entropy=source,
        )
        for _ in range(2)
    )
    judge(first)
    judge(second)
    pieces = [{made[start : start + 16] for start in range(0, len(made), 16)} for made in
              (first, second)]  # fmt: skip
    assert not pieces[0] & pieces[1]


@pytest.mark.parametrize("source", [bytes, lambda size: b"\x07" * size], ids=["zero", "constant"])
def test_entropy_that_repeats_is_refused(source: Callable[[int], bytes]) -> None:
    with pytest.raises(ValueError, match="entropy"):
        proof.create(
            KEY,
            SIGNED,
            header=HEADER,
            presentation_header=BOUND,
            messages=MESSAGES,
            disclosed=SHOWN,
            entropy=source,
        )


@pytest.mark.parametrize("place", range(3))
@pytest.mark.parametrize(
    "octets",
    [
        IDENTITY,
        b"\xff" * 48,  # read as the identity by the library
        bytes(48),
        bytes.fromhex("8" + "0" * 95),  # x = 0: on the curve, outside the subgroup
        b"\x80" + bytes(46) + b"\x01",  # no point of the curve
    ],
    ids=["identity", "odd identity", "uncompressed", "other subgroup", "off the curve"],
)
def test_points_that_are_none_are_refused(place: int, octets: bytes) -> None:
    made = prove()
    judge(made)
    start = 48 * place
    with pytest.raises(ProofInvalid, match="proof_invalid"):
        judge(made[:start] + octets + made[start + 48 :])
    with pytest.raises(ProofInvalid, match="signature_invalid"):
        signature.verify(KEY, octets + SIGNED[48:], HEADER, MESSAGES)


@pytest.mark.parametrize("scalar", [0, ORDER, ORDER + 1, 2**256 - 1])
def test_scalars_out_of_range_are_refused(scalar: int) -> None:
    made, octets = prove(), scalar.to_bytes(32, "big")
    for start in range(144, len(made), 32):
        with pytest.raises(ProofInvalid, match="proof_invalid"):
            judge(made[:start] + octets + made[start + 32 :])
    with pytest.raises(ProofInvalid, match="signature_invalid"):
        signature.verify(KEY, SIGNED[:48] + octets, HEADER, MESSAGES)
    with pytest.raises(MalformedError, match="key_invalid"):
        SoftwareBbsSigner.from_secret(octets)


def test_a_scalar_with_the_order_added_is_no_second_spelling() -> None:
    e = int.from_bytes(SIGNED[48:], "big")
    twin = SIGNED[:48] + (e % (2**256 - ORDER) + ORDER).to_bytes(32, "big")
    signature.verify(KEY, SIGNED, HEADER, MESSAGES)
    with pytest.raises(ProofInvalid, match="signature_invalid"):
        signature.verify(KEY, twin, HEADER, MESSAGES)


@pytest.mark.parametrize("cut", [1, 16, 31, 32, 160, 1000])
def test_wrong_lengths_are_refused(cut: int) -> None:
    made = prove()
    for wrong in (made[:-cut], made + bytes(cut)):
        with pytest.raises(ProofInvalid, match="proof_invalid"):
            judge(wrong)
    for wrong in (SIGNED[:-cut], SIGNED + bytes(cut)):
        with pytest.raises(ProofInvalid, match="signature_invalid"):
            signature.verify(KEY, wrong, HEADER, MESSAGES)


def test_keys_that_are_no_points_of_the_group_are_refused() -> None:
    identity = BbsPublicKey(b"\xc0" + bytes(95))
    for key in (identity, BbsPublicKey(b"\xff" * 96), BbsPublicKey(bytes(96))):
        with pytest.raises(MalformedError, match="key_invalid"):
            signature.verify(key, SIGNED, HEADER, MESSAGES)
        with pytest.raises(MalformedError, match="key_invalid"):
            judge(prove(), key=key)
    with pytest.raises(MalformedError, match="key_invalid"):
        BbsPublicKey(KEY.octets[:-1])


def test_more_messages_than_the_limit_are_refused_before_any_work() -> None:
    known = len(generators._KNOWN[SHA_256.identifier].points)
    with pytest.raises(MalformedError, match="too_large"):
        SIGNER.sign(HEADER, [b""] * (MAX_MESSAGES + 1))
    with pytest.raises(MalformedError, match="too_large"):
        judge(prove() + (1).to_bytes(32, "big") * (MAX_MESSAGES + 1))
    with pytest.raises(MalformedError, match="too_large"):
        judge(prove() + (1).to_bytes(32, "big") * (MAX_MESSAGES - 4))
    assert len(generators._KNOWN[SHA_256.identifier].points) == known


def test_the_two_ciphersuites_do_not_accept_one_another() -> None:
    other = SoftwareBbsSigner.from_secret(SIGNER.secret(), suite=SHAKE_256)
    assert other.public == KEY
    signed = other.sign(HEADER, MESSAGES)
    signature.verify(KEY, signed, HEADER, MESSAGES, suite=SHAKE_256)
    with pytest.raises(ProofInvalid, match="signature_invalid"):
        signature.verify(KEY, signed, HEADER, MESSAGES)


def test_key_material_must_be_long_enough_and_decides_the_key() -> None:
    material = bytes(range(32))
    first = SoftwareBbsSigner.from_material(material, info=b"one")
    assert first.public != SoftwareBbsSigner.from_material(material, info=b"two").public
    assert first.public == SoftwareBbsSigner.from_material(material, info=b"one").public
    with pytest.raises(ValueError, match="31"):
        SoftwareBbsSigner.from_material(material[:-1])
    assert SoftwareBbsSigner.generate(entropy(), "did:example:1#key").public.key_id is not None


def test_a_signer_shows_no_secret() -> None:
    assert str(SIGNER._secret) not in repr(SIGNER)
    assert "secret" not in repr(SIGNER)


def test_a_multikey_is_read_as_the_kind_of_key_it_is() -> None:
    assert KEY.multikey().startswith("zUC7")
    assert verification_key_from_multikey(KEY.multikey()) == KEY
    assert KEY.with_key_id("did:example:1#key") == KEY
    ed25519 = SoftwareSigner.generate(Algorithm.EDDSA).public
    assert isinstance(verification_key_from_multikey(ed25519.multikey()), PublicKey)
    for wrong in (KEY.multikey()[:-1], "u" + KEY.multikey()[1:], "", "zzz", "0"):
        with pytest.raises(MalformedError, match="key_invalid"):
            verification_key_from_multikey(wrong)


@settings(max_examples=60)
@given(st.binary(max_size=700))
def test_any_octets_are_judged_or_refused_by_our_own_error(octets: bytes) -> None:
    for check in (
        lambda: signature.verify(KEY, octets, HEADER, MESSAGES),
        lambda: judge(octets),
        lambda: signature.key_point(BbsPublicKey(octets)),
    ):
        with pytest.raises(CredentialError):
            check()


@settings(max_examples=40)
@given(st.integers(min_value=0), st.integers(min_value=1, max_value=255))
def test_any_changed_octet_refuses_the_proof(place: int, change: int) -> None:
    made = bytearray(prove())
    made[place % len(made)] ^= change
    with pytest.raises(ProofInvalid, match="proof_invalid"):
        judge(bytes(made))
