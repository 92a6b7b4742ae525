"""Conforming documents (VC Data Model 2.0, sections 1.3 and 4): what any proof may secure.

Reads data model 1.1 as well, by the members of that version. Nothing is fetched and no proof is
checked. Texts may have a direction here (``@direction``, section 11.1): tokens and JCS proofs
cover it. Proofs over RDF statements do not, so ``jsonld.expansion`` refuses to sign it.
"""

from credentials import data_model, envelopes
from credentials.context_terms import Terms, check_types, terms_of
from credentials.encoding import JsonObject, JsonValue
from credentials.errors import MalformedError

MAX_EMBEDDED = 64
"""Credentials in one presentation; a life of courses stays below."""

_TYPED = ("credentialStatus", "credentialSchema", "evidence", "refreshService", "termsOfUse")
"""Members whose values must say their type (4.5); ``proof`` follows the same rule."""

_TEXTS = ("name", "description")
_OF_TEXTS = frozenset(["@value", "@language", "@direction"])
_DIRECTIONS = frozenset(["ltr", "rtl"])


def check_credential(document: JsonObject, *, inline: bool = False) -> Terms:
    """The document is a credential as the data model wants it.

    Args:
        document: with or without a proof.
        inline: contexts written in the document are allowed (see ``context_terms.terms_of``).

    Returns:
        What its contexts define.

    Raises:
        MalformedError: ``context_missing``, ``type_missing``, ``id_invalid``, ``issuer_invalid``,
            ``subject_invalid``, ``date_invalid``, ``text_invalid``, ``object_invalid``,
            ``related_resource_malformed``, ``context_digest_mismatch``, or as ``terms_of``.
        UnsupportedError: ``term_undefined``, ``related_resource_unknown``, or as ``terms_of``.
    """
    terms = _check_frame(document, data_model.CREDENTIAL, inline=inline)
    data_model.issuer_of(document)
    issuer = document["issuer"]
    for described in (document, issuer):
        if isinstance(described, dict):
            _check_texts(described)
    _check_subjects(document.get("credentialSubject"))
    validity = data_model.validity_of(document)
    if validity.valid_from and validity.valid_until and validity.valid_from > validity.valid_until:
        raise MalformedError("date_invalid", "it ends before it starts")
    for name in _TYPED:
        for value in _objects(document, name):
            _check_typed(value, name, terms)
    data_model.check_related_resources(document)
    return terms


def check_presentation(document: JsonObject, *, inline: bool = False) -> Terms:
    """The document is a presentation as the data model wants it, with conforming credentials.

    An embedded credential without a proof is let through: whether the proof of the presentation
    may stand for it is told by ``check_self_asserted``.

    Raises:
        MalformedError: ``holder_invalid``, ``presentation_malformed``, ``envelope_invalid``, or as
            ``check_credential``.
        UnsupportedError: as ``check_credential``.
    """
    terms = _check_frame(document, data_model.PRESENTATION, inline=inline)
    holder = document.get("holder", "urn:nobody")
    if not data_model.is_url(holder.get("id") if isinstance(holder, dict) else holder):
        raise MalformedError("holder_invalid", "member holder is no URL")
    value = document.get("verifiableCredential", [])
    credentials = value if isinstance(value, list) else [value]
    if len(credentials) > MAX_EMBEDDED:
        raise MalformedError("presentation_malformed", f"{len(credentials)} credentials")
    for credential in credentials:
        if not isinstance(credential, dict):
            raise MalformedError("presentation_malformed", "a credential that is no object")
        if envelopes.is_envelope(credential):
            envelopes.open_envelope(credential)
        else:
            check_credential(credential, inline=inline)
    return terms


def check_self_asserted(presentation: JsonObject) -> None:
    """Credentials without a proof of their own are claims of the holder himself (4.13.2).

    Raises:
        MalformedError: ``issuer_not_holder``.
    """
    value = presentation.get("verifiableCredential", [])
    for credential in value if isinstance(value, list) else [value]:
        if not isinstance(credential, dict) or "proof" in credential:
            continue
        if envelopes.is_envelope(credential):
            continue
        holder = presentation.get("holder")
        own = holder.get("id") if isinstance(holder, dict) else holder
        if own is None or data_model.issuer_of(credential) != own:
            raise MalformedError("issuer_not_holder", "an unsecured credential by someone else")


def with_issuer(document: JsonObject, issuer: str) -> JsonObject:
    """The document with its issuer's identifier filled in or replaced; names stay.

    Raises:
        MalformedError: ``issuer_invalid`` where it names one that is no URL.
    """
    value = document.get("issuer", issuer)
    named = {**value, "id": value.get("id", issuer)} if isinstance(value, dict) else value
    data_model.issuer_of({"issuer": named})
    return {**document, "issuer": {**named, "id": issuer} if isinstance(named, dict) else issuer}


def _check_frame(document: JsonObject, kind: str, *, inline: bool) -> Terms:
    """Context, type, identifier and proofs: what credential and presentation have in common."""
    data_model.base_context(document)
    terms = terms_of(document["@context"], inline=inline)
    if kind not in data_model.types_of(document):
        raise MalformedError("type_missing", f"expected {kind}")
    check_types(document, terms)
    data_model.credential_id(document)
    for proof in _objects(document, "proof"):
        data_model.types_of(proof)
    return terms


def _check_subjects(value: JsonValue) -> None:
    subjects = value if isinstance(value, list) else [value]
    if not subjects:
        raise MalformedError("subject_invalid", "no subject")
    for subject in subjects:
        data_model.subject_of({"credentialSubject": subject})


def _check_typed(value: JsonObject, name: str, terms: Terms) -> None:
    data_model.types_of(value)
    check_types(value, terms)
    data_model.credential_id(value)
    if name == "credentialSchema" and "id" not in value:
        raise MalformedError("id_invalid", "a schema without id")


def _objects(document: JsonObject, name: str) -> list[JsonObject]:
    value = document.get(name, [])
    entries = value if isinstance(value, list) else [value]
    objects = [entry for entry in entries if isinstance(entry, dict)]
    if len(objects) != len(entries):
        raise MalformedError("object_invalid", f"member {name}")
    return objects


def _check_texts(described: JsonObject) -> None:
    """Names and descriptions (4.6): plain, or with language and direction, or several."""
    for name in _TEXTS:
        value = described.get(name, "")
        for entry in value if isinstance(value, list) else [value]:
            if not isinstance(entry, str) and not _is_text(entry):
                raise MalformedError("text_invalid", f"member {name}")


def _is_text(value: JsonValue) -> bool:
    return (
        isinstance(value, dict)
        and value.keys() <= _OF_TEXTS
        and isinstance(value.get("@value"), str)
        and isinstance(value.get("@language", ""), str)
        and value.get("@direction", "ltr") in _DIRECTIONS
    )
