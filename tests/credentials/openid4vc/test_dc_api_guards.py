"""The guards of the Digital Credentials API, each switched off once, and anything at all."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.encoding import JsonValue
from credentials.errors import CredentialError
from credentials.openid4vc import dc_api_request, request
from tests.credentials.openid4vc.calling import (
    CHAIN,
    DECLARED,
    FIRM,
    MULTISIGNED,
    ORIGIN,
    SIGNED,
    UNSIGNED,
    WAYS,
    asked,
    call,
    code_of,
    compact,
    multisigned,
    parse,
    signed,
    unsigned,
    with_entries,
)
from tests.hostile.guards import Refusals, switch_off

ENTRY = FIRM.entry(asked())

GUARDED: dict[str, tuple[bytes, str, tuple[Refusals, ...]]] = {
    "origins": (
        signed(expected_origins=["https://other.example"]),
        ORIGIN,
        (Refusals(dc_api_request, "expected_origins_mismatch"),),
    ),
    "no origins": (
        signed(expected_origins=[]),
        ORIGIN,
        (
            Refusals(dc_api_request, "expected_origins_missing"),
            Refusals(dc_api_request, "expected_origins_mismatch"),
        ),
    ),
    "host of the page": (
        signed(expected_origins=["https://app.example"]),
        "https://app.example",
        (Refusals(dc_api_request, "client_mismatch"),),
    ),
    "name in the payload": (
        multisigned(verifier_info=[DECLARED]),
        ORIGIN,
        (Refusals(dc_api_request, "client_id_misplaced"),),
    ),
    "name beside the request": (
        call(SIGNED, {"request": compact(), "client_id": "x"}),
        ORIGIN,
        (Refusals(dc_api_request, "client_mismatch"),),
    ),
    "origin of the caller": (
        unsigned(),
        "http://firm.example",
        (Refusals(dc_api_request, "calling_origin_invalid"),),
    ),
    "audience": (
        signed(aud="https://x.example"),
        ORIGIN,
        (Refusals(dc_api_request, "aud_mismatch"),),
    ),
    "transactions": (
        signed(transaction_data=["e30"]),
        ORIGIN,
        (Refusals(request, "invalid_transaction_data"),),
    ),
}


@pytest.mark.parametrize("name", GUARDED)
def test_each_guard_alone_keeps_it_out(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    octets, origin, guards = GUARDED[name]
    code_of(octets, origin)
    switch_off(guards, monkeypatch)
    assert parse(octets, origin).origin == origin


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=9) | st.just(ORIGIN),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3)
    ),
    max_leaves=6,
)


def tried(octets: bytes) -> None:
    with suppress(CredentialError):
        assert parse(octets).origin == ORIGIN


@given(st.binary(max_size=200))
def test_any_bytes_are_a_request_or_our_error(octets: bytes) -> None:
    with pytest.raises(CredentialError):
        parse(octets)


@given(st.sampled_from([UNSIGNED, SIGNED, MULTISIGNED]), ANYTHING)
def test_any_data_is_a_request_or_our_error(protocol: str, data: JsonValue) -> None:
    tried(call(protocol, data))
    tried(call(protocol, {"request": data}))


@given(st.sampled_from([*asked(), "aud", "iat", "exp", "verifier_info"]), ANYTHING)
def test_any_member_is_a_request_or_our_error(name: str, value: JsonValue) -> None:
    for way in WAYS.values():
        tried(way(**{name: value}))


@given(st.sampled_from(["payload", "protected", "signature", "header"]), ANYTHING)
def test_any_envelope_is_a_request_or_our_error(name: str, value: JsonValue) -> None:
    tried(with_entries(ENTRY | {name: value}))
    tried(with_entries(ENTRY, **{"payload" if name == "header" else name: value}))


@given(
    st.sampled_from(["typ", "kid", "alg", "x5c", "crit", "client_id", "verifier_info"]), ANYTHING
)
def test_any_header_is_a_request_or_our_error(name: str, value: JsonValue) -> None:
    for hand in (FIRM, CHAIN):
        tried(multisigned([hand.but(**{name: value})]))
