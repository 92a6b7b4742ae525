"""Token Status List as CWT: written, read, and refused."""

import zlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials import cbor
from credentials.cbor import CborValue
from credentials.errors import CredentialError, MalformedError, UndeterminedError
from credentials.findings import Check, Outcome
from credentials.keys import Algorithm, SoftwareSigner
from credentials.limits import MAX_STATUS_LIST_BYTES
from credentials.status.token_status_list import TokenStatusList, encode
from credentials.status.token_status_list_cwt import TAG, TYPE, read_list, reference_of, sign_list
from tests.credentials.world import STATUS, World, found

AT = datetime(2026, 11, 23, 12, tzinfo=UTC)
URI = "https://issuer.skillspass.example/status/token/1"
SIGNERS = {
    algorithm: SoftwareSigner.generate(algorithm, "did:web:issuer.skillspass.example#k")
    for algorithm in Algorithm
}
SIGNER = SIGNERS[Algorithm.ES256]
STATUSES = [0, 1, 2, 3]


def signed(algorithm: Algorithm = Algorithm.ES256) -> bytes:
    return sign_list(
        encode(STATUSES, bits=2),
        bits=2,
        uri=URI,
        signer=SIGNERS[algorithm],
        at=AT,
        lifetime=timedelta(days=1),
        time_to_live=timedelta(minutes=15),
    )


def read(token: bytes, *, at: datetime = AT) -> TokenStatusList:
    return read_list(token, uri=URI, key=SIGNER.public, at=at)


Claims = dict[int | bytes | str, CborValue]


def made(
    change: Callable[[Claims], None] = lambda _claims: None,
    *,
    header: Claims | None = None,
    unprotected: CborValue | None = None,
) -> bytes:
    """A token that the issuer signed, whatever it says."""
    claims: Claims = {
        2: URI,
        6: int(AT.timestamp()),
        65533: {"bits": 2, "lst": encode(STATUSES, bits=2)},
    }
    change(claims)
    protected = cbor.encode({1: -7, 16: TYPE} if header is None else header)
    payload = cbor.encode(claims)
    signature = SIGNER.sign(cbor.encode(["Signature1", protected, b"", payload]))
    outer = {} if unprotected is None else unprotected
    return TAG + cbor.encode([protected, outer, payload, signature])


@pytest.mark.parametrize("algorithm", Algorithm)
def test_a_list_is_written_and_read_with_every_algorithm(algorithm: Algorithm) -> None:
    listed = read_list(signed(algorithm), uri=URI, key=SIGNERS[algorithm].public, at=AT)
    assert [listed.status(index) for index in range(4)] == STATUSES
    assert listed.expires == AT + timedelta(days=1)
    assert listed.time_to_live == timedelta(minutes=15)


def test_the_verdict_reads_a_list_in_either_form(now: datetime) -> None:
    world = World(now, "dc+sd-jwt")
    wire = world.present(world.issue(world.credential(status=[world.reference(3)])))
    for value, outcome in ((0, Outcome.PASSED), (1, Outcome.FAILED)):
        world.pages[STATUS] = sign_list(
            encode([0, 0, 0, value], bits=2),
            bits=2,
            uri=STATUS,
            signer=world.signer,
            at=now,
            lifetime=timedelta(days=1),
            time_to_live=timedelta(minutes=15),
        )
        assert found(world.verdict(wire), Check.STATUS).outcome is outcome
    thief = SoftwareSigner.generate(Algorithm.ES256, world.signer.public.key_id)
    world.pages[STATUS] = sign_list(
        encode([0] * 4, bits=2),
        bits=2,
        uri=STATUS,
        signer=thief,
        at=now,
        lifetime=timedelta(days=1),
        time_to_live=timedelta(minutes=15),
    )
    assert found(world.verdict(wire), Check.STATUS).code == "status_invalid"


def set_claim(name: int, value: CborValue) -> Callable[[Claims], None]:
    def change(claims: Claims) -> None:
        claims[name] = value

    return change


@pytest.mark.parametrize(
    "token",
    [
        made(set_claim(2, URI + "0")),
        made(set_claim(6, int(AT.timestamp()) + 3600)),
        made(set_claim(6, "now")),
        made(set_claim(4, int(AT.timestamp()))),
        made(set_claim(4, 2**62)),
        made(lambda claims: claims.pop(6)),  # type: ignore[arg-type]  # any result
        made(header={1: -7, 16: "application/vc+cose"}),
        made(header={1: -7}),
        made(header={1: -36, 16: TYPE}),
        made(header={1: -8, 16: TYPE}),
        made(header={16: TYPE}),
        made(header={1: -7, 16: TYPE, 2: [16]}),
        made(unprotected={1: -7}),
        made(unprotected=[]),
        made()[1:],
        made() + b"\0",
        made()[:-1],
        TAG + cbor.encode([b"", {}, b""]),
        TAG,
        b"",
    ],
    ids=range(20),
)
def test_a_token_that_is_not_quite_one_says_nothing(token: bytes) -> None:
    assert read(made()).status(1) == 1
    assert read(made(unprotected={4: b"12"})).status(2) == 2
    with pytest.raises(UndeterminedError) as refused:
        read(token)
    assert refused.value.code == "status_invalid"


def swelling() -> bytes:
    packer = zlib.compressobj(9)
    block = bytes(1024 * 1024)
    whole = MAX_STATUS_LIST_BYTES // len(block) + 1
    return b"".join(packer.compress(block) for _ in range(whole)) + packer.flush()


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"bits": 3, "lst": zlib.compress(b"\0")}, "status_list_malformed"),
        ({"bits": "2", "lst": zlib.compress(b"\0")}, "status_list_malformed"),
        ({"bits": 2}, "status_list_malformed"),
        ({"bits": 2, "lst": "eNo"}, "status_list_malformed"),
        ({"bits": 2, "lst": b"\0"}, "status_list_malformed"),
        ({"bits": 2, "lst": zlib.compress(b"\0") + b"\0"}, "status_list_malformed"),
        ({"bits": 2, "lst": swelling()}, "status_list_too_large"),
        ("list", "status_list_malformed"),
    ],
    ids=range(8),
)
def test_a_signed_list_that_is_not_sound_is_refused(members: CborValue, code: str) -> None:
    with pytest.raises(MalformedError) as refused:
        read(made(set_claim(65533, members)))
    assert refused.value.code == code


@pytest.mark.parametrize("status", [{}, {"status_list": {"idx": -1, "uri": URI}}, 5])
def test_a_reference_that_is_not_whole_is_refused(status: CborValue) -> None:
    good = made(set_claim(65535, {"status_list": {"idx": 3, "uri": URI}}))
    assert reference_of(good).index == 3
    with pytest.raises(MalformedError, match="status_"):
        reference_of(made(set_claim(65535, status)))


@given(st.binary(max_size=80) | st.binary(max_size=60).map(TAG.__add__))
def test_any_octets_are_a_list_or_our_error(octets: bytes) -> None:
    with pytest.raises(CredentialError):
        read(octets)
