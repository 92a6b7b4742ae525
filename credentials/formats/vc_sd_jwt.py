"""vc+sd-jwt: data model 2.0 secured by SD-JWT (VC-JOSE-COSE, section 3.2), chosen per detail.

The document is the claims set; what the holder may leave out lies inside ``credentialSubject``.
A presentation ends with a key-binding JWT by the key in ``cnf`` (RFC 9901, section 4.3).
"""

from datetime import datetime
from typing import ClassVar

from credentials import data_model, envelopes
from credentials.bbs_keys import IssuingSigner, VerificationKey
from credentials.claims import ClaimsPath, Paths, select
from credentials.document_rules import check_credential
from credentials.encoding import JsonObject
from credentials.errors import MalformedError
from credentials.formats import concealment, selective_jwt, vcdm
from credentials.formats.token_claims import (
    check_agreement,
    check_content_type,
    check_issuer,
    peek_dated,
    times_of,
)
from credentials.jose import Jws
from credentials.keys import PublicKey, Signer
from credentials.model import (
    Binding,
    Credential,
    Entropy,
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
        chosen = (concrete for path in disclose for concrete, _ in select(claims, path))
        shown: list[ClaimsPath] = [(_SUBJECT, *concrete) for concrete in chosen]
        whole = frozenset([(_SUBJECT,)])  # a subject that is hidden as such comes along in any case
        return selective_jwt.present(reading, shown, holder, binding, at=at, always=whole)

    def check_binding(
        self, unverified: Unverified, *, expected: Binding | None, at: datetime
    ) -> None:
        """See ``selective_jwt.check_presenter``."""
        selective_jwt.check_presenter(unverified, expected=expected, at=at)


def _text(wire: Wire) -> str:
    if isinstance(wire, str):
        return wire
    envelope = envelopes.open_envelope(wire)
    if envelope.media_type != MEDIA_TYPE:
        raise MalformedError("token_malformed", "an envelope of another media type")
    return envelope.data


def _peek(token: str) -> Jws:
    jws = peek_dated(token, typ=_TYPES)
    check_content_type(jws, "vc")
    return jws


def _unverified(text: str, reading: selective_jwt.Reading) -> Unverified:
    document, disclosures = reading.opened.payload, reading.opened.disclosures
    if not MUST_BE_PLAIN.isdisjoint(path[0] for path in disclosures):
        raise MalformedError("claim_must_be_plain", "a member that is checked was hidden")
    check_credential(document)
    check_agreement(document, document)
    issued_at, validity = times_of(document, data_model.validity_of(document))
    return Unverified(
        format=TYPE,
        wire=text,
        credential=vcdm.credential_of(document, issued_at=issued_at, validity=validity),
        key=reading.key(data_model.issuer_of(document)),
        holder=_holder(document),
        disclosable=frozenset(path[1:] for path in disclosures if path[0] == _SUBJECT and path[1:]),
        presented=reading.parts.key_binding is not None,
        document=document,
        tokens=reading.tokens,
    )


def _holder(document: JsonObject) -> PublicKey | None:
    if "cnf" not in document:
        return vcdm.holder_key(data_model.subject_of(document))
    return selective_jwt.confirmed_key(document)
