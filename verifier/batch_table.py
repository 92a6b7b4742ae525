"""The table of many proofs: rows for the page, and the same for a spreadsheet (RFC 4180)."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from io import StringIO

from credentials.findings import Part
from schemas.messages import sentence
from service import dates
from service.problems import explain
from skills.exporters.table import harmless
from verifier.batches import Batch, Line
from verifier.page_views import page_view

_COLUMNS = ("number", "source", "result", "proofs", "giver")


@dataclass(frozen=True, slots=True)
class Row:
    """One item in words.

    Attributes:
        tone: of its verdict; ``negative`` where it could not be checked.
        answers: the words of the four questions; of several proofs the least good, empty for none.
        result: where its page is; empty where there is none.
    """

    number: int
    source: str
    tone: str
    title: str
    lead: str
    proofs: str
    giver: str
    answers: tuple[str, ...]
    result: str


def rows(batch: Batch, language: str) -> tuple[Row, ...]:
    """What is done so far, in the order of the items; nobody is sorted by how good they are."""
    return tuple(_row(line, language) for line in batch.lines())


def as_csv(batch: Batch, language: str) -> str:
    """The table for a spreadsheet: no cell can be a formula."""
    text = StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    parts = [sentence(f"common.part.{part}", language) for part in Part]
    heads = [sentence(f"verifier.many.column.{name}", language) for name in _COLUMNS]
    writer.writerow([*heads, *parts, sentence("verifier.many.column.checked", language)])
    checked = dates.with_time(batch.started_at, language)
    for row in rows(batch, language):
        answers = row.answers or ("",) * len(parts)
        cells = [str(row.number), row.source, row.title, row.proofs, row.giver, *answers, checked]
        writer.writerow([harmless(cell) for cell in cells])
    return text.getvalue()


def _row(line: Line, language: str) -> Row:
    source = line.item.source or sentence("verifier.many.line", language, number=line.item.number)
    if not line.reports:
        words = explain(line.fault or "internal_error", language)
        return Row(line.item.number, source, "negative", words, "", "", "", (), "")
    shown = page_view(line.reports, language)
    worst = min(shown.proofs, key=lambda proof: proof.tone != shown.tone)
    return Row(
        number=line.item.number,
        source=source,
        tone=shown.tone,
        title=shown.title,
        lead=shown.lead,
        proofs=_once([proof.heading for proof in shown.proofs]),
        giver=_once([proof.issuer for proof in shown.proofs if proof.heading]),
        answers=tuple(part.word for part in worst.parts),
        result=line.result,
    )


def _once(names: Sequence[str | None]) -> str:
    return ", ".join(dict.fromkeys(name for name in names if name))
