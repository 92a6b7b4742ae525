"""From what is given to the whole claims of a type: fixed, computed, checked, and their end."""

import json
from calendar import monthrange
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from jsonschema import Draft202012Validator

from schemas.catalog import credential_type as type_named
from schemas.claim_kinds import kind_schema
from schemas.credential_types import CredentialType, MonthsAfter, Pattern
from schemas.files import JsonObject, JsonValue

AMSTERDAM: Final = ZoneInfo("Europe/Amsterdam")
"""Dates of certificates are calendar days in the Netherlands."""

COMMON_COLUMNS: Final = {"given_name": "Voornaam", "family_name": "Achternaam", "skills": "Skill 1"}
"""Claims that a class list fills for every type that has them, and their column."""

_REPEATED: Final = "skills"
"""The claim that is alike in a whole class, and names nobody."""


@dataclass(frozen=True, slots=True)
class Completed:
    """The claims of one credential.

    Attributes:
        claims: in the order of the type.
        missing: required claims that are still not there.
    """

    claims: JsonObject
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ClaimFault:
    """One claim that does not fit its type.

    Attributes:
        path: the claim; empty where the whole is wrong.
        code: ``claim_missing``, ``claim_unknown`` or ``claim_malformed``.
    """

    path: str
    code: str


def complete(
    credential_type: CredentialType,
    given: JsonObject,
    *,
    fixed: JsonObject,
    columns: Mapping[str, str] | None = None,
) -> Completed:
    """Fill in what a template fixes and computes; what is given always wins.

    Args:
        credential_type: the type.
        given: claims about this person.
        fixed: claims that the template fixes for a whole class.
        columns: the row of a class list, for computed texts such as ``LM-{Cursistnummer}``.
    """
    known = {**fixed, **given}
    for claim, rule in credential_type.computed.items():
        made = _computed(rule, known, columns or {})
        if claim not in known and made is not None:
            known[claim] = made
    order = [claim.path for claim in credential_type.claims]
    claims = {path: known[path] for path in order if path in known}
    claims.update({path: value for path, value in known.items() if path not in claims})
    missing = tuple(path for path in credential_type.required() if path not in claims)
    return Completed(claims, missing)


def template_missing(
    credential_type: CredentialType, *, fixed: JsonObject, columns: Collection[str]
) -> tuple[str, ...]:
    """Required claims that no row can fill: in no column, not computed and not fixed.

    Args:
        credential_type: the type.
        fixed: claims that the template fixes for a whole class.
        columns: the headings of the class list.
    """
    sources = {**COMMON_COLUMNS, **credential_type.from_list}
    fillable = {claim for claim, column in sources.items() if column in columns} | set(fixed)
    for claim, rule in credential_type.computed.items():
        if isinstance(rule, MonthsAfter):
            possible = rule.claim in fillable
        else:
            possible = all(column in columns for column in rule.columns)
        if possible:
            fillable.add(claim)
    return tuple(claim for claim in credential_type.required() if claim not in fillable)


def check_claims(credential_type: CredentialType, claims: JsonObject) -> tuple[ClaimFault, ...]:
    """What is wrong with claims that are to be issued; empty where they fit."""
    faults: list[ClaimFault] = []
    allowed = {claim.path for claim in credential_type.issued()}
    faults.extend(ClaimFault(path, "claim_unknown") for path in claims if path not in allowed)
    faults.extend(
        ClaimFault(path, "claim_missing")
        for path in credential_type.required()
        if path not in claims
    )
    faults.extend(
        ClaimFault(path, "claim_malformed")
        for path, value in claims.items()
        if path in allowed and not _fits(credential_type.id, path, value)
    )
    return tuple(faults)


def _fits(type_id: str, path: str, value: JsonValue) -> bool:
    """Whether a value has the shape of its claim."""
    if path == _REPEATED:
        return _fits_again(type_id, path, json.dumps(value))
    return _validator(type_id, path).is_valid(value)


@lru_cache(maxsize=1024)
def _fits_again(type_id: str, path: str, text: str) -> bool:
    """The same, looked at once: a class has the same skills, and they are most of the work."""
    return _validator(type_id, path).is_valid(json.loads(text))


def valid_until(claims: JsonObject) -> datetime | None:
    """The first moment at which a credential no longer holds, in UTC.

    The claim ``valid_until`` names the last day; the credential ends at 00:00 in Amsterdam of the
    day after. Without that claim it has no end: a house rule of a reader is no end date.

    Raises:
        ValueError: the claim is no date.
    """
    last = claims.get("valid_until")
    if last is None:
        return None
    after = date.fromisoformat(str(last)) + timedelta(days=1)
    return datetime.combine(after, time(), AMSTERDAM).astimezone(UTC)


def add_months(start: date, months: int) -> date:
    """The same day so many months later, or the last day of a shorter month.

    Raises:
        OverflowError: a year after 9999.
    """
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    if year > date.max.year:
        raise OverflowError(f"year {year}")
    last = monthrange(year, month + 1)[1]
    return date(year, month + 1, min(start.day, last))


@cache
def _validator(type_id: str, path: str) -> Draft202012Validator:
    claim = type_named(type_id).claim(path)
    schema = True if claim is None else kind_schema(claim.kind)
    return Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)


def _computed(
    rule: Pattern | MonthsAfter, known: JsonObject, columns: Mapping[str, str]
) -> str | None:
    if isinstance(rule, Pattern):
        if not all(columns.get(column) for column in rule.columns):
            return None
        return rule.text.format_map(columns)
    start = known.get(rule.claim)
    if not isinstance(start, str):
        return None
    try:
        return add_months(date.fromisoformat(start), rule.months).isoformat()
    except (ValueError, OverflowError):
        return None  # the date itself is found wrong by check_claims
