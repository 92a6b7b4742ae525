"""What a JWT and the W3C document inside it must agree on (VC-JOSE-COSE, sections 3.1.3 and 4.1).

Also the presentation that a holder signs as a JWT, for the formats that have one.
"""

from datetime import datetime

from credentials import data_model
from credentials.bbs_keys import VerificationKey, signing_key
from credentials.encoding import (
    JsonObject,
    JsonValue,
    NumberRefusedError,
    b64url_decode,
    parse_json_object,
)
from credentials.errors import BindingInvalid, MalformedError, OutsideValidity, ProofInvalid
from credentials.formats import key_binding
from credentials.jose import Jws, numeric_date, peek
from credentials.limits import CLOCK_SKEW
from credentials.model import LEAF_MARK, Binding, KeyReference, Unverified, Validity

_DATES = frozenset(["iat", "nbf", "exp"])


def peek_dated(token: str, *, typ: frozenset[str]) -> Jws:
    """Read a JWT whose dates may be spelled in ways that JSON does not know, such as 1e400.

    A chain of certificates may stand in its header: a credential's is followed to the list
    (``key_reference``), a presentation's is refused (``refuse_chain``).

    Raises:
        MalformedError: ``date_invalid`` for those; else as ``jose.peek``.
        BindingInvalid: ``kb_iat_invalid`` for the time of a presentation.
        CredentialError: as ``jose.peek``.
    """
    try:
        return peek(token, typ=typ, chain=True)
    except NumberRefusedError as error:
        header = parse_json_object(b64url_decode(token.partition(".")[0]))
        if error.member == "iat" and header.get("typ") == "vp+jwt":
            raise BindingInvalid("kb_iat_invalid", "iat is no number") from error
        if error.member in _DATES:
            raise MalformedError("date_invalid", f"{error.member} is no number") from error
        raise


def key_reference(jws: Jws, issuer: str) -> KeyReference:
    """How an issuer's token names its key, or the chain in the place of a name.

    Raises:
        ProofInvalid: ``x5c_invalid``: what cannot be a chain.
    """
    if not _is_chained(jws):
        key_id = jws.header.get("kid")
        return KeyReference(issuer, key_id if isinstance(key_id, str) else None)
    value = jws.header["x5c"]
    entries = value if isinstance(value, list) else []
    texts = tuple(each for each in entries if isinstance(each, str))
    if not texts or len(texts) != len(entries):
        raise ProofInvalid("x5c_invalid", "no list of certificates")
    return KeyReference(issuer, None, texts)


def refuse_chain(jws: Jws) -> None:
    """A holder's key is the one of the credential; a chain in its stead says nothing.

    Raises:
        ProofInvalid: ``x5c_invalid``.
    """
    if _is_chained(jws):
        raise ProofInvalid("x5c_invalid", "a chain in the place of the holder's key")


def _is_chained(jws: Jws) -> bool:
    return "x5c" in jws.header and "kid" not in jws.header


def check_content_type(jws: Jws, expected: str) -> None:
    """``cty`` may be left out, but says nothing else (section 3.1.1).

    Raises:
        MalformedError: ``typ_not_allowed``.
    """
    if jws.header.get("cty", expected) != expected:
        raise MalformedError("typ_not_allowed", f"cty is not {expected}")


def check_agreement(payload: JsonObject, document: JsonObject) -> None:
    """Registered claims say the same as the members they stand for (sections 3.1.3 and 4.1).

    Raises:
        MalformedError: ``claim_not_allowed`` for ``vc`` or ``vp``; ``claim_collision`` where
            ``iss``, ``jti`` or ``sub`` differ from issuer or holder, id, and subject.
    """
    if "vc" in payload or "vp" in payload:
        raise MalformedError("claim_not_allowed", "a claim of data model 1.1")
    signer = "holder" if data_model.PRESENTATION in data_model.types_of(document) else "issuer"
    subject = document.get("credentialSubject")
    members: dict[str, JsonValue] = {"iss": _id_of(document.get(signer)), "jti": document.get("id")}
    if isinstance(subject, dict):
        members["sub"] = subject.get("id")
    for claim, value in members.items():
        if claim in payload and payload[claim] != value:
            raise MalformedError("claim_collision", f"{claim} says something else")


