"""Compiled schemas against ``jsonschema``: a plan never says yes where the reference says no."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from credentials.encoding import JsonObject, JsonValue
from credentials.shape_plans import HIDING, plan_of
from schemas import catalog
from tests.credentials.world import CLAIMS, TYPE

NOTHING: frozenset[str] = frozenset()
TYPES = [found.id for found in catalog.credential_types()]
ODD: st.SearchStrategy[JsonValue] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-10, 10**7),
    st.floats(-10, 10**7),
    st.text(max_size=4),
    st.sampled_from(["2026-02-30", "2026-11-23", "exact", "١٢٣٤٥", "a\n", "x" * 300]),
    st.lists(st.none(), max_size=2),
    st.dictionaries(st.text(max_size=2), st.none(), max_size=2),
)


def refused(schema: JsonObject, value: JsonValue, excused: frozenset[str]) -> bool:
    """What the reference says."""
    checker = Draft202012Validator.FORMAT_CHECKER
    found = Draft202012Validator(schema, format_checker=checker).iter_errors(value)
    return any(each.validator not in excused for each in found)


def near(schema: JsonValue) -> st.SearchStrategy[JsonValue]:
    """Values that mostly hold, so that each rule is met on both of its sides."""
    assert isinstance(schema, dict)
    return st.integers(0, 40).flatmap(lambda chance: ODD if chance == 0 else fitting(schema))


def fitting(schema: JsonObject) -> st.SearchStrategy[JsonValue]:
    """Values of the schema's type."""
    if schema["type"] == "object":
        members = schema["properties"]
        assert isinstance(members, dict)
        known = {name: near(each) for name, each in members.items()}
        return st.fixed_dictionaries({}, optional=known)
    if schema["type"] == "array":
        return st.lists(near(schema["items"]), max_size=2)
    if "enum" in schema:
        choice = schema["enum"]
        assert isinstance(choice, list)
        return st.sampled_from(choice)
    if "pattern" in schema:
        return st.from_regex(str(schema["pattern"]))
    whole, fraction = st.integers(-1, 1001), st.floats(-1, 1001)
    kinds = {"integer": whole, "number": whole | fraction, "boolean": st.booleans()}
    return kinds.get(str(schema["type"]), st.text(max_size=3))


@pytest.mark.parametrize("type_id", TYPES)
@pytest.mark.parametrize("excused", [NOTHING, HIDING], ids=["whole", "selective"])
@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_what_a_plan_lets_through_the_reference_lets_through(
    type_id: str, excused: frozenset[str], data: st.DataObject
) -> None:
    schema = catalog.json_schema(type_id)
    value = data.draw(near(schema))
    if plan_of(schema, excused=excused)(value):
        assert not refused(schema, value, excused)


@pytest.mark.parametrize("type_id", TYPES)
def test_every_schema_of_ours_has_a_plan(type_id: str) -> None:
    schema = catalog.json_schema(type_id)
    assert plan_of(schema, excused=HIDING)({})


def test_the_usual_proof_takes_the_plan() -> None:
    found = catalog.by_url(TYPE)
    assert found is not None
    assert plan_of(catalog.json_schema(found.id), excused=HIDING)(CLAIMS)


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"type": "object", "patternProperties": {}, "additionalProperties": False}, {}),
        ({"type": "object", "properties": {}}, {}),
        ({"type": ["string", "null"]}, "a"),
        ({"type": "string", "format": "email"}, "a@b.example"),
        ({"type": "string", "pattern": "("}, "a"),
        ({"type": "array", "items": True}, []),
        ({"type": "integer", "multipleOf": 2}, 2),
        ({"$ref": "#/$defs/a"}, 1),
    ],
    ids=["patterns", "open", "types", "form", "no pattern", "items", "multiple", "reference"],
)
def test_a_rule_that_no_plan_knows_is_left_to_the_reference(
    schema: JsonObject, value: JsonValue
) -> None:
    assert not plan_of(schema, excused=NOTHING)(value)


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"type": "integer"}, True),
        ({"type": "integer", "maximum": 4}, 5),
        ({"type": "number", "minimum": 0}, -0.5),
        ({"type": "string", "maxLength": 1}, "ab"),
        ({"type": "string", "enum": ["a"]}, "b"),
        ({"type": "string", "pattern": "^a"}, "b"),
        ({"type": "string", "format": "date"}, "2026-02-30"),
        ({"type": "array", "items": {"type": "boolean"}, "maxItems": 1}, [True, True]),
        ({"type": "array", "items": {"type": "boolean"}}, [1]),
        (
            {
                "type": "object",
                "properties": {"a": {"type": "boolean"}},
                "required": ["a"],
                "additionalProperties": False,
            },
            {},
        ),
        ({"type": "object", "properties": {}, "additionalProperties": False}, {"a": 1}),
        ({"type": "boolean"}, 0),
    ],
    ids=[
        *("yes is no number", "maximum", "minimum", "length", "choice", "pattern", "date"),
        *("items", "item", "required", "unknown", "no yes or no"),
    ],
)
def test_each_rule_refuses_what_breaks_it(schema: JsonObject, value: JsonValue) -> None:
    assert refused(schema, value, NOTHING)
    assert not plan_of(schema, excused=NOTHING)(value)
