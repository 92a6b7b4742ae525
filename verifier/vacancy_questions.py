"""What a vacancy or job asks of a person, and what of it a question really asked.

Skills and validity only, so that it may be asked without account (R11): the skills on one proof
or more, and of each certificate what every presentation of it tells anyway.
"""

from collections.abc import Iterable, Sequence
from itertools import product

from credentials.encoding import JsonObject, JsonValue
from credentials.errors import RejectedError
from credentials.openid4vc.dcql import CredentialQuery, parse_query
from credentials.openid4vc.dcql_query import MAX_OPTIONS
from schemas import catalog
from schemas.credential_types import CredentialType, Disclosure
from schemas.declarations import Declared, lists
from skills.certificates import certificates
from skills.profiles import profiles
from skills.vacancies import RequirementSet, of_profile, vacancies
from verifier.questions import Firm, Question

VACANCY = "vacancy"
"""The name of every question of this kind; its words stand under ``preset.vacancy``."""

_SD_JWT = "dc+sd-jwt"
_FORMATS = (_SD_JWT, "ldp_vc")
_SKILLS = "skills"
_SUBJECT = "credentialSubject"


def requirements_of(asked: str) -> RequirementSet | None:
    """What a vacancy or job of this id asks; None where there is none."""
    vacancy = vacancies().get(asked)
    if vacancy is not None:
        return vacancy.requirements
    profile = profiles().get(asked)
    return None if profile is None else of_profile(profile)


def vacancy_question(
    asked: str, *, declared: Declared | None = None, firm: Firm | None = None
) -> Question:
    """The question for what a vacancy or job needs.

    Args:
        asked: its id.
        declared: what the holder is told; None for the usual of a vacancy.
        firm: None where nobody was checked.

    Raises:
        RejectedError: ``vacancy_unknown``.
    """
    wanted = requirements_of(asked)
    if wanted is None:
        raise RejectedError("vacancy_unknown", "no vacancy or job of that id")
    usual = lists().for_vacancy(lists().usual)
    return Question(VACANCY, _query(wanted), declared or usual, firm)


def requested_by(query: JsonObject, wanted: RequirementSet) -> frozenset[str]:
    """The skills and certificates of a vacancy that a question asked for."""
    parts = parse_query(query).credentials
    types = _types_asked(parts)
    about_skills = any(not each.claims or _skills_in(each) for each in parts)
    skills = {each.skill for each in wanted.skills} if about_skills else set()
    counting = {
        each.certificate
        for each in wanted.certificates
        if types is None or types & {kind.url for kind in kinds_for(each.certificate)}
    }
    return frozenset(skills | counting)


def kinds_for(certificate: str) -> tuple[CredentialType, ...]:
    """The types that stand for a certificate, then those of a lower step of it."""
    steps = [each.id for each in certificates().values() if each.rule.step_to == certificate]
    known = catalog.credential_types()
    return tuple(
        kind for step in (certificate, *steps) for kind in known if kind.certificate == step
    )


def _query(wanted: RequirementSet) -> JsonObject:
    """One credential query a subject and format, and one set: as much of it as somebody has."""
    kinds = _kinds_of(wanted)
    about = [_about_skills(kinds), *(_about_kind(kind) for kind in kinds)]
    options = [[str(each["id"]) for each in chosen] for chosen in _combinations(about)]
    return {
        "credentials": [each for queries in about for each in queries],
        "credential_sets": [{"options": [[*option] for option in options]}],
    }


def _combinations(about: Sequence[Sequence[JsonObject]]) -> list[list[JsonObject]]:
    """Every part of what is asked, the most first; of more than a query may hold, one format."""
    each_format = [dict(zip(_FORMATS, queries, strict=True)) for queries in about]
    rows = product(*([None, *queries] for queries in about))
    found = [[one for one in row if one is not None] for row in rows]
    if len(found) > MAX_OPTIONS:
        found = [
            [queries[name] for queries, taken in zip(each_format, row, strict=True) if taken]
            for name in _FORMATS
            for row in product((True, False), repeat=len(about))
        ]
    return sorted(filter(None, found), key=len, reverse=True)


def _kinds_of(wanted: RequirementSet) -> tuple[CredentialType, ...]:
    """The types of the certificates that are asked, each with what confirms it."""
    named = [kind for each in wanted.certificates for kind in kinds_for(each.certificate)]
    ids = {kind.id for kind in named}
    confirming = [kind for kind in catalog.credential_types() if kind.confirms in ids]
    return (*named, *confirming)


def _about_skills(others: Sequence[CredentialType]) -> list[JsonObject]:
    """The skills on any proof but those that are asked by themselves."""
    kinds = [kind for kind in catalog.credential_types() if kind.claim(_SKILLS) is not None]
    urls = [kind.url for kind in kinds if kind not in others]
    return [
        {
            **_head(_SKILLS, format_id, urls),
            "multiple": True,
            "claims": [{"path": [*_inside(format_id), _SKILLS, None]}],
        }
        for format_id in _FORMATS
    ]


def _about_kind(kind: CredentialType) -> list[JsonObject]:
    """What every presentation of a type tells anyway; its skills where the holder wants."""
    open_names = [
        claim.path
        for claim in kind.issued()
        if claim.path in lists().unchecked_claims
        and claim.disclosure is Disclosure.ALWAYS
        and claim.required
    ]
    made: list[JsonObject] = []
    for format_id in _FORMATS:
        query = _head(kind.id, format_id, [kind.url])
        claims: list[JsonValue] = [
            {"id": name, "path": [*_inside(format_id), name]} for name in open_names
        ]
        if kind.claim(_SKILLS) is not None:
            claims.append({"id": _SKILLS, "path": [*_inside(format_id), _SKILLS, None]})
            query["claim_sets"] = [[*open_names, _SKILLS], [*open_names]]
        if kind.confirms is not None:
            query["multiple"] = True
        made.append({**query, "claims": claims})
    return made


def _head(name: str, format_id: str, urls: Iterable[str]) -> JsonObject:
    """The beginning of a credential query for these types."""
    if format_id == _SD_JWT:
        return {
            "id": f"{name}_sd_jwt",
            "format": format_id,
            "meta": {"vct_values": [*urls]},
        }
    return {
        "id": f"{name}_ldp",
        "format": format_id,
        "meta": {"type_values": [[url] for url in urls]},
    }


def _inside(format_id: str) -> tuple[str, ...]:
    return () if format_id == _SD_JWT else (_SUBJECT,)


def _skills_in(query: CredentialQuery) -> bool:
    return any(_SKILLS in claim.path for claim in query.claims)


def _types_asked(parts: Sequence[CredentialQuery]) -> frozenset[str] | None:
    """The types asked for more than their skills; None where such a part takes any type."""
    whole = [
        each
        for each in parts
        if not each.claims or any(_SKILLS not in claim.path for claim in each.claims)
    ]
    if any(not each.types for each in whole):
        return None
    return frozenset(url for each in whole for either in each.types for url in either)
