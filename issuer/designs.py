"""Templates that an organisation makes itself, without code, from the types of the catalogue.

A design gives a type a title, choices about its claims, fixed values and details of its own.
The type stays what it is, so that every reader knows it: its name on the wire, its claims and who
may give it. What is one's own travels in the claims ``own_title`` and ``details``.
"""

import re
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, JsonValue, StringConstraints, ValidationError
from sqlalchemy import update
from sqlmodel import Session, col, select

from credentials.errors import MalformedError, RejectedError
from issuer.orders import FORMAT_IDS
from issuer.tables import Organisation, OwnTemplate, TemplateVersion
from issuer.templates import Detail, Template
from issuer.turns import take_turn
from schemas.credential_types import Claim, CredentialType, Disclosure, MonthsAfter
from service.sealing import Sealer

MAX_DETAILS = 6
"""Details of one's own: more would be another kind of proof."""

MAX_MONTHS = 240
"""Twenty years: longer than any certificate of the sector holds."""

MAX_TEMPLATES = 200
"""Of one organisation: the longest list that a person can choose from."""

PERSON = frozenset({"given_name", "family_name", "birth_date"})
"""Who shows these decides for himself, whatever a template says."""

SHAPE = frozenset({"own_title", "details", "skills"})
"""Claims that the editor asks for in another way than one by one."""

ICONS = (
    *("file-check", "flame", "hard-hat", "zap", "forklift", "heart-pulse", "cog", "hammer"),
    *("award", "briefcase", "wrench", "ruler", "drill", "anvil", "truck", "leaf", "factory"),
)
"""Drawings to choose from."""

_Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
_Label = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]


class DetailDesign(BaseModel):
    """A detail of one's own."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    label_nl: _Label
    label_en: _Label
    required: bool = False


class Design(BaseModel):
    """What one version of a template says; kept as JSON.

    Attributes:
        base: id of the catalogue's type.
        asked: optional claims that are asked for; required ones always are.
        always: claims that every presentation shows, besides those of the type.
        fixed: claims that are the same for everyone.
        months: how long it holds, where the type has an end date; None: as the type says.
        formats: empty: all.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    base: str
    title_nl: _Line
    title_en: _Line
    asked: frozenset[str] = frozenset()
    always: frozenset[str] = frozenset()
    fixed: dict[str, JsonValue] = Field(default_factory=dict)
    details: tuple[DetailDesign, ...] = Field(default=(), max_length=MAX_DETAILS)
    months: int | None = Field(default=None, ge=1, le=MAX_MONTHS)
    formats: tuple[str, ...] = ()
    icon: str = ICONS[0]


def template_of(design: Design, *, template_id: str, version: int, ready: Template) -> Template:
    """The template that a design makes of a ready one.

    Raises:
        MalformedError: ``design_invalid``: a claim, format, drawing or length that does not fit.
    """
    kind = ready.type
    _check(design, kind)
    asked = design.asked | set(kind.required())
    claims = tuple(
        _claim(claim, design)
        for claim in kind.claims
        if claim.path in asked | SHAPE or _kept(claim)
    )
    computed = dict(kind.computed)
    for path, rule in kind.computed.items():
        if design.months is not None and isinstance(rule, MonthsAfter):
            computed[path] = replace(rule, months=design.months)
    own_title = {} if _is_named_alike(design, kind) else {"own_title": design.title_nl}
    return Template(
        id=template_id,
        type=replace(
            kind,
            title_nl=design.title_nl,
            title_en=design.title_en,
            claims=claims,
            computed=MappingProxyType(computed),
            course_names=(design.title_nl,),
            from_list=MappingProxyType(
                {path: column for path, column in kind.from_list.items() if path in asked}
            ),
        ),
        fixed=MappingProxyType({**ready.fixed, **design.fixed, **own_title}),
        version=version,
        details=tuple(Detail(one.label_nl, one.label_en, one.required) for one in design.details),
        formats=design.formats,
        icon=design.icon,
    )


def design_of(template: Template, ready: Template) -> Design:
    """The design that makes this template again; where an editor begins."""
    changed = {
        claim.path
        for claim in template.type.issued()
        if claim.disclosure is Disclosure.ALWAYS
        and (own := ready.type.claim(claim.path)) is not None
        and own.disclosure is not Disclosure.ALWAYS
    }
    months = [one.months for one in template.type.computed.values() if isinstance(one, MonthsAfter)]
    return Design(
        base=ready.id,
        title_nl=template.type.title_nl,
        title_en=template.type.title_en,
        asked=frozenset(claim.path for claim in template.type.issued() if claim.path not in SHAPE),
        always=frozenset(changed),
        fixed={path: value for path, value in template.fixed.items() if path != "own_title"},
        details=tuple(
            DetailDesign(label_nl=one.label_nl, label_en=one.label_en, required=one.required)
            for one in template.details
        ),
        months=months[0] if months else None,
        formats=template.formats,
        icon=template.icon or ICONS[0],
    )


def _check(design: Design, kind: CredentialType) -> None:
    known = {claim.path for claim in kind.issued()}
    unknown = (design.asked | design.always | set(design.fixed)) - known
    if unknown:
        raise MalformedError("design_invalid", f"claims: {', '.join(sorted(unknown)[:5])}")
    if design.always & (PERSON | SHAPE):
        raise MalformedError("design_invalid", "always: the holder decides about a name")
    if set(design.formats) - set(FORMAT_IDS):
        raise MalformedError("design_invalid", f"formats: of {', '.join(FORMAT_IDS)}")
    if design.icon not in ICONS:
        raise MalformedError("design_invalid", "icon: one of the drawings")
    if design.months is not None and not can_end(kind):
        raise MalformedError("design_invalid", "months: this type has no end date")
    labels = [one.label_nl.casefold() for one in design.details]
    if len(set(labels)) != len(labels):
        raise MalformedError("design_invalid", "details: two with one label")


