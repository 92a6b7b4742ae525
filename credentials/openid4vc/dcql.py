"""Digital Credentials Query Language (OpenID4VP 1.0, sections 6.4 and 7): match and re-check.

A query is read in ``dcql_query``; its names are passed on from here, so that this is the one
module to import.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from credentials.certificates import authority_ids
from credentials.claims import ClaimsPath, Paths, select
from credentials.encoding import JsonObject, JsonValue
from credentials.errors import QueryUnsatisfied, UndeterminedError
from credentials.model import Credential, Unverified, Wire
from credentials.openid4vc.dcql_query import (
    ClaimQuery,
    CredentialQuery,
    CredentialSet,
    DcqlQuery,
    TrustedAuthority,
    parse_query,
)

__all__ = [
    "AskedClaim",
    "Candidate",
    "ClaimQuery",
    "CredentialQuery",
    "CredentialSet",
    "DcqlQuery",
    "Match",
    "QueryMatch",
    "TrustedAuthority",
    "asked_paths",
    "authorities_of",
    "check_answer",
    "match",
    "parse_query",
    "satisfied",
]

W3C_BASE_TYPE = "https://www.w3.org/2018/credentials#VerifiableCredential"
"""What ``VerifiableCredential`` expands to in both versions of the data model."""

_W3C_FORMATS = frozenset({"ldp_vc", "vc+jwt", "vc+sd-jwt", "jwt_vc_json"})
_SUBJECT = "credentialSubject"


class Authority(StrEnum):
    """Whether a credential comes from an authority that was asked."""

    MATCHED = "matched"
    MISSED = "missed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class AskedClaim:
    """One value in a held credential that the query asks for.

    Attributes:
        path: inside the claims of the credential, without None.
        optional: True where another combination answers without it.
    """

    path: ClaimsPath
    optional: bool


@dataclass(frozen=True, slots=True)
class Candidate:
    """A held credential that can answer a credential query.

    Attributes:
        index: its place among the held credentials.
        choices: the combinations it can give, as paths to disclose; the asker's preference first.
    """

    index: int
    choices: tuple[Paths, ...]

    def asked(self) -> tuple[AskedClaim, ...]:
        """Every claim of every combination, the ones that all need marked so."""
        needed = frozenset.intersection(*self.choices)
        everything = frozenset.union(*self.choices)
        ordered = sorted(everything, key=lambda path: [str(step) for step in path])
        return tuple(AskedClaim(path, optional=path not in needed) for path in ordered)

    def smallest(self) -> Paths:
        """The combination that shows least."""
        return min(self.choices, key=len)

    def choose(self, agreed: Paths) -> Paths | None:
        """The preferred combination within what the holder agreed to show, if any is."""
        return next((choice for choice in self.choices if choice <= agreed), None)


@dataclass(frozen=True, slots=True)
class QueryMatch:
    """One credential query and the held credentials that answer it.

    Attributes:
        required: True where no answer to the whole query can leave it out.
    """

    query: CredentialQuery
    required: bool
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class Match:
    """What the held credentials can do for a query."""

    query: DcqlQuery
    queries: tuple[QueryMatch, ...]

    @property
    def possible(self) -> bool:
        """Whether the holder can answer at all; if not, nothing may be returned (6.4.2)."""
        return self.query.complete(self._answerable())

    def missing(self) -> tuple[CredentialQuery, ...]:
        """The required credential queries that no held credential answers."""
        return tuple(each.query for each in self.queries if each.required and not each.candidates)

    def suggestion(self) -> tuple[str, ...]:
        """Ids to answer: of each required set the first option that can be given."""
        if not self.query.credential_sets:
            return tuple(each.query.id for each in self.queries)
        able = self._answerable()
        names: dict[str, None] = {}
        for each in self.query.credential_sets:
            option = next((o for o in each.options if able.issuperset(o)), ())
            names.update(dict.fromkeys(option) if each.required else {})
        return tuple(names)

    def _answerable(self) -> frozenset[str]:
        return frozenset(each.query.id for each in self.queries if each.candidates)


def match(query: DcqlQuery, held: Sequence[Unverified]) -> Match:
    """Find for each credential query the held credentials that answer it (section 6.4)."""
    return Match(
        query,
        tuple(
            QueryMatch(each, _required(query, each.id), _candidates(each, held))
            for each in query.credentials
        ),
    )


def _required(query: DcqlQuery, query_id: str) -> bool:
    if not query.credential_sets:
        return True
    return any(
        all(query_id in option for option in each.options)
        for each in query.credential_sets
        if each.required
    )


def _candidates(query: CredentialQuery, held: Sequence[Unverified]) -> tuple[Candidate, ...]:
    found = []
    for index, unverified in enumerate(held):
        if unverified.format != query.format or (query.holder_binding and not unverified.holder):
            continue
        if not _type_fits(query, unverified.credential):
            continue
        if _authority(query, authorities_of(unverified)) is not Authority.MATCHED:
            continue
        choices = _choices(query, unverified.credential, unverified.format)
        if choices:
            found.append(Candidate(index, choices))
    return tuple(found)


def _choices(query: CredentialQuery, credential: Credential, format_id: str) -> tuple[Paths, ...]:
    root = _root(credential, format_id)
    choices: list[Paths] = []
    for combination in query.combinations():
        found = [_found(claim, root) for claim in combination]
        if all(found):
            paths = {_inside(path, format_id) for places in found for path in places}
            choices.append(frozenset(path for path in paths if path))
    return tuple(choices)


def satisfied(
    query: CredentialQuery,
    credential: Credential,
    format_id: str,
    authorities: frozenset[TrustedAuthority] = frozenset(),
) -> None:
    """Check an answer against every constraint of its query again (section 14.8).

    Args:
        query: what was asked.
        credential: what was shown.
        format_id: in which format.
        authorities: as ``authorities_of``.

    Raises:
        QueryUnsatisfied: ``query_unsatisfied``; the detail names the constraint or the path.
        UndeterminedError: ``authority_unknown``: an authority of a kind that we cannot look up.
    """
    if format_id != query.format:
        raise QueryUnsatisfied("query_unsatisfied", f"format {format_id}, asked {query.format}")
    if not _type_fits(query, credential):
        raise QueryUnsatisfied("query_unsatisfied", "type is not as asked")
    authority = _authority(query, authorities)
    if authority is Authority.MISSED:
        raise QueryUnsatisfied("query_unsatisfied", "no trusted authority is as asked")
    _check_claims(query, credential, format_id)
    if authority is Authority.UNKNOWN:
        raise UndeterminedError("authority_unknown", "a list or federation that is not read here")


def _check_claims(query: CredentialQuery, credential: Credential, format_id: str) -> None:
    root = _root(credential, format_id)
    missing: list[str] = []
    for combination in query.combinations():
        lacking = [claim for claim in combination if not _found(claim, root)]
        if not lacking:
            return
        missing.append(" and ".join(_spelled(claim.path) for claim in lacking))
    raise QueryUnsatisfied("query_unsatisfied", f"missing: {'; or '.join(missing)}")


def check_answer(
    query: DcqlQuery, vp_token: Mapping[str, Sequence[Wire]]
) -> tuple[tuple[CredentialQuery, Wire], ...]:
    """Check the shape of an answer: known ids, one presentation unless more were asked, complete.

    Returns:
        each presentation with the credential query that it must satisfy.

    Raises:
        QueryUnsatisfied: ``query_unsatisfied`` (section 8.6, steps 1 and 3).
    """
    pairs: list[tuple[CredentialQuery, Wire]] = []
    for query_id, presentations in vp_token.items():
        asked = query.credential(query_id)
        if asked is None:
            raise QueryUnsatisfied("query_unsatisfied", "an id that was not asked")
        if not presentations or (len(presentations) > 1 and not asked.multiple):
            raise QueryUnsatisfied("query_unsatisfied", f"{query_id}: {len(presentations)} answers")
        pairs += [(asked, wire) for wire in presentations]
    if not query.complete(frozenset(vp_token)):
        raise QueryUnsatisfied("query_unsatisfied", "a required credential is not there")
    return tuple(pairs)


def authorities_of(unverified: Unverified) -> frozenset[TrustedAuthority]:
    """The authorities that a credential shows by itself: the chain in its token (6.1.1)."""
    header = unverified.tokens[0].header if unverified.tokens else {}
    found = tuple(sorted(authority_ids(header.get("x5c"))))
    return frozenset([TrustedAuthority("aki", found)] if found else [])


def _authority(query: CredentialQuery, shown: frozenset[TrustedAuthority]) -> Authority:
    """Whether one condition is met; a kind that we cannot look up may be met (6.1.1)."""
    if not query.trusted_authorities:
        return Authority.MATCHED
    have = {(each.kind, value) for each in shown for value in each.values}
    asked = {(each.kind, value) for each in query.trusted_authorities for value in each.values}
    if have & asked:
        return Authority.MATCHED
    decided = all(each.kind == "aki" for each in query.trusted_authorities)
    return Authority.MISSED if decided else Authority.UNKNOWN


def _type_fits(query: CredentialQuery, credential: Credential) -> bool:
    have = {credential.type}
    if query.format in _W3C_FORMATS:
        have.add(W3C_BASE_TYPE)
    return not query.types or any(wanted <= have for wanted in query.types)


def _root(credential: Credential, format_id: str) -> JsonObject:
    """The members of the credential's root that a path can reach."""
    if format_id in _W3C_FORMATS:
        return {_SUBJECT: credential.claims, "issuer": credential.issuer}
    return {**credential.claims, "iss": credential.issuer, "vct": credential.type}


def _inside(path: ClaimsPath, format_id: str) -> ClaimsPath:
    """The path inside the claims; empty for what every presentation shows anyway."""
    if format_id in _W3C_FORMATS:
        return path[1:] if path[0] == _SUBJECT else ()
    return () if path in {("iss",), ("vct",)} else path


def asked_paths(query: CredentialQuery) -> Paths:
    """Every path inside the claims that a query asks, in whichever combination."""
    inside = (_inside(claim.path, query.format) for claim in query.claims)
    return frozenset(path for path in inside if path)


def _found(claim: ClaimQuery, root: JsonObject) -> list[ClaimsPath]:
    return [path for path, value in select(root, claim.path) if _is_wanted(value, claim)]


def _is_wanted(value: JsonValue, claim: ClaimQuery) -> bool:
    return not claim.values or any(
        type(value) is type(wanted) and value == wanted for wanted in claim.values
    )


def _spelled(path: ClaimsPath) -> str:
    return ".".join("*" if step is None else str(step)[:60] for step in path)
