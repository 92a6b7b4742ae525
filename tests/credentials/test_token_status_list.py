"""Token status lists: the right bit of the right list, and nothing that swells."""

import zlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.encoding import JsonObject, JsonValue, b64url_encode
from credentials.errors import CredentialError, MalformedError, UndeterminedError
from credentials.jose import sign_compact
from credentials.keys import Algorithm, SoftwareSigner
from credentials.limits import MAX_STATUS_LIST_BYTES
from credentials.status.token_status_list import (
    REVOKED,
    encode,
    named_key,
    read_list,
    sign_list,
    status_at,
)

AT = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
URI = "https://issuer.skillspass.example/status/token/1"
SIGNER = SoftwareSigner.generate(Algorithm.ES256, "did:web:issuer.skillspass.example#k")


@given(st.sampled_from([1, 2, 4, 8]), st.data())
def test_every_status_comes_back_at_its_index(bits: int, data: st.DataObject) -> None:
    statuses = data.draw(st.lists(st.integers(0, 2**bits - 1), min_size=1, max_size=40))
    packed = encode(statuses, bits=bits)
    assert [status_at(packed, index, bits=bits) for index in range(len(statuses))] == statuses


@given(st.binary(max_size=60), st.integers(), st.integers(0, 9))
def test_any_bytes_are_a_list_or_refused(compressed: bytes, index: int, bits: int) -> None:
    for octets in (compressed, zlib.compress(compressed)):
        try:
            status = status_at(octets, index, bits=bits)
        except MalformedError:
            continue
        assert 0 <= status < 2**bits


def test_a_million_statuses_are_packed_and_found() -> None:
    statuses = bytearray(1_000_000)
    statuses[765_432] = REVOKED
    packed = encode(bytes(statuses), bits=2)
    assert status_at(packed, 765_432, bits=2) == REVOKED
    assert status_at(packed, 765_433, bits=2) == 0


@pytest.mark.parametrize(
    ("statuses", "bits", "code"),
    [
        ([2], 1, "status_invalid"),
        ([-1], 8, "status_invalid"),
        ([256], 8, "status_invalid"),
        ([0], 3, "status_list_malformed"),
        (bytes(MAX_STATUS_LIST_BYTES + 1), 8, "status_list_too_large"),
    ],
)
def test_what_no_list_can_hold_is_not_written(
    statuses: bytes | list[int], bits: int, code: str
) -> None:
    with pytest.raises(MalformedError) as refused:
        encode(statuses, bits=bits)
    assert refused.value.code == code


@pytest.mark.parametrize("index", [-1, 24, 2**64, True, 1.0, "1"])
def test_an_index_outside_the_list_is_refused(index: int) -> None:
    with pytest.raises(MalformedError, match="status_index_invalid"):
        status_at(encode([0] * 24, bits=1), index, bits=1)


@pytest.mark.parametrize(
    ("compressed", "code"),
    [
        (b"", "status_list_malformed"),
        (b"no zlib", "status_list_malformed"),
        (encode([1] * 80, bits=8)[:-3], "status_list_malformed"),
        (encode([1], bits=8) + b"x", "status_list_malformed"),
        (encode([1], bits=8) * 2, "status_list_malformed"),
        (zlib.compress(bytes(64 * 1024 * 1024), 9), "status_list_too_large"),
    ],
    ids=["nothing", "text", "cut", "more behind", "twice", "bomb"],
)
def test_a_broken_or_swelling_stream_is_refused(compressed: bytes, code: str) -> None:
    with pytest.raises(MalformedError) as refused:
        status_at(compressed, 0, bits=1)
    assert refused.value.code == code


def test_the_largest_list_is_read() -> None:
    packed = zlib.compress(bytes(MAX_STATUS_LIST_BYTES - 1) + b"\x80", 1)
    assert status_at(packed, MAX_STATUS_LIST_BYTES * 8 - 1, bits=1) == 1


def signed(at: datetime = AT) -> str:
    return sign_list(
        encode([0, 1, 2, 0], bits=2),
        bits=2,
        uri=URI,
        signer=SIGNER,
        at=at,
        lifetime=timedelta(days=1),
        time_to_live=timedelta(minutes=15),
    )


def test_a_signed_list_is_read_under_the_issuers_key() -> None:
    found = read_list(signed(), uri=URI, key=SIGNER.public, at=AT + timedelta(hours=1))
    assert [found.status(index) for index in range(4)] == [0, 1, 2, 0]
    assert found.issued_at == AT
    assert found.expires == AT + timedelta(days=1)
    assert found.time_to_live == timedelta(minutes=15)
    assert named_key(signed()).key_id == SIGNER.public.key_id
    with pytest.raises(MalformedError, match="status_index_invalid"):
        found.status(4)


CHANGES: dict[str, Callable[[], tuple[str, str, SoftwareSigner]]] = {
    "by another key": lambda: (signed(), URI, SoftwareSigner.generate(Algorithm.ES256)),
    "by a key of another kind": lambda: (signed(), URI, SoftwareSigner.generate(Algorithm.EDDSA)),
    "of another address": lambda: (signed(), URI + "0", SIGNER),
    "over": lambda: (signed(AT - timedelta(days=1)), URI, SIGNER),
    "from the future": lambda: (signed(AT + timedelta(minutes=2)), URI, SIGNER),
    "no token": lambda: ("x", URI, SIGNER),
    "another type": lambda: (sign_compact({"typ": "JWT"}, {"sub": URI}, SIGNER), URI, SIGNER),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_list_that_cannot_be_trusted_leaves_the_status_unknown(
    change: Callable[[], tuple[str, str, SoftwareSigner]],
) -> None:
    token, uri, signer = change()
    with pytest.raises(UndeterminedError, match="status_invalid"):
        read_list(token, uri=uri, key=signer.public, at=AT)


def token_with(**members: JsonValue) -> str:
    payload: JsonObject = {"sub": URI, "iat": int(AT.timestamp())}
    return sign_compact({"typ": "statuslist+jwt"}, payload | members, SIGNER)


GOOD = b64url_encode(encode([1], bits=1))


@pytest.mark.parametrize(
    "members",
    [
        {},
        {"status_list": []},
        {"status_list": {"bits": 1}},
        {"status_list": {"bits": True, "lst": GOOD}},
        {"status_list": {"bits": 3, "lst": GOOD}},
        {"status_list": {"bits": 1, "lst": GOOD + "="}},
        {"status_list": {"bits": 1, "lst": GOOD}, "ttl": 0},
        {"status_list": {"bits": 1, "lst": GOOD}, "ttl": True},
        {"status_list": {"bits": 1, "lst": GOOD}, "iat": "now"},
        {"status_list": {"bits": 1, "lst": GOOD}, "exp": -1},
    ],
)
def test_a_signed_token_without_a_readable_list_is_refused(members: JsonObject) -> None:
    with pytest.raises(CredentialError):
        read_list(token_with(**members), uri=URI, key=SIGNER.public, at=AT)


def test_dates_of_a_list_may_be_left_out() -> None:
    found = read_list(
        token_with(status_list={"bits": 1, "lst": GOOD}), uri=URI, key=SIGNER.public, at=AT
    )
    assert (found.status(0), found.expires, found.time_to_live) == (1, None, None)
