"""Plans of the compiled engine: how the nodes of one shape become statements.

A plan holds for one active context, one list of types and one list of member names. What a term
means comes from pyld's own context processing, followed step by step as its expansion does
(JSON-LD 1.1 API, section 5.1); whatever we do not follow is not compiled. Every cache is bounded,
because a sender chooses types and names; its keys are held, so none can be mistaken for another.
"""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from credentials.encoding import MAX_SAFE_INTEGER
from credentials.errors import CredentialError
from credentials.jsonld.expansion import (
    ActiveContext,
    check_contexts,
    initial_context,
    native_literal,
    processed_context,
    tagged_literal,
)
from credentials.jsonld.nquads import iri, literal

MAX_SHAPES = 1_024
"""Shapes kept: about 1 kB each (measured); a credential of ours has five."""

MAX_SCOPES = 128
"""Pairs of active context and types kept: about 20 kB each (measured); a credential has four."""

MAX_CONTEXTS = 64
"""Lists of contexts kept: about 14 kB each (measured)."""

Kinds = str | tuple[str, ...] | None
"""The value of ``type``, as one document spells it."""

_TYPE = iri("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
_BLANKS = r"\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"  # pyld's \s, but faster
_NO_IRI = rf'\x00-\x20{_BLANKS}<>"{{}}|^`\\\ud800-\udfff'
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_OWN_CONTEXT = "verifiableCredential"


class NotCompiled(Exception):
    """The compiled engine does not know this document; the reference engine decides."""


@dataclass(frozen=True, slots=True, eq=False)
class State:
    """The active context of a node, before its types are looked at.

    Attributes:
        active: as pyld keeps it.
        prefixes: schemes of identifiers that are no plain IRI here.
        is_iri: whether a text is an IRI that means itself.
    """

    active: ActiveContext
    prefixes: frozenset[str]
    is_iri: Callable[[str], object]


@dataclass(frozen=True, slots=True)
class Step:
    """What one member becomes.

    Attributes:
        name: of the member.
        head: the predicate, with the blank behind it.
        text: a string to predicate and object.
        number: a boolean or a number to predicate and object.
        state: for a node below.
        graph: whether each node below stands in a graph of its own.
        own_context: whether a node below may bring its own contexts.
    """

    name: str
    head: str
    text: Callable[[str], str]
    number: Callable[[float], str]
    state: State
    graph: bool
    own_context: bool


@dataclass(frozen=True, slots=True)
class Shape:
    """How nodes with the same context, types and members become statements.

    Attributes:
        named: whether there is a member ``id``.
        is_iri: whether the value of ``id`` is an IRI that means itself; types may bring prefixes.
        types: predicate and object of each type.
        types_before: how many steps come before ``type`` in the order of expansion.
        steps: the other members, in the order of expansion.
    """

    named: bool
    is_iri: Callable[[str], object]
    types: tuple[str, ...]
    types_before: int
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class _Scope:
    """The active context behind a node's types, and the steps compiled in it so far."""

    active: ActiveContext
    state: State
    is_iri: Callable[[str], object]
    steps: dict[str, Step] = field(default_factory=dict)  # one per term, so the context bounds it


@lru_cache(maxsize=1)
def outermost() -> State:
    """Where a document begins."""
    return _state(initial_context())


@lru_cache(maxsize=MAX_CONTEXTS)
def within(state: State, addresses: tuple[str, ...]) -> State:
    """The state behind a list of contexts, each of which must be one of our copies.

    Raises:
        NotCompiled: it is not, or the contexts contradict each other.
    """
    try:
        check_contexts(list(addresses))
        return _state(processed_context(state.active, list(addresses)))
    except CredentialError as error:
        raise NotCompiled(error.code) from error


@lru_cache(maxsize=MAX_SHAPES)
def shape_of(state: State, kinds: Kinds, names: tuple[str, ...]) -> Shape:
    """The plan for nodes with these types and member names.

    Raises:
        NotCompiled: a name or a type is outside the subset.
        TypeError: ``kinds`` is something else.
    """
    if ("type" in names) != (kinds is not None):
        raise NotCompiled("type")
    types = (kinds,) if isinstance(kinds, str) else () if kinds is None else kinds
    if kinds == () or not all(isinstance(kind, str) for kind in types):
        raise NotCompiled("type")
    scope = _scope(state, tuple(sorted(kind for kind in types if _scoped(state.active, kind))))
    members = sorted(name for name in names if name not in {"id", "type"})
    steps = tuple(_step(scope, name) for name in members)
    if len({step.head for step in steps}) != len(steps):
        raise NotCompiled("two terms of one meaning")
    return Shape(
        named="id" in names,
        is_iri=scope.is_iri,
        types=tuple(f"{_TYPE} {_type_iri(state, kind)}" for kind in types),
        types_before=sum(name < "type" for name in members),
        steps=steps,
    )


def cache_sizes() -> dict[str, tuple[int, int]]:
    """How full each cache is: entries kept, and the most it keeps."""
    caches = {"contexts": within, "scopes": _scope, "shapes": shape_of}
    return {
        name: (kept.currsize, kept.maxsize or 0)
        for name, kept in ((name, cache.cache_info()) for name, cache in caches.items())
    }


@lru_cache(maxsize=MAX_SCOPES)
def _scope(state: State, kinds: tuple[str, ...]) -> _Scope:
    """Type-scoped contexts, in the order of their names (5.1.2, step 11)."""
    active = state.active
    try:
        for kind in kinds:
            active = processed_context(active, _scoped(state.active, kind), propagate=False)
    except CredentialError as error:
        raise NotCompiled(error.code) from error
    aliases = _aliases(active)
    plain = {name for name, keyword in aliases.items() if keyword in {"@id", "@type"}}
    if aliases != _aliases(state.active) or plain != {"id", "type"} or aliases["id"] != "@id":
        raise NotCompiled("another word for a keyword")
    return _Scope(active, state, _iri_test(state.prefixes | _prefixes(active)))


def _step(scope: _Scope, name: str) -> Step:
    known = scope.steps.get(name)
    if known is None:
        known = scope.steps[name] = _compiled_step(scope, name)
    return known


def _compiled_step(scope: _Scope, name: str) -> Step:
    """One member's meaning (5.1.2, step 13), its property-scoped context included."""
    definition = scope.active["mappings"].get(name)
    if name.startswith("@") or ":" in name or not _usable(definition):
        raise NotCompiled("a term without plain meaning")
    inner = scope.active
    try:
        if "@context" in definition:
            inner = processed_context(inner, definition["@context"], override_protected=True)
        coercion = inner["mappings"].get(name) or {}
        if not _usable(coercion or definition):
            raise NotCompiled("a term that its own context changes")
        graph = "@graph" in _container(definition)
        head = f"{iri(definition['@id'])} "
        return Step(
            name=name,
            head=head,
            text=_refuse if graph else _text_writer(head, inner, coercion),
            number=_refuse if graph else _number_writer(head, coercion.get("@type")),
            state=_state_below(scope, inner, coercion),
            graph=graph,
            own_context=name == _OWN_CONTEXT,
        )
    except CredentialError as error:
        raise NotCompiled(error.code) from error


def _usable(definition: Mapping[str, object] | None) -> bool:
    """Whether a term stands for a property whose values need no more than coercion."""
    if definition is None:
        return False
    meaning = definition.get("@id")
    if not isinstance(meaning, str) or meaning.startswith("@") or definition.get("reverse"):
        return False
    if definition.get("@type") == "@json" or "@nest" in definition:
        return False
    return _container(definition) <= {"@set", "@graph"}


def _container(definition: Mapping[str, object]) -> frozenset[object]:
    value = definition.get("@container") or ()
    return frozenset(value if isinstance(value, list | tuple) else [value])


def literal_writer(before: str, after: str = "") -> Callable[[str], str]:
    """Writes literals as ``literal`` does, sooner where nothing is escaped.

    Args:
        before: what stands before each, such as a predicate and a blank.
        after: datatype or language.
    """
    end = f'"{after}'

    def write(text: str) -> str:
        if text.isprintable() and '"' not in text and "\\" not in text:
            return f'{before}"{text}{end}'
        if _SURROGATE.search(text):
            raise NotCompiled("a lone surrogate")
        return f"{before}{literal(text)}{after}"

    return write


def _text_writer(
    head: str, active: ActiveContext, coercion: Mapping[str, object]
) -> Callable[[str], str]:
    """How a string becomes a term (value expansion, 5.3.2)."""
    kind = coercion.get("@type")
    if kind == "@id":
        return _iri_writer(head, active)
    if kind == "@vocab":
        return _term_writer(head, active)
    if coercion.get("@direction", active.get("@direction")) is not None:
        raise NotCompiled("a direction of text")
    if kind not in {None, "@none"}:
        return literal_writer(head, literal("", datatype=str(kind)).removeprefix('""'))
    language = coercion.get("@language", active.get("@language"))
    if language is None:
        return literal_writer(head)
    return literal_writer(head, tagged_literal("", str(language)).removeprefix('""'))


def _iri_writer(head: str, active: ActiveContext) -> Callable[[str], str]:
    is_iri = _iri_test(_prefixes(active))

    def write(text: str) -> str:
        if not is_iri(text):
            raise NotCompiled("not a plain IRI")
        return f"{head}<{text}>"

    return write


def _term_writer(head: str, active: ActiveContext) -> Callable[[str], str]:
    """Terms of the vocabulary, else IRIs."""
    mappings, other = active["mappings"], _iri_writer(head, active)

    def write(text: str) -> str:
        meaning = mappings[text]["@id"] if text in mappings else text
        if not isinstance(meaning, str):
            raise NotCompiled("a term without meaning")
        return other(meaning)

    return write


def _number_writer(head: str, kind: object) -> Callable[[float], str]:
    datatype = None if kind in {None, "@none"} else str(kind)
    if datatype in {"@id", "@vocab"}:
        return _refuse
    zero = native_literal(0, datatype)
    suffix = zero.removeprefix('"0') if zero.startswith('"0"') else None

    def write(number: float) -> str:
        exact = not isinstance(number, int) or abs(number) <= MAX_SAFE_INTEGER
        if not exact or not math.isfinite(number):
            raise NotCompiled("a number")
        if number.__class__ is int and suffix is not None:
            return f'{head}"{number}{suffix}'
        try:
            return head + native_literal(number, datatype)
        except CredentialError as error:
            raise NotCompiled(error.code) from error

    return write


def _refuse(_value: object) -> str:
    raise NotCompiled("a value of another kind")


def _state_below(scope: _Scope, inner: ActiveContext, coercion: Mapping[str, object]) -> State:
    """Where a node below begins: types' contexts end, the property's begins (5.1.2, 7 and 8)."""
    active: ActiveContext = inner.get("previousContext", inner)
    if "@context" in coercion:
        active = processed_context(active, coercion["@context"], override_protected=True)
    if _aliases(inner) != _aliases(active):  # a value object or a bare id is read in ``inner``
        raise NotCompiled("another word for a keyword below")
    prefixes = _prefixes(inner) | _prefixes(active)
    above = scope.state
    if prefixes <= above.prefixes and _meaning(active) == _meaning(above.active):
        return above
    return State(active, prefixes, _iri_test(prefixes))


def _meaning(active: ActiveContext) -> dict[str, object]:
    return {name: value for name, value in active.items() if name != "_uuid"}


def _state(active: ActiveContext) -> State:
    prefixes = _prefixes(active)
    return State(active, prefixes, _iri_test(prefixes))


def _type_iri(state: State, kind: str) -> str:
    definition = state.active["mappings"].get(kind)
    meaning = kind if definition is None else definition.get("@id")
    if not isinstance(meaning, str) or not state.is_iri(meaning):
        raise NotCompiled("a type that is no plain IRI")
    return f"<{meaning}>"


def _scoped(active: ActiveContext, kind: str) -> object:
    """The context that a type brings, if any."""
    return (active["mappings"].get(kind) or {}).get("@context")


def _aliases(active: ActiveContext) -> dict[str, str]:
    """Words that stand for keywords."""
    return {
        name: definition["@id"]
        for name, definition in active["mappings"].items()
        if definition and str(definition["@id"]).startswith("@") and not name.startswith("@")
    }


def _prefixes(active: ActiveContext) -> frozenset[str]:
    """Schemes that expansion would replace, and the one of our own base address."""
    mappings = active["mappings"]
    replaced = {name for name, definition in mappings.items() if (definition or {}).get("_prefix")}
    return frozenset({"relative-iri", *replaced})


def _iri_test(prefixes: frozenset[str]) -> Callable[[str], object]:
    replaced = "|".join(re.escape(prefix) for prefix in sorted(prefixes))
    return re.compile(rf"(?!(?:{replaced}):)[A-Za-z][A-Za-z0-9+.-]*+:[^{_NO_IRI}]*+").fullmatch
