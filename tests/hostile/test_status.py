"""H070 to H075: hostile status lists, of both kinds."""

import gzip
import tracemalloc
import zlib
from datetime import timedelta

import pytest

from credentials.encoding import JsonObject, JsonValue, b64url_encode
from credentials.errors import CredentialError, MalformedError, UndeterminedError
from credentials.limits import MIN_BITSTRING_BITS
from credentials.model import Purpose
from credentials.status import bitstring_status_list, token_status_list
from tests.formats.di_samples import AT, DID, FORMAT, ISSUER, LIST, changed, issue

SMALLEST = MIN_BITSTRING_BITS // 8


def packed(octets: bytes, behind: bytes = b"") -> str:
    return "u" + b64url_encode(gzip.compress(octets, mtime=0) + behind)


def decode_code(encoded: str) -> str:
    with pytest.raises(MalformedError) as refused:
        bitstring_status_list.decode(encoded)
    return refused.value.code


@pytest.mark.parametrize(
    "index",
    ["-1", "12 ", " 12", "1.5", "0x10", "", "07", "\u0661", str(2**64), str(2**26), True, 12, None],
)
def test_h070_an_index_that_is_no_plain_number_is_refused(index: JsonValue) -> None:
    assert FORMAT.parse(issue()).credential.status[0].index == 7
    with pytest.raises(CredentialError) as refused:
        FORMAT.parse(changed(issue(), "credentialStatus", 0, "statusListIndex", value=index))
    assert refused.value.code == "status_index_invalid"


@pytest.mark.parametrize("index", [-1, 2**64, MIN_BITSTRING_BITS])
def test_h070_an_index_outside_the_list_is_refused(index: int) -> None:
    octets = bytes(SMALLEST)
    assert not bitstring_status_list.status_at(octets, MIN_BITSTRING_BITS - 1)
    with pytest.raises(MalformedError) as refused:
        bitstring_status_list.status_at(octets, index)
    assert refused.value.code == "status_index_invalid"
    with pytest.raises(MalformedError) as refused:
        token_status_list.status_at(zlib.compress(octets), index, bits=1)
    assert refused.value.code == "status_index_invalid"


@pytest.mark.parametrize("octets", [SMALLEST - 1, 0])
def test_h071_a_list_that_hides_nobody_is_refused(octets: int) -> None:
    assert bitstring_status_list.decode(packed(bytes(SMALLEST))) == bytes(SMALLEST)
    assert decode_code(packed(bytes(octets))) == "status_list_too_short"


def test_h072_a_list_that_swells_is_cut_at_the_limit() -> None:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    block = bytes(1024 * 1024)
    bomb = b"".join(packer.compress(block) for _ in range(256)) + packer.flush()
    encoded = "u" + b64url_encode(bomb)
    assert len(bomb) < 400_000
    tracemalloc.start()
    code = decode_code(encoded)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert code == "status_list_too_large"
    assert peak < 20_000_000


@pytest.mark.parametrize(
    "behind",
    [gzip.compress(bytes(SMALLEST)), bytes(1024 * 1024), b"\n"],
    ids=["member", "1 MB", "1"],
)
def test_h073_anything_behind_the_gzip_member_is_refused(behind: bytes) -> None:
    assert decode_code(packed(bytes(SMALLEST), behind)) == "status_list_malformed"


def test_h074_each_purpose_is_read_from_its_own_list() -> None:
    def published(purpose: Purpose, bits: list[int]) -> JsonObject:
        document = bitstring_status_list.credential(
            f"{LIST}/{purpose.value}/1", bits, purpose=purpose, issuer=DID, at=AT
        )
        return bitstring_status_list.sign(document, ISSUER, at=AT)

    lists = {
        Purpose.REVOCATION: published(Purpose.REVOCATION, [0] * 8),
        Purpose.SUSPENSION: published(Purpose.SUSPENSION, [0] * 7 + [1]),
    }
    found = {}
    for entry in FORMAT.parse(issue()).credential.status:
        bits = bitstring_status_list.read(
            lists[entry.purpose], uri=entry.uri, purpose=entry.purpose, key=ISSUER.public, at=AT
        )
        found[entry.purpose] = bits.status(entry.index)
    assert found == {Purpose.REVOCATION: False, Purpose.SUSPENSION: True}


def test_h074_a_list_of_another_purpose_says_nothing() -> None:
    uri = f"{LIST}/revocation/1"
    document = bitstring_status_list.credential(
        uri, [0], purpose=Purpose.SUSPENSION, issuer=DID, at=AT
    )
    signed = bitstring_status_list.sign(document, ISSUER, at=AT)
    with pytest.raises(UndeterminedError) as refused:
        bitstring_status_list.read(
            signed,
            uri=uri,
            purpose=Purpose.REVOCATION,
            key=ISSUER.public,
            at=AT + timedelta(hours=1),
        )
    assert refused.value.code == "status_purpose_mismatch"


@pytest.mark.parametrize("bits", [1, 2, 4, 8])
@pytest.mark.parametrize("index", [0, 1, 5, 131_071])
def test_h075_each_kind_of_list_is_read_in_its_own_order(bits: int, index: int) -> None:
    statuses = bytearray(MIN_BITSTRING_BITS)
    statuses[index] = 1
    octets = bitstring_status_list.decode(bitstring_status_list.encode(statuses))
    assert octets[index // 8] == 0x80 >> index % 8  # the most significant bit first
    assert [i for i in (0, 1, 5, 131_071) if bitstring_status_list.status_at(octets, i)] == [index]

    compressed = token_status_list.encode(statuses, bits=bits)
    plain = zlib.decompress(compressed)
    position, shift = divmod(index * bits, 8)
    assert plain[position] == 1 << shift  # the least significant bit first
    read = [i for i in (0, 1, 5, 131_071) if token_status_list.status_at(compressed, i, bits=bits)]
    assert read == [index]


@pytest.mark.parametrize("size", [2, 3, 4, 8])
def test_h075_a_status_of_several_bits_is_read_from_the_left(size: int) -> None:
    statuses = [0, 1, (1 << size) - 1, 0, 1]
    octets = bitstring_status_list.decode(
        bitstring_status_list.encode(statuses, size=size), size=size
    )
    bits = f"{int.from_bytes(octets[:8], 'big'):064b}"
    assert [int(bits[size * i : size * (i + 1)], 2) for i in range(5)] == statuses
    read = [bitstring_status_list.status_at(octets, i, size=size) for i in range(5)]
    assert read == statuses
    last = len(octets) * 8 // size - 1
    assert bitstring_status_list.status_at(octets, last, size=size) == 0
    with pytest.raises(MalformedError, match="status_index_invalid"):
        bitstring_status_list.status_at(octets, last + 1, size=size)


def test_h071_wider_statuses_need_a_longer_list() -> None:
    encoded = packed(bytes(SMALLEST))
    assert bitstring_status_list.decode(encoded) == bytes(SMALLEST)
    with pytest.raises(MalformedError, match="status_list_too_short"):
        bitstring_status_list.decode(encoded, size=2)
    assert bitstring_status_list.decode(packed(bytes(2 * SMALLEST)), size=2) == bytes(2 * SMALLEST)
