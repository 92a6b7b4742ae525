"""vc+jwt: a credential of data model 2.0 as a JWT (VC-JOSE-COSE, section 3.1), shown whole.

The document is the claims set. A presentation is a ``vp+jwt`` of exactly one enveloped
credential; its ``aud`` and ``nonce`` name the request.
"""

from datetime import datetime
from typing import ClassVar

from credentials import data_model, envelopes
from credentials.bbs_keys import IssuingSigner, VerificationKey, message_signer
from credentials.claims import Paths
from credentials.document_rules import check_credential, check_presentation
from credentials.encoding import JsonObject
from credentials.errors import MalformedError
from credentials.formats import vcdm, whole_jwt
from credentials.formats.token_claims import (
    check_agreement,
    check_content_type,
    check_issuer,
    peek_dated,
    refuse_chain,
    request_claims,
)
from credentials.formats.whole_jwt import header_of
from credentials.jose import Jws, sign_compact
from credentials.keys import PublicKey, Signer
from credentials.model import (
    Binding,
    Credential,
    Entropy,
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
        header = header_of(TYPE, signer.public.key_id, cty="vc")
        return sign_compact(header, payload, message_signer(signer))

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
        tokens = _tokens(text)
        check_content_type(tokens[0], "vc")
        document = tokens[0].payload
        check_credential(document)
        check_agreement(document, document)
        validity = data_model.validity_of(document)
        return whole_jwt.unverified_of(text, tokens, document, identifier=TYPE, validity=validity)

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
        return sign_compact(header_of(PRESENTATION_TYPE, method, cty="vp"), payload, holder)

    def check_binding(
        self, unverified: Unverified, *, expected: Binding | None, at: datetime
    ) -> None:
        """See ``whole_jwt.check_presenter``."""
        whole_jwt.check_presenter(unverified, expected=expected, at=at)


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


def _tokens(text: str) -> tuple[Jws, ...]:
    """The credential's token, and the presentation's where it came in one."""
    outer = peek_dated(text, typ=_TYPES | _PRESENTATION_TYPES)
    if outer.header["typ"] == TYPE:
        return (outer,)
    refuse_chain(outer)
    return peek_dated(_only_credential(outer), typ=_TYPES), outer


def _only_credential(jws: Jws) -> str:
    check_content_type(jws, "vp")
    document = jws.payload
    check_presentation(document)
    check_agreement(document, document)
    entry = whole_jwt.only_entry(document)
    if not isinstance(entry, dict):
        raise MalformedError("presentation_not_one", "expected an enveloped credential")
    envelope = envelopes.open_envelope(entry)
    if envelope.media_type != MEDIA_TYPE:
        raise MalformedError("presentation_not_one", f"expected {MEDIA_TYPE}")
    return envelope.data
