"""What a page says about one proof: everything chosen and worded, nothing left to a template."""

from dataclasses import dataclass

from credentials.encoding import JsonValue
from credentials.findings import Outcome, Part
from credentials.model import Credential
from schemas import catalog
from schemas.messages import known, sentence
from service import dates
from service.claim_values import own_details, shown_value
from verifier.badge_view import BADGE, badge_lines
from verifier.headlines import headline, is_declined, is_gone
from verifier.verdicts import (
    RULE,
    Report,
    answer,
    decisive,
    grade_in,
    is_elsewhere,
    issuer_name,
    reason,
    rule_finding,
    type_title,
)


@dataclass(frozen=True, slots=True)
class PartView:
    """One of the four questions.

    Attributes:
        outcome: the answer as the page gives it (``verdicts.answer``).
        word: the answer in a word or two.
        step: what the reader can do about it; None where nothing is asked or the reason says it.
    """

    part: Part
    outcome: Outcome
    word: str
    reason: str
    step: str | None


@dataclass(frozen=True, slots=True)
class SkillView:
    """One skill of the proof: its name, its level from 1 to 4."""

    label: str
    level: int


@dataclass(frozen=True, slots=True)
class ClaimView:
    """One other line of the proof, in words."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class VerdictView:
    """One proof.

    Attributes:
        tone: ``positive``, ``warning``, ``negative``, or ``info`` where not everything was asked.
        title: one sentence above the four.
        heading: the name of the proof, where its proof held.
        grade: how strong the evidence is, given by this giver: a word of ``skills.evidence``.
        parts: empty where someone chose to show nothing.
        next: the way on, ``live``, ``confirm`` (after a deelkaart), ``retry`` or ``fresh`` (another
            proof), where there is one.
        hidden: why no contents are shown: ``no_claims`` or ``forgotten``; None where they are.
    """

    tone: str
    title: str
    lead: str
    heading: str | None
    parts: tuple[PartView, ...]
    skills: tuple[SkillView, ...]
    claims: tuple[ClaimView, ...]
    grade: str | None
    issuer: str
    issuer_address: str | None
    checked: str
    next: str | None
    hidden: str | None


def view(report: Report, language: str) -> VerdictView:
    """Word a report for one reader."""
    tone, title, lead = headline(report)
    credential = report.credential
    return VerdictView(
        tone=tone,
        title=sentence(title, language),
        lead=sentence(lead, language),
        heading=type_title(report, language),
        parts=tuple(_part(report, part, language) for part in Part if not is_declined(report)),
        skills=_skills(credential, language),
        claims=_claims(credential, language),
        grade=grade_in(report),
        issuer=issuer_name(report, language),
        issuer_address=report.issuer_address,
        checked=dates.with_time(report.checked_at, language),
        next=_next(report, tone),
        hidden=_hidden(report),
    )


def _part(report: Report, part: Part, language: str) -> PartView:
    outcome = answer(report, part)
    elsewhere = part is Part.VALID and outcome is Outcome.NOT_APPLICABLE and is_elsewhere(report)
    word = "verifier.not_here" if elsewhere else f"common.outcome.{outcome}"
    return PartView(
        part=part,
        outcome=outcome,
        word=sentence(word, language),
        reason=reason(report, part, language),
        step=_step(report, part, outcome, language),
    )


def _step(report: Report, part: Part, outcome: Outcome, language: str) -> str | None:
    """The next step of one part; what went well needs none, but for an end that is near."""
    finding = decisive(report.verdict, part)
    rule = rule_finding(report, part)
    if rule is not None:
        names = [f"verifier.step.{rule.facts[RULE]}"]
    elif finding is None or outcome is Outcome.PASSED:
        names = []
    else:
        names = [f"verifier.step.{part}.{finding.code}", f"verifier.step.{part}.{outcome}"]
        if part is Part.VALID and outcome is Outcome.UNDETERMINED and is_gone(report):
            names = ["verifier.step.valid.status_last_known"]  # later is no help
    return next((sentence(name, language) for name in names if known(name)), None)


def _next(report: Report, tone: str) -> str | None:
    """What the reader can do now: who gave it is a question that no new request answers."""
    if tone == "positive" or is_declined(report):
        return None
    if answer(report, Part.ISSUER) in {Outcome.FAILED, Outcome.UNDETERMINED}:
        return None
    if report.verdict.part(Part.VALID) is Outcome.FAILED:
        return "fresh"
    if is_card(report):
        return "confirm"
    if not report.query_name:
        return "live"
    return None if is_gone(report) else "retry"


def is_card(report: Report) -> bool:
    """Whether it came on a deelkaart: the holder agreed to it, but is not known to be here."""
    return any(finding.code == "holder_card_only" for finding in report.verdict.findings)


def _hidden(report: Report) -> str | None:
    if report.credential is not None or is_declined(report):
        return None
    return "forgotten" if report.type_url else "no_claims"


def _skills(credential: Credential | None, language: str) -> tuple[SkillView, ...]:
    items = credential.claims.get("skills") if credential else None
    if not isinstance(items, list):
        return ()
    seen = [_skill(item, language) for item in items]
    return tuple(skill for skill in seen if skill is not None)


def _skill(item: JsonValue, language: str) -> SkillView | None:
    """A skill statement; None for anything that is not shaped like one."""
    if not isinstance(item, dict):
        return None
    label, level = item.get(f"label_{language}"), item.get("level")
    if not isinstance(label, str) or not isinstance(level, int) or level not in range(1, 5):
        return None
    return SkillView(label, level)


def _claims(credential: Credential | None, language: str) -> tuple[ClaimView, ...]:
    found = catalog.by_url(credential.type) if credential else None
    if credential is not None and credential.type == BADGE:
        lines = badge_lines(credential.claims, language)
        return tuple(ClaimView(label, value) for label, value in lines)
    if credential is None or found is None:
        return ()
    shown: list[tuple[str, str | None]] = [
        (
            claim.label(language),
            shown_value(credential.claims.get(claim.path), claim.kind, language),
        )
        for claim in found.issued()
        if claim.path not in {"skills", "details"}
    ]
    shown += own_details(credential.claims.get("details"), language)
    return tuple(ClaimView(label, text) for label, text in shown if text)
