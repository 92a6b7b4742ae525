"""Hostile disclosures and dates H026 to H036 of an SD-JWT: each is refused by its code."""

import json

import pytest

from credentials.encoding import JsonObject, JsonValue
from credentials.formats.sd_jwt import digest, join
from tests.hostile.sd_jwt_samples import (
    HEADER,
    PAYLOAD,
    SALT,
    SECONDS,
    accept,
    credential,
    disclosure,
    raw_token,
    refusal,
    token,
)

ROLE = disclosure(SALT, "role", "lasser")
ELEMENT = disclosure(SALT, "lasser")


@pytest.mark.parametrize(
    "payload",
    [
        {"a": {"_sd": [digest(ROLE)]}, "b": {"_sd": [digest(ROLE)]}},
        {"a": {"_sd": [digest(ROLE), digest(ROLE)]}},
        {"_sd": [digest(ROLE)], "list": [{"...": digest(ROLE)}]},
        {"list": [{"...": digest(ROLE)}, {"...": digest(ROLE)}]},
    ],
)
def test_h026_same_digest_twice(payload: JsonObject) -> None:
    assert refusal(token(payload) + "~") == "digest_duplicate"
    used = refusal(join(token(payload), [ROLE]))
    assert used in {"digest_duplicate", "disclosure_malformed"}


def test_h026_same_digest_again_inside_a_disclosure() -> None:
    outer = disclosure(SALT, "outer", {"_sd": [digest(ROLE)]})
    assert refusal(credential([ROLE, outer])) == "digest_duplicate"


@pytest.mark.parametrize("name", ["_sd", "...", "_sd_alg"])
def test_h027_reserved_names_disclosed(name: str) -> None:
    assert refusal(credential([disclosure(SALT, name, "x")])) == "disclosure_name_reserved"


def test_h028_disclosed_claim_collides() -> None:
    level = disclosure(SALT, "level", 3)
    assert refusal(credential([level], {"level": 2})) == "claim_collision"
    skill: JsonObject = {"skill": {"level": 2, "_sd": [digest(level)]}}
    assert refusal(join(token(skill), [level])) == "claim_collision"
    again = disclosure(SALT + "A", "level", 4)
    assert refusal(credential([level, again])) == "claim_collision"


@pytest.mark.parametrize("name", ["cnf", "iss", "exp", "nbf", "vct", "status", "vct#integrity"])
def test_h029_registered_claim_hidden(name: str) -> None:
    plain = {member: value for member, value in PAYLOAD.items() if member != name}
    hidden = disclosure(SALT, name, PAYLOAD.get(name, 0))
    assert refusal(credential([hidden], base=plain)) == "claim_must_be_plain"


def test_h029_the_same_name_deeper_is_a_claim_like_any_other() -> None:
    status = disclosure(SALT, "status", "gehaald")
    accept(join(token({"exam": {"_sd": [digest(status)]}}), [status]))


@pytest.mark.parametrize(
    "payload",
    [
        *({"_sd_alg": name} for name in ("md5", "sha-1", "SHA-256", 256, ["sha-256"], None, "")),
        {"inner": {"_sd_alg": "sha-256"}},
        {"list": [{"_sd_alg": "sha-256"}]},
    ],
)
def test_h030_bad_hash_name(payload: JsonObject) -> None:
    assert refusal(token(payload) + "~") == "sd_alg_not_allowed"


def test_h030_the_good_hash_name_is_taken() -> None:
    accept(credential([ROLE], {"_sd_alg": "sha-256"}))
    inside = disclosure(SALT, "inner", {"_sd_alg": "sha-256"})
    assert refusal(credential([inside])) == "sd_alg_not_allowed"


