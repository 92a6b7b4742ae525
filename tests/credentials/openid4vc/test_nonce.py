"""Nonces that their maker knows again without remembering them."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.openid4vc.nonce import is_timed_nonce, timed_nonce

KEY = b"k" * 32
LIFE = timedelta(minutes=5)


def test_a_nonce_is_known_for_its_purpose_and_its_time_alone(now: datetime) -> None:
    nonce = timed_nonce(KEY, purpose="dpop school", at=now)
    for late in (timedelta(0), LIFE - timedelta(seconds=1)):
        assert is_timed_nonce(nonce, KEY, purpose="dpop school", at=now + late, life=LIFE)
    for key, purpose, late in (
        (b"x" * 32, "dpop school", timedelta(0)),
        (KEY, "dpop other", timedelta(0)),
        (KEY, "dpop school", LIFE),
        (KEY, "dpop school", -timedelta(seconds=1)),
    ):
        assert not is_timed_nonce(nonce, key, purpose=purpose, at=now + late, life=LIFE)


@pytest.mark.parametrize("nonce", ["", "AAAA", "not base64!", "é"])
def test_what_is_no_nonce_is_unknown(nonce: str, now: datetime) -> None:
    assert not is_timed_nonce(nonce, KEY, purpose="dpop", at=now, life=LIFE)


@given(st.text(max_size=60))
def test_no_text_is_known_by_chance(text: str) -> None:
    at = datetime.fromisoformat("2026-11-23T12:00:00+00:00")
    assert not is_timed_nonce(text, KEY, purpose="dpop", at=at, life=LIFE)
