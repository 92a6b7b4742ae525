"""A JSON Schema of claims compiled to one pass: the few rules that our own schemas use.

A plan only ever says "it holds" or "I do not know"; what is not plainly good is for ``jsonschema``
to judge, which also says where. So a plan can refuse nothing and may let nothing through that
``jsonschema`` refuses: a property test compares the two.
"""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

from jsonschema import Draft202012Validator

from credentials.encoding import JsonObject, JsonValue

Plan = Callable[[JsonValue], bool]
"""Whether a value plainly holds."""

HIDING = frozenset({"required", "minItems", "minProperties", "contains", "dependentRequired"})
"""Rules that a holder breaks by leaving something out, as is his right."""

_SAID = frozenset({"$schema", "$id", "title", "description"})
"""Members that judge nothing."""


class _UnplannedError(Exception):
    """A rule that plans do not know: private, so that the whole is left to ``jsonschema``."""


def plan_of(schema: JsonObject, *, excused: frozenset[str]) -> Plan:
    """Compile a schema.

    Args:
        schema: JSON Schema 2020-12.
        excused: rules that are not held against anyone.

    Returns:
        A plan; one that never knows where the schema has rules of another kind.
    """
    try:
        return _compiled(schema, excused)
    except (_UnplannedError, re.error):
        return _never


def _never(_value: JsonValue) -> bool:
    return False


def _compiled(schema: JsonValue, excused: frozenset[str]) -> Plan:
    if not isinstance(schema, dict):
        raise _UnplannedError
    kind = schema.get("type")
    rules = _KINDS.get(kind) if isinstance(kind, str) else None
    others = schema.keys() - _SAID - {"type"} - excused
    if rules is None or not others <= rules[1]:
        raise _UnplannedError
    return rules[0](schema, excused)


def _object(schema: JsonObject, excused: frozenset[str]) -> Plan:
    properties = schema.get("properties", {})
    required = schema.get("required", []) if "required" not in excused else []
    if (
        schema.get("additionalProperties") is not False
        or not isinstance(properties, dict)
        or not isinstance(required, list)
    ):
        raise _UnplannedError
    plans = {name: _compiled(each, excused) for name, each in properties.items()}
    needed = frozenset(str(name) for name in required)

    def holds(value: JsonValue) -> bool:
        """All members are known and hold, and none that is needed is missing."""
        if type(value) is not dict or not needed <= value.keys():
            return False
        for name, inner in value.items():
            plan = plans.get(name)
            if plan is None or not plan(inner):
                return False
        return True

    return holds


def _array(schema: JsonObject, excused: frozenset[str]) -> Plan:
    item = _compiled(schema.get("items"), excused)
    most = _whole(schema.get("maxItems", 2**31))

    def holds(value: JsonValue) -> bool:
        """Not too many elements, and each holds."""
        return type(value) is list and len(value) <= most and all(map(item, value))

    return holds


def _text(schema: JsonObject, _excused: frozenset[str]) -> Plan:
    least, most = _whole(schema.get("minLength", 0)), _whole(schema.get("maxLength", 2**31))
    pattern, choice = schema.get("pattern", ""), schema.get("enum")
    form = schema.get("format", "")
    if not isinstance(pattern, str) or form not in {"", "date"}:
        raise _UnplannedError
    if choice is not None and not isinstance(choice, list):
        raise _UnplannedError
    found = re.compile(pattern).search
    chosen = None if choice is None else frozenset(each for each in choice if type(each) is str)
    conforms = Draft202012Validator.FORMAT_CHECKER.conforms

    def holds(value: JsonValue) -> bool:
        """Text of the right length, form and choice."""
        return (
            type(value) is str
            and least <= len(value) <= most
            and (chosen is None or value in chosen)
            and found(value) is not None
            and (not form or conforms(value, str(form)))
        )

    return holds


def _number(schema: JsonObject, _excused: frozenset[str]) -> Plan:
    kinds = {int} if schema.get("type") == "integer" else {int, float}
    least, most = schema.get("minimum", -(2**63)), schema.get("maximum", 2**63)
    if type(least) is not int or type(most) is not int:
        raise _UnplannedError

    def holds(value: JsonValue) -> bool:
        """A number of the kind between its bounds; ``1.0`` as a whole number is not plain."""
        return type(value) in kinds and least <= value <= most  # type: ignore[operator]  # a number

    return holds


def _yes_or_no(_schema: JsonObject, _excused: frozenset[str]) -> Plan:
    return lambda value: type(value) is bool


def _whole(value: JsonValue) -> int:
    if type(value) is not int:
        raise _UnplannedError
    return value


_BOUNDS = frozenset({"minimum", "maximum"})
_KINDS: Mapping[str, tuple[Callable[[JsonObject, frozenset[str]], Plan], frozenset[str]]] = (
    MappingProxyType(
        {
            "object": (_object, frozenset({"properties", "required", "additionalProperties"})),
            "array": (_array, frozenset({"items", "maxItems"})),
            "string": (
                _text,
                frozenset({"minLength", "maxLength", "pattern", "format", "enum"}),
            ),
            "integer": (_number, _BOUNDS),
            "number": (_number, _BOUNDS),
            "boolean": (_yes_or_no, frozenset()),
        }
    )
)
"""Type to what compiles it, and the rules that it knows."""
