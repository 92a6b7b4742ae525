"""A template as a form: which field asks for which claim, and back from fields to claims.

An empty field is no claim. What cannot be read stays text, so that the check of the claims names
the field; nothing is guessed.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from credentials.encoding import JsonObject, JsonValue
from issuer.templates import Template
from schemas.credential_types import Claim, MonthsAfter
from skills.framework import metalektro

MAX_SKILLS = 4
"""Skills in one form, as in a class list."""


class Widget(StrEnum):
    """How a claim is asked for."""

    TEXT = "text"
    LONG = "long"
    DATE = "date"
    NUMBER = "number"
    SELECT = "select"
    YES_NO = "yes_no"
    LIST = "list"
    PERIOD = "period"
    LINES = "lines"
    SKILLS = "skills"


_WIDGETS = {
    "date": Widget.DATE,
    "number": Widget.NUMBER,
    "decimal": Widget.NUMBER,
    "yes/no": Widget.YES_NO,
    "date range": Widget.PERIOD,
    "list of {skill, level}": Widget.SKILLS,
    "list of {code, name}": Widget.LINES,
    "list of {part, recognised}": Widget.LINES,
}
_APART = frozenset({"details", "own_title"})
"""Claims that a template fills in another way than by a field of their own."""

_NOT_TYPED = frozenset({"attachment digest"})
"""Kinds that nobody types into a form."""


@dataclass(frozen=True, slots=True)
class FormField:
    """One field.

    Attributes:
        name: the claim's path, and the name in the form.
        choices: for a select: value and words; codes of a standard are their own words.
        value: what stands in it, as typed.
    """

    name: str
    label: str
    widget: Widget
    required: bool
    choices: tuple[tuple[str, str], ...]
    value: str


@dataclass(frozen=True, slots=True)
class FormGroups:
    """The fields of a template in the order of the page.

    Attributes:
        asked: what differs for each person and must be there.
        fixed: what the template fixes for a class; may be changed.
        more: what may be left out.
    """

    asked: tuple[FormField, ...]
    fixed: tuple[FormField, ...]
    more: tuple[FormField, ...]
    has_skills: bool


def groups(template: Template, typed: Mapping[str, str], language: str) -> FormGroups:
    """The form of a template, with what was typed before or is fixed in it."""
    kind = template.type
    counted = {path for path, rule in kind.computed.items() if isinstance(rule, MonthsAfter)}
    claims = [
        claim
        for claim in kind.issued()
        if claim.path not in counted and claim.kind not in _NOT_TYPED and claim.path not in _APART
    ]
    fields = {
        claim.path: _field(claim, template, typed, language)
        for claim in claims
        if _widget(claim.kind) is not Widget.SKILLS
    }
    likely = set(kind.from_list) | set(kind.computed)
    fixed = [field for path, field in fields.items() if path in template.fixed]
    asked = [
        field
        for path, field in fields.items()
        if path not in template.fixed and (field.required or path in likely)
    ]
    asked += own_fields(template, typed, language)
    more = [field for field in fields.values() if field not in fixed and field not in asked]
    has_skills = any(_widget(claim.kind) is Widget.SKILLS for claim in claims)
    return FormGroups(tuple(asked), tuple(fixed), tuple(more), has_skills)


def own_fields(template: Template, typed: Mapping[str, str], language: str) -> list[FormField]:
    """The fields of the template's own details, named ``detail.1`` and on."""
    return [
        FormField(
            name=f"detail.{number}",
            label=detail.label(language),
            widget=Widget.TEXT,
            required=detail.required,
            choices=(),
            value=typed.get(f"detail.{number}", ""),
        )
        for number, detail in enumerate(template.details, 1)
    ]


def _details(template: Template, typed: Mapping[str, str]) -> list[JsonValue]:
    return [
        {"label": detail.label_nl, "label_en": detail.label_en, "value": text}
        for number, detail in enumerate(template.details, 1)
        if (text := typed.get(f"detail.{number}", "").strip())
    ]


