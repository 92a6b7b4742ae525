"""A verdict in words and as JSON: one shape for the page, the API and the command line."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType

from credentials.encoding import JsonObject, JsonValue
from credentials.findings import Check, Finding, Outcome, Part, Verdict
from credentials.model import Credential
from credentials.trust.listing import TrustedIssuer
from schemas import catalog
from schemas.messages import LANGUAGES, known, sentence
from service import dates
from skills.evidence import grade_of
from verifier.addresses import shown_address
from verifier.policies import TrustPolicy

_TOLD_BY_NAME = frozenset(["trust_not_asked", "domain_linked"])
"""Answers about the issuer that are no failure, and not the word of the list either."""

_SEVERITY = (Outcome.FAILED, Outcome.UNDETERMINED, Outcome.PASSED, Outcome.NOT_APPLICABLE)

RULE = "next"
"""The fact that only a finding about the kind of certificate has: what its owner does next."""

ELSEWHERE = "employer_bound_elsewhere"
"""A designation of another firm: it says neither yes nor no to who looks."""


@dataclass(frozen=True, slots=True)
class Report:
    """A verdict with what makes it readable.

    Attributes:
        policy: the rules it was reached under; its version is kept with the result.
        listed: the sector list's entry for the issuer; None where the list does not name it.
        query_name: the preset that was asked; None for a proof that came without a request.
        sequence: number of the sector's list that it was checked against; None without one.
        list_issued_at: when that list was made.
    """

    verdict: Verdict
    policy: TrustPolicy
    checked_at: datetime
    listed: TrustedIssuer | None = None
    query_name: str | None = None
    sequence: int | None = None
    list_issued_at: datetime | None = None

    @property
    def credential(self) -> Credential | None:
        """What may be shown: only of a proof that held."""
        verified = self.verdict.verified
        return None if verified is None else verified.credential

    @property
    def type_url(self) -> str | None:
        """The type of a proof that held, also where its claims are no longer remembered."""
        if self.credential is not None:
            return self.credential.type
        held = any(
            finding.check is Check.PROOF and finding.outcome is Outcome.PASSED
            for finding in self.verdict.findings
        )
        return self.fact(Check.PARSE, "type") if held else None

    @property
    def issuer_address(self) -> str | None:
        """Where an issuer lives that the list does not name; ASCII only, never its own words."""
        issuer = self.fact(Check.IDENTITY, "issuer")
        return shown_address(issuer) if issuer and self.listed_name("nl") is None else None

    def listed_name(self, language: str) -> str | None:
        """The issuer's name on the sector's list; None where the list does not name it."""
        if self.listed is None:
            return self.fact(Check.TRUST, "name")
        english = self.listed.name_en if language == "en" else None
        return english or self.listed.name

    def fact(self, check: Check, name: str) -> str | None:
        """What a check noted."""
        facts = (one.facts.get(name) for one in self.verdict.findings if one.check is check)
        return next((fact for fact in facts if fact), None)


def decisive(verdict: Verdict, part: Part) -> Finding | None:
    """The finding that decides a part: the worst one, and rather one that says something.

    Among equals a reason goes before ``not_reached`` and before ``ok``.
    """
    own = [finding for finding in verdict.findings if finding.part is part]
    silent = {"not_reached", "ok"}
    return min(
        own,
        key=lambda finding: (_SEVERITY.index(finding.outcome), finding.code in silent),
        default=None,
    )


def reason_key(report: Report, part: Part) -> str:
    """The catalogue key of the sentence for one part; always one that exists."""
    outcome = report.verdict.part(part)
    finding = decisive(report.verdict, part)
    code = finding.code if finding else outcome.value
    if outcome is Outcome.PASSED:
        code = _passed_code(report, part)
    elif part is Part.VALID and code in _DATED and _DATED[code][1](report) is not None:
        code = _DATED[code][0]
    key = f"verdict.{part}.{code}"
    return key if known(key) else f"verdict.{part}.{outcome}"


def reason(report: Report, part: Part, language: str) -> str:
    """Why this part was answered so: one or two short sentences."""
    return _reason(report, part, language, _places(report, language))


def _reason(report: Report, part: Part, language: str, places: Mapping[str, str]) -> str:
    rule = rule_finding(report, part)
    if rule is not None:
        return _of_rule(rule, language)
    return sentence(reason_key(report, part), language, **places)


def rule_finding(report: Report, part: Part) -> Finding | None:
    """What the kind of certificate says, where that decides the part."""
    found = decisive(report.verdict, part)
    rules = [each for each in report.verdict.findings if RULE in each.facts and each.part is part]
    if found is None or not rules:
        return None
    return rules[0] if found in rules or rules[0].outcome is found.outcome else None


def answer(report: Report, part: Part) -> Outcome:
    """The answer on the screen: as the kernel found it, but for three that need an honest face.

    Whom nobody vouches for is unknown, not wrong (``issuer_not_listed``); where the list was not
    asked the question is not answered with yes (``trust_not_asked``); and what holds at another
    firm alone is no question here (``employer_bound_elsewhere``).
    """
    outcome = report.verdict.part(part)
    codes = {finding.code for finding in report.verdict.findings if finding.part is part}
    if part is Part.ISSUER and outcome is Outcome.FAILED and "issuer_not_listed" in codes:
        return Outcome.UNDETERMINED
    if part is Part.ISSUER and outcome is Outcome.PASSED and "trust_not_asked" in codes:
        return Outcome.NOT_APPLICABLE
    if outcome is Outcome.UNDETERMINED and is_elsewhere(report, part):
        return Outcome.NOT_APPLICABLE
    return outcome


def is_elsewhere(report: Report, part: Part = Part.VALID) -> bool:
    """Whether the part is open for no other reason than that it holds at another firm."""
    own = [finding for finding in report.verdict.findings if finding.part is part]
    reasons = {
        finding.code for finding in own if finding.outcome in {Outcome.UNDETERMINED, Outcome.FAILED}
    }
    return reasons == {ELSEWHERE}


def as_json(report: Report) -> JsonObject:
    """The one JSON shape of a verdict; claims only of a proof that held."""
    verdict = report.verdict
    document: JsonObject = {
        "verdict": verdict.outcome.value,
        "parts": {part.value: _told(report, part).value for part in Part},
        "findings": [finding_json(finding) for finding in verdict.findings],
        "sentences": {language: _sentences(report, language) for language in LANGUAGES},
        "policy": report.policy.version,
        "checked_at": report.checked_at.isoformat(),
        "issuer": _issuer_json(report),
        "type": _type_json(report),
    }
    if report.credential is not None:
        document["claims"] = report.credential.claims
    return document


def _told(report: Report, part: Part) -> Outcome:
    """As the kernel found it; what holds at another firm alone was no question here."""
    return Outcome.NOT_APPLICABLE if is_elsewhere(report, part) else report.verdict.part(part)


def finding_json(finding: Finding) -> JsonObject:
    """One finding; facts only where there are any."""
    document: JsonObject = {
        "part": finding.part.value,
        "check": finding.check.value,
        "outcome": finding.outcome.value,
        "code": finding.code,
    }
    if finding.facts:
        document["facts"] = {name: str(fact) for name, fact in finding.facts.items()}
    return document


def finding_from_json(document: Mapping[str, JsonValue]) -> Finding:
    """The finding that ``finding_json`` wrote."""
    facts = document.get("facts")
    return Finding(
        Part(str(document["part"])),
        Check(str(document["check"])),
        Outcome(str(document["outcome"])),
        str(document["code"]),
        {name: str(fact) for name, fact in facts.items()} if isinstance(facts, dict) else {},
    )


def type_title(report: Report, language: str) -> str | None:
    """The name of the type; None where the proof did not hold or the type is not ours."""
    found = catalog.by_url(report.type_url or "")
    return None if found is None else found.title(language)


def issuer_name(report: Report, language: str) -> str:
    """The name on the sector's list, else the address; never what the issuer calls itself."""
    name = report.listed_name(language) or report.issuer_address
    return name or sentence("verifier.issuer.unknown", language)


