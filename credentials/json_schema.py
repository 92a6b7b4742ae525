"""Credentials against JSON Schema (W3C VC JSON Schema): ``credentialSchema`` of both types.

The caller has the schema already: nothing is fetched, and a reference out of it is not followed.
Give it schemas of known origin only: a pattern may be written so that matching takes for ever.
"""

import re
from collections.abc import Mapping
from enum import StrEnum
from hashlib import sha256, sha384
from types import MappingProxyType
from typing import TYPE_CHECKING

from credentials.data_model import digests_match, is_url, types_of
from credentials.encoding import JsonObject, JsonValue, canonical_json, check_json
from credentials.errors import CredentialError

if TYPE_CHECKING:
    from jsonschema.protocols import Validator

SCHEMA_OF_SCHEMAS = "https://www.w3.org/2022/credentials/v2/json-schema-credential-schema.json"
"""What the ``credentialSchema`` of every JsonSchemaCredential is (section 2.2)."""

_DIALECTS: Mapping[str, str] = MappingProxyType(
    {
        "https://json-schema.org/draft/2020-12/schema": "Draft202012Validator",
        "https://json-schema.org/draft/2019-09/schema": "Draft201909Validator",
        "http://json-schema.org/draft-07/schema": "Draft7Validator",
        "https://json-schema.org/draft-07/schema": "Draft7Validator",
    }
)
"""``$schema`` without a trailing ``#`` (section 3) to the validator's name."""


class SchemaOutcome(StrEnum):
    """The three answers of section 4.2."""

    SUCCESS = "success"
    FAILURE = "failure"
    INDETERMINATE = "indeterminate"


def validate(
    credential: JsonObject, schema: JsonObject, *, octets: bytes | None = None
) -> SchemaOutcome:
    """Hold a credential against one schema that it names.

    Args:
        credential: its ``credentialSchema`` has an entry for this very schema.
        schema: a JSON Schema, or a JsonSchemaCredential that holds one. Whether the latter is
            secured by someone who is trusted is for the caller to check.
        octets: the schema as it was received, for an entry with a digest; without them such an
            entry cannot be judged.

    Returns:
        SUCCESS, FAILURE (also for a schema that is none, or that the credential does not name),
        or INDETERMINATE: a dialect that we do not know, a reference out of the schema, a digest
        that could not be compared.
    """
    try:
        check_json(schema)
        check_json(credential)
        canonical_json(schema)
    except CredentialError:
        return SchemaOutcome.FAILURE
    is_credential = "credentialSubject" in schema
    kind = "JsonSchemaCredential" if is_credential else "JsonSchema"
    name = schema.get("id" if is_credential else "$id")
    entry = _entry(credential, name, kind)
    rules = _rules_of(schema) if is_credential else schema
    if entry is None or rules is None or not is_url(rules.get("$id")):
        return SchemaOutcome.FAILURE
    digest = _digest_outcome(entry, octets)
    return _outcome(credential, rules) if digest is SchemaOutcome.SUCCESS else digest


def _entry(credential: JsonObject, name: JsonValue, kind: str) -> JsonObject | None:
    """The entry of ``credentialSchema`` for this schema (section 2)."""
    if not is_url(name):
        return None
    value = credential.get("credentialSchema")
    for entry in value if isinstance(value, list) else [value]:
        if isinstance(entry, dict) and entry.get("id") == name and entry.get("type") == kind:
            return entry
    return None


def _rules_of(credential: JsonObject) -> JsonObject | None:
    """The schema inside a JsonSchemaCredential, where it has the form of section 2.2."""
    try:
        types = types_of(credential)
    except CredentialError:
        return None
    subject, own = credential.get("credentialSubject"), credential.get("credentialSchema")
    if not isinstance(subject, dict) or not isinstance(own, dict):
        return None
    named = own.get("id") == SCHEMA_OF_SCHEMAS and own.get("type") == "JsonSchema"
    rules = subject.get("jsonSchema")
    if "JsonSchemaCredential" not in types or subject.get("type") != "JsonSchema" or not named:
        return None
    return rules if isinstance(rules, dict) else None


def _digest_outcome(entry: JsonObject, octets: bytes | None) -> SchemaOutcome:
    if "digestSRI" not in entry and "digestMultibase" not in entry:
        return SchemaOutcome.SUCCESS
    if octets is None:
        return SchemaOutcome.INDETERMINATE
    try:
        fits = digests_match(
            entry,
            sha256=[sha256(octets).hexdigest()],
            sha384=[sha384(octets).hexdigest()],
        )
    except CredentialError:
        fits = False
    return SchemaOutcome.SUCCESS if fits else SchemaOutcome.FAILURE


def _outcome(credential: JsonObject, rules: JsonObject) -> SchemaOutcome:
    import jsonschema  # noqa: PLC0415 - costs 0.1 s, and most credentials name no schema
    import referencing  # noqa: PLC0415 - as above

    dialect = rules.get("$schema")
    if not isinstance(dialect, str):
        return SchemaOutcome.FAILURE
    name = _DIALECTS.get(dialect.removesuffix("#"))
    if name is None:
        return SchemaOutcome.INDETERMINATE
    kind: type[Validator] = getattr(jsonschema, name)
    try:
        kind.check_schema(rules)
        checker = kind(rules, registry=referencing.Registry(), format_checker=kind.FORMAT_CHECKER)
        holds = checker.is_valid(credential)
    except (jsonschema.SchemaError, re.error, ArithmeticError):  # a pattern or number that is none
        return SchemaOutcome.FAILURE
    except (referencing.exceptions.Unresolvable, RecursionError):
        return SchemaOutcome.INDETERMINATE
    return SchemaOutcome.SUCCESS if holds else SchemaOutcome.FAILURE
