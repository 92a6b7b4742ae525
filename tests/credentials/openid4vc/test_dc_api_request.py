"""Requests by the Digital Credentials API: the three protocols, and what is refused of each."""

import json

import pytest

from credentials.encoding import JsonObject, JsonValue, b64url_encode, compact_json
from credentials.errors import UndeterminedError
from credentials.openid4vc.dc_api_request import (
    MAX_OPTIONS,
    MAX_SIGNATURES,
    ExchangeProtocol,
    parse_call,
)
from credentials.openid4vc.declaration import Declaration, write_declaration
from schemas.declarations import lists
from tests.cases.requests import CLIENT, DID, SEALING, SECONDS, UNUSABLE, metadata
from tests.conftest import NOW
from tests.credentials.openid4vc.calling import (
    CHAIN,
    CHAIN_CLIENT,
    DECLARED,
    ELSEWHERE,
    FIRM,
    IMPOSTOR,
    MULTISIGNED,
    ORIGIN,
    SIGNED,
    WAYS,
    Hand,
    asked,
    call,
    code_of,
    compact,
    envelope,
    multisigned,
    parse,
    signed,
    unsigned,
    with_entries,
)

ADDRESSED = write_declaration(
    Declaration("X", checked=True, declared=lists().usual, deletion_uri="https://evil.example/d")
)


def test_an_unsigned_request_is_of_the_page_that_made_it() -> None:
    found = parse(unsigned())
    assert found.protocol is ExchangeProtocol.UNSIGNED
    assert (found.client_id, found.did, found.certificate, found.anchored) == (*[None] * 3, False)
    assert (found.host, found.audience) == (ORIGIN, f"origin:{ORIGIN}")
    assert (found.client_name, found.purpose, found.nonce) == ("De firma", "intake", "n-0S6_WzA2Mj")
    assert (found.encryption_key, found.enc, found.expires) == (SEALING, "A256GCM", None)


def test_a_signed_request_is_of_who_signed_and_answered_to_the_page() -> None:
    found = parse(signed())
    assert (found.client_id, found.did, found.host) == (CLIENT, DID, ORIGIN)
    assert found.audience == f"origin:{ORIGIN}"
    by_chain = parse(signed(CHAIN))
    assert (by_chain.client_id, by_chain.certificate) == (CHAIN_CLIENT, "leaf")
    assert by_chain.anchored


SIGNERS: dict[str, tuple[tuple[Hand, ...], str]] = {
    "both hold": ((CHAIN, FIRM), CHAIN_CLIENT),
    "in the other order": ((FIRM, CHAIN), CLIENT),
    "the first is bent": ((CHAIN.bent(), FIRM), CLIENT),
    "the second is bent": ((FIRM, CHAIN.bent()), CLIENT),
    "the first by another's key": ((IMPOSTOR, CHAIN), CHAIN_CLIENT),
    "the first of a framework that we do not know": ((ELSEWHERE, FIRM), CLIENT),
    "the first without its type": ((FIRM.but(typ=None), CHAIN), CHAIN_CLIENT),
    "the first without a name": ((FIRM.but(client_id=None), CHAIN), CHAIN_CLIENT),
    "one alone": ((FIRM,), CLIENT),
}


@pytest.mark.parametrize("name", SIGNERS)
def test_of_several_signers_the_first_that_holds_is_who_asks(name: str) -> None:
    hands, client_id = SIGNERS[name]
    found = parse(multisigned(hands))
    assert (found.client_id, found.nonce) == (client_id, "n-0S6_WzA2Mj")


UNSOUND: dict[str, tuple[tuple[Hand, ...], str]] = {
    "all are bent": ((CHAIN.bent(), FIRM.bent()), "signature_invalid"),
    "one that is bent": ((FIRM.bent(),), "signature_invalid"),
    "all of frameworks that we do not know": ((ELSEWHERE,), "client_id_prefix_unsupported"),
    "a bent one tells more than an unknown one": ((ELSEWHERE, FIRM.bent()), "signature_invalid"),
    "none has the type": ((FIRM.but(typ="JWT"), CHAIN.but(typ=None)), "typ_not_allowed"),
    "a page of another host": (
        (FIRM.but(client_id="decentralized_identifier:did:web:evil.example"),),
        "client_mismatch",
    ),
    "the reserved prefix": (
        (FIRM.but(client_id=f"origin:{ORIGIN}"),),
        "client_id_prefix_unsupported",
    ),
    "a certificate's name without its chain": (
        (FIRM.but(client_id=CHAIN_CLIENT),),
        "x5c_invalid",
    ),
}


