"""Bitstring Status List: written, published, read, and bounded."""

import gzip
import zlib
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.encoding import JsonObject, b64url_encode
from credentials.errors import CredentialError, MalformedError, UndeterminedError
from credentials.keys import Algorithm, SoftwareSigner
from credentials.limits import MAX_STATUS_LIST_BYTES, MIN_BITSTRING_BITS
from credentials.model import Purpose
from credentials.status import bitstring_status_list
from credentials.status.bitstring_status_list import BitstringStatusList, decode, encode, status_at

AT = datetime(2026, 11, 23, 12, tzinfo=UTC)
DID = "did:web:issuer.skillspass.example"
URI = "https://issuer.skillspass.example/status/bitstring/revocation/1"
SIGNER = SoftwareSigner.generate(Algorithm.EDDSA, f"{DID}#key")


def published(*, revoked: int = 7, expires: datetime | None = None) -> JsonObject:
    bits = [0] * MIN_BITSTRING_BITS
    bits[revoked] = 1
    document = bitstring_status_list.credential(
        URI, bits, purpose=Purpose.REVOCATION, issuer=DID, at=AT, expires=expires
    )
    return bitstring_status_list.sign(document, SIGNER, at=AT)


def read(document: JsonObject, *, purpose: Purpose = Purpose.REVOCATION) -> BitstringStatusList:
    return bitstring_status_list.read(
        document, uri=URI, purpose=purpose, key=SIGNER.public, at=AT + timedelta(hours=1)
    )


def packed(octets: bytes) -> str:
    return "u" + b64url_encode(gzip.compress(octets, mtime=0))


def test_published_list_is_read_back() -> None:
    bits = read(published(expires=AT + timedelta(days=1)))
    assert [bits.status(index) for index in (6, 7, 8)] == [False, True, False]
    assert (bits.issuer, bits.issued_at, bits.purpose) == (DID, AT, Purpose.REVOCATION)
    assert bits.expires == AT + timedelta(days=1)
    assert bitstring_status_list.key_id(published()) == f"{DID}#key"


def test_example_of_the_standard_is_read() -> None:
    encoded = "uH4sIAAAAAAAAA-3BMQEAAADCoPVPbQwfoAAAAAAAAAAAAAAAAAAAAIC3AYbSVKsAQAAA"
    octets = decode(encoded)
    assert len(octets) * 8 == MIN_BITSTRING_BITS
    assert not any(octets)


def test_the_most_significant_bit_comes_first() -> None:
    octets = bytes([0b1000_0001]) + bytes(MIN_BITSTRING_BITS // 8 - 1)
    assert [index for index in range(16) if status_at(octets, index)] == [0, 7]
    assert decode(encode([1, 0, 0, 0, 0, 0, 0, 1])) == octets


@given(st.sets(st.integers(0, MIN_BITSTRING_BITS - 1), max_size=8))
def test_what_is_written_is_read(revoked: set[int]) -> None:
    bits = bytearray(MIN_BITSTRING_BITS)
    for index in revoked:
        bits[index] = 1
    octets = decode(encode(bits))
    assert sum(octet.bit_count() for octet in octets) == len(revoked)
    assert all(status_at(octets, index) for index in revoked)


@pytest.mark.parametrize("index", [-1, -MIN_BITSTRING_BITS, MIN_BITSTRING_BITS, 2**64])
def test_index_outside_the_list_is_refused(index: int) -> None:
    octets = bytes(MIN_BITSTRING_BITS // 8)
    assert status_at(octets, MIN_BITSTRING_BITS - 1) == 0
    with pytest.raises(MalformedError) as refused:
        status_at(octets, index)
    assert refused.value.code == "status_index_invalid"


@pytest.mark.parametrize(
    ("encoded", "code"),
    [
        (packed(bytes(MIN_BITSTRING_BITS // 8 - 1)), "status_list_too_short"),
        (packed(b""), "status_list_too_short"),
        (packed(bytes(MAX_STATUS_LIST_BYTES + 1)), "status_list_too_large"),
        (packed(bytes(MIN_BITSTRING_BITS // 8))[1:], "status_list_malformed"),
        ("z" + packed(bytes(MIN_BITSTRING_BITS // 8))[1:], "status_list_malformed"),
        (packed(bytes(MIN_BITSTRING_BITS // 8)) + "==", "status_list_malformed"),
        (packed(bytes(MIN_BITSTRING_BITS // 8))[:40], "status_list_malformed"),
        ("u" + b64url_encode(zlib.compress(bytes(20_000))), "status_list_malformed"),
        ("u", "status_list_malformed"),
    ],
)
def test_list_that_is_not_sound_is_refused(encoded: str, code: str) -> None:
    with pytest.raises(MalformedError) as refused:
        decode(encoded)
    assert refused.value.code == code


def test_largest_list_is_read_and_a_larger_one_not_written() -> None:
    assert len(decode(packed(bytes(MAX_STATUS_LIST_BYTES)))) == MAX_STATUS_LIST_BYTES
    with pytest.raises(MalformedError) as refused:
        encode(range((MAX_STATUS_LIST_BYTES + 1) * 8))
    assert refused.value.code == "status_list_too_large"


@given(st.text(max_size=60))
def test_any_text_is_a_list_or_our_error(text: str) -> None:
    with pytest.raises(CredentialError):
        decode(text)


def test_list_by_another_key_is_not_believed() -> None:
    other = SoftwareSigner.generate(Algorithm.EDDSA, f"{DID}#key")
    document = {name: value for name, value in published().items() if name != "proof"}
    assert read(published()).status(7)
    with pytest.raises(UndeterminedError) as refused:
        read(bitstring_status_list.sign(document, other, at=AT))
    assert refused.value.code == "status_invalid"


def test_altered_list_is_not_believed() -> None:
    document = published()
    subject = document["credentialSubject"]
    assert isinstance(subject, dict)
    with pytest.raises(UndeterminedError) as refused:
        read({**document, "credentialSubject": {**subject, "encodedList": encode([0])}})
    assert refused.value.code == "status_invalid"


@pytest.mark.parametrize(
    "change",
    [
        {"id": URI + "0"},
        {"type": ["VerifiableCredential"]},
        {"proof": []},
        {"issuer": "school"},
        {"validFrom": "yesterday"},
    ],
)
def test_another_document_is_not_believed(change: JsonObject) -> None:
    with pytest.raises(UndeterminedError) as refused:
        read({**published(), **change})
    assert refused.value.code == "status_invalid"


def test_list_that_is_out_of_date_says_nothing() -> None:
    with pytest.raises(UndeterminedError) as refused:
        read(published(expires=AT + timedelta(hours=1)))
    assert refused.value.code == "status_invalid"


def test_list_of_another_purpose_says_nothing() -> None:
    with pytest.raises(UndeterminedError) as refused:
        read(published(), purpose=Purpose.SUSPENSION)
    assert refused.value.code == "status_purpose_mismatch"


def test_only_an_ed25519_key_with_an_id_signs() -> None:
    document = {name: value for name, value in published().items() if name != "proof"}
    with pytest.raises(ValueError, match="DID URL"):
        bitstring_status_list.sign(document, SoftwareSigner.generate(Algorithm.EDDSA), at=AT)
    with pytest.raises(CredentialError) as refused:
        bitstring_status_list.sign(
            document, SoftwareSigner.generate(Algorithm.ES256, f"{DID}#p"), at=AT
        )
    assert refused.value.code == "cryptosuite_not_allowed"
