"""N-Quads: read in any spelling, written in one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.errors import MalformedError
from credentials.jsonld.nquads import Quad, iri, literal, parse, serialize

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


def test_statement_is_read_and_written() -> None:
    line = '<urn:s> <urn:p> "o"@nl <urn:g> .\n'
    assert parse(line) == [Quad("<urn:s>", "<urn:p>", '"o"@nl', "<urn:g>")]
    assert serialize(parse(line)) == line


def test_other_spellings_become_the_canonical_one() -> None:
    spelled = (
        "# a comment\n\n"
        '<urn:s>\t<urn:\\u0070>   "a\\u0062\\t\\\'" .  # behind\n'
        '<urn:s> <urn:p> "ab\\t\'"^^<http://www.w3.org/2001/XMLSchema#string>.\r\n'
    )
    assert serialize(parse(spelled)) == '<urn:s> <urn:p> "ab\\t\'" .\n'


def test_control_characters_are_escaped_as_rdfc_asks() -> None:
    assert literal('\x00\x07\b\t\n\x0b\f\r\x1f"\\\x7fé') == (
        '"\\u0000\\u0007\\b\\t\\n\\u000B\\f\\r\\u001F\\"\\\\\\u007Fé"'
    )


def test_blank_nodes_keep_their_labels_and_statements_are_sorted() -> None:
    text = "_:b.1 <urn:p> _:a .\n<urn:s> <urn:p> _:b.1 _:g .\n"
    assert serialize(parse(text)) == "".join(sorted(text.splitlines(keepends=True)))


@pytest.mark.parametrize(
    "line",
    [
        "<urn:s> <urn:p> <urn:o>",
        "<urn:s> _:p <urn:o> .",
        '"s" <urn:p> <urn:o> .',
        "<urn:s> <urn:p> <urn:o o> .",
        '<urn:s> <urn:p> "a\\x" .',
        '<urn:s> <urn:p> "\\uD800" .',
        '<urn:s> <urn:p> "\\U00110000" .',
        '<urn:s> <urn:p> "o"^^_:d .',
        '<urn:s> <urn:p> "o"@ .',
        "<urn:s> <urn:p> <urn:o> <urn:g> <urn:x> .",
    ],
)
def test_malformed_line_is_refused(line: str) -> None:
    with pytest.raises(MalformedError) as refused:
        parse(line)
    assert refused.value.code == "nquads_malformed"


@pytest.mark.parametrize("text", ["", "relative", "urn:with space", "urn:<", "1a:b", "urn:\n"])
def test_iri_that_is_not_absolute_is_refused(text: str) -> None:
    with pytest.raises(MalformedError) as refused:
        iri(text)
    assert refused.value.code == "iri_malformed"


@given(TEXT)
def test_any_text_survives_writing_and_reading(text: str) -> None:
    quad = Quad("<urn:s>", "<urn:p>", literal(text))
    assert parse(quad.line()) == [quad]


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        quads = parse(text)
    except MalformedError as error:
        assert error.code == "nquads_malformed"  # noqa: PT017 - both ways are right
    else:
        assert parse(serialize(quads)) == sorted(quads, key=Quad.line)
