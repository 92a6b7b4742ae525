"""Selective Disclosure for JWTs (RFC 9901): conceal, split, and open again."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from credentials.claims import ClaimsPath, Paths
from credentials.encoding import (
    JsonObject,
    JsonValue,
    b64url_decode,
    b64url_encode,
    check_json,
    compact_json,
    parse_json,
)
from credentials.errors import MalformedError, ProofInvalid
from credentials.jose import check_token_text
from credentials.limits import MAX_DISCLOSURES, MAX_JSON_DEPTH, MAX_JSON_ITEMS
from credentials.model import Entropy

HASH_NAME = "sha-256"
"""The one value of ``_sd_alg`` that we write and read."""

SALT_BYTES = 16
"""128 bits, as section 9.3 advises."""

DIGESTS_IN_STEPS_OF = 8
"""Digest arrays are filled up with decoys to a multiple: their length says little (9.4)."""

RESERVED_NAMES = frozenset(["_sd", "_sd_alg", "..."])
_SD, _SD_ALG, _ELEMENT = "_sd", "_sd_alg", "..."
_OBJECT_PARTS, _ELEMENT_PARTS = 3, 2


@dataclass(frozen=True, slots=True)
class SdJwt:
    """The parts of the compact text (section 4).

    Attributes:
        issuer_jwt: what the issuer signed.
        disclosures: as they travel, in base64url.
        key_binding: the holder's JWT, None where there is none.
    """

    issuer_jwt: str
    disclosures: tuple[str, ...]
    key_binding: str | None


@dataclass(frozen=True, slots=True)
class Opened:
    """A payload with its disclosures put in place (section 7.1).

    Attributes:
        payload: without digests and placeholders.
        disclosures: where each disclosure landed, and its text.
    """

    payload: JsonObject
    disclosures: Mapping[ClaimsPath, str]


def split(text: str) -> SdJwt:
    """Take the compact text apart.

    A bare issuer-signed JWT without any ``~`` counts as one with no disclosures.

    Raises:
        MalformedError: ``too_many_disclosures`` or ``token_malformed``.
    """
    if text.count("~") > MAX_DISCLOSURES + 1:
        raise MalformedError("too_many_disclosures", f"more than {MAX_DISCLOSURES}")
    check_token_text(text)
    issuer_jwt, *rest = text.split("~")
    last = rest.pop() if rest else ""
    if not issuer_jwt or not all(rest) or (last and "." not in last):
        raise MalformedError("token_malformed", "an empty part, or no ~ at the end")
    return SdJwt(issuer_jwt, tuple(rest), last or None)


def join(issuer_jwt: str, disclosures: Iterable[str], key_binding: str = "") -> str:
    """Put the compact text together."""
    return "~".join([issuer_jwt, *disclosures, key_binding])


def digest(text: str) -> str:
    """The digest of a disclosure, or of a whole presentation (4.2.3, 4.3.1)."""
    return b64url_encode(hashlib.sha256(text.encode("ascii")).digest())


@dataclass(slots=True)
class _Plan:
    """What is hidden at and below one place; built from the disclosable paths."""

    hidden: bool = False
    steps: dict[str | int | None, "_Plan"] = field(default_factory=dict)

    def below(self, step: str | int) -> "_Plan":
        """The plan one step further; a list element heeds its number and None alike."""
        exact = self.steps.get(step)
        every = self.steps.get(None) if isinstance(step, int) else None
        if exact is None or every is None:
            return exact or every or _NOTHING
        merged = {name: plan for part in (every, exact) for name, plan in part.steps.items()}
        return _Plan(exact.hidden or every.hidden, merged)


_NOTHING = _Plan()


def _plan(disclosable: Paths) -> _Plan:
    root = _Plan()
    for path in disclosable:
        node = root
        for step in path:
            node = node.steps.setdefault(step, _Plan())
        node.hidden = True
    return root


def conceal(
    claims: JsonObject, disclosable: Paths, *, entropy: Entropy
) -> tuple[JsonObject, list[str]]:
    """Replace disclosable claims and list elements by digests, the innermost first (4.2).

    Args:
        claims: the payload's claims about the subject.
        disclosable: paths as in ``credentials.claims``; a parent and its child may both be named.
        entropy: for salts and decoys.

    Returns:
        The claims with digests, and the disclosures.

    Raises:
        MalformedError: ``disclosure_name_reserved`` for a claim with a name of the mechanism,
            ``too_many_disclosures``.
    """
    disclosures: list[str] = []
    concealed = _conceal_object(claims, _plan(disclosable), entropy, disclosures)
    if len(disclosures) > MAX_DISCLOSURES:
        raise MalformedError("too_many_disclosures", f"more than {MAX_DISCLOSURES}")
    return concealed, disclosures


def _conceal(value: JsonValue, plan: _Plan, entropy: Entropy, made: list[str]) -> JsonValue:
    if isinstance(value, dict):
        return _conceal_object(value, plan, entropy, made)
    if isinstance(value, list):
        return _conceal_list(value, plan, entropy, made)
    return value


def _conceal_object(node: JsonObject, plan: _Plan, entropy: Entropy, made: list[str]) -> JsonObject:
    result: JsonObject = {}
    digests: list[str] = []
    for name, value in node.items():
        if name in RESERVED_NAMES:
            raise MalformedError("disclosure_name_reserved", "a claim named as the mechanism")
        below = plan.below(name)
        inner = _conceal(value, below, entropy, made)
        if below.hidden:
            digests.append(_disclose([_salt(entropy), name, inner], made))
        else:
            result[name] = inner
    if digests:
        digests += (b64url_encode(entropy(32)) for _ in range(_missing(len(digests))))
        result[_SD] = [*sorted(digests)]  # the order of digests is as random as their salts
    return result


def _conceal_list(
    node: list[JsonValue], plan: _Plan, entropy: Entropy, made: list[str]
) -> list[JsonValue]:
    result: list[JsonValue] = []
    hidden = 0
    for index, value in enumerate(node):
        below = plan.below(index)
        inner = _conceal(value, below, entropy, made)
        if below.hidden:
            hidden += 1
            inner = {_ELEMENT: _disclose([_salt(entropy), inner], made)}
        result.append(inner)
    for _ in range(_missing(hidden)):  # the order of elements has a meaning: decoys go between
        position = int.from_bytes(entropy(8), "big") % (len(result) + 1)
        result.insert(position, {_ELEMENT: b64url_encode(entropy(32))})
    return result


def _disclose(parts: list[JsonValue], made: list[str]) -> str:
    text = b64url_encode(compact_json(parts))
    made.append(text)
    return digest(text)


def _salt(entropy: Entropy) -> str:
    return b64url_encode(entropy(SALT_BYTES))


def _missing(count: int) -> int:
    return -count % DIGESTS_IN_STEPS_OF


@dataclass(frozen=True, slots=True)
class _Disclosure:
    text: str
    name: str | None  # None for a list element
    value: JsonValue


@dataclass(frozen=True, slots=True)
class _Opening:
    """What is known while one payload is opened; its containers fill up on the way."""

    waiting: dict[str, _Disclosure]
    seen: set[str]
    placed: dict[ClaimsPath, str]

    def take(self, value: JsonValue) -> _Disclosure | None:
        """The disclosure behind a digest, which may occur once in the whole payload."""
        if not isinstance(value, str):
            raise MalformedError("digest_malformed", "a digest that is no string")
        if value in self.seen:
            raise MalformedError("digest_duplicate", "one digest in two places")
        self.seen.add(value)
        return self.waiting.pop(value, None)


def open_disclosures(payload: JsonObject, disclosures: Sequence[str]) -> Opened:
    """Check every disclosure and put it in its place (7.1, steps 1 to 5); ``payload`` stays as is.

    Raises:
        MalformedError: ``sd_alg_not_allowed``, ``disclosure_malformed``, ``digest_malformed``,
            ``placeholder_malformed``, ``disclosure_name_reserved``, ``claim_collision``,
            ``disclosure_duplicate``, ``digest_duplicate``, ``too_many_disclosures``, ``too_deep``,
            ``too_large``, or as ``parse_json``.
        ProofInvalid: ``disclosure_unreferenced``.
    """
    if len(disclosures) > MAX_DISCLOSURES:
        raise MalformedError("too_many_disclosures", f"more than {MAX_DISCLOSURES}")
    if payload.get(_SD_ALG, HASH_NAME) != HASH_NAME:
        raise MalformedError("sd_alg_not_allowed", f"expected {HASH_NAME}")
    opening = _Opening({}, set(), {})
    for text in disclosures:
        hashed = digest(text) if text.isascii() else ""
        if hashed in opening.waiting:
            raise MalformedError("disclosure_duplicate", "one disclosure twice")
        opening.waiting[hashed] = _read_disclosure(text)
    top = {name: value for name, value in payload.items() if name != _SD_ALG}
    opened = _open_object(top, (), opening)
    if opening.waiting:
        raise ProofInvalid("disclosure_unreferenced", f"{len(opening.waiting)} without a digest")
    if sum(map(len, disclosures)) > 2 * MAX_JSON_ITEMS:  # below that it cannot hold too much
        check_json(opened)
    return Opened(opened, opening.placed)


def _read_disclosure(text: str) -> _Disclosure:
    parts = parse_json(b64url_decode(text))
    if not isinstance(parts, list) or not _ELEMENT_PARTS <= len(parts) <= _OBJECT_PARTS:
        raise MalformedError("disclosure_malformed", "expected a list of two or three")
    if not isinstance(parts[0], str):
        raise MalformedError("disclosure_malformed", "the salt is no string")
    if len(parts) == _ELEMENT_PARTS:
        return _Disclosure(text, None, parts[1])
    if not isinstance(parts[1], str):
        raise MalformedError("disclosure_malformed", "the name is no string")
    if parts[1] in RESERVED_NAMES:
        raise MalformedError("disclosure_name_reserved", "a name of the mechanism")
    return _Disclosure(text, parts[1], parts[2])


def _open(value: JsonValue, path: ClaimsPath, opening: _Opening) -> JsonValue:
    if isinstance(value, dict):
        return _open_object(value, path, opening)
    if isinstance(value, list):
        return _open_list(value, path, opening)
    return value


def _open_object(node: JsonObject, path: ClaimsPath, opening: _Opening) -> JsonObject:
    if len(path) >= MAX_JSON_DEPTH:
        raise MalformedError("too_deep", f"more than {MAX_JSON_DEPTH} levels")
    result = {
        name: _open(value, (*path, name), opening)
        for name, value in node.items()
        if name not in RESERVED_NAMES
    }
    for hashed in _digests(node):
        disclosure = opening.take(hashed)
        if disclosure is None:  # a decoy, or withheld
            continue
        if disclosure.name is None:
            raise MalformedError("disclosure_malformed", "an element where a member belongs")
        if disclosure.name in result:
            raise MalformedError("claim_collision", "the object has that name already")
        here = (*path, disclosure.name)
        opening.placed[here] = disclosure.text
        result[disclosure.name] = _open(disclosure.value, here, opening)
    return result


def _digests(node: JsonObject) -> list[JsonValue]:
    if _SD_ALG in node:
        raise MalformedError("sd_alg_not_allowed", "not at the top")
    if _ELEMENT in node:
        raise MalformedError("placeholder_malformed", "not an element of a list")
    digests = node.get(_SD, [])
    if not isinstance(digests, list):
        raise MalformedError("digest_malformed", "_sd is no list")
    return digests


def _open_list(node: list[JsonValue], path: ClaimsPath, opening: _Opening) -> list[JsonValue]:
    if len(path) >= MAX_JSON_DEPTH:
        raise MalformedError("too_deep", f"more than {MAX_JSON_DEPTH} levels")
    result: list[JsonValue] = []
    for value in node:
        here = (*path, len(result))
        if not isinstance(value, dict) or _ELEMENT not in value:
            result.append(_open(value, here, opening))
            continue
        if len(value) != 1 or not isinstance(value[_ELEMENT], str):
            raise MalformedError("placeholder_malformed", "expected one member, a string")
        disclosure = opening.take(value[_ELEMENT])
        if disclosure is None:
            continue
        if disclosure.name is not None:
            raise MalformedError("disclosure_malformed", "a member where an element belongs")
        opening.placed[here] = disclosure.text
        result.append(_open(disclosure.value, here, opening))
    return result
