"""What is known of a class list before its rows are read: columns, types, and what is missing."""

from collections.abc import Callable, Mapping
from datetime import datetime

from issuer import class_list_headings as headings
from issuer.class_list_faults import Action, Fault, Problem, Words, list_refused
from issuer.class_list_file import ListRefusedError, Sheet
from issuer.class_list_headings import CLAIM, heading_key
from issuer.class_list_mapping import ColumnMapping, checked, propose, sure
from issuer.class_list_reading import NAMES, UNUSED, Answers, Plan
from issuer.class_list_text import cleaned
from issuer.class_list_values import plain_number
from schemas.catalog import course_keys
from schemas.completion import COMMON_COLUMNS, template_missing
from schemas.credential_types import CredentialType
from schemas.files import JsonObject
from schemas.messages import LANGUAGES
from skills.framework import fold, metalektro

_ASKS = frozenset({"geslaagd", "behaald", "passed"})
"""Titles of a result that "ja" answers."""


def mapped(
    sheet: Sheet,
    types: tuple[CredentialType, ...],
    wanted: CredentialType | None,
    mapping: ColumnMapping | None,
) -> ColumnMapping:
    """The mapping of a list: the given one, checked, or what its titles surely say.

    Raises:
        MalformedError: ``mapping_unknown``.
        ListRefusedError: two columns for one thing, or no column that means anything.
    """
    if mapping is not None:
        return checked(mapping, sheet, types)
    proposals = propose(sheet, types_in_play(sheet, types, wanted))
    for one in proposals:
        if one.found.reason == "twice":
            twice = list_refused("heading_twice", sheet.header_line, heading=one.title)
            raise ListRefusedError(twice)
    found = sure(proposals)
    if not any(found.targets):
        raise ListRefusedError(list_refused("import_invalid", variant="headings"))
    return found


def types_in_play(
    sheet: Sheet, types: tuple[CredentialType, ...], wanted: CredentialType | None
) -> tuple[CredentialType, ...]:
    """The types that the courses of this list choose, or the one that was asked."""
    if wanted is not None:
        return (wanted,)
    targets = sure(propose(sheet, ())).targets
    if headings.COURSE not in targets:
        return types
    position = targets.index(headings.COURSE)
    return _chosen(sheet, types, position)


def _chosen(
    sheet: Sheet, types: tuple[CredentialType, ...], position: int
) -> tuple[CredentialType, ...]:
    named = {row.cells[position] for row in sheet.records if position < len(row.cells)}
    choose = _chooser(types)
    chosen = {found.id for name in named if (found := choose(cleaned(name))) is not None}
    return tuple(found for found in types if found.id in chosen)


def make_plan(
    sheet: Sheet,
    mapping: ColumnMapping,
    *,
    at: datetime,
    types: tuple[CredentialType, ...],
    wanted: CredentialType | None,
    fixed: Mapping[str, JsonObject],
    answers: Answers | None,
) -> Plan:
    """What all rows of a list have in common."""
    columns = {
        target or f"{UNUSED}{position}": position
        for position, (title, target) in enumerate(zip(sheet.titles, mapping.targets, strict=True))
        if target or heading_key(title)
    }
    numbers = sorted(
        int(heading.partition(" ")[2])
        for heading in columns
        if heading.startswith("Skill ") and f"Niveau {heading.partition(' ')[2]}" in columns
    )
    result = columns.get(headings.RESULT)
    return Plan(
        at=at,
        columns=columns,
        titles=tuple(
            headings.canonical(title) or headings.shown(title, position)
            for position, title in enumerate(sheet.titles, 1)
        ),
        constants={name: cleaned(text) for name, text in mapping.constants.items()},
        own=tuple(name for name in (*columns, *mapping.constants) if name.startswith(CLAIM)),
        pairs=tuple((f"Skill {number}", f"Niveau {number}") for number in numbers),
        course=_chooser(types),
        wanted=wanted,
        fixed=fixed,
        framework=metalektro(),
        roles=_roles(types, columns),
        comma=sheet.delimiter != ",",
        says_passed=result is not None and heading_key(sheet.titles[result]) in _ASKS,
        number_length=_number_length(sheet, columns.get(headings.NUMBER)),
        answers=answers or Answers(),
        asks=answers is not None,
    )


def _chooser(types: tuple[CredentialType, ...]) -> Callable[[str], CredentialType | None]:
    """By titles first, in both languages, then by the other names of a course."""
    known = {fold(found.title_nl): found for found in reversed(types)}
    for found in types:
        for key in (fold(found.title_en), *course_keys(found)):
            known.setdefault(key, found)
    return lambda text: known.get(fold(text))


