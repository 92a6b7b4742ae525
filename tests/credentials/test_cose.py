"""COSE_Sign1: what was signed is read, and everything else is refused."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials import cbor, cose
from credentials.errors import CredentialError
from credentials.keys import Algorithm, SoftwareSigner

PAYLOAD = b'{"type":"VerifiableCredential"}'
SIGNER = SoftwareSigner.generate(Algorithm.ES256)
HEADER: dict[int | bytes | str, cbor.CborValue] = {
    1: -7,
    3: "application/vc",
    4: b"k",
    16: cose.CREDENTIAL,
}


def message(
    header: dict[int | bytes | str, cbor.CborValue] | None = None,
    *,
    protected: bytes | None = None,
    unprotected: cbor.CborValue | None = None,
    payload: cbor.CborValue = PAYLOAD,
    tag: bytes = b"\xd2",
) -> bytes:
    """A message over exactly these parts, truly signed."""
    octets = cbor.encode(HEADER | (header or {})) if protected is None else protected
    signed = cbor.encode(["Signature1", octets, b"", payload])
    rest: cbor.CborValue = {} if unprotected is None else unprotected
    return tag + cbor.encode([octets, rest, payload, SIGNER.sign(signed)])


def code_of(action: Callable[[], object]) -> str:
    with pytest.raises(CredentialError) as refused:
        action()
    return refused.value.code


def refusal(octets: bytes, typ: str = cose.CREDENTIAL) -> str:
    return code_of(lambda: cose.read(octets, typ=typ).verify(SIGNER.public))


@pytest.mark.parametrize("algorithm", Algorithm)
@pytest.mark.parametrize("typ", cose.CONTENT_TYPES)
def test_a_document_comes_back_as_it_was_signed(algorithm: Algorithm, typ: str) -> None:
    signer = SoftwareSigner.generate(algorithm)
    octets = cose.sign(PAYLOAD, signer, typ=typ, key_id=b"key")
    read = cose.read(octets, typ=typ)
    read.verify(signer.public)
    assert (read.payload, read.key_id, read.algorithm) == (PAYLOAD, b"key", algorithm.value)
    nameless = cose.read(cose.sign(PAYLOAD, signer, typ=typ, key_id=None), typ=typ)
    assert nameless.key_id is None


def test_a_message_made_by_hand_is_the_same() -> None:
    read = cose.read(message(), typ=cose.CREDENTIAL)
    read.verify(SIGNER.public)
    assert read.payload == PAYLOAD


def test_no_changed_octet_is_accepted() -> None:
    octets = message()
    accepted = []
    for position, octet in enumerate(octets):
        for other in {octet ^ 1, octet ^ 0x80, 0xFF - octet}:
            altered = octets[:position] + bytes([other]) + octets[position + 1 :]
            try:
                cose.read(altered, typ=cose.CREDENTIAL).verify(SIGNER.public)
            except CredentialError:
                continue
            accepted.append((position, other))
    assert accepted == []


@pytest.mark.parametrize("number", [0, 5, -4, -65535, "none", b"", None])
def test_h001_no_algorithm_of_ours(number: cbor.CborValue | None) -> None:
    header = {name: value for name, value in HEADER.items() if name != 1}
    if number is not None:
        header[1] = number
    assert refusal(message(protected=cbor.encode(header))) == "alg_not_allowed"


@pytest.mark.parametrize("number", [-35, -8, -36])
def test_h003_wrong_algorithm_for_the_key(number: int) -> None:
    assert refusal(message({1: number})) == "alg_key_mismatch"


@pytest.mark.parametrize("header", [{2: [1]}, {2: []}, {5: b"iv"}, {"x": 1}, {33: b"chain"}])
def test_h004_unknown_header(header: dict[int | bytes | str, cbor.CborValue]) -> None:
    assert refusal(message(header)) == "crit_unknown"


@pytest.mark.parametrize("unprotected", [{1: -7}, {4: b"k"}, {33: b"chain"}, [], b""])
def test_h005_nothing_is_taken_from_the_unprotected_header(unprotected: cbor.CborValue) -> None:
    assert refusal(message(unprotected=unprotected)) == "cose_malformed"


def test_h006_a_header_that_occurs_twice() -> None:
    twice = b"\xa2\x01\x26\x01\x27"
    assert refusal(message(protected=twice)) == "cbor_invalid"


@pytest.mark.parametrize("signature", [bytes(64), b"\xff" * 64, bytes(63), bytes(65), b""])
def test_h010_zero_signature_values(signature: bytes) -> None:
    parts = cbor.decode(message()[1:])
    assert isinstance(parts, list)
    octets = b"\xd2" + cbor.encode([*parts[:3], signature])
    assert refusal(octets) == "signature_invalid"


@pytest.mark.parametrize(
    "header",
    [{16: cose.PRESENTATION}, {16: "really/bad"}, {16: 7}, {3: "application/vp"}, {3: 60}],
)
def test_h015_foreign_type(header: dict[int | bytes | str, cbor.CborValue]) -> None:
    assert refusal(message(header)) == "typ_not_allowed"
    assert refusal(message(), cose.PRESENTATION) == "typ_not_allowed"


@pytest.mark.parametrize(
    "octets",
    [
        b"",
        b"\xd2",
        message(tag=b""),
        message(tag=b"\xd1"),
        message(tag=b"\xd8\x12"),
        message(protected=b"\x80"),
        message({4: "k"}),
        message(payload="text"),
        b"\xd2" + cbor.encode([b"", {}, PAYLOAD]),
        b"\xd2" + cbor.encode([{}, {}, PAYLOAD, b""]),
        b"\xd2" + cbor.encode([b"", {}, PAYLOAD, {}]),
    ],
)
def test_h039_ragged_message(octets: bytes) -> None:
    assert refusal(octets) in {"cose_malformed", "cbor_invalid"}


@pytest.mark.parametrize(
    "octets",
    [
        message() + b"\0",
        message()[:-1],
        b"\xd2\x9f" + message()[2:] + b"\xff",  # an indefinite length
        b"\xd2\x98\x04" + message()[2:],  # a length with a shorter spelling
        b"\xd2" + b"\x81" * 40,
        b"\xd2\x84\x5b" + b"\x7f" + bytes(7),
    ],
    ids=["more", "less", "indefinite", "long", "deep", "announced"],
)
def test_loose_cbor_is_refused(octets: bytes) -> None:
    assert refusal(octets) == "cbor_invalid"


@given(octets=st.binary(max_size=80))
def test_any_octets_are_a_message_or_refused(octets: bytes) -> None:
    for prefix in (b"", b"\xd2", b"\xd2\x84"):
        try:
            cose.read(prefix + octets, typ=cose.CREDENTIAL)
        except CredentialError:
            continue
        raise AssertionError(octets)
