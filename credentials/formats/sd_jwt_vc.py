"""dc+sd-jwt: SD-JWT-based verifiable credentials (draft-ietf-oauth-sd-jwt-vc, HAIP 1.0)."""

from datetime import datetime
from typing import ClassVar

from credentials.bbs_keys import IssuingSigner, VerificationKey
from credentials.claims import Paths, select
from credentials.encoding import JsonObject, JsonValue, NumberRefusedError
from credentials.errors import MalformedError
from credentials.formats import concealment, selective_jwt
from credentials.formats.token_claims import check_issuer
from credentials.jose import Jws, numeric_date, peek
from credentials.keys import PublicKey, Signer
from credentials.model import (
    Binding,
    Credential,
    Entropy,
    StatusKind,
    StatusReference,
    Unverified,
    Validity,
    Wire,
)

TYPE = "dc+sd-jwt"
_TYPES = frozenset([TYPE])
_DATES = frozenset(["iat", "nbf", "exp"])
_PIN = "vct#integrity"

MUST_BE_PLAIN = frozenset(["iss", "nbf", "exp", "cnf", "vct", _PIN, "status"])
"""Registered claims that no holder may leave out (section 3.2.2.2)."""

_REGISTERED = MUST_BE_PLAIN | {"iat", "jti"}


class SdJwtVc:
    """The format ``dc+sd-jwt``; it has no state."""

    identifier: ClassVar[str] = TYPE
    selective: ClassVar[bool] = True

    def issue(
        self,
        credential: Credential,
        signer: IssuingSigner,
        *,
        holder: PublicKey | None,
        disclosable: Paths,
        entropy: Entropy,
    ) -> str:
        """Sign a credential bound to ``holder``.

        Raises:
            MalformedError: ``claim_collision`` for a claim with a registered name,
                ``status_invalid`` for anything but one place in a token list, or as
                ``concealment.sign``.
        """
        if not _REGISTERED.isdisjoint(credential.claims):
            raise MalformedError("claim_collision", "a claim with a registered name")
        return concealment.sign(
            credential.claims,
            _registered(credential, holder),
            {"typ": TYPE},
            signer,
            disclosable=disclosable,
            entropy=entropy,
        )

    def parse(self, wire: Wire) -> Unverified:
        """Read a credential or presentation; checks no signature.

        Raises:
            MalformedError: ``token_malformed``, ``claim_must_be_plain``, ``claim_missing``,
                ``date_invalid``, ``status_invalid``, ``status_index_invalid``, ``key_invalid``,
                or as ``sd_jwt.open_disclosures`` and ``jose.peek``.
            UnsupportedError: ``cnf_unsupported``.
        """
        return _unverified(text := _text(wire), selective_jwt.read(text, _peek))

    def check_proof(self, unverified: Unverified, key: VerificationKey, *, at: datetime) -> None:
        """See ``token_claims.check_issuer``."""
        check_issuer(unverified, key, at=at)

    def present(
        self, held: Wire, holder: Signer, binding: Binding, *, disclose: Paths, at: datetime
    ) -> str:
        """Keep the disclosures that ``disclose`` covers and those around them, and bind the rest.

        Raises:
            BindingInvalid: ``config_nonce_required``.
            CredentialError: ``held`` cannot be read.
        """
        reading = selective_jwt.read(text := _text(held), _peek)
        claims = _unverified(text, reading).credential.claims
        shown = [concrete for path in disclose for concrete, _ in select(claims, path)]
        return selective_jwt.present(reading, shown, holder, binding, at=at)

    def check_binding(
        self, unverified: Unverified, *, expected: Binding | None, at: datetime
    ) -> None:
        """See ``selective_jwt.check_presenter``."""
        selective_jwt.check_presenter(unverified, expected=expected, at=at)


def _text(wire: Wire) -> str:
    if not isinstance(wire, str):
        raise MalformedError("token_malformed", "expected compact text")
    return wire


def _peek(token: str) -> Jws:
    try:
        return peek(token, typ=_TYPES, chain=True)
    except NumberRefusedError as error:
        if error.member in _DATES:
            raise MalformedError("date_invalid", f"{error.member} is no number") from error
        raise


def _unverified(text: str, reading: selective_jwt.Reading) -> Unverified:
    payload, disclosures = reading.opened.payload, reading.opened.disclosures
    if not MUST_BE_PLAIN.isdisjoint(path[0] for path in disclosures if len(path) == 1):
        raise MalformedError("claim_must_be_plain", "a registered claim among the disclosures")
    credential = _credential(payload)
    return Unverified(
        format=TYPE,
        wire=text,
        credential=credential,
        key=reading.key(credential.issuer),
        holder=selective_jwt.confirmed_key(payload),
        disclosable=frozenset(disclosures),
        presented=reading.parts.key_binding is not None,
        tokens=reading.tokens,
    )


def _registered(credential: Credential, holder: PublicKey | None) -> JsonObject:
    validity = credential.validity
    payload: JsonObject = {
        "iss": credential.issuer,
        "iat": int(credential.issued_at.timestamp()),
        "vct": credential.type,
    }
    if validity.valid_from is not None:
        payload["nbf"] = int(validity.valid_from.timestamp())
    if validity.valid_until is not None:
        payload["exp"] = int(validity.valid_until.timestamp())
    if holder is not None:
        payload["cnf"] = {"jwk": holder.jwk()}
    if credential.credential_id is not None:
        payload["jti"] = credential.credential_id
    if credential.type_integrity is not None:
        payload[_PIN] = credential.type_integrity
    if credential.status:
        (reference, *others) = credential.status
        if others or reference.kind is not StatusKind.TOKEN:
            raise MalformedError("status_invalid", "expected one place in a token list")
        payload["status"] = {"status_list": {"idx": reference.index, "uri": reference.uri}}
    return payload


def _credential(payload: JsonObject) -> Credential:
    issued_at, valid_from, valid_until = (
        numeric_date(payload, name) for name in ("iat", "nbf", "exp")
    )
    if issued_at is None:
        raise MalformedError("date_invalid", "no iat")
    if valid_until is not None and issued_at > valid_until:
        raise MalformedError("date_invalid", "issued after its end")
    return Credential(
        type=_required(payload, "vct"),
        issuer=_required(payload, "iss"),
        claims={name: value for name, value in payload.items() if name not in _REGISTERED},
        issued_at=issued_at,
        validity=Validity(valid_from, valid_until),
        status=_status(payload["status"]) if "status" in payload else (),
        credential_id=_required(payload, "jti") if "jti" in payload else None,
        type_integrity=_required(payload, _PIN) if _PIN in payload else None,
    )


def _required(payload: JsonObject, name: str) -> str:
    value = payload.get(name)
    if not isinstance(value, str) or not value:
        raise MalformedError("claim_missing", f"{name} is no text")
    return value


def _status(value: JsonValue) -> tuple[StatusReference]:
    """Read ``status.status_list`` (draft-ietf-oauth-status-list, 6.2); other kinds are refused."""
    reference = value.get("status_list") if isinstance(value, dict) else None
    if not isinstance(reference, dict):
        raise MalformedError("status_invalid", "expected status_list")
    index, uri = reference.get("idx"), reference.get("uri")
    if not isinstance(index, int) or isinstance(index, bool) or index < 0:
        raise MalformedError("status_index_invalid", "idx is no index")
    if not isinstance(uri, str) or not uri.startswith("https://"):
        raise MalformedError("status_invalid", "uri is no https address")
    return (StatusReference(StatusKind.TOKEN, uri, index),)
