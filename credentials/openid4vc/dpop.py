"""DPoP proofs (RFC 9449): a token works only for whoever holds the key it was given to."""

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from credentials import jose
from credentials.encoding import JsonObject, b64url_encode
from credentials.errors import CredentialError
from credentials.keys import PublicKey, Signer, public_key_from_jwk
from credentials.limits import CLOCK_SKEW
from credentials.openid4vc.message import ProtocolError, origin

TYPE = "dpop+jwt"
"""``typ`` of a proof (section 4.2)."""

MAX_AGE = timedelta(minutes=5)
"""A proof is made for one request, so it travels for seconds; phones' clocks are slow at times."""

MAX_JTI = 256
"""Long enough for any random name of a proof, short enough to be remembered."""


@dataclass(frozen=True, slots=True)
class DpopProof:
    """A proof that held.

    Attributes:
        key: who made it; a token is bound to ``key.thumbprint`` (section 6).
        jti: the proof's own name, to be seen once.
    """

    key: PublicKey
    jti: str


@dataclass(frozen=True, slots=True)
class Expected:
    """What a proof must be made for.

    Attributes:
        method: of the request, in capitals.
        url: of the request, without query.
        access_token: that comes with it; None at the token endpoint.
        thumbprint: of the key to which the code or token is bound; None where it is to none.
    """

    method: str
    url: str
    access_token: str | None = None
    thumbprint: str | None = None


def create_proof(
    signer: Signer,
    *,
    method: str,
    url: str,
    jti: str,
    at: datetime,
    nonce: str | None = None,
    access_token: str | None = None,
) -> str:
    """A proof for one request; ``jti`` is fresh chance, ``nonce`` what the server gave last."""
    payload: JsonObject = {
        "htm": method,
        "htu": url.partition("?")[0].partition("#")[0],
        "iat": int(at.timestamp()),
        "jti": jti,
    }
    if nonce is not None:
        payload["nonce"] = nonce
    if access_token is not None:
        payload["ath"] = token_digest(access_token)
    return jose.sign_compact({"typ": TYPE, "jwk": signer.public.jwk()}, payload, signer)


def token_digest(access_token: str) -> str:
    """``ath``: the SHA-256 of a token, base64url (section 4.2)."""
    return b64url_encode(hashlib.sha256(access_token.encode()).digest())


def verify_proof(
    token: str,
    *,
    expected: Expected,
    nonce_known: Callable[[str], bool],
    at: datetime,
) -> DpopProof:
    """Check a proof as section 4.3 asks; whether its ``jti`` was seen before is the caller's.

    ``nonce_known`` says whether we gave out this nonce and it still counts; it is asked last.

    Raises:
        ProtocolError: ``invalid_dpop_proof``, with our own code: ``dpop_malformed``,
            ``dpop_signature``, ``dpop_method``, ``dpop_url``, ``dpop_time``, ``dpop_token``,
            ``dpop_key``; ``use_dpop_nonce`` where the server's nonce is missing or over.
    """
    key, payload = _signed(token)
    jti = payload.get("jti")
    if not isinstance(jti, str) or not 0 < len(jti) <= MAX_JTI:
        raise _refused("dpop_malformed", "jti")
    if payload.get("htm") != expected.method:
        raise _refused("dpop_method", "htm is another method")
    if not _same_url(payload.get("htu"), expected.url):
        raise _refused("dpop_url", "htu is another address")
    _check_times(payload, at)
    if expected.access_token is not None and payload.get("ath") != token_digest(
        expected.access_token
    ):
        raise _refused("dpop_token", "ath is of another token")
    if expected.thumbprint is not None and not hmac.compare_digest(
        key.thumbprint, expected.thumbprint
    ):
        raise _refused("dpop_key", "bound to another key")
    nonce = payload.get("nonce")
    if not isinstance(nonce, str) or not nonce_known(nonce):
        raise ProtocolError("use_dpop_nonce", "nonce is missing, unknown or over")
    return DpopProof(key, jti)


def _refused(code: str, detail: str) -> ProtocolError:
    return ProtocolError("invalid_dpop_proof", detail, code=code)


def _signed(token: str) -> tuple[PublicKey, JsonObject]:
    try:
        proof = jose.peek(token, typ=frozenset({TYPE}), header_key=True)
        jwk = proof.header.get("jwk")
        if not isinstance(jwk, dict):
            raise _refused("dpop_malformed", "no jwk")
        key = public_key_from_jwk(jwk)
    except ProtocolError:
        raise
    except CredentialError as error:
        raise _refused("dpop_malformed", error.code) from error
    try:
        proof.verify(key)
    except CredentialError as error:
        raise _refused("dpop_signature", error.code) from error
    return key, proof.payload


def _check_times(payload: JsonObject, at: datetime) -> None:
    try:
        issued = jose.numeric_date(payload, "iat")
        ends = jose.numeric_date(payload, "exp")
        starts = jose.numeric_date(payload, "nbf")
    except CredentialError as error:
        raise _refused("dpop_time", error.detail) from error
    if issued is None or not at - MAX_AGE <= issued <= at + CLOCK_SKEW:
        raise _refused("dpop_time", "iat is outside the window")
    if (ends is not None and at >= ends + CLOCK_SKEW) or (
        starts is not None and at + CLOCK_SKEW < starts
    ):
        raise _refused("dpop_time", "exp or nbf")


def _same_url(found: object, expected: str) -> bool:
    """One spelling of scheme, host and port; the path as it is; query and fragment ignored."""
    if not isinstance(found, str):
        return False
    bare = found.partition("?")[0].partition("#")[0]
    try:
        same_origin = origin(bare) == origin(expected)
    except ValueError:
        return False
    return same_origin and (urlsplit(bare).path or "/") == (urlsplit(expected).path or "/")
