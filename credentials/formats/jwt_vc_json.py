"""jwt_vc_json: a credential of data model 1.1 as a JWT (VC Data Model 1.1, section 6.3.1).

The document stands in the claim ``vc``; registered claims take the place of some of its members.
Shown whole, in a JWT with the claim ``vp`` whose ``aud`` and ``nonce`` name the request.
"""

from datetime import datetime
from typing import ClassVar

from credentials import data_model, envelopes
from credentials.bbs_keys import IssuingSigner, VerificationKey, message_signer
from credentials.claims import Paths
from credentials.context_terms import terms_of
from credentials.encoding import JsonObject, JsonValue
from credentials.errors import MalformedError
from credentials.formats import vcdm, whole_jwt
from credentials.formats.token_claims import (
    check_issuer,
    peek_dated,
    refuse_chain,
    request_claims,
)
from credentials.formats.whole_jwt import header_of
from credentials.jose import Jws, numeric_date, sign_compact
from credentials.keys import PublicKey, Signer
from credentials.model import (
    Binding,
    Credential,
    Entropy,
    Unverified,
    Validity,
    Wire,
)
from schemas.contexts import SKILLS_CONTEXT

IDENTIFIER = "jwt_vc_json"
TYPE = "JWT"
_TYPES = frozenset([TYPE])
_STATUS_CONTEXT = "https://www.w3.org/ns/credentials/status/v1"
_ENVELOPED = "application/jwt"


class JwtVcJson:
    """The format ``jwt_vc_json``; it has no state."""

    identifier: ClassVar[str] = IDENTIFIER
    selective: ClassVar[bool] = False

    def issue(
        self,
        credential: Credential,
        signer: IssuingSigner,
        *,
        holder: PublicKey | None,
        disclosable: Paths,  # noqa: ARG002 - this format is shown whole
        entropy: Entropy,  # noqa: ARG002 - nothing here is random
    ) -> str:
        """Sign a credential whose subject is ``holder``.

        Raises:
            ValueError: a status that is no bitstring status.
        """
        document = vcdm.unsigned(credential, credential.claims, holder)
        inner: JsonObject = {
            "@context": [data_model.V1_CONTEXT, SKILLS_CONTEXT],
            "type": document["type"],
            "credentialSubject": document["credentialSubject"],
        }
        if credential.status:
            inner["@context"] = [data_model.V1_CONTEXT, _STATUS_CONTEXT, SKILLS_CONTEXT]
            inner["credentialStatus"] = document["credentialStatus"]
        payload = _registered(credential, data_model.subject_of(document)) | {"vc": inner}
        return sign_compact(header_of(TYPE, signer.public.key_id), payload, message_signer(signer))

    def parse(self, wire: Wire) -> Unverified:
        """Read a credential, or a presentation of exactly one.

        Raises:
            MalformedError: ``token_malformed``, ``typ_not_allowed``, ``claim_missing``,
                ``claim_collision``, ``date_invalid``, ``presentation_not_one``, or as
                ``data_model``.
            UnsupportedError: ``context_unknown``, a status that we cannot look up.
        """
        text = _text(wire)
        tokens = _tokens(text)
        document = _document(tokens[0].payload)
        terms_of(document["@context"])
        validity = _validity(tokens[0].payload, document)
        return whole_jwt.unverified_of(
            text, tokens, document, identifier=IDENTIFIER, validity=validity
        )

    def check_proof(self, unverified: Unverified, key: VerificationKey, *, at: datetime) -> None:
        """See ``token_claims.check_issuer``."""
        check_issuer(unverified, key, at=at)

    def present(
        self,
        held: Wire,
        holder: Signer,
        binding: Binding,
        *,
        disclose: Paths,  # noqa: ARG002 - this format is shown whole
        at: datetime,
    ) -> str:
        """Wrap a credential in a presentation that the holder signs for one request.

        Raises:
            BindingInvalid: ``config_nonce_required``.
            CredentialError: ``held`` cannot be read.
        """
        text = _text(held)
        document = _document(peek_dated(text, typ=_TYPES).payload)
        method = vcdm.holder_method(data_model.subject_of(document), holder.public)
        payload: JsonObject = {
            "iss": vcdm.did_of(method),
            "vp": {
                "@context": [data_model.V1_CONTEXT],
                "type": [data_model.PRESENTATION],
                "verifiableCredential": [text],
            },
            **request_claims(binding, at=at),
        }
        return sign_compact(header_of(TYPE, method), payload, holder)

    def check_binding(
        self, unverified: Unverified, *, expected: Binding | None, at: datetime
    ) -> None:
        """See ``whole_jwt.check_presenter``."""
        whole_jwt.check_presenter(unverified, expected=expected, at=at)


