"""The person in a row of a class list: the name, from the columns that the list has."""

from issuer import class_list_headings as headings
from issuer.class_list_faults import Action, Problem, Severity
from issuer.class_list_names import Name, family_in_order, name_problem, split_name
from issuer.class_list_reading import NAMES, Reading
from issuer.class_list_text import misread, repaired
from schemas.claim_kinds import MAX_TEXT
from schemas.files import JsonObject


def names_of(reading: Reading, *, noting: bool = True) -> JsonObject:
    """The claims with a person's name; the cells of its parts are set to what was read.

    Args:
        reading: the row.
        noting: whether faults are noted; not where the row gives no proof anyway.
    """
    noted = reading
    if not noting:
        noted = Reading(reading.plan, reading.line, reading.cells, spoiled=reading.spoiled)
    if headings.FULL_NAME in reading.plan.columns:
        _split(noted)
    else:
        _in_parts(noted)
    given, prefix, family = (reading.cell(column) or "" for column in NAMES)
    family = f"{prefix} {family}".strip()
    for column, text in ((headings.GIVEN_NAME, given), (headings.FAMILY_NAME, family)):
        if len(text) > MAX_TEXT:
            noted.add(column, Problem("text_too_long", words={"limit": str(MAX_TEXT)}))
    return {"given_name": given, "family_name": family}


def whole_name(reading: Reading) -> str:
    """The name as far as it is fit to be shown."""
    return " ".join(part for column in NAMES if (part := reading.cell(column)))


def _split(reading: Reading) -> None:
    cell = _mended_text(reading, headings.FULL_NAME)
    if cell is None:
        return
    if not cell:
        reading.add(headings.FULL_NAME, Problem("value_missing"))
        return
    name, question = split_name(cell)
    if question is not None:
        reading.add(headings.FULL_NAME, question)
    _keep(reading, name or Name("", "", cell))


def _in_parts(reading: Reading) -> None:
    texts = {column: _mended_text(reading, column) for column in NAMES}
    for column in (headings.GIVEN_NAME, headings.FAMILY_NAME):
        if texts[column] == "":
            reading.add(column, Problem("value_missing"))
    family, prefix = texts[headings.FAMILY_NAME], texts[headings.PREFIX] or ""
    if family is None:
        return
    better, last = family_in_order(family, prefix)
    if (better, last) != (prefix, family):
        whole = f"{better} {last}"
        kept = (Action.ROW_KEPT, Severity.WARNING, whole)
        words = {"written": f"{prefix} {family}".strip(), "better": whole}
        reading.add(headings.FAMILY_NAME, Problem("name_order", *kept, words=words))
    _keep(reading, Name(texts[headings.GIVEN_NAME] or "", better, last))


def _mended_text(reading: Reading, column: str) -> str | None:
    """A cell of a name as it was meant; what is strange in it is noted."""
    cell = reading.cell(column)
    if not cell:
        return cell
    question = misread(cell)
    text = repaired(cell) if question else cell
    problem = question or name_problem(text)
    if problem is not None:
        reading.add(column, problem)
    return text


def _keep(reading: Reading, name: Name) -> None:
    for column, part in zip(NAMES, (name.given, name.prefix, name.family), strict=True):
        if column not in reading.spoiled:
            reading.cells[column] = part