@pytest.mark.parametrize("name", UNSOUND)
def test_a_request_is_refused_where_no_signature_holds(name: str) -> None:
    hands, code = UNSOUND[name]
    assert code_of(multisigned(hands)) == code


def test_a_signer_who_cannot_be_looked_up_is_not_called_false() -> None:
    def offline(url: str) -> bytes:
        raise UndeterminedError("fetch_failed", url)

    both = multisigned([CHAIN.bent(), FIRM])
    with pytest.raises(UndeterminedError, match="fetch_failed"):
        parse_call(both, origin=ORIGIN, get=offline, at=NOW)


ENTRY = FIRM.entry(asked())
WITH_CLIENT = b64url_encode(compact_json(asked(client_id=CLIENT)))
MISSHAPEN: dict[str, tuple[bytes, str]] = {
    "no JSON": (b"{", "json_malformed"),
    "another protocol": (call("openid4vp-v2-signed", {}), "exchange_protocol_unsupported"),
    "the protocol of a draft": (call("openid4vp", asked()), "exchange_protocol_unsupported"),
    "nothing asked": (compact_json({"requests": []}), "request_invalid"),
    "data is a text": (call(SIGNED, "x"), "request_invalid"),
    "too many ways": (
        compact_json({"requests": [{"protocol": "x", "data": {}}] * (MAX_OPTIONS + 1)}),
        "request_invalid",
    ),
    "over 64 KiB": (unsigned(x="a" * 65_536), "too_large"),
    "signed, but no request": (call(SIGNED, asked()), "request_object_invalid"),
    "signed, in the JSON form": (call(SIGNED, {"request": envelope()}), "request_object_invalid"),
    "signed, in four parts": (call(SIGNED, {"request": compact() + "."}), "request_object_invalid"),
    "multisigned, in the compact form": (
        call(MULTISIGNED, {"request": compact()}),
        "signatures_malformed",
    ),
    "no signature": (with_entries(), "signatures_malformed"),
    "too many signatures": (with_entries(*[ENTRY] * (MAX_SIGNATURES + 1)), "signatures_malformed"),
    "a header that nobody signed": (
        with_entries(ENTRY | {"header": {"client_id": CLIENT}}),
        "signatures_malformed",
    ),
    "a payload of octets": (with_entries(ENTRY, payload="eA"), "json_malformed"),
    "a payload in loose base64": (with_entries(ENTRY, payload="e30="), "base64_not_strict"),
    "the signers' name in the payload": (
        with_entries(ENTRY, payload=WITH_CLIENT),
        "client_id_misplaced",
    ),
    "their word in the payload": (multisigned(verifier_info=[DECLARED]), "client_id_misplaced"),
    "another name beside the request": (
        call(SIGNED, {"request": compact(), "client_id": f"{CLIENT}:x"}),
        "client_mismatch",
    ),
}


@pytest.mark.parametrize("name", MISSHAPEN)
def test_a_call_of_another_shape_is_refused(name: str) -> None:
    octets, code = MISSHAPEN[name]
    assert code_of(octets) == code


@pytest.mark.parametrize("way", ["signed", "multisigned"])
@pytest.mark.parametrize(
    ("origins", "code"),
    [
        (None, "expected_origins_missing"),
        ([], "expected_origins_missing"),
        (ORIGIN, "expected_origins_missing"),
        (["https://other.example"], "expected_origins_mismatch"),
        ([f"{ORIGIN}/"], "expected_origins_mismatch"),
        (["https://FIRM.example"], "expected_origins_mismatch"),
        ([[ORIGIN], 1, None], "expected_origins_mismatch"),
    ],
)
def test_a_signed_request_is_for_the_origins_it_names(
    way: str, origins: JsonValue, code: str
) -> None:
    assert code_of(WAYS[way](expected_origins=origins)) == code


@pytest.mark.parametrize("way", ["signed", "multisigned"])
def test_a_request_that_another_page_plays_again_is_refused(way: str) -> None:
    octets = WAYS[way]()
    assert parse(octets).origin == ORIGIN
    assert code_of(octets, "https://evil.example") == "expected_origins_mismatch"


def test_what_the_signer_names_is_not_enough_without_a_page_at_its_host() -> None:
    lent: list[JsonValue] = ["https://app.example"]
    assert code_of(signed(expected_origins=lent), "https://app.example") == "client_mismatch"
    assert code_of(signed(CHAIN, expected_origins=lent), "https://app.example") == "client_mismatch"


