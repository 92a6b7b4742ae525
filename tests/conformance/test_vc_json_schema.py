"""The 66 files of the official suite of VC JSON Schema, in its own pairs."""

import hashlib
import json
from base64 import b64encode
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.encoding import JsonObject, JsonValue
from credentials.json_schema import SchemaOutcome, validate
from credentials.multibase import multibase_encode

VERSIONS = ("Draft-7", "2019-09", "2020-12")
SUCCESS, FAILURE = SchemaOutcome.SUCCESS, SchemaOutcome.FAILURE
INDETERMINATE = SchemaOutcome.INDETERMINATE
PAIRS = {
    "jsonschema": [
        (1, 1, SUCCESS),
        (1, 2, FAILURE),  # another $id than the credential names
        (2, 1, FAILURE),  # another type
        (1, 3, FAILURE),  # no $id
        (1, 4, FAILURE),  # $id is no address
        (1, 5, FAILURE),  # no $schema
        (1, 6, FAILURE),  # a claim is missing
        (1, 7, INDETERMINATE),  # an unknown $schema
    ],
    "jsonschemacredential": [
        (1, 1, SUCCESS),
        (1, 2, FAILURE),  # another id
        (2, 1, FAILURE),  # another type
        (1, 3, FAILURE),  # the subject has no type
        (1, 4, FAILURE),  # the subject has another type
        (1, 5, FAILURE),  # no jsonSchema
        (1, 6, FAILURE),  # credentialSchema is not the one of the standard
        (1, 7, FAILURE),  # no $id
        (1, 8, FAILURE),  # $id is no address
        (1, 9, FAILURE),  # no $schema
        (1, 10, FAILURE),  # a claim is missing
        (1, 11, INDETERMINATE),  # an unknown $schema
    ],
}
CASES = [(kind, *pair) for kind, pairs in PAIRS.items() for pair in pairs]
SCHEMA: JsonObject = {
    "$id": "https://x.example/s",
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "properties": {"credentialSubject": {"required": ["name"]}},
}
CREDENTIAL: JsonObject = {
    "credentialSchema": {"id": "https://x.example/s", "type": "JsonSchema"},
    "credentialSubject": {"name": "Sam"},
}


def load(path: Path) -> JsonObject:
    document: JsonObject = json.loads(path.read_bytes())
    return document


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(("kind", "credential", "schema", "expected"), CASES)
def test_each_pair_has_the_outcome_of_the_suite(
    vectors: Path, version: str, kind: str, credential: int, schema: int, expected: SchemaOutcome
) -> None:
    folder = vectors / "vc-json-schema" / "input" / kind / version
    outcome = validate(
        load(folder / f"{credential}-credential.json"), load(folder / f"{schema}-schema.json")
    )
    assert outcome is expected


def test_no_file_is_left_out(vectors: Path) -> None:
    for kind, pairs in PAIRS.items():
        used = {f"{number}-credential.json" for number, _, _ in pairs}
        used |= {f"{number}-schema.json" for _, number, _ in pairs}
        for version in VERSIONS:
            folder = vectors / "vc-json-schema" / "input" / kind / version
            assert {path.name for path in folder.iterdir()} == used
    assert len(list((vectors / "vc-json-schema").rglob("*.json"))) == 66


def test_one_of_several_schemas_is_enough_to_name_it() -> None:
    entries = [{"id": "https://x.example/t", "type": "JsonSchema"}, CREDENTIAL["credentialSchema"]]
    assert validate({**CREDENTIAL, "credentialSchema": entries}, SCHEMA) is SUCCESS  # type: ignore[dict-item]  # a list of objects
    assert validate({**CREDENTIAL, "credentialSchema": "https://x.example/s"}, SCHEMA) is FAILURE


def test_a_digest_is_compared_with_what_was_received() -> None:
    octets = json.dumps(SCHEMA).encode()
    sri = "sha384-" + b64encode(hashlib.sha384(octets).digest()).decode()
    multihash = multibase_encode(b"\x12\x20" + hashlib.sha256(octets).digest(), "u")
    for digest in ({"digestSRI": sri}, {"digestMultibase": multihash}):
        entry: JsonObject = {"id": "https://x.example/s", "type": "JsonSchema", **digest}
        named: JsonObject = {**CREDENTIAL, "credentialSchema": entry}
        assert validate(named, SCHEMA, octets=octets) is SUCCESS
        assert validate(named, SCHEMA, octets=octets + b" ") is FAILURE
        assert validate(named, SCHEMA) is INDETERMINATE


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ({"$ref": "https://elsewhere.example/schema"}, INDETERMINATE),
        ({"$ref": "#"}, INDETERMINATE),
        ({"type": "nothing"}, FAILURE),
        ({"$schema": 7}, FAILURE),
        ({"not": {}}, FAILURE),
        ({"properties": {"x": float("nan")}}, FAILURE),
        (
            {"properties": {"credentialSubject": {"properties": {"name": {"pattern": "("}}}}},
            FAILURE,
        ),
    ],
    ids=[
        "reference elsewhere",
        "endless",
        "no schema",
        "no dialect",
        "never",
        "no JSON",
        "no pattern",
    ],
)
def test_what_cannot_be_decided_is_never_a_success(
    rules: dict[str, JsonValue], expected: SchemaOutcome
) -> None:
    assert validate(CREDENTIAL, SCHEMA) is SUCCESS
    assert validate(CREDENTIAL, {**SCHEMA, **rules}) is expected


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=9,
)
RULES = ["properties", "type", "$ref", "$schema", "$id", "required", "allOf", "pattern", "items"]


@given(rules=st.dictionaries(st.sampled_from(RULES), ANY_JSON))
def test_any_rules_have_an_outcome(rules: dict[str, JsonValue]) -> None:
    assert validate(CREDENTIAL, {**SCHEMA, **rules}) in SchemaOutcome