def _of_rule(finding: Finding, language: str) -> str:
    """The sentence of the kind of certificate, its dates in words."""
    facts = {name: _in_words(value, language) for name, value in finding.facts.items()}
    return sentence(f"skills.validity.{finding.code}", language, **facts)


def _in_words(value: str, language: str) -> str:
    try:
        return dates.in_words(date.fromisoformat(value), language)
    except ValueError:
        return value


def _passed_code(report: Report, part: Part) -> str:
    own = [finding for finding in report.verdict.findings if finding.part is part]
    if part is Part.ISSUER:
        told = (f.code for f in own if f.code in _TOLD_BY_NAME)
        return next(told, "ok")
    if part is not Part.VALID:
        return "ok"
    listed = any(f.check is Check.STATUS and f.outcome is Outcome.PASSED for f in own)
    word = "ok" if listed else "no_status"
    return word if _end(report) is None else f"{word}_until"


def _places(report: Report, language: str) -> dict[str, str]:
    """What the sentences may name: the issuer, the dates of the proof, the moment of checking."""
    values = {
        "issuer": issuer_name(report, language),
        "date": dates.in_words(report.checked_at, language),
        "time": f"{report.checked_at.astimezone(dates.LOCAL_ZONE):%H:%M}",
    }
    known = report.fact(Check.STATUS, "known_at")
    for name, moment in (
        ("until", _end(report)),
        ("start", _beginning(report)),
        ("known", None if known is None else datetime.fromisoformat(known)),
    ):
        if moment is not None:
            values[name] = dates.in_words(moment, language)
    return values


