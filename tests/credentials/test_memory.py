"""The memory of what was read: bounded, the least used out first, and without errors in it."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from credentials.dids.web import read_document
from credentials.encoding import compact_json
from credentials.errors import MalformedError
from credentials.memory import Memory


def small(*, most: int = 3, most_octets: int = 100) -> Memory[str, bytes]:
    """A memory of octets by name."""
    return Memory(most=most, most_octets=most_octets, weigh=lambda _, value: len(value))


def test_the_same_key_is_read_once() -> None:
    memory, asked = small(), [b"one", b"two"]
    assert [memory.recall("a", lambda: asked.pop(0)) for _ in range(3)] == [b"one"] * 3
    assert asked == [b"two"]


def test_the_one_not_used_longest_goes_first() -> None:
    memory = small()
    for name in "abc":
        memory.keep(name, b"x")
    assert memory.find("a") == b"x"
    memory.keep("d", b"x")
    assert [memory.find(name) for name in "abcd"] == [b"x", None, b"x", b"x"]


def test_all_together_weigh_no_more_than_was_said() -> None:
    memory = small(most=1000)
    for number in range(500):
        memory.keep(str(number), bytes(7))
        assert memory.octets <= 100
    assert (len(memory), memory.octets) == (14, 98)


def test_what_is_too_large_for_it_is_not_kept_and_pushes_nothing_out() -> None:
    memory = small()
    memory.keep("a", b"x")
    assert memory.recall("b", lambda: bytes(101)) == bytes(101)
    assert (memory.find("a"), memory.find("b"), memory.octets) == (b"x", None, 1)


def test_a_new_value_takes_the_place_and_the_weight_of_the_old() -> None:
    memory = small()
    memory.keep("a", bytes(60))
    memory.keep("a", bytes(50))
    assert (len(memory), memory.octets) == (1, 50)
    memory.drop("a")
    memory.drop("a")
    assert (len(memory), memory.octets) == (0, 0)


def test_an_error_is_not_kept() -> None:
    memory = small()

    def broken() -> bytes:
        raise MalformedError("token_malformed", "no")

    with pytest.raises(MalformedError):
        memory.recall("a", broken)
    assert memory.recall("a", lambda: b"good") == b"good"


def test_many_threads_keep_its_bounds() -> None:
    memory = small(most=5, most_octets=50)

    def use(number: int) -> None:
        name = str(number % 11)
        assert memory.recall(name, name.encode) == name.encode()

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(use, range(4_000)))
    assert len(memory) == 5
    assert memory.octets <= 10


def test_a_changed_document_of_an_issuer_is_seen_and_a_broken_one_refused() -> None:
    did = "did:web:school.skillspass.example"
    first = compact_json({"id": did})
    assert read_document(did, first) is read_document(did, bytes(bytearray(first)))
    with pytest.raises(MalformedError):
        read_document("did:web:other.skillspass.example", first)
    changed = compact_json({"id": did, "alsoKnownAs": []})
    assert read_document(did, changed) is not read_document(did, first)
