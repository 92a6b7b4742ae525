"""Selective Disclosure for JWTs (RFC 9901): the compact text, and its disclosures put in place."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from credentials.claims import ClaimsPath
from credentials.encoding import (
    JsonObject,
    JsonValue,
    b64url_decode,
    b64url_encode,
    check_json,
    parse_json,
)
from credentials.errors import MalformedError, ProofInvalid
from credentials.jose import check_token_text
from credentials.limits import MAX_DISCLOSURES, MAX_JSON_DEPTH, MAX_JSON_ITEMS

HASH_NAME = "sha-256"
"""The one value of ``_sd_alg`` that we write and read."""

RESERVED_NAMES = frozenset(["_sd", "_sd_alg", "..."])
_SD, _SD_ALG, _ELEMENT = "_sd", "_sd_alg", "..."
_OBJECT_PARTS, _ELEMENT_PARTS = 3, 2
_CONTAINERS = (dict, list)


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


_Disclosure = tuple[str, str | None, JsonValue]
"""As it travelled; the name, None for a list element; the value."""


@dataclass(frozen=True, slots=True)
class _Opening:
    """What is known while one payload is opened; its containers fill up on the way.

    Attributes:
        waiting: by its digest, each disclosure that has no place yet.
        met: every digest so far; decoys, and what is withheld, have no disclosure.
        placed: where disclosures landed, and their text.
    """

    waiting: dict[str, _Disclosure]
    met: list[str]
    placed: dict[ClaimsPath, str]


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
    opening = _Opening({}, [], {})
    for text in disclosures:
        hashed = digest(text) if text.isascii() else ""
        if hashed in opening.waiting:
            raise MalformedError("disclosure_duplicate", "one disclosure twice")
        opening.waiting[hashed] = _read_disclosure(text)
    top = {name: value for name, value in payload.items() if name != _SD_ALG}
    opened = _open_object(top, (), opening)
    if len(set(opening.met)) != len(opening.met):
        raise MalformedError("digest_duplicate", "one digest in two places")
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
        return text, None, parts[1]
    name = parts[1]
    if not isinstance(name, str):
        raise MalformedError("disclosure_malformed", "the name is no string")
    if name in RESERVED_NAMES:
        raise MalformedError("disclosure_name_reserved", "a name of the mechanism")
    return text, name, parts[2]


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
        name: _open(value, (*path, name), opening) if isinstance(value, _CONTAINERS) else value
        for name, value in node.items()
        if name not in RESERVED_NAMES
    }
    if len(result) == len(node):
        return result
    digests = _digests(node)
    opening.met.extend(digests)
    for hashed in digests:
        if hashed not in opening.waiting:
            continue
        text, name, value = opening.waiting.pop(hashed)
        if name is None:
            raise MalformedError("disclosure_malformed", "an element where a member belongs")
        if name in result:
            raise MalformedError("claim_collision", "the object has that name already")
        here = (*path, name)
        opening.placed[here] = text
        result[name] = _open(value, here, opening)
    return result


def _digests(node: JsonObject) -> list[str]:
    if _SD_ALG in node:
        raise MalformedError("sd_alg_not_allowed", "not at the top")
    if _ELEMENT in node:
        raise MalformedError("placeholder_malformed", "not an element of a list")
    digests = node.get(_SD, [])
    if not isinstance(digests, list):
        raise MalformedError("digest_malformed", "_sd is no list")
    texts = [each for each in digests if isinstance(each, str)]
    if len(texts) != len(digests):
        raise MalformedError("digest_malformed", "a digest that is no string")
    return texts


def _open_list(node: list[JsonValue], path: ClaimsPath, opening: _Opening) -> list[JsonValue]:
    if len(path) >= MAX_JSON_DEPTH:
        raise MalformedError("too_deep", f"more than {MAX_JSON_DEPTH} levels")
    result: list[JsonValue] = []
    for value in node:
        if not isinstance(value, dict) or _ELEMENT not in value:
            within = isinstance(value, _CONTAINERS)
            result.append(_open(value, (*path, len(result)), opening) if within else value)
            continue
        hashed = value[_ELEMENT]
        if len(value) != 1 or not isinstance(hashed, str):
            raise MalformedError("placeholder_malformed", "expected one member, a string")
        opening.met.append(hashed)
        if hashed not in opening.waiting:
            continue
        text, name, inner = opening.waiting.pop(hashed)
        if name is not None:
            raise MalformedError("disclosure_malformed", "a member where an element belongs")
        here = (*path, len(result))
        opening.placed[here] = text
        result.append(_open(inner, here, opening))
    return result