def _end(report: Report) -> datetime | None:
    if report.credential is not None:
        return report.credential.validity.valid_until
    noted = report.fact(Check.DATES, "valid_until")
    return None if noted is None else datetime.fromisoformat(noted)


def _beginning(report: Report) -> datetime | None:
    return None if report.credential is None else report.credential.validity.valid_from


_DATED: Mapping[str, tuple[str, Callable[[Report], datetime | None]]] = MappingProxyType(
    {"expired": ("expired_on", _end), "not_yet_valid": ("not_yet_valid_on", _beginning)}
)
"""Codes to those that name the date, where there is one."""


def _sentences(report: Report, language: str) -> list[JsonValue]:
    lines: list[JsonValue] = []
    places = _places(report, language)
    for part in Part:
        question = sentence(f"common.part.{part}", language)
        said = sentence(f"common.outcome.{answer(report, part)}", language)
        why = _reason(report, part, language, places)
        lines.append(f"{question} {said.capitalize()}. {why}")
    return lines


def _type_json(report: Report) -> JsonObject | None:
    if report.type_url is None:
        return None
    titles: JsonObject = {name: type_title(report, name) for name in LANGUAGES}
    return {"url": report.type_url, "title": titles, "evidence_grade": grade_in(report)}


def grade_in(report: Report) -> str | None:
    """How strong a proof of this type is, given by this giver; None for a type that is not ours."""
    found = catalog.by_url(report.type_url or "")
    return None if found is None else grade_of(found.id, giver_role(report)).word


def giver_role(report: Report) -> str | None:
    """In which role its giver may give this type; empty: may not, None: nobody knows the giver."""
    outcome = report.verdict.part(Part.ISSUER)
    if outcome is Outcome.PASSED:
        return report.fact(Check.TRUST, "role")
    return "" if outcome is Outcome.FAILED else None


def _issuer_json(report: Report) -> JsonObject | None:
    issuer = report.fact(Check.IDENTITY, "issuer")
    if issuer is None:
        return None
    name = report.listed_name("nl")
    document: JsonObject = {"id": issuer, "listed": name is not None}
    if name is not None:
        document["name"] = name
    if report.issuer_address is not None:
        document["address"] = report.issuer_address
    return document
