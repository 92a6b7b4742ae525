"""The catalogue: credential types, named queries and the raw skills data of the project.

Data: schemas/types/types.yaml, schemas/queries/*.dcql.json, schemas/skills/*.yaml.
"""

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

from schemas.claim_kinds import kind_schema
from schemas.credential_types import (
    GRADES,
    Claim,
    Computed,
    CredentialType,
    Disclosure,
    MayIssue,
    MonthsAfter,
    Pattern,
    ValidityKind,
    ValidityRule,
)
from schemas.files import IDENTIFIER, ROOT, DataFileError, Entry, JsonObject, JsonValue, read_entry

__all__ = [
    "GRADES",
    "Claim",
    "CredentialType",
    "Disclosure",
    "ValidityKind",
    "ValidityRule",
    "by_url",
    "certificates",
    "credential_type",
    "credential_types",
    "framework",
    "json_schema",
    "one_time_types",
    "profiles",
    "query",
    "query_names",
    "type_metadata",
    "vacancies",
    "words",
]


def credential_types() -> tuple[CredentialType, ...]:
    """All types, in the order of the file."""
    return tuple(_types().values())


def credential_type(type_id: str) -> CredentialType:
    """The type with this id.

    Raises:
        KeyError: there is none.
    """
    return _types()[type_id]


def by_url(url: str) -> CredentialType | None:
    """The type with this type URL, or None."""
    return _by_url().get(url)


def one_time_types() -> frozenset[str]:
    """The type URLs that a co-worker gives with a key made for one use."""
    given = (
        found for found in _types().values() if any(m.role == "coworker" for m in found.may_issue)
    )
    return frozenset(found.url for found in given)


@cache
def json_schema(type_id: str, *, disclosed: bool = True) -> JsonObject:
    """JSON Schema 2020-12 of the claims of a type.

    Args:
        type_id: which type.
        disclosed: the claims as a holder shows them, so that only ``always`` claims are
            required; False: the claims as they are issued.

    Raises:
        KeyError: no such type.
    """
    found = credential_type(type_id)
    needed = [
        claim.path
        for claim in found.issued()
        if claim.required and (not disclosed or claim.disclosure is Disclosure.ALWAYS)
    ]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"{found.url}/schema",
        "title": found.title_en,
        "type": "object",
        "properties": {claim.path: kind_schema(claim.kind) for claim in found.issued()},
        "required": [*needed],
        "additionalProperties": False,
    }


@cache
def type_metadata(url: str) -> bytes | None:
    """Type metadata of SD-JWT VC for one of our types, as its address says it; None for another.

    A claim that is always shown may not be hidden; a title and the labels are for people.
    """
    found = by_url(url)
    return None if found is None else json.dumps(_metadata(found), sort_keys=True).encode()


def _metadata(found: CredentialType) -> JsonObject:
    claims: list[JsonValue] = [
        {
            "path": [claim.path],
            "display": [{"lang": each, "label": claim.label(each)} for each in ("nl", "en")],
            "mandatory": claim.required,
            "sd": "never" if claim.disclosure is Disclosure.ALWAYS else "allowed",
        }
        for claim in found.issued()
    ]
    return {
        "vct": found.url,
        "name": found.title_en,
        "display": [{"lang": each, "name": found.title(each)} for each in ("nl", "en")],
        "claims": claims,
    }


def query_names() -> tuple[str, ...]:
    """The names of the presets, in alphabetical order."""
    return tuple(sorted(_queries()))


def query(name: str) -> JsonObject:
    """The DCQL query of one preset, a fresh copy.

    Raises:
        KeyError: there is none.
    """
    copied: JsonObject = json.loads(_queries()[name])
    return copied


@cache
def framework() -> Entry:
    """The raw data of the skills framework, for ``skills.framework.load``."""
    return read_entry(ROOT / "skills" / "skills.yaml")


@cache
def profiles() -> Entry:
    """The raw data of the job profiles, for ``skills.profiles.load``."""
    return read_entry(ROOT / "skills" / "profiles.yaml")


@cache
def certificates() -> Entry:
    """The raw data of the certificate rules."""
    return read_entry(ROOT / "skills" / "certificates.yaml")


@cache
def words() -> Entry:
    """The raw data of the search in Dutch text, for ``skills.words.load``."""
    return read_entry(ROOT / "skills" / "words.yaml")


@cache
def vacancies() -> Entry:
    """The raw data of the fictional vacancies, for ``skills.vacancies.load``."""
    return read_entry(ROOT / "skills" / "vacancies.yaml")


@cache
def _types() -> Mapping[str, CredentialType]:
    return read_types(ROOT / "types" / "types.yaml")


@cache
def _by_url() -> Mapping[str, CredentialType]:
    return MappingProxyType({found.url: found for found in _types().values()})


@cache
def _queries() -> Mapping[str, str]:
    suffix = ".dcql.json"
    paths = (ROOT / "queries").glob(f"*{suffix}")
    return {path.name.removesuffix(suffix): path.read_text("utf-8") for path in paths}


def read_types(path: Path) -> Mapping[str, CredentialType]:
    """Read and check a file of credential types.

    Raises:
        DataFileError: a wrong field, or two types with one URL or course name; the text names
            file, type and field.
    """
    file = read_entry(path)
    file.only(("version", "common_claims", "types"))
    common = tuple(_claim(claim) for claim in file.entries("common_claims", key="path"))
    types = {entry.text("id"): _type(entry, common) for entry in file.entries("types", key="id")}
    for field in ("url", "course_names"):
        seen: dict[str, str] = {}
        for found in types.values():
            names = (found.url,) if field == "url" else course_keys(found)
            for name in names:
                if seen.setdefault(name, found.id) != found.id:
                    raise DataFileError(path.name, found.id, f"{field}: also of {seen[name]}")
    for found in types.values():
        if found.confirms is not None and found.confirms not in types:
            raise DataFileError(path.name, found.id, f"confirms: no type {found.confirms}")
    return MappingProxyType(types)


