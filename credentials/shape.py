"""Step 8 of a verdict: a credential has the shape of its type, by local copies alone.

Three things say what that shape is: our JSON Schema of the claims, the type metadata of an SD-JWT
VC, and the profile of Open Badges. What none of them knows is not held against any.
"""

from collections.abc import Callable
from dataclasses import dataclass

import referencing
from jsonschema import Draft202012Validator

from credentials.badges import check_badge, is_badge
from credentials.encoding import JsonObject
from credentials.errors import SchemaMismatch, UndeterminedError
from credentials.formats import format_of
from credentials.formats.sd_jwt_vc import SdJwtVc
from credentials.formats.type_metadata import check_claims, read_type
from credentials.memory import Memory
from credentials.model import Unverified
from credentials.shape_plans import HIDING, Plan, plan_of

SchemaOf = Callable[[str], JsonObject | None]
"""JSON Schema of the claims of a type; None for a type of others."""

MetadataOf = Callable[[str], bytes | None]
"""Type metadata by ``vct``, as its octets were published; None for a type of others."""

MAX_PLANS = 256
"""Twice the types of the catalogue, each shown whole or in part."""


@dataclass(frozen=True, slots=True)
class _Judge:
    """One schema, ready to use.

    Attributes:
        schema: held, so that nothing else takes its place in memory.
    """

    schema: JsonObject
    plan: Plan
    validator: Draft202012Validator


_JUDGES: Memory[tuple[int, frozenset[str]], _Judge] = Memory(
    most=MAX_PLANS, most_octets=MAX_PLANS, weigh=lambda _key, _judge: 1
)


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
    excused = HIDING if selective else frozenset()
    judge = _judge_of(schema, excused)
    claims = unverified.credential.claims
    if judge.plan(claims):
        return True
    for error in judge.validator.iter_errors(claims):
        if error.validator not in excused:
            raise SchemaMismatch("schema_mismatch", error.json_path)
    return True


def _judge_of(schema: JsonObject, excused: frozenset[str]) -> _Judge:
    """What judges by a schema; made once, for callers keep the schemas of their types."""
    key = (id(schema), excused)
    found = _JUDGES.find(key)
    if found is None or found.schema is not schema:
        validator = Draft202012Validator(
            schema,
            registry=referencing.Registry(),  # an empty one: a reference never opens a connection
            format_checker=Draft202012Validator.FORMAT_CHECKER,
        )
        found = _Judge(schema, plan_of(schema, excused=excused), validator)
        _JUDGES.keep(key, found)
    return found


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
