"""dc+sd-jwt: SD-JWT-based verifiable credentials (draft-ietf-oauth-sd-jwt-vc, HAIP 1.0)."""

from datetime import datetime
from typing import ClassVar

from credentials.bbs_keys import IssuingSigner, VerificationKey, signing_key
from credentials.claims import ClaimsPath, Paths, select
from credentials.encoding import JsonObject, JsonValue, NumberRefusedError
from credentials.errors import MalformedError, OutsideValidity, UnsupportedError
from credentials.formats import concealment, key_binding, sd_jwt
from credentials.jose import Jws, check_compact, numeric_date, peek
from credentials.keys import PublicKey, Signer, public_key_from_jwk
from credentials.limits import CLOCK_SKEW
from credentials.model import (
    Binding,
    Credential,
    Entropy,
    KeyReference,
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
        return self._read(_text(wire))[0]

    def _read(self, text: str) -> tuple[Unverified, sd_jwt.SdJwt, sd_jwt.Opened]:
        parts = sd_jwt.split(text)
        jws = _peek(parts.issuer_jwt)
        if parts.key_binding is not None:
            key_binding.read_key_binding(parts.key_binding)
        opened = sd_jwt.open_disclosures(jws.payload, parts.disclosures)
        if not MUST_BE_PLAIN.isdisjoint(path[0] for path in opened.disclosures if len(path) == 1):
            raise MalformedError("claim_must_be_plain", "a registered claim among the disclosures")
        credential = _credential(opened.payload)
        key_id = jws.header.get("kid")
        unverified = Unverified(
            format=TYPE,
            wire=text,
            credential=credential,
            key=KeyReference(credential.issuer, key_id if isinstance(key_id, str) else None),
            holder=_holder(opened.payload),
            disclosable=frozenset(opened.disclosures),
            presented=parts.key_binding is not None,
        )
        return unverified, parts, opened

    def check_proof(self, unverified: Unverified, key: VerificationKey, *, at: datetime) -> None:
        """The issuer's signature holds under ``key``, and was not made in the future.

        Raises:
            ProofInvalid: ``signature_invalid`` or ``alg_key_mismatch``.
            OutsideValidity: ``not_yet_valid`` where ``iat`` lies ahead.
        """
        check_compact(_text(unverified.wire).partition("~")[0], signing_key(key), typ=_TYPES)
        if unverified.credential.issued_at > at + CLOCK_SKEW:
            raise OutsideValidity("not_yet_valid", "issued in the future")

    def present(
        self, held: Wire, holder: Signer, binding: Binding, *, disclose: Paths, at: datetime
    ) -> str:
        """Keep the disclosures that ``disclose`` covers and those around them, and bind the rest.

        Raises:
            BindingInvalid: ``config_nonce_required``.
            CredentialError: ``held`` cannot be read.
        """
        unverified, parts, opened = self._read(_text(held))
        shown = [
            concrete
            for path in disclose
            for concrete, _ in select(unverified.credential.claims, path)
        ]
        disclosures = [text for path, text in opened.disclosures.items() if _touches(path, shown)]
        without = sd_jwt.join(parts.issuer_jwt, disclosures)
        return key_binding.bind(without, holder, binding, at=at)

    def check_binding(
        self, unverified: Unverified, *, expected: Binding | None, at: datetime
    ) -> None:
        """The key-binding JWT is by the bound key, and fresh and for the expected request.

        Raises:
            BindingInvalid: as ``key_binding.check_key_binding``.
        """
        key_binding.check_key_binding(
            _text(unverified.wire), unverified.holder, expected=expected, at=at
        )


def _text(wire: Wire) -> str:
    if not isinstance(wire, str):
        raise MalformedError("token_malformed", "expected compact text")
    return wire


def _peek(token: str) -> Jws:
    try:
        return peek(token, typ=_TYPES)
    except NumberRefusedError as error:
        if error.member in _DATES:
            raise MalformedError("date_invalid", f"{error.member} is no number") from error
        raise


def _touches(path: ClaimsPath, shown: list[ClaimsPath]) -> bool:
    """The disclosure lies at, around or inside something that is shown."""
    return any(path[: len(other)] == other[: len(path)] for other in shown)


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


def _holder(payload: JsonObject) -> PublicKey | None:
    if "cnf" not in payload:
        return None
    confirmation = payload["cnf"]
    jwk = confirmation.get("jwk") if isinstance(confirmation, dict) else None
    if not isinstance(jwk, dict):
        raise UnsupportedError("cnf_unsupported", "expected cnf.jwk")
    return public_key_from_jwk(jwk)
