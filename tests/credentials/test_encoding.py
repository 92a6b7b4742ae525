"""Strict readers: what they take, what they refuse, and that nothing else ever escapes them."""

import base64
import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.encoding import (
    JsonValue,
    NumberRefusedError,
    b64url_decode,
    b64url_encode,
    b64url_spell,
    canonical_json,
    check_json,
    compact_json,
    json_octets,
    parse_json,
    parse_json_object,
)
from credentials.errors import MalformedError
from credentials.limits import MAX_JSON_DEPTH, MAX_JSON_ITEMS, MAX_TOKEN_BYTES

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


def code_of(data: bytes | str) -> str:
    with pytest.raises(MalformedError) as refused:
        parse_json(data)
    return refused.value.code


@given(st.binary(max_size=200))
def test_base64url_comes_back_as_it_went(octets: bytes) -> None:
    assert b64url_decode(b64url_encode(octets)) == octets


@pytest.mark.parametrize(
    "text",
    ["YQ==", "YQ=", "a+/b", "YR", "Y", "YW\nJj", "YWJj\n", " YWJj", "YWJjé", "YWJj\0", "Y.Jj"],
)
def test_loose_base64url_is_refused(text: str) -> None:
    with pytest.raises(MalformedError, match="base64_not_strict"):
        b64url_decode(text)


@given(st.text(max_size=60))
def test_any_text_is_one_spelling_of_octets_or_refused(text: str) -> None:
    try:
        octets = b64url_decode(text)
    except MalformedError:
        return
    assert b64url_encode(octets) == text


@given(st.text(alphabet="AQgwEBx019-_+/= \n~", max_size=12))
def test_base64url_is_taken_exactly_where_another_reader_gives_the_same_text(text: str) -> None:
    try:
        octets = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        canonical = base64.urlsafe_b64encode(octets).decode().rstrip("=") == text
    except ValueError:
        canonical = False
    if canonical:
        assert b64url_decode(text) == octets
        assert b64url_spell(octets).decode() == b64url_encode(octets) == text
    else:
        with pytest.raises(MalformedError, match="base64_not_strict"):
            b64url_decode(text)


@pytest.mark.parametrize("text", [' {"a": 1}', '{"a": 1}\n', "\t[1 , 2]\r ", " 1 "])
def test_blanks_around_a_value_are_read(text: str) -> None:
    assert parse_json(text) == json.loads(text)


@pytest.mark.parametrize("text", ["", " ", "{}{}", "1 2", "{} x", "[1],", "]"])
def test_anything_but_one_value_is_refused(text: str) -> None:
    assert code_of(text) == "json_malformed"


@given(JSON)
def test_json_is_written_as_the_plain_encoder_of_the_interpreter_does(value: JsonValue) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json.encoder, "c_make_encoder", None)
        written = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    assert json_octets(value) == written
    assert parse_json(written) == value


@given(JSON)
def test_json_comes_back_as_it_went(value: JsonValue) -> None:
    assert parse_json(compact_json(value)) == value


@given(JSON)
def test_canonical_json_says_the_same(value: JsonValue) -> None:
    assert json.loads(canonical_json(value), parse_int=float) == value


@given(st.binary(max_size=300))
def test_any_bytes_are_json_or_refused(data: bytes) -> None:
    try:
        value = parse_json(data)
    except MalformedError:
        return
    assert value == json.loads(data)


@given(st.text(alphabet='[]{}",:\\u dD8eE+-.019ntrufalse\n', max_size=60))
def test_any_text_near_json_is_json_or_refused(text: str) -> None:
    try:
        value = parse_json(text)
    except MalformedError:
        return
    assert compact_json(value)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ('{"a":1,"a":2}', "json_duplicate_key"),
        ('[{"a":{"b":1,"b":1}}]', "json_duplicate_key"),
        ('{"a":1,"\\u0061":2}', "json_duplicate_key"),
        ("NaN", "json_malformed"),
        ("[-Infinity]", "json_malformed"),
        ("1e400", "json_malformed"),
        ("9007199254740992", "json_malformed"),
        ("-9007199254740992", "json_malformed"),
        ("9" * 5000, "json_malformed"),
        ('"\\ud800"', "json_malformed"),
        ('"\\udc00\\ud800"', "json_malformed"),
        ("[1,]", "json_malformed"),
        ("", "json_malformed"),
        ("{} x", "json_malformed"),
        ('"a\nb"', "json_malformed"),
        ("\ufeff{}", "json_malformed"),
        ("'a'", "json_malformed"),
        (b'"\xff"', "json_malformed"),
        ('{"a":1}'.encode("utf-16"), "json_malformed"),
        ("[" * 100_000, "too_deep"),
        ("[" * 33 + "]" * 33, "too_deep"),
        ('{"a":' * 33 + "1" + "}" * 33, "too_deep"),
        ("[" + "1," * MAX_JSON_ITEMS + "1]", "too_large"),
        ('"' + "a" * MAX_TOKEN_BYTES + '"', "too_large"),
    ],
)
def test_json_that_readers_understand_apart_is_refused(data: bytes | str, code: str) -> None:
    assert code_of(data) == code


