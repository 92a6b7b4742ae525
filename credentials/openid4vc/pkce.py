"""Proof Key for Code Exchange (RFC 7636): whoever redeems a code is who asked for it. S256 only."""

import hashlib
import hmac
import re

from credentials.encoding import b64url_encode
from credentials.model import Entropy
from credentials.openid4vc.message import ProtocolError

METHOD = "S256"
"""``plain`` shows the verifier to whoever reads the request."""

VERIFIER_BYTES = 32
"""What section 4.1 recommends: 43 characters."""

_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")


def create_verifier(entropy: Entropy) -> str:
    """A fresh code verifier; it stays with the client until the token request (section 4.1)."""
    return b64url_encode(entropy(VERIFIER_BYTES))


def challenge_of(verifier: str) -> str:
    """The code challenge of a verifier (section 4.2)."""
    return b64url_encode(hashlib.sha256(verifier.encode()).digest())


def check_verifier(verifier: str | None, *, challenge: str) -> None:
    """The verifier of a token request belongs to the challenge of its code (section 4.6).

    Raises:
        ProtocolError: ``invalid_grant``: missing, of another form, or of another challenge.
    """
    if verifier is None or not _VERIFIER.fullmatch(verifier):
        raise ProtocolError("invalid_grant", "43 to 128 characters", code="code_verifier_invalid")
    if not hmac.compare_digest(challenge_of(verifier), challenge):
        raise ProtocolError("invalid_grant", "another verifier", code="code_verifier_mismatch")
