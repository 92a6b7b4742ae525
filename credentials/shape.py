"""Step 8 of a verdict: a credential has the shape of its type, by local copies alone.

Three things say what that shape is: our JSON Schema of the claims, the type metadata of an SD-JWT
VC, and the profile of Open Badges. What none of them knows is not held against any.
"""

from collections.abc import Callable

import referencing
from jsonschema import Draft202012Validator

from credentials.badges import check_badge, is_badge
from credentials.encoding import JsonObject
from credentials.errors import SchemaMismatch, UndeterminedError
from credentials.formats import format_of
from credentials.formats.sd_jwt_vc import SdJwtVc
from credentials.formats.type_metadata import check_claims, read_type
from credentials.model import Unverified

SchemaOf = Callable[[str], JsonObject | None]
"""JSON Schema of the claims of a type; None for a type of others."""

MetadataOf = Callable[[str], bytes | None]
"""Type metadata by ``vct``, as its octets were published; None for a type of others."""

_HIDING = frozenset({"required", "minItems", "minProperties", "contains", "dependentRequired"})
"""Schema rules that a holder breaks by leaving something out, as is his right."""


def check_shape(unverified: Unverified, *, schemas: SchemaOf, types: MetadataOf) -> bool:
    """Hold a credential whose proof held against all that is known about its type.

    Returns:
        Whether anything is known about it.

    Raises:
        SchemaMismatch: ``schema_mismatch``, ``type_claims_mismatch``.
        RejectedError: ``type_metadata_invalid``.
        MalformedError: ``badge_malformed`` and what else ``check_badge`` raises.
        UndeterminedError: ``type_metadata_unknown``: the type extends one that we have no copy of.
    """
    selective = format_of(unverified.wire).selective
    known = _check_schema(unverified, schemas, selective=selective)
    known |= _check_metadata(unverified, types)
    document = unverified.document
    if document is not None and is_badge(document):
        check_badge(document, whole=not selective)
        known = True
    return known


def _check_schema(unverified: Unverified, schemas: SchemaOf, *, selective: bool) -> bool:
    """The claims; in selective formats some may be left out."""
    schema = schemas(unverified.credential.type)
    if schema is None:
        return False
    validator = Draft202012Validator(
        schema,
        registry=referencing.Registry(),  # an empty one: a reference never opens a connection
        format_checker=Draft202012Validator.FORMAT_CHECKER,
    )
    excused = _HIDING if selective else frozenset()
    for error in validator.iter_errors(unverified.credential.claims):
        if error.validator not in excused:
            raise SchemaMismatch("schema_mismatch", error.json_path)
    return True


def _check_metadata(unverified: Unverified, types: MetadataOf) -> bool:
    """What the type says about its claims, if its metadata are those that the issuer meant."""
    credential = unverified.credential
    if unverified.format != SdJwtVc.identifier or types(credential.type) is None:
        return False

    def copy_of(vct: str) -> bytes:
        octets = types(vct)
        if octets is None:
            raise UndeterminedError("type_metadata_unknown", "a type that we have no copy of")
        return octets

    found = read_type(credential.type, copy_of, integrity=credential.type_integrity)
    check_claims(found, credential.claims, unverified.disclosable)
    return True