@pytest.mark.parametrize(
    ("data", "value"),
    [
        ('"\\ud83d\\ude00"', "😀"),
        ("[" * 32 + "]" * 32, None),
        ("[" + "[]," * 40 + "[]]", [[]] * 41),
        ('"' + "[{" * 100 + '"', "[{" * 100),
        ('["' + "\\\\" * 5000 + "[" * 100 + '"]', ["\\" * 5000 + "[" * 100]),
        ("[" + "1," * (MAX_JSON_ITEMS - 1) + "1]", [1] * MAX_JSON_ITEMS),
        (" 9007199254740991\n", 2**53 - 1),
        ("-5", -5),
        ("1e300", 1e300),
    ],
)
def test_json_within_the_limits_is_read(data: str, value: JsonValue) -> None:
    assert value is None or parse_json(data) == value
    parse_json(data)


def test_an_unclosed_string_of_quotes_costs_no_time() -> None:
    assert code_of('"' + '\\"' * 200_000) == "json_malformed"
    assert code_of("[" + '"\\' * 100_000) == "json_malformed"


def test_a_refused_number_names_its_member() -> None:
    with pytest.raises(NumberRefusedError) as refused:
        parse_json('{"iat":1,"exp":1e400}')
    assert refused.value.member == "exp"
    with pytest.raises(NumberRefusedError) as deeper:
        parse_json('{"a":{"exp":NaN}}')
    assert deeper.value.member is None


def test_another_value_is_no_object() -> None:
    assert parse_json_object('{"a":[]}') == {"a": []}
    with pytest.raises(MalformedError, match="json_malformed"):
        parse_json_object("[]")


def nested(depth: int) -> JsonValue:
    value: JsonValue = 1
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (nested(MAX_JSON_DEPTH + 1), "too_deep"),
        (nested(5000), "too_deep"),
        ([1] * (MAX_JSON_ITEMS + 1), "too_large"),
        ({"a": math.nan}, "json_malformed"),
        ({"a": 2**53}, "json_malformed"),
        (["\ud800"], "json_malformed"),
        ({"a": b"octets"}, "json_malformed"),
        ({1: "a"}, "json_malformed"),
    ],
)
def test_a_value_from_elsewhere_meets_the_same_limits(value: JsonValue, code: str) -> None:
    with pytest.raises(MalformedError) as refused:
        check_json(value)
    assert refused.value.code == code


@given(JSON)
def test_an_ordinary_value_meets_no_limit(value: JsonValue) -> None:
    check_json(value)
    check_json(nested(MAX_JSON_DEPTH))


@pytest.mark.parametrize(
    ("number", "text"),
    [  # RFC 8785, appendix B
        (0.0, "0"),
        (-0.0, "0"),
        (5e-324, "5e-324"),
        (-5e-324, "-5e-324"),
        (1.7976931348623157e308, "1.7976931348623157e+308"),
        (9007199254740992.0, "9007199254740992"),
        (295147905179352830000.0, "295147905179352830000"),
        (9.999999999999997e22, "9.999999999999997e+22"),
        (1e23, "1e+23"),
        (1.0000000000000001e23, "1.0000000000000001e+23"),
        (999999999999999700000.0, "999999999999999700000"),
        (999999999999999900000.0, "999999999999999900000"),
        (1e21, "1e+21"),
        (9.999999999999997e-7, "9.999999999999997e-7"),
        (0.000001, "0.000001"),
        (333333333.3333332, "333333333.3333332"),
        (-0.0000033333333333333333, "-0.0000033333333333333333"),
        (1424953923781206.2, "1424953923781206.2"),
        (4.5, "4.5"),
        (100.0, "100"),
    ],
)
def test_numbers_are_written_as_ecmascript_does(number: float, text: str) -> None:
    assert canonical_json(number) == text.encode()


def test_names_are_sorted_by_utf16_units() -> None:  # RFC 8785, 3.2.3
    names = ["\u20ac", "\r", "\ufb33", "1", "\U0001f600", "\u0080", "\u00f6"]
    written = json.loads(canonical_json(dict.fromkeys(names, 0)), object_pairs_hook=list)
    assert [name for name, _ in written] == ["\r", "1", "\x80", "ö", "€", "😀", "\ufb33"]


def test_canonical_json_refuses_what_json_cannot_say() -> None:
    for value in (math.inf, math.nan, 2**53, "\ud800"):
        with pytest.raises(MalformedError, match="json_malformed"):
            canonical_json(value)
        if value != 2**53:
            with pytest.raises(MalformedError, match="json_malformed"):
                compact_json(value)