def _widget(kind: str) -> Widget:
    if kind.startswith("enum "):
        return Widget.SELECT
    if kind.startswith("number "):
        return Widget.NUMBER
    if kind.startswith("text up to "):
        return Widget.LONG
    return _WIDGETS.get(kind, Widget.LIST if kind.startswith("list of ") else Widget.TEXT)


def _field(claim: Claim, template: Template, typed: Mapping[str, str], language: str) -> FormField:
    widget = _widget(claim.kind)
    choices = tuple((code, code) for code in claim.kind.removeprefix("enum ").split("|"))
    return FormField(
        name=claim.path,
        label=_sentence_case(claim.label(language)),
        widget=widget,
        required=claim.required,
        choices=choices if widget is Widget.SELECT else (),
        value=typed.get(claim.path, as_typed(template.fixed.get(claim.path))),
    )


def _sentence_case(label: str) -> str:
    return label[:1].upper() + label[1:]


def as_typed(value: JsonValue) -> str:
    """A claim as a person would type it into its field."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        if any(isinstance(item, dict) for item in value):
            return "\n".join(_line(item) for item in value if isinstance(item, dict))
        return ", ".join(str(item) for item in value)
    return str(value)


def _line(item: Mapping[str, JsonValue]) -> str:
    return ": ".join(as_typed(part) for part in item.values())


def read(template: Template, typed: Mapping[str, str]) -> JsonObject:
    """The claims that were typed; empty fields of fixed claims keep the fixed value."""
    own = _details(template, typed)
    claims: JsonObject = {"details": own} if own else {}
    for claim in template.type.issued():
        if claim.path in _APART:
            continue
        widget = _widget(claim.kind)
        if widget is Widget.SKILLS:
            skills = _skills(typed)
            claims |= {claim.path: skills} if skills else {}
            continue
        text = _period(claim.path, typed) if widget is Widget.PERIOD else typed.get(claim.path, "")
        if text.strip():
            claims[claim.path] = _value(claim.kind, widget, text.strip())
    return claims


def _value(kind: str, widget: Widget, text: str) -> JsonValue:
    if widget is Widget.NUMBER:
        return _number(text)
    if widget is Widget.YES_NO:
        return {"yes": True, "no": False}.get(text, text)
    if widget is Widget.LIST:
        return [part.strip() for part in text.split(",") if part.strip()]
    if widget is Widget.LINES:
        return [_record(kind, line) for line in text.splitlines() if line.strip()]
    return text


def _number(text: str) -> JsonValue:
    point = text.replace(",", ".")
    if re.fullmatch(r"\d{1,9}", point):
        return int(point)
    return float(point) if re.fullmatch(r"\d{1,9}\.\d{1,4}", point) else text


def _record(kind: str, line: str) -> JsonValue:
    first, _, second = (part.strip() for part in line.partition(":"))
    if "recognised" in kind:
        answer: JsonValue = {"yes": True, "ja": True, "no": False, "nee": False}.get(
            second.casefold(), second
        )
        return {"part": first, "recognised": answer}
    return {"code": first, "name": second}


def _period(path: str, typed: Mapping[str, str]) -> str:
    start, end = (typed.get(f"{path}.{side}", "").strip() for side in ("from", "until"))
    return f"{start}/{end}" if start or end else ""


def _skills(typed: Mapping[str, str]) -> list[JsonValue]:
    made: list[JsonValue] = []
    for number in range(1, MAX_SKILLS + 1):
        skill, level = typed.get(f"skill.{number}", ""), typed.get(f"level.{number}", "")
        if skill:
            made.append({"skill": skill, "level": int(level) if level in "1234" and level else 0})
    return made


def skill_choices(template: Template, language: str) -> list[tuple[str, str]]:
    """All skills of the framework by label, those of the type first."""
    known, usual = metalektro().skills, template.type.skills
    rest = sorted(
        (skill for skill in known.values() if skill.id not in usual),
        key=lambda skill: skill.label(language).casefold(),
    )
    first = [known[skill_id] for skill_id in usual if skill_id in known]
    return [(skill.id, skill.label(language)) for skill in (*first, *rest)]
