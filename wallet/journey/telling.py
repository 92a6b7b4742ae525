"""The journey's report in sentences, for whoever reads a terminal."""

from collections.abc import Iterator

from schemas.messages import sentence
from wallet.journey.report import JourneyReport


def lines(report: JourneyReport, *, language: str) -> Iterator[str]:
    """One sentence for each thing that happened, and a last one for the whole."""
    yield sentence(
        "journey.people",
        language,
        issued=report.issued,
        held=report.held,
        verified=report.verified,
    )
    for row in report.not_issued:
        yield sentence("journey.not_issued", language, line=row.line)
    for one in report.refused:
        if one.code == one.expected:
            told = one.nl if language == "nl" else one.en
            yield sentence("journey.refused", language, case=one.case, told=told)
        else:
            yield sentence(
                "journey.wrong", language, case=one.case, code=one.code, expected=one.expected
            )
    for place in report.problems:
        yield sentence("journey.problem", language, place=place)
    yield sentence("journey.good" if report.ok else "journey.bad", language)
