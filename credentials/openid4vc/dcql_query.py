"""Digital Credentials Query Language (OpenID4VP 1.0, section 6): read a query."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from credentials.claims import ClaimsPath, parse_path
from credentials.encoding import JsonObject, JsonValue
from credentials.errors import MalformedError
from credentials.limits import MAX_JSON_DEPTH

MAX_QUERIES = 50
"""Credentials in one query; a consent screen cannot explain more."""

MAX_CLAIMS = 200
"""Claims asked of one credential; our widest type has about thirty."""

MAX_CLAIM_SETS = 50
"""Combinations of claims for one credential; each is tried on each held credential."""

MAX_OPTIONS = 100
"""Credential sets, options of a set, or accepted values and types in one list."""

_IDENTIFIER = re.compile(r"[A-Za-z0-9_-]{1,100}")
Item = TypeVar("Item")
Scalar = str | int | bool


@dataclass(frozen=True, slots=True)
class ClaimQuery:
    """One claim that is asked (section 6.3).

    Attributes:
        path: from the root of the credential: ``("credentialSubject", ...)`` in a W3C format.
        values: the claim counts only with one of these; empty = any value.
    """

    path: ClaimsPath
    claim_id: str | None = None
    values: tuple[Scalar, ...] = ()


@dataclass(frozen=True, slots=True)
class TrustedAuthority:
    """A kind of authority (``aki``, ``etsi_tl``, ``openid_federation``), and which ones."""

    kind: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CredentialQuery:
    """One credential that is asked (section 6.1).

    Attributes:
        types: alternatives; a credential must have all types of one of them. Empty = any type.
        claim_sets: combinations of claim ids, the preferred one first; empty = all claims.
        holder_binding: whether the holder's own proof is asked.
    """

    id: str
    format: str
    types: tuple[frozenset[str], ...] = ()
    claims: tuple[ClaimQuery, ...] = ()
    claim_sets: tuple[tuple[str, ...], ...] = ()
    multiple: bool = False
    holder_binding: bool = True
    trusted_authorities: tuple[TrustedAuthority, ...] = ()

    def combinations(self) -> tuple[tuple[ClaimQuery, ...], ...]:
        """The claims of each combination that would answer; without claim sets just one."""
        if not self.claim_sets:
            return (self.claims,)
        by_id = {claim.claim_id: claim for claim in self.claims}
        return tuple(tuple(by_id[name] for name in names) for names in self.claim_sets)


@dataclass(frozen=True, slots=True)
class CredentialSet:
    """Alternative groups of credential queries that serve one use (section 6.2)."""

    options: tuple[tuple[str, ...], ...]
    required: bool = True


@dataclass(frozen=True, slots=True)
class DcqlQuery:
    """A whole query.

    Attributes:
        document: the query as it was read, to put into a request.
    """

    credentials: tuple[CredentialQuery, ...]
    credential_sets: tuple[CredentialSet, ...]
    document: JsonObject

    def credential(self, query_id: str) -> CredentialQuery | None:
        """The credential query of that id."""
        return next((query for query in self.credentials if query.id == query_id), None)

    def complete(self, answered: frozenset[str]) -> bool:
        """Whether answering these queries answers the whole (section 6.4.2)."""
        if not self.credential_sets:
            return all(query.id in answered for query in self.credentials)
        return all(
            any(answered.issuperset(option) for option in each.options)
            for each in self.credential_sets
            if each.required
        )


def parse_query(document: JsonObject) -> DcqlQuery:
    """Read a query; unknown properties are ignored (section 6).

    Raises:
        MalformedError: ``too_deep`` or ``too_large`` over a limit, ``claims_path_invalid`` for
            a path, else ``dcql_invalid``; the detail says where.
    """
    _check_depth(document)
    queries = _items(document, "credentials", MAX_QUERIES, _credential_query)
    ids = [query.id for query in queries]
    if len(set(ids)) != len(ids):
        raise MalformedError("dcql_invalid", "credentials: an id comes twice")
    sets = _optional_items(document, "credential_sets", MAX_OPTIONS, _credential_set)
    named = {name for each in sets for option in each.options for name in option}
    if not named <= set(ids):
        raise MalformedError("dcql_invalid", "credential_sets: names an unknown credential")
    return DcqlQuery(queries, sets, document)


def _check_depth(document: JsonObject) -> None:
    level: list[JsonValue] = [document]
    for _ in range(MAX_JSON_DEPTH):
        level = [child for node in level for child in _children(node)]
        if not level:
            return
    raise MalformedError("too_deep", f"more than {MAX_JSON_DEPTH} levels")


def _children(node: JsonValue) -> list[JsonValue]:
    if isinstance(node, dict):
        return list(node.values())
    return node if isinstance(node, list) else []


def _credential_query(value: JsonValue) -> CredentialQuery:
    query = _object(value, "credentials")
    format_id = _text(query.get("format"), "format")
    claims = _optional_items(query, "claims", MAX_CLAIMS, _claim_query)
    claim_sets = _optional_items(query, "claim_sets", MAX_CLAIM_SETS, _claim_set)
    _check_claim_sets(claims, claim_sets)
    return CredentialQuery(
        id=_identifier(query.get("id")),
        format=format_id,
        types=_types(format_id, _object(query.get("meta"), "meta")),
        claims=claims,
        claim_sets=claim_sets,
        multiple=_flag(query, "multiple", default=False),
        holder_binding=_flag(query, "require_cryptographic_holder_binding", default=True),
        trusted_authorities=_optional_items(
            query, "trusted_authorities", MAX_OPTIONS, _trusted_authority
        ),
    )


def _check_claim_sets(
    claims: tuple[ClaimQuery, ...], claim_sets: tuple[tuple[str, ...], ...]
) -> None:
    ids = [claim.claim_id for claim in claims if claim.claim_id is not None]
    if len(set(ids)) != len(ids):
        raise MalformedError("dcql_invalid", "claims: an id comes twice")
    if claim_sets and len(ids) != len(claims):
        raise MalformedError("dcql_invalid", "claims: claim_sets need an id for every claim")
    if not {name for names in claim_sets for name in names} <= set(ids):
        raise MalformedError("dcql_invalid", "claim_sets: names an unknown claim")


def _types(format_id: str, meta: JsonObject) -> tuple[frozenset[str], ...]:
    if format_id == "dc+sd-jwt" and "vct_values" in meta:  # appendix B.3.5
        return tuple(
            frozenset({vct}) for vct in _items(meta, "vct_values", MAX_OPTIONS, _meta_text)
        )
    if "type_values" in meta:  # appendix B.1.1
        return _items(meta, "type_values", MAX_OPTIONS, _type_set)
    return ()


def _type_set(value: JsonValue) -> frozenset[str]:
    return frozenset(_items({"type_values": value}, "type_values", MAX_OPTIONS, _meta_text))


def _claim_query(value: JsonValue) -> ClaimQuery:
    claim = _object(value, "claims")
    return ClaimQuery(
        path=parse_path(claim.get("path")),
        claim_id=_identifier(claim["id"]) if "id" in claim else None,
        values=_optional_items(claim, "values", MAX_OPTIONS, _scalar),
    )


def _claim_set(value: JsonValue) -> tuple[str, ...]:
    return _items({"claim_sets": value}, "claim_sets", MAX_CLAIMS, _identifier)


def _credential_set(value: JsonValue) -> CredentialSet:
    each = _object(value, "credential_sets")
    options = _items(each, "options", MAX_OPTIONS, _option)
    return CredentialSet(options, required=_flag(each, "required", default=True))


def _option(value: JsonValue) -> tuple[str, ...]:
    return _items({"options": value}, "options", MAX_QUERIES, _identifier)


def _trusted_authority(value: JsonValue) -> TrustedAuthority:
    authority = _object(value, "trusted_authorities")
    return TrustedAuthority(
        kind=_text(authority.get("type"), "trusted_authorities.type"),
        values=_items(authority, "values", MAX_OPTIONS, _meta_text),
    )


def _optional_items(
    holder: JsonObject, name: str, limit: int, read: Callable[[JsonValue], Item]
) -> tuple[Item, ...]:
    return _items(holder, name, limit, read) if name in holder else ()


def _items(
    holder: JsonObject, name: str, limit: int, read: Callable[[JsonValue], Item]
) -> tuple[Item, ...]:
    """Read a list that must not be empty; its length is judged before its items."""
    value = holder.get(name)
    if not isinstance(value, list) or not value:
        raise MalformedError("dcql_invalid", f"{name}: expected a non-empty list")
    if len(value) > limit:
        raise MalformedError("too_large", f"{name}: {len(value)}, at most {limit}")
    return tuple(read(item) for item in value)


def _object(value: JsonValue, name: str) -> JsonObject:
    if not isinstance(value, dict):
        raise MalformedError("dcql_invalid", f"{name}: expected an object")
    return value


def _text(value: JsonValue, name: str) -> str:
    if not isinstance(value, str) or not value:
        raise MalformedError("dcql_invalid", f"{name}: expected a text")
    return value


def _meta_text(value: JsonValue) -> str:
    return _text(value, "list item")


def _identifier(value: JsonValue) -> str:
    if not isinstance(value, str) or not _IDENTIFIER.fullmatch(value):
        raise MalformedError("dcql_invalid", "id: expected letters, digits, _ or -")
    return value


def _flag(holder: JsonObject, name: str, *, default: bool) -> bool:
    value = holder.get(name, default)
    if not isinstance(value, bool):
        raise MalformedError("dcql_invalid", f"{name}: expected true or false")
    return value


def _scalar(value: JsonValue) -> Scalar:
    if not isinstance(value, str | int):
        raise MalformedError("dcql_invalid", "values: expected texts, integers or booleans")
    return value