def course_keys(found: CredentialType) -> tuple[str, ...]:
    """What the course column may say to choose this type, folded for case and blanks."""
    names = (found.title_nl, *found.course_names)
    return tuple(dict.fromkeys(" ".join(name.casefold().split()) for name in names))


_FIELDS = (
    *("id", "type", "title_nl", "title_en", "certificate", "confirms", "evidence_grade"),
    *("validity", "may_issue", "holder_binding", "skills", "course_names", "from_list"),
    *("computed", "fixed_for_demo", "claims", "note_nl"),
)


def _type(entry: Entry, common: tuple[Claim, ...]) -> CredentialType:
    entry.only(_FIELDS)
    url = entry.text("type")
    if not IDENTIFIER.fullmatch(entry.text("id")):
        raise entry.fault("id", "expected lower case letters, digits and dashes")
    if not re.fullmatch(r"https://[a-z.-]+/types/[a-z0-9-]+/\d+", url):
        raise entry.fault("type", "expected https://.../types/<id>/<version>")
    if entry.text("evidence_grade") not in GRADES:
        raise entry.fault("evidence_grade", f"expected one of {', '.join(GRADES)}")
    if entry.text("holder_binding") != "key":
        raise entry.fault("holder_binding", "expected key")
    claims = (*(_claim(claim) for claim in entry.entries("claims", key="path")), *common)
    names = frozenset(claim.path for claim in claims if claim.disclosure is not Disclosure.NEVER)
    return CredentialType(
        id=entry.text("id"),
        url=url,
        title_nl=entry.text("title_nl"),
        title_en=entry.text("title_en"),
        certificate=entry.optional_text("certificate"),
        confirms=entry.optional_text("confirms"),
        evidence_grade=entry.text("evidence_grade"),
        validity=_validity(entry, names),
        may_issue=tuple(_may_issue(role) for role in entry.entries("may_issue", key="role")),
        skills=entry.texts("skills"),
        course_names=entry.texts("course_names"),
        from_list=_from_list(entry, names),
        computed=_computed(entry, names),
        fixed_for_demo=_fixed(entry, names),
        claims=claims,
        note_nl=entry.optional_text("note_nl"),
    )


def _claim(entry: Entry) -> Claim:
    entry.only(
        (
            *("path", "label_nl", "label_en", "kind", "disclosure", "required"),
            *("number_claim", "item_disclosure", "example", "note"),
        )
    )
    try:
        disclosure = Disclosure(entry.text("disclosure"))
        if disclosure is not Disclosure.NEVER:
            kind_schema(entry.text("kind"))
    except ValueError as error:
        raise entry.fault("disclosure or kind", str(error)) from error
    items = entry.optional_text("item_disclosure")
    if items not in {None, "choose"} or (items and not entry.text("kind").startswith("list of ")):
        raise entry.fault("item_disclosure", "expected choose, on a list")
    if not re.fullmatch(r"[a-z][a-z0-9_]*", entry.text("path")):
        raise entry.fault("path", "expected lower case letters, digits and underscores")
    return Claim(
        path=entry.text("path"),
        label_nl=entry.text("label_nl"),
        label_en=entry.text("label_en"),
        kind=entry.text("kind"),
        disclosure=disclosure,
        required=entry.flag("required"),
        item_disclosure=items is not None,
        number_claim=entry.flag("number_claim"),
    )


def _validity(entry: Entry, names: frozenset[str]) -> ValidityRule:
    rule = entry.entry("validity")
    try:
        kind = ValidityKind(rule.text("kind"))
    except ValueError as error:
        raise rule.fault("kind", str(error)) from error
    start = rule.optional_text("start")
    if start is not None and start not in names:
        raise rule.fault("start", f"no claim {start}")
    if kind is ValidityKind.FIXED and "valid_until" not in names:
        raise rule.fault("kind", "fixed needs a claim valid_until")
    return ValidityRule(
        kind=kind,
        months=rule.optional_number("months"),
        start=start,
        confirm_every_months=rule.optional_number("confirm_every_months"),
        review_months=rule.optional_number("review_months"),
        house_rule_months=rule.optional_number("house_rule_default_months"),
        grace_months=rule.optional_number("grace_months"),
    )


def _may_issue(entry: Entry) -> MayIssue:
    return MayIssue(entry.text("role"), entry.text("condition_nl"), entry.text("checked_by"))


def _from_list(entry: Entry, names: frozenset[str]) -> Mapping[str, str]:
    columns = entry.entry("from_list")
    columns.only(names)
    return MappingProxyType({claim: columns.text(claim) for claim in columns.fields})


def _computed(entry: Entry, names: frozenset[str]) -> Mapping[str, Computed]:
    rules = entry.entry("computed")
    rules.only(names)
    made: dict[str, Computed] = {}
    for claim in rules.fields:
        text = rules.text(claim)
        months = re.fullmatch(r"(\w+) \+ (\d+) months", text)
        columns = tuple(re.findall(r"\{([^{}]+)\}", text))
        if months and months[1] in names:
            made[claim] = MonthsAfter(months[1], int(months[2]))
        elif columns:
            made[claim] = Pattern(text, columns)
        else:
            raise rules.fault(claim, "expected <claim> + <n> months, or a text with {Column}")
    return MappingProxyType(made)


def _fixed(entry: Entry, names: frozenset[str]) -> JsonObject:
    fixed = entry.entry("fixed_for_demo")
    fixed.only(names)
    made: dict[str, JsonValue] = json.loads(json.dumps(fixed.fields))
    return made