def _text(wire: Wire) -> str:
    if not isinstance(wire, str):
        raise MalformedError("token_malformed", "expected compact text")
    return wire


def _registered(credential: Credential, subject: JsonObject) -> JsonObject:
    validity = credential.validity
    payload: JsonObject = {
        "iss": credential.issuer,
        "iat": int(credential.issued_at.timestamp()),
    }
    if "id" in subject:
        payload["sub"] = subject["id"]
    if credential.credential_id is not None:
        payload["jti"] = credential.credential_id
    if validity.valid_from is not None:
        payload["nbf"] = int(validity.valid_from.timestamp())
    if validity.valid_until is not None:
        payload["exp"] = int(validity.valid_until.timestamp())
    return payload


def _document(payload: JsonObject) -> JsonObject:
    """The document, with the members that registered claims stand for (6.3.1.2, decoding)."""
    inner = payload.get("vc")
    if not isinstance(inner, dict):
        raise MalformedError("claim_missing", "vc is no object")
    document = dict(inner)
    data_model.base_context(document)
    issuer = document.get("issuer")
    if isinstance(issuer, dict):
        document["issuer"] = named = dict(issuer)
        _take(named, "id", payload, "iss")
    else:
        _take(document, "issuer", payload, "iss")
    _take(document, "id", payload, "jti")
    subject = dict(data_model.subject_of(document))
    _take(subject, "id", payload, "sub")
    return {**document, "credentialSubject": subject}


def _take(document: JsonObject, name: str, payload: JsonObject, claim: str) -> None:
    if claim in payload and document.setdefault(name, payload[claim]) != payload[claim]:
        raise MalformedError("claim_collision", f"{claim} says something else")


def _validity(payload: JsonObject, document: JsonObject) -> Validity:
    """The document's own dates; in version 1.1 ``nbf`` or ``iat`` stand for the first of them."""
    dated = dict(document)
    first = "issuanceDate"
    stands_in = numeric_date(payload, "nbf") or numeric_date(payload, "iat")
    own = first in dated
    if data_model.base_context(document) == data_model.V1_CONTEXT and not own and stands_in:
        dated[first] = data_model.format_time(stands_in)
        return Validity(None, data_model.validity_of(dated).valid_until)
    return data_model.validity_of(dated)


def _tokens(text: str) -> tuple[Jws, ...]:
    """The credential's token, and the presentation's where it came in one."""
    outer = peek_dated(text, typ=_TYPES)
    if "vp" not in outer.payload:
        return (outer,)
    refuse_chain(outer)
    return peek_dated(_only_credential(outer), typ=_TYPES), outer


def _only_credential(jws: Jws) -> str:
    presentation = jws.payload["vp"]
    if not isinstance(presentation, dict) or "vc" in jws.payload:
        raise MalformedError("claim_missing", "vp is no object, or stands beside vc")
    data_model.base_context(presentation)
    if data_model.PRESENTATION not in data_model.types_of(presentation):
        raise MalformedError("type_missing", f"expected {data_model.PRESENTATION}")
    return _token(whole_jwt.only_entry(presentation))


def _token(entry: JsonValue) -> str:
    if isinstance(entry, str):
        return entry
    if isinstance(entry, dict):
        envelope = envelopes.open_envelope(entry)
        if envelope.media_type == _ENVELOPED:
            return envelope.data
    raise MalformedError("presentation_not_one", "expected exactly one JWT")
