"""Type metadata: what a type is called, extends and asks of claims (SD-JWT VC, section 6).

A verdict reads it from local copies alone; whoever wants to show a foreign type by its own name may
fetch it.
"""

import base64
import hashlib
from collections.abc import Iterable

from credentials.claims import ClaimsPath, Paths, parse_path, select
from credentials.encoding import JsonObject, JsonValue, parse_json_object
from credentials.errors import MalformedError, RejectedError, SchemaMismatch
from credentials.model import Get

MAX_TYPES = 8
"""A type and those that it extends: known catalogues go three deep, and each costs a request."""

MAX_BYTES = 64 * 1024
"""Of one document; the example of the draft, with two languages, has 5 kB."""

_HASHES = frozenset(["sha256", "sha384", "sha512"])
"""Of Subresource Integrity; by name the strongest comes last."""


def read_type(vct: str, get: Get, *, integrity: JsonValue = None) -> tuple[JsonObject, ...]:
    """Fetch the metadata of a type and of all that it extends (sections 6.3 and 6.4).

    Args:
        vct: the https address that names the type.
        get: the guarded fetcher.
        integrity: ``vct#integrity`` of the credential; None where it has none.

    Returns:
        The type itself first, the one that extends nothing last.

    Raises:
        RejectedError: ``type_metadata_invalid``: no address, not about this type, not the pinned
            octets, a circle, or more than ``MAX_TYPES``.
        UndeterminedError: what ``get`` raises.
    """
    found: dict[str, JsonObject] = {}
    address: JsonValue = vct
    while address is not None:
        if not isinstance(address, str) or not address.startswith("https://"):
            raise _invalid("a type without an https address")
        if address in found:
            raise _invalid("a type that extends itself")
        if len(found) == MAX_TYPES:
            raise _invalid(f"more than {MAX_TYPES} types")
        document = found[address] = _read(address, get(address), integrity)
        address, integrity = document.get("extends"), document.get("extends#integrity")
    return tuple(found.values())


def check_claims(types: Iterable[JsonObject], claims: JsonObject, disclosable: Paths) -> None:
    """What may never be hidden is not, and where it is mandatory it is there (claim metadata).

    Args:
        types: as ``read_type`` returns them; each adds to what its ancestors ask.
        claims: as the holder shows them.
        disclosable: where disclosures landed.

    Raises:
        SchemaMismatch: ``type_claims_mismatch``.
        RejectedError: ``type_metadata_invalid`` for rules that cannot be read.
    """
    for path, rule in (each for metadata in types for each in _rules(metadata)):
        if rule.get("sd") != "never":
            continue
        found = {concrete for concrete, _ in select(claims, path)}
        hidden = any(each[: len(place)] == place for place in disclosable for each in found)
        if hidden or (rule.get("mandatory") is True and not found):
            raise SchemaMismatch("type_claims_mismatch", f"{len(path)} steps deep")


def _rules(metadata: JsonObject) -> list[tuple[ClaimsPath, JsonObject]]:
    rules = metadata.get("claims", [])
    if not isinstance(rules, list):
        raise _invalid("claims is no list")
    return [_rule(rule) for rule in rules]


def _rule(rule: JsonValue) -> tuple[ClaimsPath, JsonObject]:
    if not isinstance(rule, dict):
        raise _invalid("a claim that is no object")
    try:
        return parse_path(rule.get("path")), rule
    except MalformedError as error:
        raise _invalid("a claim without a path") from error


def _read(vct: str, octets: bytes, integrity: JsonValue) -> JsonObject:
    if integrity is not None and not _pinned(octets, integrity):
        raise _invalid("not the octets that were pinned")
    try:
        document = parse_json_object(octets, max_bytes=MAX_BYTES)
    except MalformedError as error:
        raise _invalid(error.code) from error
    if document.get("vct") != vct:
        raise _invalid("metadata about another type")
    return document


def _pinned(octets: bytes, integrity: JsonValue) -> bool:
    """Whether the octets have a digest of the strongest kind that is named (section 7)."""
    if not isinstance(integrity, str):
        return False
    pins = [each.partition("-")[::2] for each in integrity.split()]
    strongest = max((name for name, _ in pins if name in _HASHES), default=None)
    if strongest is None:
        return False
    digest = base64.b64encode(hashlib.new(strongest, octets).digest()).decode("ascii")
    return (strongest, digest) in pins


def _invalid(detail: str) -> RejectedError:
    return RejectedError("type_metadata_invalid", detail)
