"""What a certificate says in words: the claims of a type as facts, skills and a line of time.

The terms of ISO 9606-1 (routes a, b and c of 9.3) stand in schemas/skills/certificates.yaml.
"""

from datetime import date, datetime

from credentials.encoding import JsonObject, JsonValue
from schemas import catalog
from schemas.completion import add_months
from schemas.credential_types import Claim, CredentialType, ValidityKind
from schemas.messages import known, sentence
from service.claim_values import own_details, shown_value
from service.dates import in_words, local_day

MILESTONES = (
    *("date_of_test", "date_of_exam", "date_of_result", "date_of_course"),
    *("date_of_issue", "designated_from", "confirmed_on"),
)
"""Claims that tell on which day it happened; a type has at most one of them."""

_ELSEWHERE = frozenset(
    {*MILESTONES, "given_name", "family_name", "document_number", "skills", "valid_until"}
    | {"review_by", "ended_on", "route", "own_title"}
)
_UNITS = {"_kg": "kg"}


def facts(kind: CredentialType, claims: JsonObject, language: str) -> list[JsonValue]:
    """Each claim that stands in no other place of the page: label, value, meaning.

    A list of codes gives one fact for each code. Claims without readable words are left out.
    """
    found: list[JsonValue] = []
    for claim in kind.issued():
        value = claims.get(claim.path)
        if claim.path in _ELSEWHERE or value is None:
            continue
        own = own_details(value, language)
        if own:
            found += [_shown("details", label, words) for label, words in own]
            continue
        parts = value if claim.kind == "list of code" and isinstance(value, list) else [value]
        found += [_fact(claim, part, language) for part in parts]
    return [fact for fact in found if fact]


def _fact(claim: Claim, value: JsonValue, language: str) -> JsonValue:
    shown = shown_value(value, claim.kind, language)
    if not shown:
        return None
    key = f"document.means.{claim.path}.{shown}"
    means = sentence(key, language) if known(key) else ""
    if claim.kind == "range mm":
        shown = shown.replace("-", "\N{EN DASH}") + " mm"
    elif claim.path in {"language", "relation"} and means:
        shown, means = means, ""
    for ending, unit in _UNITS.items():
        shown += f" {unit}" if claim.path.endswith(ending) else ""
    return _shown(claim.path, claim.label(language), shown, means)


def _shown(path: str, label: str, value: str, means: str = "") -> JsonObject:
    return {"path": path, "label": _capital(label), "value": _capital(value), "means": means}


def skills(claims: JsonObject, language: str) -> list[JsonValue]:
    """Each skill of the credential: label, level, and the level in words."""
    stated = claims.get("skills")
    found: list[JsonValue] = []
    for item in stated if isinstance(stated, list) else []:
        level = item.get("level") if isinstance(item, dict) else None
        if not isinstance(item, dict) or not isinstance(level, int):
            continue
        words = sentence(f"document.level.{level}", language)
        found.append(
            {
                "label": str(item.get(f"label_{language}") or item.get("skill")),
                "level": level,
                "words": sentence("document.level", language, level=level, words=words),
            }
        )
    return found


def milestone(claims: JsonObject) -> tuple[str, date] | None:
    """The claim that tells on which day it happened, and that day."""
    for path in MILESTONES:
        day = _day(claims.get(path))
        if day is not None:
            return path, day
    return None


def steps(
    kind: CredentialType, claims: JsonObject, *, issued_at: datetime, language: str
) -> list[JsonValue]:
    """The line of time: what happened, and what comes; of two to four steps.

    ``when`` and ``what`` are words, ``done`` says that it is over, ``end`` that nothing follows.
    """
    happened = milestone(claims)
    path, day = happened or ("given", local_day(issued_at))
    first: JsonObject = {
        "when": in_words(day, language),
        "what": sentence(f"document.step.{path}", language),
        "done": True,
        "end": False,
    }
    return [first, *_later(kind, claims, day, language)]


def _later(kind: CredentialType, claims: JsonObject, day: date, language: str) -> list[JsonValue]:
    def step(when: str, what: str, *, end: bool = False) -> JsonObject:
        return {"when": when, "what": what, "done": False, "end": end}

    def say(key: str, **values: object) -> str:
        return sentence(f"document.step.{key}", language, **values)

    rule = kind.validity
    last = _day(claims.get("valid_until"))
    if last is not None:
        return [step(say("until", day=in_words(last, language)), say("valid_until"), end=True)]
    if rule.kind is ValidityKind.CONTINUITY and rule.confirm_every_months is not None:
        months = rule.confirm_every_months
        first = say("before", day=in_words(add_months(day, months), language))
        route = str(claims.get("route", ""))
        end = _route_months(kind, route)
        return [
            step(first, say("first_confirmation")),
            step(say("every", months=months), say("confirmed")),
            step(
                say("before", day=in_words(add_months(day, end), language)),
                say("renew", route=route),
            )
            if end is not None
            else step(say("same_employer"), say("route_c")),
        ]
    if rule.kind is ValidityKind.EMPLOYER_BOUND:
        review = _day(claims.get("review_by"))
        there = say("only_there", organisation=claims.get("organisation", ""))
        ahead = [] if review is None else [step(in_words(review, language), say("review"))]
        return [*ahead, step(say("with_job"), there)]
    if rule.kind is ValidityKind.POLICY and rule.house_rule_months is not None:
        return [step(say("no_end"), say("reader_decides", months=rule.house_rule_months))]
    return [step(say("no_end"), say("stays"))]


def _route_months(kind: CredentialType, route: str) -> int | None:
    """How long a welder qualification counts by this route of ISO 9606-1, 9.3; None: no day."""
    for rule in catalog.certificates().entries("certificates", key="id"):
        if rule.fields["id"] == kind.certificate:
            routes = rule.entry("validity").mapping("routes")
            chosen = routes.get(route)
            months = chosen.get("months") if isinstance(chosen, dict) else None
            return months if isinstance(months, int) else None
    return None


def _day(value: JsonValue) -> date | None:
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
