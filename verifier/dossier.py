"""What a firm may put in its file: the verified extract of what was shown (requirement R20).

Made of the verdict while that is there and kept nowhere: after the result's time there is none.
Purpose and last day are those that were declared to the person.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from credentials.errors import RejectedError
from credentials.findings import Check, Part
from schemas.declarations import Declared, lists
from schemas.messages import LANGUAGES, sentence
from service.dates import in_words, local_day
from skills.evidence import Proof, grade_of, of_proof
from skills.exporters.formats import FORMATS, Format
from skills.exporters.table import purpose
from skills.extracts import Extract, ExtractRefused, Person, Source, extract, person_of, standing
from skills.validity import ANYONE
from verifier.certificate_standing import confirmations, proof_of
from verifier.verdicts import Report, answer, type_title

KINDS = ("csv", "json", "ler-rs")
"""What a firm is offered beside the page as PDF."""


def extract_of(reports: Sequence[Report], declared: Declared | None = None) -> Extract:
    """The extract of what one person showed.

    Args:
        reports: of one person, not empty. A proof that does not hold, or is someone else's, is
            left out: nothing of it may be shown.
        declared: what the person was told; None: the usual, where nobody was asked.

    Raises:
        RejectedError: ``result_gone``: nothing of it is remembered any more, or nothing held.
    """
    known = declared or lists().usual
    confirmed = confirmations(reports)
    held: list[tuple[Report, Proof]] = []
    for place, report in enumerate(reports):
        proof = proof_of(report, str(place), confirmed=confirmed, reader=ANYONE)
        held += [] if proof is None else [(report, proof)]
    if not held:
        raise RejectedError("result_gone", "nothing that may be shown")
    made_on = local_day(reports[0].checked_at)
    try:
        return extract(
            [said for _, proof in held for said in of_proof(proof)],
            [_source(report, proof) for report, proof in held],
            purpose=known.purpose,
            made_on=made_on,
            ends_on=made_on + timedelta(days=known.retention_days),
            person=_person(held),
        )
    except ExtractRefused as refused:
        raise RejectedError("declaration_invalid", refused.code) from None


@dataclass(frozen=True, slots=True)
class DossierView:
    """What the page says of it.

    Attributes:
        purpose: in words.
        until: the last day, in words.
        kinds: the files to choose from.
    """

    purpose: str
    until: str
    kinds: tuple[str, ...] = KINDS


def dossier_view(
    reports: Sequence[Report], declared: Declared | None, language: str
) -> DossierView | None:
    """What may be kept, in words; None where there is nothing to keep."""
    try:
        made = extract_of(reports, declared)
    except RejectedError:
        return None
    return DossierView(purpose(made, language), in_words(made.ends_on, language))


def format_of(kind: str) -> Format:
    """The format of a file.

    Raises:
        RejectedError: ``not_found``.
    """
    if kind not in KINDS:
        raise RejectedError("not_found", "no such kind of file")
    return FORMATS[kind]


def _source(report: Report, proof: Proof) -> Source:
    until = proof.standing.until
    credential = report.credential
    ends = credential.validity.valid_until if credential else None
    return Source(
        id=proof.id,
        type_id=proof.type_id,
        titles={each: _title(report, each) for each in LANGUAGES},
        giver=report.listed_name("nl") or report.issuer_address,
        giver_id=report.fact(Check.IDENTITY, "issuer"),
        grade=grade_of(proof.type_id, proof.role),
        on=proof.issued_on,
        until=until or (local_day(ends) if ends else None),
        standing=standing(proof.status, proof.standing),
        checked={part.value: answer(report, part).value for part in Part},
    )


def _title(report: Report, language: str) -> str:
    """The name of the type, and for a type that is not ours no name that its giver chose."""
    return type_title(report, language) or sentence("verifier.dossier.other_type", language)


def _person(held: Sequence[tuple[Report, Proof]]) -> Person | None:
    """The name, where one was shown."""
    found = (person_of(proof.claims) for _, proof in held)
    return next(filter(None, found), None)
