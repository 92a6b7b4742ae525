"""Proof Key for Code Exchange: a code is worth nothing without its verifier."""

from secrets import token_bytes

import pytest

from credentials.openid4vc import pkce
from credentials.openid4vc.message import ProtocolError


def test_the_example_of_the_standard_holds() -> None:
    """RFC 7636, appendix B."""
    verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    assert pkce.challenge_of(verifier) == challenge
    pkce.check_verifier(verifier, challenge=challenge)


def test_a_fresh_verifier_fits_its_own_challenge_alone() -> None:
    first, second = pkce.create_verifier(token_bytes), pkce.create_verifier(token_bytes)
    pkce.check_verifier(first, challenge=pkce.challenge_of(first))
    with pytest.raises(ProtocolError) as refusal:
        pkce.check_verifier(second, challenge=pkce.challenge_of(first))
    assert (refusal.value.error, refusal.value.code) == (
        "invalid_grant",
        "code_verifier_mismatch",
    )


@pytest.mark.parametrize("verifier", [None, "", "v" * 42, "v" * 129, "v" * 42 + "+"])
def test_a_missing_or_malformed_verifier_is_refused(verifier: str | None) -> None:
    with pytest.raises(ProtocolError) as refusal:
        pkce.check_verifier(verifier, challenge=pkce.challenge_of(verifier or ""))
    assert refusal.value.code == "code_verifier_invalid"
