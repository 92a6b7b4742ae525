"""Which column of a class list holds what: proposed with reasons, changed by hand, remembered."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Final

from credentials.errors import MalformedError
from issuer import class_list_headings as headings
from issuer.class_list_faults import Action, echo, list_refused
from issuer.class_list_file import ListRefusedError, Sheet
from issuer.class_list_headings import CLAIM, Confidence, Recognised, heading_key, recognise
from issuer.class_list_text import text_problem
from schemas.credential_types import CredentialType, Disclosure, MonthsAfter
from schemas.elfproef import suspected

SAMPLE_ROWS: Final = 50
"""Rows whose cells are looked at where a heading says nothing."""

MAX_CONSTANT: Final = 200
"""Characters of a value that is the same for the whole class."""

CONSTANT: Final = (
    *(headings.NUMBER, headings.EMAIL, headings.COURSE, headings.EXAM_DATE),
    *(headings.RESULT, headings.TRAINER),
)
"""Columns that one value can stand for; number and e-mail only by saying that there are none."""

_COMMON = {"given_name": headings.GIVEN_NAME, "family_name": headings.FAMILY_NAME}
_PAIR = re.compile(r"(?:Skill|Niveau) [1-9]\d?")
_LIKE_MAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
_LIKE_DATE = re.compile(r"\d{1,2}[-/.]\d{1,2}[-/.]\d{4}(?: .*)?|\d{4}-\d{2}-\d{2}(?:[ T].*)?")
_NAMES = (headings.GIVEN_NAME, headings.PREFIX, headings.FAMILY_NAME)


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """What each column of one list is used for.

    Attributes:
        targets: by position: a heading of ours, ``Naam``, ``claim:<path>``, or None for a column
            that is not used.
        constants: heading of ours, or ``claim:<path>``, to what it is for every row, where no
            column holds it; empty for a number or an address that nobody has.
    """

    targets: tuple[str | None, ...]
    constants: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Proposal:
    """What one column seems to hold.

    Attributes:
        position: from 0.
        title: as it may be shown.
        examples: of its first cells, to recognise it by.
    """

    position: int
    title: str
    found: Recognised
    examples: tuple[str, ...] = ()


def propose(
    sheet: Sheet, types: Iterable[CredentialType], *, remembered: ColumnMapping | None = None
) -> tuple[Proposal, ...]:
    """What each column seems to hold.

    Args:
        sheet: the list.
        types: of which rows may become proofs; their claims lend their labels.
        remembered: what a person decided for a list with the same headings.
    """
    if remembered is not None and len(remembered.targets) == len(sheet.titles):
        found = [Recognised(one, Confidence.SURE, "remembered") for one in remembered.targets]
    else:
        known = labels(types)
        found = [recognise(title, known) for title in sheet.titles]
        found = _by_content(sheet, _one_each(_with_family(found)))
    return tuple(
        Proposal(position, headings.shown(title, position + 1), one, _examples(sheet, position))
        for position, (title, one) in enumerate(zip(sheet.titles, found, strict=True))
    )


def sure(proposals: Iterable[Proposal]) -> ColumnMapping:
    """The mapping that needs no person: only what was recognised surely."""
    return ColumnMapping(
        tuple(
            one.found.target if one.found.confidence is Confidence.SURE else None
            for one in proposals
        )
    )


def likely(proposals: Iterable[Proposal]) -> ColumnMapping:
    """The mapping as a person is first shown it."""
    return ColumnMapping(tuple(one.found.target for one in proposals))


def labels(types: Iterable[CredentialType]) -> dict[str, str]:
    """Key of a claim's label, in each language, to the heading or claim that it names."""
    found: dict[str, str] = {}
    for kind in types:
        for claim in kind.claims:
            if claim.disclosure is Disclosure.NEVER or not is_listed(claim.kind):
                continue
            if isinstance(kind.computed.get(claim.path), MonthsAfter):
                continue
            target = _COMMON.get(claim.path) or kind.from_list.get(claim.path)
            for label in (claim.label_nl, claim.label_en, claim.path):
                found.setdefault(heading_key(label), target or CLAIM + claim.path)
    return found


def is_listed(kind: str) -> bool:
    """Whether one cell can hold a claim of this kind."""
    return "{" not in kind and kind != "attachment digest"


