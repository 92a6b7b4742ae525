"""A verdict as one page for the file: what was checked, when, and against which lists.

Where more came together than fits, it goes on on a second page, under the same heading.
PDF/A-3a (ISO 19005-3) and PDF/UA-1 (ISO 14289-1). What a machine may read of it is attached as JSON
without claims.
"""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from credentials.encoding import JsonObject, JsonValue
from credentials.findings import Check, Outcome, Part
from schemas.messages import sentence
from service import dates
from service.typesetting import NOTO, document
from verifier.match_views import AnswerView, MatchView, match_view
from verifier.page_views import PageView, page_view
from verifier.verdicts import Report, as_json
from verifier.views import PartView, VerdictView, is_card

LAYOUT = Path(__file__).parent / "typeset" / "verdict.typ"

KEPT = timedelta(weeks=4)
"""How long a firm may keep it (retention default of the domain)."""

NOTHING = "\N{EN DASH}"
"""Stands where there is nothing to say."""

MAX_SKILLS = 40
"""Lines: a page of their own; whoever wants more has the screen."""

MAX_LISTS, MAX_STEPS = 8, 8
"""Lines: one of each for as many proofs as come together."""

_TEXTS = (
    *("title", "beside", "questions", "fits", "scale", "skills", "wish", "against", "next"),
    *("not_shown", "sample", "attached", "unprinted", "page", "of"),
)
_FIT_HEADS = ("asked", "level_asked", "level_shown", "strength", "fits")
_TONES = {
    Outcome.PASSED: "positive",
    Outcome.FAILED: "negative",
    Outcome.UNDETERMINED: "warning",
    Outcome.NOT_APPLICABLE: "quiet",
}


def verdict_pdf(
    reports: Sequence[Report],
    language: str,
    *,
    vacancy: str,
    query: JsonObject | None,
    sample: bool,
    other_fonts: tuple[Path, ...] = NOTO,
) -> bytes:
    """Set the page.

    Args:
        reports: what came together, not empty.
        language: ``nl`` or ``en``.
        vacancy: id of what it is held against; empty for nothing.
        query: the question of ours that it answered; None where it was brought.
        sample: the people are fictional, and the paper says so.
        other_fonts: folders with fonts for letters that the house fonts lack.
    """
    shown = page_view(reports, language)
    match = match_view(reports, vacancy, language, query=query) if vacancy else None
    data: JsonObject = {
        **_frame(reports, language, sample=sample),
        **_summary(reports, shown, match, language, live=query is not None),
        "proofs": [*(_proof(one, place, language) for place, one in enumerate(shown.proofs, 1))],
        "requirements": [
            *(_requirement(one, language) for one in (match.answers if match else ()))
        ],
        **_skills(shown, language),
        "lists": _lists(reports, language),
        "next": _next(shown, language),
    }
    attached: list[JsonValue] = [_without_claims(report) for report in reports]
    text = json.dumps({"proofs": attached}, ensure_ascii=False, indent=1)
    return document(LAYOUT, data, attached=text, other_fonts=other_fonts)


def reference(reports: Sequence[Report]) -> str:
    """What the page is called: the minute of the check."""
    return f"{reports[0].checked_at.astimezone(dates.LOCAL_ZONE):%Y%m%d-%H%M}"


def _frame(reports: Sequence[Report], language: str, *, sample: bool) -> JsonObject:
    """Words and dates that do not depend on what was found."""

    def say(key: str) -> str:
        return sentence(f"verifier.paper_verdict.{key}", language)

    checked = reports[0].checked_at
    until = dates.in_words(checked + KEPT, language)
    keep = sentence("verifier.paper_verdict.keep", language, until=until)
    texts: JsonObject = {key: say(key) for key in _TEXTS}
    parts = [sentence(f"common.part.{part}", language) for part in Part]
    return {
        "lang": language,
        "issuer": {"name": "skillspass"},
        "issued": dates.local_day(checked).isoformat(),
        "sample": sample,
        "reference": reference(reports),
        "text": {**texts, "keep": keep},
        "heads": [say("proof"), *parts],
        "fit_heads": [say(key) for key in _FIT_HEADS],
        "skill_heads": [say("skill"), say("level"), say("strength")],
        "list_heads": [say("list"), say("version"), say("as_of")],
    }


