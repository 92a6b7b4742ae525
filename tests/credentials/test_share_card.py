"""The deelkaart: only the link opens it, only in time, and the code is part of the key."""

import secrets
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.encoding import b64url_encode
from credentials.errors import CredentialError, MalformedError, RejectedError
from credentials.share_card import (
    STEP,
    ShareLink,
    gate,
    new_link,
    open_name,
    open_share,
    parse_link,
    seal,
    seal_name,
)
from tests.conftest import NOW

ORIGIN = "https://deel.skillspass.example"
ENDS = NOW + timedelta(days=7)
LINK = new_link(ORIGIN, coded=False, entropy=secrets.token_bytes)
CODED = new_link(ORIGIN, coded=True, entropy=secrets.token_bytes)


def sealed(link: ShareLink = LINK, code: str | None = None, card: str = "card~") -> bytes:
    return seal(link, [card], expires=ENDS, code=code, entropy=secrets.token_bytes)


def test_what_was_sealed_opens_with_the_link_until_its_end() -> None:
    data = sealed()
    assert open_share(LINK, data, expires=ENDS, code=None, at=NOW) == ("card~",)
    with pytest.raises(RejectedError, match="share_gone"):
        open_share(LINK, data, expires=ENDS, code=None, at=ENDS)


def test_the_link_is_short_and_comes_back() -> None:
    for link in (LINK, CODED):
        assert len(link.text()) <= 213
        assert parse_link(link.text()) == link


def test_the_key_shows_in_no_repr() -> None:
    assert b64url_encode(LINK.key) not in repr(LINK)
    assert repr(LINK.key) not in repr(LINK)


def test_the_spoken_code_opens_nothing_alone_and_lies_in_the_gate() -> None:
    data = sealed(CODED, "4711")
    assert open_share(CODED, data, expires=ENDS, code="4711", at=NOW) == ("card~",)
    with pytest.raises(RejectedError, match="share_not_opened"):
        open_share(CODED, data, expires=ENDS, code="4712", at=NOW)
    gates = {gate(CODED, code=f"{number:04}") for number in range(50)}
    assert len(gates) == 50
    assert gate(LINK, code=None) not in gates


def test_sizes_come_in_steps() -> None:
    sizes = {len(sealed(card="x" * length)) - 28 for length in (1, 100, 3000, 5000)}
    assert sizes == {STEP, 2 * STEP}


def test_another_end_than_the_sealed_one_does_not_open() -> None:
    later = ENDS + timedelta(days=300)
    with pytest.raises(RejectedError, match="share_not_opened"):
        open_share(LINK, sealed(), expires=later, code=None, at=NOW)


def test_a_visitors_name_is_read_with_the_link_alone() -> None:
    data = seal_name(LINK, "De firma", code=None, entropy=secrets.token_bytes)
    assert open_name(LINK, data, code=None) == "De firma"
    assert len(data) == len(seal_name(LINK, "", code=None, entropy=secrets.token_bytes))
    with pytest.raises(MalformedError, match="share_code_invalid"):
        open_name(CODED, data, code=None)
    with pytest.raises(RejectedError, match="share_not_opened"):
        open_name(CODED, data, code="0000")


@given(st.text(max_size=200))
def test_any_text_is_a_link_or_our_error(text: str) -> None:
    with pytest.raises(CredentialError):
        parse_link(text)


@given(st.binary(max_size=6000))
def test_any_octets_are_a_share_or_our_error(data: bytes) -> None:
    with pytest.raises(CredentialError):
        open_share(LINK, data, expires=ENDS, code=None, at=NOW)
    with pytest.raises(CredentialError):
        open_name(LINK, data, code=None)
