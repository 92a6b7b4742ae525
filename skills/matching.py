"""A passport beside a profile or vacancy: per requirement what was shown, and why it is enough.

Requirements R6, R9 and R14. The answer is one of four words per requirement, with reasons. There is
no number for a person, and persons are never put in an order; one worker may put functions in
order, on the own device.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from schemas import catalog
from schemas.files import JsonObject, JsonValue
from skills.certificates import certificates
from skills.evidence import Grade, Proof, Statement, Status, grade_of, strength
from skills.framework import Framework, metalektro
from skills.vacancies import AskedCertificate, AskedSkill, RequirementSet
from skills.validity import State


class Fit(StrEnum):
    """What was shown of one requirement. ``not_shown`` is also the word for not having it."""

    MET = "met"
    PARTLY = "partly"
    NOT_SHOWN = "not_shown"
    NOT_REQUESTED = "not_requested"


class Relation(StrEnum):
    """How a shown skill relates to the asked one, over a concept that both are linked to."""

    SAME = "same"
    CLOSE = "close"
    BROADER = "broader"
    NARROWER = "narrower"


WHYS = (
    *("as_asked", "level_lower", "level_unknown", "grade_lower", "related_skill"),
    *("expired", "not_yet", "employer_bound_elsewhere", "unchecked", "paused", "withdrawn_only"),
    *("range_differs", "range_unknown", "lower_certificate", "giver_unknown"),
    *("not_shared", "not_asked"),
)
"""Every reason; its sentence is ``skills.why.<code>`` in the message catalogue."""

_STATES = {
    State.ENDED: "expired",
    State.WAITING: "not_yet",
    State.NOT_FOR_YOU: "employer_bound_elsewhere",
    State.UNKNOWN: "unchecked",
}
_NONE, _PARTLY, _MET = range(3)
_WORTH = {Fit.NOT_SHOWN: _NONE, Fit.PARTLY: _PARTLY, Fit.MET: _MET}
_REACH = {"broad": -1, "exact": 0, "close": 0, "narrow": 1}


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one requirement.

    Attributes:
        about: ``skill`` or ``certificate``.
        id: of the asked skill or certificate.
        why: codes of ``WHYS``, at least one.
        required: False where it is only welcome or needed later.
        level: what is asked; None for a certificate.
        grade: the weakest evidence that is enough; None for a certificate.
        shown: the statement that counted, strongest first among equals.
        relation: of the shown skill to the asked one.
        proof: the certificate that counted.
    """

    about: str
    id: str
    fit: Fit
    why: tuple[str, ...]
    required: bool
    level: int | None = None
    grade: Grade | None = None
    shown: Statement | None = None
    relation: Relation | None = None
    proof: Proof | None = None


@dataclass(frozen=True, slots=True)
class FunctionFit:
    """How many requirements of one function the worker's own statements meet.

    It is about a function, and made on the worker's device alone.
    """

    id: str
    met: int
    partly: int
    missing: int
    welcome_met: int


def compare(
    statements: Iterable[Statement],
    asked: RequirementSet,
    *,
    proofs: Sequence[Proof] = (),
    requested: frozenset[str] | None = None,
    framework: Framework | None = None,
) -> tuple[Answer, ...]:
    """Answer each requirement, in the order of the set.

    Args:
        statements: of one person (``skills.evidence``).
        asked: a profile or vacancy.
        proofs: for the certificates; judged with ``asked.max_age`` as the reader's house rule.
        requested: ids of what was really asked of the person; None: everything.
        framework: other than the project's own.
    """
    index = _Index(statements, framework or metalektro())
    return (
        *(
            _skipped("skill", each.skill, required=each.required, level=each.level)
            if requested is not None and each.skill not in requested
            else _skill(each, index)
            for each in asked.skills
        ),
        *(
            _skipped("certificate", each.certificate, required=each.needed == "at_start")
            if requested is not None and each.certificate not in requested
            else _certificate(each, proofs)
            for each in asked.certificates
        ),
    )


