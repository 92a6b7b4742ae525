"""Citizen service numbers in text: what is suspected, and what is another number."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.elfproef import Spelling, passes_elfproef, suspected


@pytest.mark.parametrize("digits", ["111222333", "123456782", "010000008"])
def test_nine_digits_that_pass(digits: str) -> None:
    assert passes_elfproef(digits)
    assert suspected(f"zie {digits}.") is Spelling.PLAIN


@pytest.mark.parametrize(
    "digits", ["111222334", "000000000", "12345678", "1112223330", "11122233x"]
)
def test_other_digits_do_not(digits: str) -> None:
    assert not passes_elfproef(digits)
    assert suspected(digits) is None


@pytest.mark.parametrize(
    ("text", "spelling"),
    [
        ("1234 56 782", Spelling.SPACED),
        ("1 1 1 2 2 2 3 3 3", Spelling.SPACED),
        ("111\u00a0222\u2009333", Spelling.SPACED),
        ("111     222333", Spelling.SPACED),
        ("111.222.333", Spelling.BROKEN),
        ("111 - 222 333", Spelling.BROKEN),
        ("groep 7, 111222333", Spelling.PLAIN),
        ("7 111222333 8", Spelling.PLAIN),
        ("\u0661\u0661\u0661222333", Spelling.PLAIN),
    ],
)
def test_a_number_is_found_however_it_is_written(text: str, spelling: Spelling) -> None:
    assert suspected(text) is spelling


@pytest.mark.parametrize(
    "text",
    ["", "0111222333", "1112223330", "111, 222, 333", "KvK 12345678", "a1b2c3"],
)
def test_other_text_is_not_suspected(text: str) -> None:
    assert suspected(text) is None


@given(st.integers(10_000_000, 99_999_999))
def test_at_most_one_check_digit_completes_eight_digits(eight: int) -> None:
    assert sum(passes_elfproef(f"{eight}{last}") for last in range(10)) <= 1
