"""Wallet attestation (draft-ietf-oauth-attestation-based-client-auth; OpenID4VCI 1.0, appendix E).

A provider says of a wallet that it is genuine and names its key; a second token, made for this
very server, shows that whoever sends it holds that key.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from credentials import jose
from credentials.encoding import JsonObject
from credentials.errors import CredentialError
from credentials.keys import PublicKey, Signer, public_key_from_jwk
from credentials.limits import CLOCK_SKEW
from credentials.openid4vc.attester import Attesters, attested_payload, holds
from credentials.openid4vc.message import ProtocolError

TYPE = "oauth-client-attestation+jwt"
POP_TYPE = "oauth-client-attestation-pop+jwt"

HEADER = "OAuth-Client-Attestation"
POP_HEADER = "OAuth-Client-Attestation-PoP"
CHALLENGE_HEADER = "OAuth-Client-Attestation-Challenge"

METHOD = "attest_jwt_client_auth"
"""In ``token_endpoint_auth_methods_supported``."""

MAX_POP_AGE = timedelta(minutes=5)
"""Made for one request, as a DPoP proof is."""

MAX_JTI = 256


@dataclass(frozen=True, slots=True)
class AttestedClient:
    """A client whose attestation and proof of possession both held.

    Attributes:
        key: of the instance; a refresh token is bound to it.
        jti: of the proof of possession, to be seen once.
    """

    client_id: str
    key: PublicKey
    jti: str


def create_attestation(
    signer: Signer,
    *,
    client_id: str,
    instance: PublicKey,
    at: datetime,
    lifetime: timedelta,
    issuer: str | None = None,
) -> str:
    """What a wallet's provider signs about one instance of it."""
    payload: JsonObject = {
        "sub": client_id,
        "iat": int(at.timestamp()),
        "exp": int((at + lifetime).timestamp()),
        "cnf": {"jwk": instance.jwk()},
    }
    if issuer is not None:
        payload["iss"] = issuer
    header: JsonObject = {"typ": TYPE, "kid": signer.public.thumbprint}
    return jose.sign_compact(header, payload, signer)


def create_pop(
    signer: Signer, *, audience: str, jti: str, at: datetime, challenge: str | None = None
) -> str:
    """The instance's own word for one authorization server; ``jti`` is fresh chance."""
    payload: JsonObject = {"aud": audience, "jti": jti, "iat": int(at.timestamp())}
    if challenge is not None:
        payload["challenge"] = challenge
    return jose.sign_compact({"typ": POP_TYPE}, payload, signer)


def verify(
    attestation: str,
    pop: str,
    *,
    attesters: Attesters,
    audience: str,
    client_id: str | None,
    challenge_known: Callable[[str], bool] | None,
    at: datetime,
) -> AttestedClient:
    """Check both tokens; whether the proof's ``jti`` was seen before is the caller's.

    Args:
        attestation: of the provider.
        pop: of the instance.
        attesters: whom we believe.
        audience: the authorization server's issuer identifier.
        client_id: what the request says; None where it says nothing.
        challenge_known: whether we gave out this challenge and it still counts; None where we
            give out none.
        at: the present moment.

    Raises:
        ProtocolError: ``invalid_client``, with our code ``client_attestation_malformed``,
            ``..._untrusted``, ``..._signature``, ``..._expired``, ``..._no_sub``,
            ``..._client_id``, ``..._key``, ``..._pop_malformed``, ``..._pop_signature``,
            ``..._pop_key``, ``..._pop_audience``, ``..._pop_time``;
            ``use_attestation_challenge`` where the server's challenge is missing or over.
    """
    payload = attested_payload(attestation, typ=TYPE, attesters=attesters, refused=_refused)
    _check_time(payload, at)
    subject = payload.get("sub")
    if not isinstance(subject, str) or not subject:
        raise _refused("no_sub", "sub is missing")
    if client_id is not None and client_id != subject:
        raise _refused("client_id", "sub is another client")
    key = _instance_key(payload)
    said = _possessed(pop, key)
    if said.get("aud") not in (audience, [audience]):
        raise _refused("pop_audience", "aud is another server")
    jti = said.get("jti")
    if not isinstance(jti, str) or not 0 < len(jti) <= MAX_JTI:
        raise _refused("pop_malformed", "jti")
    _check_pop_time(said, at)
    if challenge_known is not None:
        challenge = said.get("challenge")
        if not isinstance(challenge, str) or not challenge_known(challenge):
            raise ProtocolError("use_attestation_challenge", "missing, unknown or over")
    return AttestedClient(subject, key, jti)


def _refused(what: str, detail: str) -> ProtocolError:
    return ProtocolError("invalid_client", detail, code=f"client_attestation_{what}")


def _check_time(payload: JsonObject, at: datetime) -> None:
    try:
        ends = jose.numeric_date(payload, "exp")
        starts = jose.numeric_date(payload, "nbf")
    except CredentialError as error:
        raise _refused("malformed", error.detail) from error
    if ends is None:
        raise _refused("malformed", "exp is missing")
    if at >= ends:
        raise _refused("expired", "exp is over")
    if starts is not None and at + CLOCK_SKEW < starts:
        raise _refused("expired", "nbf is to come")


def _instance_key(payload: JsonObject) -> PublicKey:
    confirmation = payload.get("cnf")
    jwk = confirmation.get("jwk") if isinstance(confirmation, dict) else None
    if not isinstance(jwk, dict):
        raise _refused("key", "cnf.jwk is missing")
    try:
        return public_key_from_jwk(jwk)
    except CredentialError as error:
        raise _refused("key", error.code) from error


def _possessed(token: str, key: PublicKey) -> JsonObject:
    try:
        parsed = jose.peek(token, typ=frozenset({POP_TYPE}), header_key=True)
    except CredentialError as error:
        raise _refused("pop_malformed", error.code) from error
    own = parsed.header.get("jwk", key.jwk())
    if parsed.header.get("alg") != key.algorithm or own != key.jwk():
        raise _refused("pop_key", "by another key than cnf names")
    if not holds(parsed, key):
        raise _refused("pop_signature", "does not hold under the key in cnf")
    return parsed.payload


def _check_pop_time(payload: JsonObject, at: datetime) -> None:
    try:
        issued = jose.numeric_date(payload, "iat")
        ends = jose.numeric_date(payload, "exp")
    except CredentialError as error:
        raise _refused("pop_malformed", error.detail) from error
    if issued is None or not at - MAX_POP_AGE <= issued <= at + CLOCK_SKEW:
        raise _refused("pop_time", "iat is outside the window")
    if ends is not None and at >= ends:
        raise _refused("pop_time", "exp is over")