class Functions:
    """Many functions, prepared once: each distinct requirement is answered once for all."""

    def __init__(self, sets: Iterable[RequirementSet]) -> None:
        """Number the distinct requirements of all sets."""
        self._slots: dict[AskedSkill, int] = {}
        self._rows = [
            (each.id, self._row(each, required=True), self._row(each, required=False))
            for each in sets
        ]

    def _row(self, asked: RequirementSet, *, required: bool) -> tuple[int, ...]:
        plain = (
            AskedSkill(each.skill, each.level, each.grade)
            for each in asked.skills
            if each.required is required
        )
        return tuple(self._slots.setdefault(each, len(self._slots)) for each in plain)

    def sorted_for(
        self, statements: Iterable[Statement], framework: Framework | None = None
    ) -> list[FunctionFit]:
        """The functions, most overlap first; equals in the order in which they were given."""
        index = _Index(statements, framework or metalektro())
        slots = bytes(_WORTH[_skill(each, index).fit] for each in self._slots)
        ranked = []
        for place, (name, required, welcome) in enumerate(self._rows):
            found = bytes(map(slots.__getitem__, required))
            met, partly = found.count(_MET), found.count(_PARTLY)
            extra = bytes(map(slots.__getitem__, welcome)).count(_MET)
            share = (2 * met + partly) * _FINE // max(1, 2 * len(found))
            fit = FunctionFit(name, met, partly, len(found) - met - partly, extra)
            ranked.append((-share, -extra, place, fit))
        ranked.sort()
        return [fit for _, _, _, fit in ranked]


_FINE = 1_000_000
"""Shares of functions are compared as whole millionths: the same order in every language."""


def as_json(answer: Answer) -> JsonObject:
    """The one JSON shape of an answer."""
    why: list[JsonValue] = [*answer.why]
    document: JsonObject = {
        "about": answer.about,
        "id": answer.id,
        "fit": answer.fit.value,
        "why": why,
        "required": answer.required,
    }
    if answer.level is not None:
        document["level"] = answer.level
    if answer.grade is not None:
        document["grade"] = answer.grade.word
    if answer.shown is not None and answer.relation is not None:
        document["shown"] = {
            "skill": answer.shown.skill,
            "level": answer.shown.level,
            "grade": answer.shown.grade.word,
            "source": answer.shown.source,
            "relation": answer.relation.value,
        }
    if answer.proof is not None:
        standing = answer.proof.standing
        document["proof"] = {"id": answer.proof.id, "reason": standing.reason}
    return document


def relation(asked: str, shown: str) -> Relation | None:
    """How two skills relate that are linked to one concept with these SKOS matches.

    Two skills below one broader concept, or above one narrower, need not be alike: None.
    """
    if asked not in _REACH or shown not in _REACH:
        return None
    ours, theirs = _REACH[asked], _REACH[shown]
    if ours == theirs:
        if ours != 0:
            return None
        return Relation.SAME if asked == shown == "exact" else Relation.CLOSE
    return Relation.BROADER if theirs > ours else Relation.NARROWER


_Found = tuple[Relation, Statement]


class _Index:
    """One person's statements by skill and by linked concept."""

    def __init__(self, statements: Iterable[Statement], framework: Framework) -> None:
        self._framework = framework
        self._skills: dict[str, list[Statement]] = defaultdict(list)
        self._concepts: dict[str, list[tuple[str, Statement]]] = defaultdict(list)
        for each in statements:
            self._skills[each.skill].append(each)
            for link in each.links:
                self._concepts[link.uri].append((link.match, each))

    def about(self, skill: str) -> list[_Found]:
        """What was said of this skill and of related ones, nearest and strongest first."""
        found = [(Relation.SAME, each) for each in self._skills.get(skill, ())]
        known = self._framework.skills.get(skill)
        for link in known.alignment if known else ():
            for match, each in self._concepts.get(link.uri, ()):
                how = relation(link.match, match)
                if how is not None and each.skill != skill:
                    found.append((how, each))
        order = list(Relation)
        found.sort(key=lambda one: strength(one[1]), reverse=True)
        found.sort(key=lambda one: order.index(one[0]))
        return found


