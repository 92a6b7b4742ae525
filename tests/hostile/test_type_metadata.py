"""H038: metadata of types that lead in circles, too far, or to other octets than were pinned."""

import base64
import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.encoding import JsonObject, JsonValue
from credentials.errors import CredentialError, RejectedError, UndeterminedError
from credentials.formats.type_metadata import MAX_TYPES, read_type

A, B = "https://types.example/a", "https://types.example/b"


def pages(*documents: JsonObject) -> dict[str, bytes]:
    """Each document at the address that it is about."""
    return {str(document["vct"]): json.dumps(document).encode() for document in documents}


def pin(octets: bytes, name: str = "sha256") -> str:
    return f"{name}-{base64.b64encode(hashlib.new(name, octets).digest()).decode()}"


def code_of(found: dict[str, bytes], *, integrity: JsonValue = None, vct: str = A) -> str:
    with pytest.raises(RejectedError) as refused:
        read_type(vct, found.__getitem__, integrity=integrity)
    return refused.value.code


def chain(length: int) -> list[JsonObject]:
    """Types that each extend the next; the first is A."""
    names = [A, *(f"{B}{number}" for number in range(1, length))]
    documents: list[JsonObject] = [{"vct": name} for name in names]
    for document, following in zip(documents, names[1:], strict=False):
        document["extends"] = following
    return documents


def test_a_chain_of_types_is_read_from_the_type_to_its_ancestor() -> None:
    documents = chain(MAX_TYPES)
    assert read_type(A, pages(*documents).__getitem__) == tuple(documents)


def test_h038_types_in_a_circle_are_refused() -> None:
    circle = pages({"vct": A, "extends": B}, {"vct": B, "extends": A})
    assert code_of(circle) == "type_metadata_invalid"
    assert code_of(pages({"vct": A, "extends": A})) == "type_metadata_invalid"


def test_h038_a_chain_of_fifty_types_is_refused_at_the_limit() -> None:
    asked: list[str] = []
    found = pages(*chain(50))

    def get(url: str) -> bytes:
        asked.append(url)
        return found[url]

    with pytest.raises(RejectedError, match="type_metadata_invalid"):
        read_type(A, get)
    assert len(asked) == MAX_TYPES


def test_h038_other_octets_than_were_pinned_are_refused() -> None:
    base = pages({"vct": B})
    right, wrong = pin(base[B]), pin(base[B] + b" ")
    read_type(A, (base | pages({"vct": A, "extends": B, "extends#integrity": right})).__getitem__)
    both = f"{wrong} {pin(base[B], 'sha384')}"  # the strongest counts
    read_type(B, base.__getitem__, integrity=both)
    bad: list[JsonValue] = [wrong, f"{right} {pin(b'', 'sha512')}", "md5-x", "", 7, [right]]
    for pinned in bad:
        document: JsonObject = {"vct": A, "extends": B, "extends#integrity": pinned}
        assert code_of(base | pages(document)) == "type_metadata_invalid"
        assert code_of(base, integrity=pinned, vct=B) == "type_metadata_invalid"


@pytest.mark.parametrize("extends", ["http://types.example/b", "urn:b", 7, [B], {}, ""])
def test_h038_a_type_that_extends_no_address_is_refused(extends: JsonValue) -> None:
    assert code_of(pages({"vct": A, "extends": extends})) == "type_metadata_invalid"


def test_h038_metadata_about_another_type_is_refused() -> None:
    assert code_of({A: pages({"vct": B})[B]}) == "type_metadata_invalid"


def test_a_type_that_cannot_be_fetched_is_not_refused_but_unknown() -> None:
    def get(url: str) -> bytes:
        raise UndeterminedError("fetch_failed", url)

    with pytest.raises(UndeterminedError):
        read_type(A, get)


@given(st.binary(max_size=200))
def test_octets_that_are_no_metadata_give_our_own_error(octets: bytes) -> None:
    with pytest.raises(CredentialError, match="type_metadata_invalid"):
        read_type(A, lambda _url: octets)
