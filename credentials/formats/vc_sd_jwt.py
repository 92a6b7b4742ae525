"""vc+sd-jwt: data model 2.0 secured by SD-JWT (VC-JOSE-COSE, section 3.2), chosen per detail.

The document is the claims set; what the holder may leave out lies inside ``credentialSubject``.
A presentation ends with a key-binding JWT by the key in ``cnf`` (RFC 9901, section 4.3).
"""

from datetime import datetime
from typing import ClassVar

from credentials import data_model, envelopes
from credentials.bbs_keys import IssuingSigner, VerificationKey, signing_key
from credentials.claims import ClaimsPath, Paths, select
from credentials.document_rules import check_credential
from credentials.encoding import JsonObject
from credentials.errors import MalformedError, UnsupportedError
from credentials.formats import concealment, key_binding, sd_jwt, vcdm
from credentials.formats.token_claims import (
    check_agreement,
    check_content_type,
    check_not_ahead,
    peek_dated,
    times_of,
)
from credentials.jose import check_compact
from credentials.keys import PublicKey, Signer, public_key_from_jwk
from credentials.model import (
    Binding,
    Credential,
    Entropy,
    KeyReference,
    Unverified,
    Wire,
)

TYPE = "vc+sd-jwt"
MEDIA_TYPE = f"application/{TYPE}"
_TYPES = frozenset([TYPE])
_SUBJECT = "credentialSubject"

MUST_BE_PLAIN = frozenset(
    [
        *("@context", "type", "issuer", "validFrom", "validUntil", "credentialStatus"),
        *("credentialSchema", "relatedResource", "proof"),
        *("iss", "iat", "nbf", "exp", "jti", "sub", "cnf", "vct", "status"),
    ]
)
"""Members that decide whether and how a credential is checked (section 3.2.1)."""


class VcSdJwt:
    """The format ``vc+sd-jwt``; it has no state."""

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
        """Sign a credential bound to ``holder``, who is its subject as well.

        Raises:
            ValueError: a status that is no bitstring status.
            MalformedError: as ``concealment.sign``.
        """
        document = vcdm.unsigned(credential, credential.claims, holder)
        inside = frozenset((_SUBJECT, *path) for path in disclosable)
        registered: JsonObject = {
            "iss": credential.issuer,
            "iat": int(credential.issued_at.timestamp()),
        }
        if holder is not None:
            registered["cnf"] = {"jwk": holder.jwk()}
        return concealment.sign(
            document,
            registered,
            {"typ": TYPE, "cty": "vc"},
            signer,
            disclosable=inside,
            entropy=entropy,
        )

    def parse(self, wire: Wire) -> Unverified:
        """Read a credential or presentation, also out of an envelope; checks no signature.

        Raises:
            MalformedError: ``token_malformed``, ``claim_must_be_plain``, ``claim_collision``,
                ``claim_not_allowed``, ``date_invalid``, ``key_invalid``, or as
                ``sd_jwt.open_disclosures``, ``document_rules`` and ``data_model``.
            UnsupportedError: ``cnf_unsupported``, ``context_unknown``, ``term_undefined``, a
                status that we cannot look up.
        """
        return self._read(_text(wire))[0]

    def _read(self, text: str) -> tuple[Unverified, sd_jwt.SdJwt, sd_jwt.Opened]:
        parts = sd_jwt.split(text)
        jws = peek_dated(parts.issuer_jwt, typ=_TYPES)
        check_content_type(jws, "vc")
        if parts.key_binding is not None:
            key_binding.read_key_binding(parts.key_binding)
        opened = sd_jwt.open_disclosures(jws.payload, parts.disclosures)
        if not MUST_BE_PLAIN.isdisjoint(path[0] for path in opened.disclosures):
            raise MalformedError("claim_must_be_plain", "a member that is checked was hidden")
        document = opened.payload
        check_credential(document)
        check_agreement(document, document)
        issued_at, validity = times_of(document, data_model.validity_of(document))
        key_id = jws.header.get("kid")
        unverified = Unverified(
            format=TYPE,
            wire=text,
            credential=vcdm.credential_of(document, issued_at=issued_at, validity=validity),
            key=KeyReference(
                data_model.issuer_of(document), key_id if isinstance(key_id, str) else None
            ),
            holder=_holder(document),
            disclosable=frozenset(
                path[1:] for path in opened.disclosures if path[0] == _SUBJECT and path[1:]
            ),
            presented=parts.key_binding is not None,
            document=document,
        )
        return unverified, parts, opened

    def check_proof(self, unverified: Unverified, key: VerificationKey, *, at: datetime) -> None:
        """The issuer's signature holds under ``key``, and was not made in the future.

        Raises:
            ProofInvalid: ``signature_invalid`` or ``alg_key_mismatch``.
            OutsideValidity: ``not_yet_valid`` where ``iat`` lies ahead.
        """
        check_compact(_text(unverified.wire).partition("~")[0], signing_key(key), typ=_TYPES)
        check_not_ahead(unverified.credential.issued_at, at=at)

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
            (_SUBJECT, *concrete)
            for path in disclose
            for concrete, _ in select(unverified.credential.claims, path)
        ]
        disclosures = [text for path, text in opened.disclosures.items() if _kept(path, shown)]
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
    if isinstance(wire, str):
        return wire
    envelope = envelopes.open_envelope(wire)
    if envelope.media_type != MEDIA_TYPE:
        raise MalformedError("token_malformed", "an envelope of another media type")
    return envelope.data


def _kept(path: ClaimsPath, shown: list[ClaimsPath]) -> bool:
    """The disclosure lies at, around or inside something shown; the subject itself always is."""
    return path == (_SUBJECT,) or any(path[: len(other)] == other[: len(path)] for other in shown)


def _holder(document: JsonObject) -> PublicKey | None:
    if "cnf" not in document:
        return vcdm.holder_key(data_model.subject_of(document))
    confirmation = document["cnf"]
    jwk = confirmation.get("jwk") if isinstance(confirmation, dict) else None
    if not isinstance(jwk, dict):
        raise UnsupportedError("cnf_unsupported", "expected cnf.jwk")
    return public_key_from_jwk(jwk)