def can_end(kind: CredentialType) -> bool:
    """Whether a template may say how many months a proof of this type holds."""
    return any(isinstance(rule, MonthsAfter) for rule in kind.computed.values())


def _kept(claim: Claim) -> bool:
    """Claims that are never issued stay, so that they are refused by name."""
    return claim.disclosure is Disclosure.NEVER


def _claim(claim: Claim, design: Design) -> Claim:
    if claim.path not in design.always:
        return claim
    return replace(claim, disclosure=Disclosure.ALWAYS, item_disclosure=False)


def _is_named_alike(design: Design, kind: CredentialType) -> bool:
    return (design.title_nl, design.title_en) == (kind.title_nl, kind.title_en)


def new_id(session: Session, title: str, *, organisation_id: str, ready: Collection[str]) -> str:
    """An id for a new template, which none of the organisation has, also none that was put away.

    Whoever makes another one at the same moment waits until this transaction ends.
    """
    take_turn(session, organisation_id)
    own = select(OwnTemplate.id).where(OwnTemplate.organisation_id == organisation_id)
    return name_for(title, frozenset([*ready, *session.exec(own)]))


def name_for(title: str, taken: frozenset[str]) -> str:
    """An id from a title: small letters, digits and dashes."""
    plain = title.casefold().translate(
        str.maketrans("àáâäèéêëìíîïòóôöùúûüç", "aaaaeeeeiiiioooouuuuc")
    )
    stem = "-".join(re.findall(r"[a-z0-9]+", plain))[:48].strip("-") or "eigen"
    return next(name for name in _numbered(stem) if name not in taken)


def _numbered(stem: str) -> tuple[str, ...]:
    return (stem, *(f"{stem}-{number}" for number in range(2, MAX_TEMPLATES + 2)))


def read_design(text: str | bytes) -> Design:
    """Read a design that was kept.

    Raises:
        MalformedError: ``design_invalid``; the detail names fields.
    """
    try:
        return Design.model_validate_json(text)
    except ValidationError as error:
        places = [".".join(map(str, one["loc"])) for one in error.errors()[:5]]
        raise MalformedError("design_invalid", ", ".join(places)) from error


def _about(organisation_id: str, template_id: str, number: int) -> str:
    return f"template {organisation_id} {template_id} {number}"


def keep_version(
    session: Session,
    design: Design,
    *,
    template_id: str,
    organisation_id: str,
    member_id: str,
    sealer: Sealer,
    at: datetime,
) -> int:
    """Keep a design as the template's newest version; the ones before stay as they are.

    Returns:
        Its number, from 1.

    Raises:
        RejectedError: ``too_many_templates``.
    """
    _touch(session, organisation_id)
    row = session.get(OwnTemplate, (organisation_id, template_id), with_for_update=True)
    if row is None:
        own = session.exec(
            select(OwnTemplate.id).where(OwnTemplate.organisation_id == organisation_id)
        ).all()
        if len(own) >= MAX_TEMPLATES:
            raise RejectedError("too_many_templates", f"{MAX_TEMPLATES} at most")
        row = OwnTemplate(organisation_id=organisation_id, id=template_id, version=0)
    row.version, row.archived = row.version + 1, False
    session.add(row)
    text = design.model_dump_json().encode()
    about = _about(organisation_id, template_id, row.version)
    session.add(
        TemplateVersion(
            organisation_id=organisation_id,
            template_id=template_id,
            number=row.version,
            design=sealer.seal(text, about=about),
            made_by=member_id,
            made_at=at,
        )
    )
    return row.version


def archive(session: Session, template_id: str, *, organisation_id: str) -> None:
    """Give this template no longer; what was given with it stays.

    Raises:
        RejectedError: ``not_found``.
    """
    _touch(session, organisation_id)
    row = session.get(OwnTemplate, (organisation_id, template_id), with_for_update=True)
    if row is None:
        raise RejectedError("not_found", "no template of one's own")
    row.archived = True
    session.add(row)


def _touch(session: Session, organisation_id: str) -> None:
    """Let every process read the templates again; of two that change them, one waits."""
    session.connection().execute(
        update(Organisation)
        .where(col(Organisation.id) == organisation_id)
        .values(version=Organisation.version + 1)
    )


def own_versions(
    session: Session, organisation_id: str, *, sealer: Sealer
) -> list[tuple[OwnTemplate, TemplateVersion, Design]]:
    """Every version of every template of one's own, the oldest first."""
    rows = session.exec(
        select(OwnTemplate, TemplateVersion)
        .where(
            OwnTemplate.organisation_id == organisation_id,
            TemplateVersion.organisation_id == organisation_id,
            TemplateVersion.template_id == col(OwnTemplate.id),
        )
        .order_by(col(OwnTemplate.id), col(TemplateVersion.number))
    ).all()
    return [
        (row, one, read_design(sealer.open(one.design, about=_about(*_key(one)))))
        for row, one in rows
    ]


def _key(row: TemplateVersion) -> tuple[str, str, int]:
    return row.organisation_id, row.template_id, row.number