def checked(mapping: ColumnMapping, sheet: Sheet, types: Iterable[CredentialType]) -> ColumnMapping:
    """A mapping that a person or program sent, once it is sure that it fits this list.

    Raises:
        MalformedError: ``mapping_unknown`` for a target or constant that does not exist, or
            another number of columns.
        ListRefusedError: ``heading_twice``: two columns for one thing; or a value for all that
            may not be in a list: a formula, hidden signs, what may be a citizen service number.
    """
    claims = {CLAIM + claim.path for kind in types for claim in kind.issued()}
    used = [target for target in mapping.targets if target is not None]
    allowed = {*headings.KNOWN, headings.FULL_NAME} | claims
    if len(mapping.targets) != len(sheet.titles):
        raise MalformedError("mapping_unknown", f"expected {len(sheet.titles)} columns")
    if any(target not in allowed and not _PAIR.fullmatch(target) for target in used):
        raise MalformedError("mapping_unknown", "a column is used for what does not exist")
    if any(
        name not in (*CONSTANT, *claims) or len(value) > MAX_CONSTANT
        for name, value in mapping.constants.items()
    ):
        raise MalformedError("mapping_unknown", f"one value for all: {', '.join(CONSTANT)}")
    for name, text in mapping.constants.items():
        problem = text_problem(text, name=False, number=False, email=False)
        if problem is not None:
            refused = replace(problem, action=Action.LIST_REFUSED)
            raise ListRefusedError(refused.at(sheet.header_line, name.removeprefix(CLAIM)))
    for target in used:
        if used.count(target) > 1:
            raise ListRefusedError(list_refused("heading_twice", heading=target))
    kept = {name: text for name, text in mapping.constants.items() if name not in used}
    return replace(mapping, constants=MappingProxyType(kept))


def fitting(mapping: ColumnMapping, types: Iterable[CredentialType]) -> ColumnMapping:
    """A mapping of before without claims that no template has any more."""
    known = {CLAIM + claim.path for kind in types for claim in kind.issued()}

    def stays(target: str) -> bool:
        return not target.startswith(CLAIM) or target in known

    return ColumnMapping(
        tuple(target if target and stays(target) else None for target in mapping.targets),
        MappingProxyType({name: text for name, text in mapping.constants.items() if stays(name)}),
    )


def _with_family(found: list[Recognised]) -> list[Recognised]:
    """Beside a column of given names, "Naam" means the family name."""
    targets = {one.target for one in found}
    if headings.GIVEN_NAME not in targets or headings.FULL_NAME not in targets:
        return found
    means = None if headings.FAMILY_NAME in targets else headings.FAMILY_NAME
    instead = Recognised(means, Confidence.LIKELY, "maybe" if means else "other_column")
    return [instead if one.target == headings.FULL_NAME else one for one in found]


def _one_each(found: list[Recognised]) -> list[Recognised]:
    """One column for each thing: ours before other words, sure before likely, left before right."""
    best: dict[str, int] = {}
    weight = {"ours": 3, "label": 2, "synonym": 2, "maybe": 1}
    for position, one in enumerate(found):
        if one.target is None:
            continue
        first = best.setdefault(one.target, position)
        if weight[one.reason] > weight[found[first].reason]:
            best[one.target] = position
    made = []
    for position, one in enumerate(found):
        chosen = best.get(one.target or "", position)
        if chosen == position:
            made.append(one)
        elif weight[found[chosen].reason] == weight[one.reason]:
            made.append(Recognised(None, Confidence.UNKNOWN, "twice"))
        else:
            made.append(Recognised(None, Confidence.UNKNOWN, "other_column"))
    return made


def _by_content(sheet: Sheet, found: list[Recognised]) -> list[Recognised]:
    """Columns without a telling heading whose cells look like addresses or dates."""
    taken = {one.target for one in found}
    made = list(found)
    for target, pattern in ((headings.EMAIL, _LIKE_MAIL), (headings.EXAM_DATE, _LIKE_DATE)):
        fits = [
            position
            for position, one in enumerate(found)
            if one.reason == "unknown" and _holds(sheet, position, pattern)
        ]
        if target not in taken and len(fits) == 1:
            made[fits[0]] = Recognised(target, Confidence.LIKELY, "content")
    return made


def _cells(sheet: Sheet, position: int) -> list[str]:
    rows = sheet.records[:SAMPLE_ROWS]
    cells = [row.cells[position].strip() for row in rows if position < len(row.cells)]
    return [cell for cell in cells if cell]


def _holds(sheet: Sheet, position: int, pattern: re.Pattern[str]) -> bool:
    cells = _cells(sheet, position)
    return bool(cells) and all(pattern.fullmatch(cell) for cell in cells)


def _examples(sheet: Sheet, position: int) -> tuple[str, ...]:
    cells = (_harmless(cell) for cell in dict.fromkeys(_cells(sheet, position)))
    return tuple(cell for cell in cells if cell)[:2]


def _harmless(cell: str) -> str:
    """The beginning of a cell on a screen; nothing where it may hold a citizen service number."""
    return "" if suspected(cell) or not cell.isprintable() else echo(cell)
