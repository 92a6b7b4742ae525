"""Proofs beside a vacancy or job: per requirement what was shown and why it is enough, in words.

Four words per requirement, no number for a person, and nobody is put in an order (R11, R14).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from credentials.encoding import JsonObject
from schemas import catalog
from schemas.messages import known, sentence
from skills.certificates import certificates
from skills.evidence import Statement, of_proof
from skills.framework import metalektro
from skills.matching import Answer, Fit, compare
from skills.profiles import profiles
from skills.vacancies import vacancies
from skills.validity import Reader
from verifier.certificate_standing import confirmations, proof_of
from verifier.vacancy_questions import requested_by, requirements_of
from verifier.verdicts import Report

_QUIET = frozenset({"as_asked", "not_shared", "not_asked"})
"""Reasons that the word for the requirement says already."""

_DRAWN = {
    Fit.MET: ("positive", "circle-check"),
    Fit.PARTLY: ("warning", "circle-minus"),
    Fit.NOT_SHOWN: ("quiet", "minus"),
    Fit.NOT_REQUESTED: ("quiet", "circle"),
}
_OUT = frozenset({"withdrawn_only", "paused"})


@dataclass(frozen=True, slots=True)
class AnswerView:
    """One requirement.

    Attributes:
        fit: ``met``, ``partly``, ``not_shown`` or ``not_requested``.
        word: the same for people.
        level: what was shown, 1 to 4; None where nothing was, or for a certificate.
        asked: the level that is asked; None for a certificate.
        grade: strength of the proof that counted.
        why: short sentences; empty where the word says all.
        required: False where it is only welcome, or needed later.
        step: what the two of them can do about a gap; None where there is none.
    """

    label: str
    fit: str
    word: str
    tone: str
    icon: str
    level: int | None
    asked: int | None
    grade: str | None
    why: tuple[str, ...]
    required: bool
    step: str | None


@dataclass(frozen=True, slots=True)
class MatchView:
    """All requirements of one vacancy or job, in its own order."""

    id: str
    title: str
    firm: str | None
    answers: tuple[AnswerView, ...]


def is_known(asked: str) -> bool:
    """Whether there is a vacancy or job of this id."""
    return requirements_of(asked) is not None


def choices(language: str) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Vacancies and jobs to choose from: id and name."""
    open_now = [(one.id, f"{one.title(language)}, {one.place}") for one in vacancies().values()]
    jobs = [(one.id, _job(one.id, language)) for one in profiles().values()]
    return open_now, sorted(jobs, key=lambda job: job[1].casefold())


def match_view(
    reports: Sequence[Report], asked: str, language: str, *, query: JsonObject | None = None
) -> MatchView | None:
    """Hold proofs against a vacancy or job; None where there is no such thing to ask.

    Args:
        reports: of one person.
        asked: id of the vacancy or profile.
        language: ``nl`` or ``en``.
        query: what was asked of the person; None where the proofs came without a question.
    """
    wanted = requirements_of(asked)
    if wanted is None:
        return None
    confirmed = confirmations(reports)
    proofs = []
    for place, report in enumerate(reports):
        kind = _certificate_of(report)
        reader = Reader(max_age_months=wanted.max_age(kind))
        proof = proof_of(report, str(place), confirmed=confirmed, reader=reader)
        proofs += [] if proof is None else [proof]
    statements = [each for proof in proofs for each in of_proof(proof)]
    requested = None if query is None else requested_by(query, wanted)
    answers = compare(statements, wanted, proofs=proofs, requested=requested)
    vacancy = vacancies().get(asked)
    return MatchView(
        id=asked,
        title=_job(asked, language) if vacancy is None else vacancy.title(language),
        firm=None if vacancy is None else vacancy.organisation,
        answers=tuple(_answer(each, language) for each in answers),
    )


def _certificate_of(report: Report) -> str | None:
    kind = catalog.by_url(report.type_url or "")
    return None if kind is None else kind.certificate


def _job(profile: str, language: str) -> str:
    return profiles()[profile].label(language)


def _answer(answer: Answer, language: str) -> AnswerView:
    tone, icon = _DRAWN[answer.fit]
    word = sentence(f"skills.fit.{answer.fit}", language)
    if _OUT & set(answer.why):
        tone, icon, word = "negative", "ban", sentence("verifier.beside.out", language)
    shown = answer.shown
    grade = shown.grade.word if shown is not None else None
    return AnswerView(
        label=_label(answer, language),
        fit=answer.fit.value,
        word=word,
        tone=tone,
        icon=icon,
        level=None if shown is None else shown.level,
        asked=answer.level,
        grade=grade,
        why=_why(answer, shown, language),
        required=answer.required,
        step=_step(answer, language),
    )


def _why(answer: Answer, shown: Statement | None, language: str) -> tuple[str, ...]:
    said = [sentence(f"skills.why.{code}", language) for code in answer.why if code not in _QUIET]
    if shown is not None and shown.level is not None and "level_lower" in answer.why:
        words = sentence(f"common.level.{shown.level}", language)
        said.append(sentence("verifier.beside.says", language, level=words))
    if shown is not None and "related_skill" in answer.why:
        label = _skill(shown.skill, language)
        said.append(sentence("verifier.beside.related", language, skill=label))
    return tuple(said)


def _step(answer: Answer, language: str) -> str | None:
    """The next step of the first reason that has one (R8)."""
    steps = (f"verifier.gap.{code}" for code in answer.why)
    return next((sentence(step, language) for step in steps if known(step)), None)


def _label(answer: Answer, language: str) -> str:
    if answer.about == "certificate":
        return certificates()[answer.id].label(language)
    return _skill(answer.id, language)


def _skill(skill: str, language: str) -> str:
    found = metalektro().skills.get(skill)
    return skill if found is None else found.label(language)
