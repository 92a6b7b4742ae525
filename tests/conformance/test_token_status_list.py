"""Token Status List: the examples and long vectors of the draft."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from credentials.encoding import JsonObject, b64url_decode, b64url_encode, parse_json_object
from credentials.errors import MalformedError
from credentials.jose import numeric_date, peek
from credentials.status.token_status_list import encode, status_at

LONG = 2**20
ONE_BIT = dict.fromkeys(
    (0, 1993, 25460, 159495, 495669, 554353, 645645, 723232, 854545, 934534, 1000345), 1
)
TWO_BITS = dict(zip(ONE_BIT, (1, 2, 1, 3, 1, 1, 2, 1, 1, 2, 3), strict=True))
FOUR_BITS = {
    0: 1,
    1993: 2,
    35460: 3,
    459495: 4,
    595669: 5,
    754353: 6,
    845645: 7,
    923232: 8,
    924445: 9,
    934534: 10,
    1004534: 11,
    1000345: 12,
    1030203: 13,
    1030204: 14,
    1030205: 15,
}
"""What the draft's appendix with test vectors says is set; all other statuses are 0."""


def example(vectors: Path, name: str) -> str:
    return (vectors / "token-status-list" / f"{name}.md").read_text(encoding="utf-8")


def list_of(text: str) -> tuple[bytes, int]:
    """The list in a file: JSON whose base64url runs over several lines."""
    body = re.sub(r"\n\s+", "", text[text.index("{") :].replace('\n  "', '"').replace("\n}", "}"))
    members = parse_json_object(body)
    bits, encoded = members["bits"], members["lst"]
    assert isinstance(bits, int)
    assert isinstance(encoded, str)
    return b64url_decode(encoded), bits


def unpacked(compressed: bytes, bits: int, octets: int) -> list[int]:
    return [status_at(compressed, index, bits=bits) for index in range(octets * 8 // bits)]


@pytest.mark.parametrize(
    ("name", "statuses"),
    [
        ("status_list_encoding_json", [1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1]),
        ("status_list_encoding2_json", [1, 2, 0, 3, 0, 1, 0, 1, 1, 2, 3, 3]),
    ],
)
def test_the_worked_examples_are_read_and_written(
    vectors: Path, name: str, statuses: list[int]
) -> None:
    compressed, bits = list_of(example(vectors, name))
    octets = len(statuses) * bits // 8
    assert unpacked(compressed, bits, octets) == statuses
    with pytest.raises(MalformedError, match="status_index_invalid"):
        status_at(compressed, len(statuses), bits=bits)
    assert unpacked(encode(statuses, bits=bits), bits, octets) == statuses
    assert b64url_encode(encode(statuses, bits=bits)) == b64url_encode(compressed)


@pytest.mark.parametrize(
    ("name", "bits", "expected"),
    [
        ("status_list_encoding1_long_json", 1, ONE_BIT),
        ("status_list_encoding2_long_json", 2, TWO_BITS),
        ("status_list_encoding4_json", 4, FOUR_BITS),
        ("status_list_encoding8_json", 8, {}),
    ],
)
def test_the_long_vectors_are_read(
    vectors: Path, name: str, bits: int, expected: dict[int, int]
) -> None:
    compressed, width = list_of(example(vectors, name))
    assert width == bits
    neighbours = {index + step for index in expected for step in (-1, 1)} - {-1}
    for index in sorted(neighbours | expected.keys()):
        assert status_at(compressed, index, bits=bits) == expected.get(index, 0), index
    with pytest.raises(MalformedError, match="status_index_invalid"):
        status_at(compressed, LONG, bits=bits)
    status_at(compressed, LONG - 1, bits=bits)


@pytest.mark.parametrize(("bits", "expected"), [(1, ONE_BIT), (2, TWO_BITS), (4, FOUR_BITS)])
def test_the_long_vectors_are_written_the_same(
    vectors: Path, bits: int, expected: dict[int, int]
) -> None:
    name = f"status_list_encoding{bits}_{'long_' if bits < 4 else ''}json"
    statuses = bytearray(LONG)
    for index, status in expected.items():
        statuses[index] = status
    assert encode(statuses, bits=bits) == list_of(example(vectors, name))[0]


def test_the_example_token_is_read(vectors: Path) -> None:
    token = "".join(example(vectors, "status_list_jwt_raw").split())
    payload = peek(token, typ=frozenset(["statuslist+jwt"])).payload
    members: JsonObject = {"bits": 1, "lst": "eNrbuRgAAhcBXQ"}
    assert payload["status_list"] == members
    assert payload["sub"] == "https://example.com/statuslists/1"
    assert numeric_date(payload, "exp") == datetime(2042, 8, 15, 12, 56, 10, tzinfo=UTC)
