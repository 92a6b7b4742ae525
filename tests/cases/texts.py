"""Cases of strict text and octets: base64url, JSON and its canonical spelling."""

from credentials.encoding import (
    JsonObject,
    JsonValue,
    b64url_decode,
    b64url_encode,
    canonical_json,
    parse_json,
)
from tests.cases.case import Case

BASE64 = ["", "AA", "AQID", "-_-_", "AAE", "AA==", "A", "AB", "+/+/", "A A", "AA\n", "é", "AAAA A"]

JSON = [
    *('{"a":1}', "[]", "null", "true", " [1 , 2]\n", '"\\u00e9\\ud83d\\ude00"', "-0", "1.50e3"),
    *("9007199254740991", "9007199254740992", "-9007199254740993", "1e308", "1e309", "-1e400"),
    *("NaN", "Infinity", "-Infinity", '{"a":NaN}', "01", "1.", ".5", "+1", "0x10", "1e"),
    *('{"a":1,"a":2}', '{"a":1,"\\u0061":2}', '{"b":{"a":1,"a":2}}', '{"a":1,"a":2', "{} {}"),
    *('{"a" 1}', "{a:1}", "[1,]", "[,1]", '{"a":1,}', "", "  ", "tru", '"a', '"\\x"', '"\t"'),
    *('"\\ud800"', '"\\udc00\\ud800"', '"\\u12"', "\ufeff{}", '{"__proto__":{"a":1}}'),
    *(
        "[" * 32 + "]" * 32,
        "[" * 33 + "]" * 33,
        '{"a":' * 33 + "1" + "}" * 33,
        '"' + "[" * 40 + '"',
    ),
    *("[" + "0," * 4999 + "0]", "[" + "0," * 5000 + "0]", "[" + "{}," * 2499 + "{}]"),
    *('["' + "\\\\" * 3 + '",{"x":[]}]', "[1}", "{]", '{"a":[1,2}', "//x", "[1 2]", "'a'"),
]

CANONICAL: list[JsonValue] = [
    {"b": 1, "a": [True, None, "x"]},
    {"\u20ac": 1, "\r": 2, "1": 3, "\U0001f600": 4, "\ufb33": 5, "\u00f6": 6},
    [1e21, 1e-7, 0.1, 333333333.3333333, 4.5, 0.002, 1e-27, -0.0],
    {"text": 'quote " back \\ tab \t bell \u0007 del \u007f'},
]


def cases() -> list[Case]:
    """Everything of this subject."""
    octets = [b'{"a":"\xff"}', b"\xef\xbb\xbf{}", b'{"a":"\xc3\xa9"}', b"\xed\xa0\x80"]
    return [
        *(Case(f"base64 {i}", "base64", {"text": text}) for i, text in enumerate(BASE64)),
        *(Case(f"json {i}", "json", {"text": text}) for i, text in enumerate(JSON)),
        *(
            Case(f"octets {i}", "octets", {"octets": b64url_encode(each)})
            for i, each in enumerate(octets)
        ),
        *(Case(f"canonical {i}", "canonical", {"value": v}) for i, v in enumerate(CANONICAL)),
    ]


def spelled(value: JsonValue) -> str:
    """A value in its canonical spelling."""
    return canonical_json(value).decode()


def read_base64(given: JsonObject) -> JsonValue:
    """The octets, as numbers."""
    return [*b64url_decode(str(given["text"]))]


ANSWERS = {
    "base64": read_base64,
    "json": lambda given: spelled(parse_json(str(given["text"]))),
    "octets": lambda given: spelled(parse_json(b64url_decode(str(given["octets"])))),
    "canonical": lambda given: spelled(given["value"]),
}
