"""The W3C data model behind several formats: from our values to a document, and back.

Written is always data model 2.0 in our own context; read are 1.1 and 2.0.
"""

from datetime import datetime

from credentials import data_model, dids
from credentials.bbs_keys import VerificationKey
from credentials.encoding import JsonObject, JsonValue
from credentials.errors import UndeterminedError
from credentials.keys import PublicKey
from credentials.model import Credential, StatusKind, StatusReference, Validity
from schemas.contexts import SKILLS_CONTEXT

ASSERTION, AUTHENTICATION = "assertionMethod", "authentication"

SELF_NAMED = ("did:key:", "did:jwk:")
"""Identifiers that carry their own key."""


def unsigned(credential: Credential, claims: JsonObject, holder: PublicKey | None) -> JsonObject:
    """A credential of data model 2.0, before any proof.

    Args:
        credential: its own ``claims`` are not read.
        claims: about the subject, as they shall stand in the document.
        holder: becomes the subject's identifier, a did:jwk.

    Raises:
        ValueError: a status that is no bitstring status.
    """
    subject: JsonObject = dict(claims)
    if holder is not None:
        subject["id"] = dids.did_jwk(holder)
    document: JsonObject = {
        "@context": [data_model.V2_CONTEXT, SKILLS_CONTEXT],
        "type": [data_model.CREDENTIAL, credential.type],
        "issuer": credential.issuer,
        "credentialSubject": subject,
    }
    if credential.credential_id is not None:
        document["id"] = credential.credential_id
    if credential.validity.valid_from is not None:
        document["validFrom"] = data_model.format_time(credential.validity.valid_from)
    if credential.validity.valid_until is not None:
        document["validUntil"] = data_model.format_time(credential.validity.valid_until)
    if credential.status:
        document["credentialStatus"] = status_entries(credential.status)
    return document


def status_entries(statuses: tuple[StatusReference, ...]) -> list[JsonValue]:
    """``credentialStatus`` as Bitstring Status List 1.0, section 2.1 writes it.

    Raises:
        ValueError: a status that is no bitstring status.
    """
    return [*map(_status_entry, statuses)]


def credential_of(document: JsonObject, *, issued_at: datetime, validity: Validity) -> Credential:
    """What a document says, in our values.

    Raises:
        CredentialError: as the readers of ``data_model``.
    """
    subject = data_model.subject_of(document)
    return Credential(
        type=data_model.credential_type(document),
        issuer=data_model.issuer_of(document),
        claims={name: value for name, value in subject.items() if name != "id"},
        issued_at=issued_at,
        validity=validity,
        status=data_model.status_of(document),
        credential_id=data_model.credential_id(document),
    )


def holder_key(subject: JsonObject) -> PublicKey | None:
    """The key in the subject's own identifier; None where that names no key."""
    name = subject.get("id")
    if not isinstance(name, str) or not name.startswith(SELF_NAMED):
        return None
    return dids.resolve(name, _no_fetch).key(None, AUTHENTICATION)


def holder_method(subject: JsonObject, key: PublicKey) -> str:
    """The verification method for a holder's key, as the subject's identifier spells it."""
    bound = holder_key(subject)
    if bound is not None and bound == key and bound.key_id is not None:
        return bound.key_id
    return dids.resolve(dids.did_jwk(key), _no_fetch).key(None, AUTHENTICATION).key_id or ""


def self_named_key(method: str, purpose: str) -> VerificationKey:
    """The key that a verification method itself carries.

    Raises:
        UndeterminedError: ``fetch_failed`` for any other method.
        CredentialError: as ``dids.resolve``.
    """
    return dids.resolve(did_of(method), _no_fetch).verification_key(method, purpose)


def did_of(method: str) -> str:
    """The identifier in front of the ``#`` of a verification method."""
    return method.partition("#")[0]


def _status_entry(status: StatusReference) -> JsonObject:
    if status.kind is not StatusKind.BITSTRING:
        raise ValueError(status.kind)
    entry: JsonObject = {
        "type": data_model.STATUS_ENTRY,
        "statusPurpose": status.purpose.value,
        "statusListIndex": str(status.index),
        "statusListCredential": status.uri,
    }
    if status.size > 1:
        entry["statusSize"] = status.size
    if status.messages:
        entry["statusMessage"] = [
            {"status": hex(value), "message": text} for value, text in enumerate(status.messages)
        ]
    if status.references:
        entry["statusReference"] = [*status.references]
    return entry


def _no_fetch(url: str) -> bytes:
    raise UndeterminedError("fetch_failed", f"{len(url)} characters: not a self-named key")
