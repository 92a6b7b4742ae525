"""Ready rows folded small: the same rows come out, in their order, a block at a time."""

from hypothesis import given
from hypothesis import strategies as st

from issuer.class_list import Row
from issuer.folded_rows import fold

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**40), 2**40) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=6,
)
ROWS = st.builds(
    Row,
    line=st.integers(1, 10**6),
    type_id=st.text(max_size=10),
    claims=st.dictionaries(st.text(max_size=8), JSON, max_size=4),
    name=st.text(max_size=20),
    email=st.none() | st.text(max_size=20),
)


@given(st.lists(ROWS, max_size=8))
def test_what_was_folded_comes_out_as_it_went_in(rows: list[Row]) -> None:
    folded = fold(rows)
    assert (len(folded), list(folded)) == (len(rows), rows)
    assert [list(row.claims) for row in folded] == [list(row.claims) for row in rows]


def many(number: int) -> list[Row]:
    """People who differ in their number and name alone."""
    return [
        Row(line, "heftruck", {"given_name": "Jan", "family_name": f"B{line}"}, f"Jan B{line}", "")
        for line in range(number)
    ]


def test_a_long_list_is_read_as_often_as_is_wished_and_takes_little_room() -> None:
    rows = many(10_000)
    folded = fold(iter(rows))
    assert list(folded) == list(folded) == rows
    assert sum(map(len, folded.blocks)) < 40 * len(rows)


def test_one_block_at_a_time_is_unfolded() -> None:
    folded = fold(many(10_000))
    broken = type(folded)(folded.count, (folded.blocks[0], b"never looked at"))
    reading = iter(broken)
    assert [next(reading).line for _ in range(500)] == list(range(500))