@pytest.mark.parametrize(
    "origin",
    [
        *("http://firm.example", "https://firm.example/", "https://FIRM.example", ""),
        *("https://firm.example:443", "https://firm.example/x", "null", "android:apk-key-hash:x"),
    ],
)
def test_a_caller_without_an_https_origin_is_refused(origin: str) -> None:
    assert code_of(unsigned(), origin) == "calling_origin_invalid"


def test_what_the_standard_ignores_is_ignored() -> None:
    """A.2: in an unsigned request also who it says it is, and for which pages."""
    extra: JsonObject = {"state": "a b", "response_uri": "x", "redirect_uri": "x", "unknown": {}}
    for way in WAYS.values():
        assert parse(way(**extra)) == parse(way())
    pretended = parse(unsigned(client_id=1, expected_origins=["https://x.example"]))
    assert pretended.client_id is None


def test_the_first_way_that_we_know_is_read() -> None:
    other: JsonObject = {"protocol": "org-iso-mdoc", "data": {}}
    known = json.loads(signed())["requests"]
    found = parse(compact_json({"requests": [other, *known, *json.loads(unsigned())["requests"]]}))
    assert found.protocol is ExchangeProtocol.SIGNED


CHANGED: dict[str, tuple[dict[str, JsonValue], str]] = {
    "no nonce": ({"nonce": None}, "nonce_invalid"),
    "nonce not URL-safe": ({"nonce": "a b"}, "nonce_invalid"),
    "no query": ({"dcql_query": None}, "request_invalid"),
    "query without credentials": ({"dcql_query": {}}, "dcql_invalid"),
    "transaction data": ({"transaction_data": ["e30"]}, "transaction_data_unsupported"),
    "an answer to post": ({"response_mode": "direct_post.jwt"}, "response_mode_unsupported"),
    "no mode": ({"response_mode": None}, "request_invalid"),
    "a code": ({"response_type": "code"}, "response_mode_unsupported"),
    "for another audience": ({"aud": "https://x.example"}, "aud_mismatch"),
    "over": ({"exp": SECONDS}, "request_expired"),
    "over by its beginning": ({"iat": SECONDS - 600}, "request_expired"),
    "from later": ({"iat": SECONDS + 61}, "date_invalid"),
    "no key to seal to": (metadata(jwks={"keys": UNUSABLE}), "response_encryption_unsupported"),
    "no metadata": ({"client_metadata": None}, "response_encryption_unsupported"),
    "only A192GCM": (
        metadata(encrypted_response_enc_values_supported=["A192GCM"]),
        "response_encryption_unsupported",
    ),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", CHANGED)
def test_a_request_that_does_not_hold_is_refused(name: str, way: str) -> None:
    change, code = CHANGED[name]
    assert code_of(WAYS[way](**change)) == code


@pytest.mark.parametrize("way", WAYS)
def test_an_answer_may_be_asked_as_it_is(way: str) -> None:
    found = parse(WAYS[way](response_mode="dc_api", client_metadata=None))
    assert (found.encryption_key, found.enc) == (None, None)


def test_each_signer_brings_its_own_declaration() -> None:
    hands = (CHAIN.bent().but(verifier_info=[ADDRESSED]), FIRM.but(verifier_info=[DECLARED]))
    declared = parse(multisigned(hands)).declaration
    assert declared is not None
    assert (declared.name, declared.checked) == ("Metaal BV", True)
    assert code_of(multisigned([FIRM.but(verifier_info=[ADDRESSED])])) == "client_mismatch"
    assert code_of(signed(verifier_info=[DECLARED, DECLARED])) == "declaration_invalid"


def test_without_signature_nobody_was_looked_up() -> None:
    open_query: JsonValue = {
        "credentials": [
            {"id": "a", "format": "dc+sd-jwt", "meta": {}, "claims": [{"path": ["skills"]}]}
        ]
    }
    named: JsonValue = {
        "credentials": [
            {"id": "a", "format": "dc+sd-jwt", "meta": {}, "claims": [{"path": ["family_name"]}]}
        ]
    }
    declared = parse(unsigned(verifier_info=[DECLARED], dcql_query=open_query)).declaration
    assert declared is not None
    assert not declared.checked
    assert code_of(unsigned(verifier_info=[DECLARED], dcql_query=named)) == "asker_unchecked"
    assert parse(signed(verifier_info=[DECLARED], dcql_query=named)).declaration is not None
