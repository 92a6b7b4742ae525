"""The official ESCO download: ``skills_nl.csv`` and the like, a row for each concept.

Columns: conceptType, conceptUri, skillType, reuseLevel, preferredLabel, altLabels (one a line),
hiddenLabels, status, modifiedDate, scopeNote, definition, inScheme, description. Only concepts,
labels and other labels are read; a version's new columns do no harm.
"""

import csv
import io
from collections.abc import Callable, Iterator, Mapping

from skills.importers.concepts import Concept
from skills.importers.reading import ImportRefused, Report, name_of, text_of

PREFIXES = ("http://data.europa.eu/esco/skill/", "http://data.europa.eu/esco/occupation/")
NEEDED = ("conceptUri", "preferredLabel")
MAX_OTHER_LABELS = 200
MAX_ROWS = 50_000
"""ESCO 1.2.0 has 13,939 skills and 3,039 occupations."""

_MAX_FIELD = 100_000


def read(
    octets: bytes, *, language: str, progress: Callable[[int], None] = lambda _rows: None
) -> tuple[tuple[Concept, ...], Report]:
    """Concepts with their labels in one language.

    Args:
        octets: the file.
        language: of its labels, as the file's name says: ``nl``, ``en``.
        progress: told the number of rows from time to time.

    Raises:
        ImportRefused: ``not_text``, ``columns_missing``, ``not_csv``, ``too_many_rows``.
    """
    report = Report()
    concepts = []
    for line, row in _rows(text_of(octets)):
        report.read += 1
        if report.read > MAX_ROWS:
            raise ImportRefused("too_many_rows", f"line {line}")
        if report.read % 1_000 == 0:
            progress(report.read)
        found = _concept(row, language)
        if isinstance(found, str):
            report.leave(f"line {line}", found)
        else:
            concepts.append(found)
            report.taken += 1
    return tuple(concepts), report


def _rows(text: str) -> Iterator[tuple[int, Mapping[str, str | None]]]:
    head = text.partition("\n")[0]
    csv.field_size_limit(_MAX_FIELD)
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=";" if ";" in head else ",")
    try:
        missing = [name for name in NEEDED if name not in (reader.fieldnames or ())]
        if missing:
            raise ImportRefused("columns_missing", ", ".join(missing))
        for row in reader:
            yield reader.line_num, row
    except csv.Error as error:
        raise ImportRefused("not_csv", f"line {reader.line_num}") from error


def _concept(row: Mapping[str, str | None], language: str) -> Concept | str:
    uri, label = name_of(row.get("conceptUri")), name_of(row.get("preferredLabel"))
    if uri is None or not uri.startswith(PREFIXES):
        return "no_address"
    if label is None:
        return "no_label"
    if (row.get("status") or "released") != "released":
        return "not_released"
    lines = (row.get("altLabels") or "").split("\n")[:MAX_OTHER_LABELS]
    other = tuple(dict.fromkeys(filter(None, map(name_of, lines))))
    kind = name_of(row.get("skillType")) or name_of(row.get("conceptType")) or ""
    return Concept(uri, kind, {language: label}, {language: other} if other else {})