@pytest.mark.parametrize(
    "payload",
    [
        {"list": [{"...": digest(ELEMENT), "x": 1}]},
        {"list": [{"...": 17}]},
        {"list": [{"...": None}]},
        {"list": [[{"...": [digest(ELEMENT)]}]]},
        {"object": {"...": digest(ELEMENT)}},
        {"...": digest(ELEMENT)},
    ],
)
def test_h031_array_placeholder_with_extra_member(payload: JsonObject) -> None:
    assert refusal(token(payload) + "~") == "placeholder_malformed"
    assert refusal(join(token(payload), [ELEMENT])) == "placeholder_malformed"


def test_h031_a_whole_placeholder_is_taken() -> None:
    accept(join(token({"list": [{"...": digest(ELEMENT)}, {"...": digest("x")}]}), [ELEMENT]))


@pytest.mark.parametrize(
    "parts",
    [
        (SALT, "role"),
        (SALT, "role", "x", "y"),
        (SALT,),
        (),
        (SALT, 5, "x"),
        (SALT, None, "x"),
        (5, "role", "x"),
    ],
)
def test_h032_malformed_disclosures(parts: tuple[JsonValue, ...]) -> None:
    assert refusal(credential([disclosure(*parts)])) == "disclosure_malformed"


@pytest.mark.parametrize(
    "text",
    ["eyJhIjoxfQ", "InRleHQi", "NQ", "bnVsbA"],
    ids=["an object", "text", "a number", "null"],
)
def test_h032_a_disclosure_that_is_no_list(text: str) -> None:
    assert refusal(credential([text])) == "disclosure_malformed"


def test_h032_a_member_in_the_place_of_an_element() -> None:
    assert refusal(join(token({"list": [{"...": digest(ROLE)}]}), [ROLE])) == "disclosure_malformed"


def test_h032_a_short_salt_alone_is_no_reason_to_refuse() -> None:
    accept(credential([disclosure("c2FsdA", "role", "lasser")]))


@pytest.mark.parametrize("value", ["x", 5, None, {}, [5], [None], [["x"]]])
def test_digests_are_a_list_of_texts(value: JsonValue) -> None:
    assert refusal(token({"_sd": value}) + "~") == "digest_malformed"


def dated(text: str) -> str:
    """A credential whose dates are spelled as given, after the usual members."""
    members = {name: value for name, value in PAYLOAD.items() if name not in {"iat", "exp"}}
    payload = f"{json.dumps(members)[:-1]},{text}}}"
    return raw_token(json.dumps(HEADER).encode(), payload.encode()) + "~"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (f'"iat":1,"exp":{SECONDS - 1}', "expired"),
        (f'"iat":1,"exp":{SECONDS}', "expired"),
        (f'"iat":1,"nbf":{SECONDS + 61}', "not_yet_valid"),
        (f'"iat":{SECONDS + 61}', "not_yet_valid"),
        ('"iat":1,"exp":"1795"', "date_invalid"),
        ('"iat":1,"exp":NaN', "date_invalid"),
        ('"iat":1,"exp":Infinity', "date_invalid"),
        ('"iat":1,"exp":-1', "date_invalid"),
        ('"iat":1,"exp":1e400', "date_invalid"),
        ('"iat":1,"nbf":-1e400', "date_invalid"),
        ('"iat":1,"exp":9007199254740992', "date_invalid"),
        ('"iat":1,"exp":true', "date_invalid"),
        ('"iat":1,"exp":null', "date_invalid"),
        ('"iat":1,"exp":[1]', "date_invalid"),
        (f'"iat":{SECONDS + 20},"exp":{SECONDS + 10}', "date_invalid"),
        ('"iat":"now"', "date_invalid"),
    ],
)
def test_h036_dates_that_do_not_hold(text: str, code: str) -> None:
    assert refusal(dated(text)) == code


def test_h036_dates_that_just_hold() -> None:
    accept(dated(f'"iat":{SECONDS},"exp":{SECONDS + 1},"nbf":{SECONDS + 60}'))
    accept(dated(f'"iat":{SECONDS - 0.5},"exp":{SECONDS + 0.5}'))
