"""vc+jwt: a credential of data model 2.0 as a JWT (VC-JOSE-COSE, section 3.1), shown whole.

The document is the claims set. A presentation is a ``vp+jwt`` of exactly one enveloped
credential; its ``aud`` and ``nonce`` name the request.
"""

from datetime import datetime
from typing import ClassVar

from credentials import data_model, envelopes
from credentials.bbs_keys import IssuingSigner, VerificationKey, message_signer, signing_key
from credentials.claims import Paths
from credentials.document_rules import check_credential, check_presentation
from credentials.encoding import JsonObject
from credentials.errors import BindingInvalid, MalformedError
from credentials.formats import vcdm
from credentials.formats.token_claims import (
    check_agreement,
    check_content_type,
    check_holder,
    check_not_ahead,
    peek_dated,
    request_claims,
    times_of,
)
from credentials.jose import Jws, check_compact, sign_compact
from credentials.keys import PublicKey, Signer
from credentials.model import (
    Binding,
    Credential,
    Entropy,
    KeyReference,
    Unverified,
    Wire,
)

TYPE, PRESENTATION_TYPE = "vc+jwt", "vp+jwt"
MEDIA_TYPE, PRESENTATION_MEDIA_TYPE = f"application/{TYPE}", f"application/{PRESENTATION_TYPE}"

_TYPES = frozenset([TYPE])
_PRESENTATION_TYPES = frozenset([PRESENTATION_TYPE])


class VcJwt:
    """The format ``vc+jwt``; it has no state."""

    identifier: ClassVar[str] = TYPE
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
        payload = vcdm.unsigned(credential, credential.claims, holder)
        payload |= {"iss": credential.issuer, "iat": int(credential.issued_at.timestamp())}
        return sign_compact(
            _header(TYPE, "vc", signer.public.key_id), payload, message_signer(signer)
        )

    def parse(self, wire: Wire) -> Unverified:
        """Read a credential, or a presentation of exactly one; either may stand in an envelope.

        Raises:
            MalformedError: ``token_malformed``, ``typ_not_allowed``, ``claim_collision``,
                ``claim_not_allowed``, ``date_invalid``, ``presentation_not_one``, or as
                ``document_rules`` and ``data_model``.
            UnsupportedError: ``context_unknown``, ``term_undefined``, a status that we cannot
                look up.
        """
        text = text_of(wire)
        token, presented = _credential_token(text)
        jws = peek_dated(token, typ=_TYPES)
        check_content_type(jws, "vc")
        document = jws.payload
        check_credential(document)
        check_agreement(document, document)
        issued_at, validity = times_of(document, data_model.validity_of(document))
        key_id = jws.header.get("kid")
        return Unverified(
            format=self.identifier,
            wire=text,
            credential=vcdm.credential_of(document, issued_at=issued_at, validity=validity),
            key=KeyReference(
                data_model.issuer_of(document), key_id if isinstance(key_id, str) else None
            ),
            holder=vcdm.holder_key(data_model.subject_of(document)),
            disclosable=frozenset(),
            presented=presented,
        )

    def check_proof(self, unverified: Unverified, key: VerificationKey, *, at: datetime) -> None:
        """The issuer's signature holds under ``key``, and was not made in the future.

        Raises:
            ProofInvalid: ``signature_invalid`` or ``alg_key_mismatch``.
            OutsideValidity: ``not_yet_valid`` where ``iat`` lies ahead.
        """
        token, _ = _credential_token(text_of(unverified.wire))
        check_compact(token, signing_key(key), typ=_TYPES)
        check_not_ahead(unverified.credential.issued_at, at=at)

    def present(
        self,
        held: Wire,
        holder: Signer,
        binding: Binding,
        *,
        disclose: Paths,  # noqa: ARG002 - this format is shown whole
        at: datetime,
    ) -> str:
        """Envelop a credential in a presentation that the holder signs for one request.

        Raises:
            BindingInvalid: ``config_nonce_required``.
            CredentialError: ``held`` cannot be read.
        """
        text = text_of(held)
        subject = data_model.subject_of(peek_dated(text, typ=_TYPES).payload)
        method = vcdm.holder_method(subject, holder.public)
        payload: JsonObject = {
            "@context": [data_model.V2_CONTEXT],
            "type": [data_model.PRESENTATION],
            "holder": vcdm.did_of(method),
            "verifiableCredential": [envelopes.envelop(MEDIA_TYPE, text)],
            **request_claims(binding, at=at),
        }
        return sign_compact(_header(PRESENTATION_TYPE, "vp", method), payload, holder)

    def check_binding(
        self, unverified: Unverified, *, expected: Binding | None, at: datetime
    ) -> None:
        """The presentation is signed by the subject's key, fresh, and for the expected request.

        Raises:
            BindingInvalid: as ``token_claims.check_holder``.
        """
        if not unverified.presented:
            raise BindingInvalid("holder_binding_missing", "a credential without a presentation")
        jws = peek_dated(text_of(unverified.wire), typ=_PRESENTATION_TYPES)
        check_holder(unverified, jws, expected=expected, at=at)


def text_of(wire: Wire) -> str:
    """The token itself, also out of an envelope.

    Raises:
        MalformedError: ``envelope_invalid``, ``token_malformed`` for another media type.
    """
    if isinstance(wire, str):
        return wire
    kind = wire.get("type")
    is_presentation = kind in (envelopes.PRESENTATION, [envelopes.PRESENTATION])
    kind = envelopes.PRESENTATION if is_presentation else envelopes.CREDENTIAL
    envelope = envelopes.open_envelope(wire, kind=kind)
    if envelope.media_type != (PRESENTATION_MEDIA_TYPE if is_presentation else MEDIA_TYPE):
        raise MalformedError("token_malformed", "an envelope of another media type")
    return envelope.data


def _credential_token(text: str) -> tuple[str, bool]:
    """The credential, and whether it came in a presentation."""
    jws = peek_dated(text, typ=_TYPES | _PRESENTATION_TYPES)
    if jws.header["typ"] == TYPE:
        return text, False
    return _only_credential(jws), True


def _only_credential(jws: Jws) -> str:
    check_content_type(jws, "vp")
    document = jws.payload
    check_presentation(document)
    check_agreement(document, document)
    value = document.get("verifiableCredential")
    entries = value if isinstance(value, list) else [value]
    if len(entries) != 1 or not isinstance(entries[0], dict):
        raise MalformedError("presentation_not_one", "expected exactly one enveloped credential")
    envelope = envelopes.open_envelope(entries[0])
    if envelope.media_type != MEDIA_TYPE:
        raise MalformedError("presentation_not_one", f"expected {MEDIA_TYPE}")
    return envelope.data


def _header(typ: str, content: str, key_id: str | None) -> JsonObject:
    header: JsonObject = {"typ": typ, "cty": content}
    if key_id is not None:
        header["kid"] = key_id
    return header
