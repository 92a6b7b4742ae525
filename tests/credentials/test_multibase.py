"""Multibase, base58btc and varints: one spelling each, all else refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.errors import MalformedError
from credentials.multibase import (
    base58_decode,
    base58_encode,
    multibase_decode,
    multibase_encode,
    varint_decode,
    varint_encode,
)


@given(st.binary(max_size=80), st.sampled_from("zu"))
def test_multibase_comes_back_as_it_went(octets: bytes, base: str) -> None:
    assert multibase_decode(multibase_encode(octets, base)) == octets


def test_base58_keeps_leading_zeros() -> None:
    assert base58_encode(b"\0\0hello") == "11Cn8eVZg"
    assert base58_decode("11Cn8eVZg") == b"\0\0hello"


@pytest.mark.parametrize("text", ["", "mYWJj", "z0", "zO", "zIl", "z" + "2" * 600])
def test_other_multibase_is_refused(text: str) -> None:
    with pytest.raises(MalformedError, match="multibase_malformed"):
        multibase_decode(text)


def test_multibase_writes_two_bases_only() -> None:
    with pytest.raises(ValueError, match="m"):
        multibase_encode(b"a", "m")


@given(st.integers(0, 2**63 - 1), st.binary(max_size=5))
def test_varint_comes_back_as_it_went(number: int, rest: bytes) -> None:
    assert varint_decode(varint_encode(number) + rest) == (number, rest)


@pytest.mark.parametrize("octets", [b"", b"\x80", b"\x80\x00", b"\xff" * 9 + b"\x01"])
def test_ragged_varint_is_refused(octets: bytes) -> None:
    with pytest.raises(MalformedError, match="varint_malformed"):
        varint_decode(octets)
