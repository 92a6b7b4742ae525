"""Strict CBOR: what is read has one spelling, and nothing hostile costs anything."""

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.cbor import MAX_BYTES, MAX_ITEMS, CborValue, decode, encode
from credentials.errors import MalformedError

scalars = st.one_of(
    st.integers(min_value=-(2**64), max_value=2**64 - 1), st.binary(), st.text(max_size=40)
)
values = st.recursive(
    scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(scalars, inner)),
    max_leaves=8,
)


def depth(value: CborValue) -> int:
    if isinstance(value, list):
        return 1 + max(map(depth, value), default=0)
    if isinstance(value, dict):
        return 1 + max(map(depth, value.values()), default=0)
    return 0


@given(values)
def test_what_is_written_is_read_again_here_and_by_another_library(value: CborValue) -> None:
    octets = encode(value)
    assert cbor2.loads(octets) == value
    assert encode(value) == cbor2.dumps(value, canonical=True) or isinstance(value, dict | list)
    if depth(value) <= 4:
        assert decode(octets) == value
    else:
        with pytest.raises(MalformedError, match="cbor_invalid"):
            decode(octets)


@given(st.binary(max_size=64))
def test_any_octets_are_read_in_one_spelling_or_refused(octets: bytes) -> None:
    code, length = "", 0
    try:
        length = len(encode(decode(octets)))
    except MalformedError as error:
        code = error.code
    assert (code, length) in {("", len(octets)), ("cbor_invalid", 0)}


@pytest.mark.parametrize(
    "octets",
    [
        "",
        "c100",  # a tag
        "d9d9f7" * 50 + "00",  # tags in a chain
        "9fff",  # a list without an end announced
        "5f41004100ff",
        "bf00ffff",
        "9affffffff",  # four thousand million items
        "5affffffff00",
        "5bffffffffffffffff00",
        "a201000100",  # one key twice
        "a10000 00",
        "0000",  # two values
        "1800",  # zero in two octets
        "1900ff",
        "5800",
        "f4",
        "f6",
        "f97c00",
        "fb7ff0000000000000",
        "61ff",  # no UTF-8
        "a1800000",  # a list as a key
        "8181818181 00",  # too deep
        "1c",
        "1f",
    ],
)
def test_hostile_octets_are_refused(octets: str) -> None:
    with pytest.raises(MalformedError, match="cbor_invalid"):
        decode(bytes.fromhex(octets))


def test_sizes_are_bounded_and_what_fits_is_read() -> None:
    assert decode(encode([0] * (MAX_ITEMS - 1))) == [0] * (MAX_ITEMS - 1)
    with pytest.raises(MalformedError, match="cbor_invalid"):
        decode(encode([0] * MAX_ITEMS))
    with pytest.raises(MalformedError, match="cbor_invalid"):
        decode(encode(bytes(MAX_BYTES)))


@pytest.mark.parametrize("value", [True, None, 1.5, 2**64, [None]], ids=repr)
def test_values_outside_the_subset_are_not_written(value: CborValue) -> None:
    with pytest.raises(ValueError, match=r".+"):
        encode(value)
