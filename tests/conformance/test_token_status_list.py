"""Token Status List: the examples and long vectors of the draft."""

import re
import zlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from credentials import cbor
from credentials.encoding import JsonObject, b64url_decode, b64url_encode, parse_json_object
from credentials.errors import MalformedError
from credentials.jose import numeric_date, peek
from credentials.keys import public_key_from_jwk
from credentials.model import StatusKind, StatusReference
from credentials.status import token_status_list, token_status_list_cwt
from credentials.status.token_status_list import TYPE, encode, status_at

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


def octets_of(text: str) -> bytes:
    """Hexadecimal text, over several lines, behind an optional heading."""
    return bytes.fromhex("".join(text.rpartition("encoded:")[2].split()))


def annotated(text: str) -> bytes:
    """The octets in a listing with a comment behind each line."""
    return bytes.fromhex("".join(line.partition("#")[0] for line in text.splitlines()))


def cbor_list_of(octets: bytes) -> tuple[bytes, int]:
    members = cbor.decode(octets)
    assert isinstance(members, dict)
    compressed, bits = members["lst"], members["bits"]
    assert isinstance(compressed, bytes)
    assert isinstance(bits, int)
    return compressed, bits


@pytest.mark.parametrize(
    ("name", "bits"),
    [
        ("status_list_encoding", 1),
        ("status_list_encoding2", 2),
        ("status_list_encoding1_long", 1),
        ("status_list_encoding2_long", 2),
        ("status_list_encoding4", 4),
        ("status_list_encoding8", 8),
    ],
)
def test_a_list_is_the_same_in_json_and_cbor(vectors: Path, name: str, bits: int) -> None:
    octets = octets_of(example(vectors, f"{name}_cbor"))
    assert cbor_list_of(octets) == list_of(example(vectors, f"{name}_json"))
    assert cbor_list_of(octets)[1] == bits


@pytest.mark.parametrize("name", ["status_list_encoding", "status_list_encoding2"])
def test_the_annotated_listings_are_the_same_octets(vectors: Path, name: str) -> None:
    octets = octets_of(example(vectors, f"{name}_cbor"))
    assert annotated(example(vectors, f"{name}_cbor_diag")) == octets


def test_the_list_of_octets_holds_each_value_once(vectors: Path) -> None:
    compressed, bits = cbor_list_of(octets_of(example(vectors, "status_list_encoding8_cbor")))
    statuses = zlib.decompress(compressed)
    assert len(statuses) == LONG
    assert sorted(status for status in statuses if status) == [*range(1, 256)]
    for index, status in enumerate(statuses):
        if status:
            assert status_at(compressed, index, bits=bits) == status
    assert encode(statuses, bits=8) == compressed


EXAMPLE_KEY = public_key_from_jwk(
    {
        "kty": "EC",
        "crv": "P-256",
        "x": "I3HWm_0Ds1dPMI-IWmf4mBmH-YaeAVbPVu7vB27CxXo",
        "y": "6N_d5Elj9bs1htgV3okJKIdbHEpkgTmAluYKJemzn1M",
    }
)
"""The key with the id 12, with which the draft signs its examples."""

URI = "https://example.com/statuslists/1"
WITHIN = datetime(2026, 11, 23, 12, tzinfo=UTC)
SIXTEEN = [1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1]


def test_the_example_tokens_are_verified_and_opened(vectors: Path) -> None:
    jwt = "".join(example(vectors, "status_list_jwt_raw").split())
    cwt = octets_of(example(vectors, "status_list_cwt"))
    assert annotated(example(vectors, "status_list_cwt_diag")) == cwt
    lists = (
        token_status_list.read_list(jwt, uri=URI, key=EXAMPLE_KEY, at=WITHIN),
        token_status_list_cwt.read_list(cwt, uri=URI, key=EXAMPLE_KEY, at=WITHIN),
    )
    for each in lists:
        assert [each.status(index) for index in range(16)] == SIXTEEN
        assert each.time_to_live == timedelta(seconds=43200)
        assert each.issued_at == datetime(2023, 6, 16, 12, 56, 10, tzinfo=UTC)
        assert each.expires == datetime(2042, 8, 15, 12, 56, 10, tzinfo=UTC)
    assert (
        token_status_list.named_key(jwt).key_id
        == token_status_list_cwt.named_key(cwt).key_id
        == "12"
    )


def test_the_example_token_is_written_as_the_draft_shows_it(vectors: Path) -> None:
    header, payload = (
        parse_json_object(part) for part in example(vectors, "status_list_jwt").split("\n.\n")
    )
    raw = peek("".join(example(vectors, "status_list_jwt_raw").split()), typ=frozenset([TYPE]))
    assert raw.header == header
    assert raw.payload == payload | {"iss": "https://example.com"}  # only the raw one names it


def test_the_example_of_a_referenced_token_names_its_place(vectors: Path) -> None:
    octets = octets_of(example(vectors, "referenced_token_cwt"))
    assert annotated(example(vectors, "referenced_token_cwt_diag")) == octets
    assert token_status_list_cwt.reference_of(octets) == StatusReference(StatusKind.TOKEN, URI, 0)


def test_every_file_of_the_draft_is_read_here(vectors: Path) -> None:
    tested = Path(__file__).read_text(encoding="utf-8")
    names = {path.stem for path in (vectors / "token-status-list").glob("*.md")}
    assert len(names) == 20
    for name in names:
        stem = name.removesuffix("_diag").removesuffix("_cbor").removesuffix("_json")
        assert stem in tested, name