def times_of(payload: JsonObject, validity: Validity) -> tuple[datetime, Validity]:
    """When a token was made, and how long both it and the document in it hold.

    Raises:
        MalformedError: ``date_invalid``: what is no date, made after its end, or never dated.
    """
    made, start, end = (numeric_date(payload, name) for name in ("iat", "nbf", "exp"))
    starts = [moment for moment in (start, validity.valid_from) if moment is not None]
    ends = [moment for moment in (end, validity.valid_until) if moment is not None]
    issued_at = made or validity.valid_from or start
    if issued_at is None:
        raise MalformedError("date_invalid", "neither iat nor a first moment")
    both = Validity(max(starts, default=None), min(ends, default=None))
    if both.valid_until is not None and issued_at > both.valid_until:
        raise MalformedError("date_invalid", "issued after its end")
    return issued_at, both


def check_not_ahead(issued_at: datetime, *, at: datetime) -> None:
    """A token was not made in the future.

    Raises:
        OutsideValidity: ``not_yet_valid``.
    """
    if issued_at > at + CLOCK_SKEW:
        raise OutsideValidity("not_yet_valid", "issued in the future")


def check_issuer(unverified: Unverified, key: VerificationKey, *, at: datetime) -> None:
    """The issuer's signature holds under ``key``, and was not made in the future.

    For formats whose tokens are read once, and stay beside the credential.

    Raises:
        ProofInvalid: ``signature_invalid``, ``alg_key_mismatch``, or ``x5c_invalid``: the token
            brings a chain, and the key is not the one that following it gave.
        OutsideValidity: ``not_yet_valid`` where ``iat`` lies ahead.
    """
    if unverified.key.chain and LEAF_MARK not in (key.key_id or ""):
        raise ProofInvalid("x5c_invalid", "a chain that was not followed to the list")
    unverified.tokens[0].verify(signing_key(key))
    check_not_ahead(unverified.credential.issued_at, at=at)


def request_claims(binding: Binding, *, at: datetime) -> JsonObject:
    """The claims by which a presentation answers one request.

    Raises:
        BindingInvalid: ``config_nonce_required``.
    """
    key_binding.require(binding)
    return {"iat": int(at.timestamp()), "aud": binding.audience, "nonce": binding.nonce}


def check_holder(
    unverified: Unverified, jws: Jws, *, expected: Binding | None, at: datetime
) -> None:
    """A presentation is signed by the key of its credential's subject, now, for this request.

    Args:
        unverified: the presentation.
        jws: the same, as a token.
        expected: None when the request is unknown: then time, audience and nonce are not judged.
        at: now.

    Raises:
        BindingInvalid: ``holder_binding_missing``, ``holder_key_mismatch``, ``kb_iat_invalid``,
            ``aud_mismatch``, ``nonce_invalid``, ``config_nonce_required``.
    """
    if expected is not None:
        key_binding.require(expected)
    if not unverified.presented:
        raise BindingInvalid("holder_binding_missing", "a credential without a presentation")
    holder = unverified.holder
    if holder is None:
        raise BindingInvalid("holder_key_mismatch", "the credential is bound to no key")
    named = _id_of(jws.payload.get("holder"))
    if named is not None and named != (holder.key_id or "").partition("#")[0]:
        raise BindingInvalid("holder_key_mismatch", "another holder than the subject")
    try:
        jws.verify(holder)
    except ProofInvalid as error:
        raise BindingInvalid("holder_key_mismatch", "not signed by the bound key") from error
    key_binding.check_answer(jws.payload, expected=expected, at=at)


def _id_of(value: JsonValue) -> JsonValue:
    return value.get("id") if isinstance(value, dict) else value
