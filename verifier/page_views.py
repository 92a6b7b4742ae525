"""What a page says about all proofs that came together: one sentence, and how to go on."""

from collections.abc import Sequence
from dataclasses import dataclass

from credentials.findings import Outcome, Part
from schemas import catalog
from schemas.messages import sentence
from service import dates
from verifier.verdicts import Report, answer
from verifier.views import VerdictView, is_card, view

FIRST = "skills"
"""The question most people come for."""


@dataclass(frozen=True, slots=True)
class PageView:
    """One answer, of one proof or several.

    Attributes:
        tone: that of the least good proof: ``negative``, ``warning``, ``info`` or ``positive``.
        title: one sentence above everything.
        next: the way on, as in ``VerdictView``; None where there is nothing left to do.
        preset: the question that the way on asks.
    """

    tone: str
    title: str
    lead: str
    proofs: tuple[VerdictView, ...]
    checked: str
    next: str | None
    preset: str


_TONES = ("negative", "warning", "info", "positive")


def page_view(reports: Sequence[Report], language: str) -> PageView:
    """Word one or more reports for one reader.

    Args:
        reports: not empty.
        language: ``nl`` or ``en``.
    """
    proofs = tuple(view(report, language) for report in reports)
    worst = min(proofs, key=lambda proof: _TONES.index(proof.tone))
    title, lead = worst.title, worst.lead
    if len(proofs) > 1:
        title, lead = _together(reports, worst.tone, language)
    return PageView(
        tone=worst.tone,
        title=title,
        lead=lead,
        proofs=proofs,
        checked=dates.with_time(reports[0].checked_at, language),
        next=worst.next,
        preset=reports[0].query_name or preset_for(reports),
    )


def preset_for(reports: Sequence[Report]) -> str:
    """The smallest question of ours that asks for such a proof; else that about skills."""
    types = {report.type_url for report in reports}
    fitting = [
        name
        for name in catalog.query_names()
        if name != FIRST and types <= _types_of(name) and None not in types
    ]
    return fitting[0] if fitting else FIRST


def _types_of(preset: str) -> set[str | None]:
    """The types that a question takes, whatever their format."""
    found: set[str | None] = set()
    queries = catalog.query(preset)["credentials"]
    for query in queries if isinstance(queries, list) else []:
        meta = query.get("meta") if isinstance(query, dict) else None
        for values in meta.values() if isinstance(meta, dict) else []:
            for value in values if isinstance(values, list) else []:
                found |= {str(one) for one in (value if isinstance(value, list) else [value])}
    return found


def _together(reports: Sequence[Report], tone: str, language: str) -> tuple[str, str]:
    """Title and lead of several proofs; a number of proofs says nothing about the person."""
    good = sum(is_good(report) for report in reports)
    if good == len(reports):
        key = "card" if any(is_card(report) for report in reports) else tone
        if key == "positive":
            return _both("verdict.title.passed", "verdict.lead.passed", language)
        return _both(f"verifier.together.title.{key}", f"verifier.together.{key}", language)
    title = sentence(f"verifier.together.title.{tone}", language)
    return title, sentence("verifier.together.some", language, good=good, all=len(reports))


def _both(title: str, lead: str, language: str) -> tuple[str, str]:
    """Two sentences of the catalogue."""
    return sentence(title, language), sentence(lead, language)


def is_good(report: Report) -> bool:
    """Whether nothing is wrong or unknown, but for whose a deelkaart is."""
    asked = [Part.AUTHENTIC, Part.ISSUER, Part.VALID]
    asked += [] if is_card(report) else [Part.HOLDER]
    return all(answer(report, part) in {Outcome.PASSED, Outcome.NOT_APPLICABLE} for part in asked)
