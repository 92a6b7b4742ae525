"""Error responses: the words of the specifications, and none that we made up."""

import ast
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import credentials.openid4vc as package
from credentials.openid4vc.error_response import Word, parse_error_response
from credentials.openid4vc.message import ProtocolError

FOLDER = Path(package.__path__[0])
OPENID4VP = {
    "invalid_transaction_data",
    "invalid_request_uri_method",
    "vp_formats_not_supported",
}


def test_a_word_of_the_specification_is_known_and_another_is_kept() -> None:
    assert parse_error_response({"error": "use_dpop_nonce"}).word is Word.USE_DPOP_NONCE
    pending = parse_error_response({"error": "issuance_pending", "interval": 5})
    assert (pending.word, pending.interval) == (Word.ISSUANCE_PENDING, 5)
    other = parse_error_response({"error": "out_of_paper", "error_description": "x"})
    assert (other.word, other.error) == (None, "out_of_paper")


@pytest.mark.parametrize("document", [{}, {"error": ""}, {"error": 'a"b'}, {"error": 1}])
def test_an_answer_that_names_no_error_is_refused(document: dict[str, str]) -> None:
    with pytest.raises(ProtocolError) as refusal:
        parse_error_response(dict(document))
    assert refusal.value.code == "error_response_invalid"


def _words_in(source: str) -> set[str]:
    return {
        call.args[0].value
        for call in ast.walk(ast.parse(source))
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and call.func.id == "ProtocolError"
        and call.args
        and isinstance(call.args[0], ast.Constant)
        and isinstance(call.args[0].value, str)
    }


def test_every_word_that_we_answer_with_is_one_of_the_specifications() -> None:
    assert _words_in('raise ProtocolError("made_up")') == {"made_up"}
    used = set().union(*(_words_in(path.read_text("utf-8")) for path in FOLDER.glob("*.py")))
    assert len(used) > 10
    assert used - set(Word) - OPENID4VP == set()


@given(st.dictionaries(st.text(max_size=8), st.none() | st.integers() | st.text(max_size=9)))
def test_any_object_is_an_error_response_or_our_error(
    document: dict[str, int | str | None],
) -> None:
    try:
        found = parse_error_response({**document})
    except ProtocolError:
        return
    assert found.error