def _summary(
    reports: Sequence[Report],
    shown: PageView,
    match: MatchView | None,
    language: str,
    *,
    live: bool,
) -> JsonObject:
    way = "live" if live else "card" if any(is_card(report) for report in reports) else "loose"
    beside = "" if match is None else ", ".join(filter(None, (match.title, match.firm)))
    return {
        "subject": _name(reports) or sentence("verifier.paper_verdict.nameless", language),
        "beside": beside,
        "checked": sentence("verifier.verdict.checked", language, moment=shown.checked),
        "how": sentence(f"verifier.paper_verdict.how.{way}", language),
        "tone": shown.tone,
        "headline": shown.title,
        "lead": shown.lead,
    }


def _name(reports: Sequence[Report]) -> str:
    """The name that was shown, if one was."""
    for report in reports:
        claims = report.credential.claims if report.credential else {}
        parts = (claims.get("given_name"), claims.get("family_name"))
        name = " ".join(part for part in parts if isinstance(part, str))
        if name:
            return name
    return ""


def _proof(proof: VerdictView, number: int, language: str) -> JsonObject:
    nameless = sentence("verifier.proof.nameless", language, number=number)
    answers: list[JsonValue] = [_answer(part) for part in proof.parts]
    empty: JsonValue = {"tone": "quiet", "word": NOTHING, "reason": ""}
    return {
        "title": proof.heading or nameless,
        "giver": proof.issuer,
        "answers": answers or [empty] * 4,
    }


def _answer(part: PartView) -> JsonObject:
    return {"tone": _TONES[part.outcome], "word": part.word, "reason": part.reason}


def _requirement(one: AnswerView, language: str) -> JsonObject:
    strength = sentence(f"common.grade.{one.grade}", language) if one.grade else ""
    return {
        "label": one.label,
        "required": one.required,
        "asked": one.asked,
        "level": one.level,
        "grade": one.grade,
        "strength": strength,
        "tone": "partly" if one.fit == "partly" else one.tone,
        "word": one.word,
        "why": " ".join(one.why),
    }


def _skills(shown: PageView, language: str) -> JsonObject:
    found: list[JsonValue] = [
        {
            "label": skill.label,
            "level": skill.level,
            "level_words": sentence(f"common.level.{skill.level}", language),
            "grade": proof.grade,
            "strength": sentence(f"common.grade.{proof.grade}", language) if proof.grade else "",
        }
        for proof in shown.proofs
        for skill in proof.skills
    ]
    left = len(found) - MAX_SKILLS
    more = sentence("verifier.paper_verdict.more", language, count=left) if left > 0 else ""
    return {"skills": found[:MAX_SKILLS], "more": more}


def _lists(reports: Sequence[Report], language: str) -> list[JsonValue]:
    """Against what it was checked: our rules, the sector's list, the lists of withdrawn proofs."""

    def say(key: str, **values: object) -> str:
        return sentence(f"verifier.paper_verdict.{key}", language, **values)

    first = reports[0]
    rows: list[JsonValue] = [[say("rules"), first.policy.version, NOTHING]]
    if first.sequence is not None and first.list_issued_at is not None:
        issued = dates.with_time(first.list_issued_at, language)
        rows.append([say("sector_list"), say("number", number=first.sequence), issued])
    else:
        rows.append([say("sector_list"), NOTHING, say("not_read")])
    seen = {
        (finding.facts["uri"], finding.facts.get("issued_at", ""))
        for report in reports
        for finding in report.verdict.findings
        if finding.check is Check.STATUS and "uri" in finding.facts
    }
    for _, issued_at in sorted(seen)[:MAX_LISTS]:
        as_of = (
            dates.with_time(datetime.fromisoformat(issued_at), language)
            if issued_at
            else say("not_read")
        )
        rows.append([say("status_list"), NOTHING, as_of])
    return rows


def _next(shown: PageView, language: str) -> list[JsonValue]:
    steps = [part.step for proof in shown.proofs for part in proof.parts if part.step]
    found: list[JsonValue] = []
    found += [*dict.fromkeys(steps)][:MAX_STEPS]
    if not found and shown.next is not None:
        found.append(sentence(f"verifier.verdict.{shown.next}", language))
    return found or [sentence("verifier.paper_verdict.nothing", language)]


def _without_claims(report: Report) -> JsonObject:
    document = as_json(report)
    document.pop("claims", None)
    return document