def _skill(asked: AskedSkill, index: _Index) -> Answer:
    found = index.about(asked.skill)
    same = [one for one in found if one[0] is Relation.SAME]
    usable = [one for one in same if one[1].usable]
    if usable:
        return _best(asked, usable)
    idle = [one for one in same if one[1].status in {Status.GOOD, Status.UNKNOWN}]
    if idle:
        how, said = idle[0]
        unknown = said.status is Status.UNKNOWN
        why = "unchecked" if unknown else _STATES[said.standing.state]
        return _answer(asked, Fit.PARTLY, (why,), said, how)
    alike = [one for one in found if one[0] is not Relation.SAME and one[1].usable]
    if alike:
        return _best(asked, alike, "related_skill")
    if same:
        how, said = same[0]
        paused = any(one.status is Status.PAUSED for _, one in same)
        return _answer(asked, Fit.NOT_SHOWN, ("paused" if paused else "withdrawn_only",), said, how)
    return _answer(asked, Fit.NOT_SHOWN, ("not_shared",))


def _best(asked: AskedSkill, found: Sequence[_Found], *base: str) -> Answer:
    """The statement with the fewest faults; among equals the first, which is the strongest."""
    judged = [((*base, *_faults(asked, said)), said, how) for how, said in found]
    why, said, how = min(judged, key=lambda one: len(one[0]))
    fit = Fit.PARTLY if why else Fit.MET
    return _answer(asked, fit, why or ("as_asked",), said, how)


def _faults(asked: AskedSkill, said: Statement) -> tuple[str, ...]:
    faults = []
    if said.level is None:
        faults.append("level_unknown")
    elif said.level < asked.level:
        faults.append("level_lower")
    if said.grade < asked.grade:
        faults.append("grade_lower")
    return tuple(faults)


def _answer(
    asked: AskedSkill,
    fit: Fit,
    why: tuple[str, ...],
    shown: Statement | None = None,
    how: Relation | None = None,
) -> Answer:
    return Answer(
        about="skill",
        id=asked.skill,
        fit=fit,
        why=why,
        required=asked.required,
        level=asked.level,
        grade=asked.grade,
        shown=shown,
        relation=how,
    )


def _skipped(about: str, name: str, *, required: bool, level: int | None = None) -> Answer:
    return Answer(about, name, Fit.NOT_REQUESTED, ("not_asked",), required, level)


def _certificate(asked: AskedCertificate, proofs: Sequence[Proof]) -> Answer:
    """The proof with the fewest faults; a lower step of the same certificate counts in part."""
    judged = []
    for proof in proofs:
        named = _certificate_of(proof)
        if named == asked.certificate:
            judged.append((_proof_faults(asked, proof), proof))
        elif named is not None and certificates()[named].rule.step_to == asked.certificate:
            judged.append((("lower_certificate", *_proof_faults(asked, proof)), proof))
    counting = [one for one in judged if not {"withdrawn_only", "paused"} & set(one[0])]
    required = asked.needed == "at_start"
    if counting:
        why, proof = min(counting, key=lambda one: len(one[0]))
        fit = Fit.PARTLY if why else Fit.MET
        why = why or ("as_asked",)
    elif judged:
        (why, proof), fit = judged[0], Fit.NOT_SHOWN
    else:
        return Answer("certificate", asked.certificate, Fit.NOT_SHOWN, ("not_shared",), required)
    return Answer("certificate", asked.certificate, fit, why, required, proof=proof)


def _proof_faults(asked: AskedCertificate, proof: Proof) -> tuple[str, ...]:
    if proof.status is Status.WITHDRAWN:
        return ("withdrawn_only",)
    if proof.status is Status.PAUSED:
        return ("paused",)
    faults = []
    if proof.status is Status.UNKNOWN:
        faults.append("unchecked")
    elif not proof.standing.usable:
        faults.append(_STATES[proof.standing.state])
    if grade_of(proof.type_id, proof.role) is Grade.SELF:
        faults.append("giver_unknown")
    ranges = [_range(proof.claims.get(claim), values) for claim, values in asked.range.items()]
    if None in ranges:
        faults.append("range_unknown")
    elif False in ranges:
        faults.append("range_differs")
    return tuple(faults)


def _range(claim: JsonValue, values: tuple[str, ...]) -> bool | None:
    """Whether a claim holds all asked values; None where it was not shown."""
    if claim is None:
        return None
    held = claim if isinstance(claim, list) else [claim]
    return all(value in held for value in values)


def _certificate_of(proof: Proof) -> str | None:
    kinds = {kind.id: kind.certificate for kind in catalog.credential_types()}
    return kinds.get(proof.type_id)
