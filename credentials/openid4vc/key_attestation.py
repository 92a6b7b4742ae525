"""Key attestation (OpenID4VCI 1.0, appendix D): what a provider says of keys."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from credentials import jose
from credentials.encoding import JsonObject, JsonValue
from credentials.errors import CredentialError
from credentials.keys import PublicKey, Signer, public_key_from_jwk
from credentials.limits import CLOCK_SKEW
from credentials.openid4vc.attester import Attesters, attested_payload
from credentials.openid4vc.message import ProtocolError

TYPE = "key-attestation+jwt"

MAX_KEYS = 50
"""As many as one request may ask copies."""


@dataclass(frozen=True, slots=True)
class KeyAttestation:
    """An attestation that held.

    Attributes:
        keys: all different, in the attestation's order.
        nonce: the issuer's challenge; None where it holds none.
        key_storage: words of appendix D.2; empty where nothing is said.
        user_authentication: as above.
    """

    keys: tuple[PublicKey, ...]
    nonce: str | None
    key_storage: frozenset[str]
    user_authentication: frozenset[str]


def create_attestation(
    signer: Signer,
    keys: Sequence[PublicKey],
    *,
    at: datetime,
    lifetime: timedelta,
    nonce: str | None = None,
    issuer: str | None = None,
    key_storage: Sequence[str] = (),
) -> str:
    """What a wallet's provider signs about the keys of one instance."""
    attested: list[JsonValue] = [key.jwk() for key in keys]
    payload: JsonObject = {
        "iat": int(at.timestamp()),
        "exp": int((at + lifetime).timestamp()),
        "attested_keys": attested,
    }
    if nonce is not None:
        payload["nonce"] = nonce
    if issuer is not None:
        payload["iss"] = issuer
    if key_storage:
        payload["key_storage"] = [*key_storage]
    return jose.sign_compact({"typ": TYPE, "kid": signer.public.thumbprint}, payload, signer)


def verify_attestation(
    token: str, *, attesters: Attesters, needs_end: bool, at: datetime
) -> KeyAttestation:
    """Check an attestation; whether its nonce is ours is the caller's.

    Args:
        token: a compact JWS.
        attesters: the providers that we believe.
        needs_end: it stands in the header of a key proof, where ``exp`` must be (appendix D.1).
        at: the present moment.

    Raises:
        ProtocolError: ``invalid_proof``, with our code ``key_attestation_malformed``,
            ``key_attestation_untrusted``, ``key_attestation_signature`` or
            ``key_attestation_expired``.
    """
    payload = attested_payload(token, typ=TYPE, attesters=attesters, refused=_refused)
    _check_times(payload, needs_end=needs_end, at=at)
    nonce = payload.get("nonce")
    return KeyAttestation(
        _keys(payload),
        nonce if isinstance(nonce, str) else None,
        _words(payload, "key_storage"),
        _words(payload, "user_authentication"),
    )


def _refused(what: str, detail: str) -> ProtocolError:
    return ProtocolError("invalid_proof", detail, code=f"key_attestation_{what}")


def _check_times(payload: JsonObject, *, needs_end: bool, at: datetime) -> None:
    try:
        issued = jose.numeric_date(payload, "iat")
        ends = jose.numeric_date(payload, "exp")
    except CredentialError as error:
        raise _refused("malformed", error.detail) from error
    if issued is None or (needs_end and ends is None):
        raise _refused("malformed", "iat or exp is missing")
    if issued > at + CLOCK_SKEW or (ends is not None and at >= ends):
        raise _refused("expired", "before its iat or after its exp")


def _keys(payload: JsonObject) -> tuple[PublicKey, ...]:
    listed = payload.get("attested_keys")
    if not isinstance(listed, list) or not 0 < len(listed) <= MAX_KEYS:
        raise _refused("malformed", "attested_keys")
    keys = []
    for jwk in listed:
        if not isinstance(jwk, dict):
            raise _refused("malformed", "attested_keys")
        try:
            keys.append(public_key_from_jwk(jwk))
        except CredentialError as error:
            raise _refused("malformed", error.code) from error
    if len({key.thumbprint for key in keys}) != len(keys):
        raise _refused("malformed", "a key comes twice")
    return tuple(keys)


def _words(payload: JsonObject, name: str) -> frozenset[str]:
    value = payload.get(name, [])
    if not isinstance(value, list) or not all(isinstance(word, str) for word in value):
        raise _refused("malformed", name)
    return frozenset(map(str, value))