def _roles(types: tuple[CredentialType, ...], columns: Mapping[str, int]) -> dict[str, str]:
    roles = {name: "other" for name in columns if name.startswith(UNUSED)}
    for found in types:
        sources = {CLAIM + claim.path: claim.path for claim in found.issued()}
        sources |= {column: path for path, column in found.from_list.items()}
        for column, path in sources.items():
            described = found.claim(path)
            if described is not None and described.kind == "date":
                roles[column] = "date"
            elif described is not None and described.number_claim:
                roles[column] = "number"
    roles |= dict.fromkeys((*NAMES, headings.FULL_NAME), "name")
    return roles | {headings.NUMBER: "number", headings.EMAIL: "email"}


def _number_length(sheet: Sheet, position: int | None) -> int:
    """Digits of the trainee numbers of a list whose numbers begin with zeros; else 0."""
    if position is None:
        return 0
    lengths = {
        len(number)
        for row in sheet.records
        if position < len(row.cells)
        and (number := plain_number(row.cells[position].strip())).startswith("0")
        and number.isdecimal()
    }
    return lengths.pop() if len(lengths) == 1 else 0


def list_faults(sheet: Sheet, plan: Plan, types: tuple[CredentialType, ...]) -> tuple[Fault, ...]:
    """Columns and claims that are missing for the whole list, named before any row is read."""
    in_play = types_of(sheet, plan, types)
    return _heading_faults(sheet, plan, in_play) or _template_faults(sheet, plan, in_play)


def types_of(
    sheet: Sheet, plan: Plan, types: tuple[CredentialType, ...]
) -> tuple[CredentialType, ...]:
    """The types of which this list may make proofs, now that its columns are known."""
    if plan.wanted is not None:
        return (plan.wanted,)
    if headings.COURSE in plan.constants:
        found = plan.course(plan.constants[headings.COURSE])
        return () if found is None else (found,)
    position = plan.columns.get(headings.COURSE)
    return () if position is None else _chosen(sheet, types, position)


def _heading_faults(
    sheet: Sheet, plan: Plan, in_play: tuple[CredentialType, ...]
) -> tuple[Fault, ...]:
    needed = [headings.NUMBER, headings.GIVEN_NAME, headings.FAMILY_NAME, headings.EMAIL]
    if plan.wanted is None:
        needed.append(headings.COURSE)
    needed.append(headings.RESULT)
    for found in in_play:
        sources = {**COMMON_COLUMNS, **found.from_list}
        needed.extend(
            sources[claim]
            for claim in found.required()
            if claim in sources and CLAIM + claim not in plan.columns
        )
    for heading in plan.columns:
        kind, _, number = heading.partition(" ")
        if kind in {"Skill", "Niveau"} and number.isdecimal():
            needed.append(f"{'Niveau' if kind == 'Skill' else 'Skill'} {number}")
    return tuple(
        Problem("heading_missing", Action.LIST_REFUSED, words={"heading": heading}).at(
            sheet.header_line, heading
        )
        for heading in dict.fromkeys(needed)
        if not plan.holds(heading)
    )


def _template_faults(
    sheet: Sheet, plan: Plan, in_play: tuple[CredentialType, ...]
) -> tuple[Fault, ...]:
    """Required claims that no row can fill."""
    faults = []
    mapping = ColumnMapping(tuple(plan.columns), plan.constants)
    for found in in_play:
        for path in unfilled(found, mapping, plan.fixed):
            claim = found.claim(path)
            words: Words = {
                "title": {language: found.title(language) for language in LANGUAGES},
                "claim": {language: claim.label(language) for language in LANGUAGES}
                if claim
                else path,
            }
            problem = Problem("template_claim_missing", Action.LIST_REFUSED, words=words)
            faults.append(problem.at(sheet.header_line, None))
    return tuple(faults)


def unfilled(
    kind: CredentialType, mapping: ColumnMapping, fixed: Mapping[str, JsonObject]
) -> tuple[str, ...]:
    """Required claims of a type that no column, no value for all and no template fills."""
    said = {name for name, text in mapping.constants.items() if text}
    columns = {name for name in mapping.targets if name} | said
    if headings.FULL_NAME in columns:
        columns |= set(NAMES)
    own = {name.removeprefix(CLAIM): None for name in columns if name.startswith(CLAIM)}
    given = fixed.get(kind.id, kind.fixed_for_demo)
    return template_missing(kind, fixed={**given, **own}, columns=columns)
