"""The key-binding JWT of an SD-JWT (RFC 9901, section 4.3): the holder signs for one request."""

import hmac
from datetime import datetime

from credentials.encoding import JsonObject, NumberRefusedError
from credentials.errors import BindingInvalid, MalformedError, ProofInvalid
from credentials.formats.sd_jwt import digest
from credentials.jose import Jws, numeric_date, peek, sign_compact
from credentials.keys import PublicKey, Signer
from credentials.limits import CLOCK_SKEW, MAX_KEY_BINDING_AGE
from credentials.model import Binding

TYPE = "kb+jwt"
_TYPES = frozenset([TYPE])


def bind(without: str, holder: Signer, binding: Binding, *, at: datetime) -> str:
    """Add the holder's JWT to a presentation that ends with ``~`` (4.3).

    Raises:
        BindingInvalid: ``config_nonce_required`` where audience or nonce is empty.
    """
    require(binding)
    payload: JsonObject = {
        "iat": int(at.timestamp()),
        "aud": binding.audience,
        "nonce": binding.nonce,
        "sd_hash": digest(without),
    }
    return without + sign_compact({"typ": TYPE}, payload, holder)


def read_key_binding(token: str) -> Jws:
    """Read a key-binding JWT; its header may name no key that we would trust.

    Raises:
        BindingInvalid: ``kb_iat_invalid`` for a time that is no number.
        CredentialError: as ``jose.peek``.
    """
    try:
        return peek(token, typ=_TYPES, header_key=True)
    except NumberRefusedError as error:
        if error.member == "iat":
            raise BindingInvalid("kb_iat_invalid", "iat is no number") from error
        raise


def check_key_binding(
    text: str,
    holder: PublicKey | None,
    *,
    expected: Binding | None,
    at: datetime,
    read: Jws | None = None,
) -> None:
    """Check the holder's JWT at the end of a presentation (7.3).

    Args:
        text: the whole presentation.
        holder: the key that the issuer bound the credential to.
        expected: None when the request is unknown: then time, audience and nonce are not judged.
        at: now.
        read: that JWT, where it was read before.

    Raises:
        BindingInvalid: ``holder_binding_missing``, ``holder_key_mismatch``, ``sd_hash_mismatch``,
            ``kb_iat_invalid``, ``aud_mismatch``, ``nonce_invalid``, ``config_nonce_required``.
        CredentialError: as ``read_key_binding``.
    """
    if expected is not None:
        require(expected)
    without, tilde, token = text.rpartition("~")
    if not token or not tilde:
        raise BindingInvalid("holder_binding_missing", "no key-binding JWT")
    if holder is None:
        raise BindingInvalid("holder_key_mismatch", "the credential is bound to no key")
    jws = read or read_key_binding(token)
    try:
        jws.verify(holder)
    except ProofInvalid as error:
        raise BindingInvalid("holder_key_mismatch", "not signed by the bound key") from error
    if jws.payload.get("sd_hash") != digest(without + tilde):
        raise BindingInvalid("sd_hash_mismatch", "it covers another selection")
    check_answer(jws.payload, expected=expected, at=at)


def check_answer(payload: JsonObject, *, expected: Binding | None, at: datetime) -> None:
    """What a holder signed is fresh, not over, and answers this very request.

    What was made for a share may be older; only its own end (``exp``) counts then.

    Args:
        payload: the claims of a JWT whose signature held.
        expected: None when the request is unknown: then only the form of the time is judged.
        at: now.

    Raises:
        BindingInvalid: ``kb_iat_invalid``, ``aud_mismatch``, ``nonce_invalid``.
    """
    made, ends = _moment(payload, "iat"), _moment(payload, "exp")
    if made is None:
        raise BindingInvalid("kb_iat_invalid", "no iat")
    if expected is None:
        return
    latest = made + MAX_KEY_BINDING_AGE if expected.live else at
    if not made - CLOCK_SKEW <= at <= latest:
        raise BindingInvalid("kb_iat_invalid", f"made {made.isoformat()}")
    if ends is not None and at >= ends + CLOCK_SKEW:
        raise BindingInvalid("kb_iat_invalid", f"it ended {ends.isoformat()}")
    if payload.get("aud") != expected.audience:
        raise BindingInvalid("aud_mismatch", "made for another verifier")
    nonce = payload.get("nonce")
    if not isinstance(nonce, str) or not hmac.compare_digest(
        nonce.encode("utf-8"), expected.nonce.encode("utf-8")
    ):
        raise BindingInvalid("nonce_invalid", "made for another request")


def _moment(payload: JsonObject, claim: str) -> datetime | None:
    try:
        return numeric_date(payload, claim)
    except MalformedError as error:
        raise BindingInvalid("kb_iat_invalid", f"{claim} is no number of seconds") from error


def require(binding: Binding) -> None:
    """A request that can be answered names its audience and a nonce.

    Raises:
        BindingInvalid: ``config_nonce_required``.
    """
    if not binding.audience or not binding.nonce:
        raise BindingInvalid("config_nonce_required", "audience and nonce must be set")
