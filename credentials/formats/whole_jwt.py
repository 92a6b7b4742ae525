"""A credential that a JWT shows whole: what ``vc+jwt`` and ``jwt_vc_json`` have in common.

The two differ in where the document stands; what it says, and whose signature
the holder's is, is the same (VC-JOSE-COSE 3.1; VC Data Model 1.1, section 6.3.1).
"""

from datetime import datetime

from credentials import data_model
from credentials.encoding import JsonObject, JsonValue
from credentials.errors import BindingInvalid, MalformedError
from credentials.formats import vcdm
from credentials.formats.token_claims import check_holder, key_reference, times_of
from credentials.jose import Jws
from credentials.model import Binding, Unverified, Validity


def unverified_of(
    text: str,
    tokens: tuple[Jws, ...],
    document: JsonObject,
    *,
    identifier: str,
    validity: Validity,
) -> Unverified:
    """What a token and the document in it say.

    Args:
        text: what was received: the credential's token, or the presentation around it.
        tokens: the credential's, and the presentation's where it came in one.
        document: of the credential.
        identifier: of the format.
        validity: the document's own dates, without those of the token.

    Raises:
        CredentialError: as ``times_of`` and ``vcdm.credential_of``.
    """
    issued_at, both = times_of(tokens[0].payload, validity)
    return Unverified(
        format=identifier,
        wire=text,
        credential=vcdm.credential_of(document, issued_at=issued_at, validity=both),
        key=key_reference(tokens[0], data_model.issuer_of(document)),
        holder=vcdm.holder_key(data_model.subject_of(document)),
        disclosable=frozenset(),
        presented=len(tokens) > 1,
        document=document,
        tokens=tokens,
    )


def check_presenter(unverified: Unverified, *, expected: Binding | None, at: datetime) -> None:
    """The presentation is signed by the subject's key, fresh, and for the expected request.

    Raises:
        BindingInvalid: as ``token_claims.check_holder``.
    """
    if not unverified.presented:
        raise BindingInvalid("holder_binding_missing", "a credential without a presentation")
    check_holder(unverified, unverified.tokens[1], expected=expected, at=at)


def only_entry(presentation: JsonObject) -> JsonValue:
    """The one credential of a presentation.

    Raises:
        MalformedError: ``presentation_not_one``.
    """
    value = presentation.get("verifiableCredential")
    entries = value if isinstance(value, list) else [value]
    if len(entries) != 1:
        raise MalformedError("presentation_not_one", f"{len(entries)} credentials")
    return entries[0]


def header_of(typ: str, key_id: str | None, **members: str) -> JsonObject:
    """The protected header of a token, beside its ``alg``."""
    named = {} if key_id is None else {"kid": key_id}
    return {"typ": typ, **members, **named}
