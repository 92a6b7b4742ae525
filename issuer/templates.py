"""Templates: which types this organisation may give, and what it fixes for a whole class."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from credentials.encoding import JsonObject, JsonValue
from credentials.model import Validity
from schemas import catalog, completion
from schemas.completion import ClaimFault
from schemas.credential_types import CredentialType, Disclosure
from schemas.elfproef import suspected
from skills.framework import statement


@dataclass(frozen=True, slots=True)
class Detail:
    """Something that only this organisation asks; it travels in the claim ``details``."""

    label_nl: str
    label_en: str
    required: bool

    def label(self, language: str) -> str:
        """The label in ``nl`` or ``en``."""
        return self.label_nl if language == "nl" else self.label_en


@dataclass(frozen=True, slots=True)
class Template:
    """One type as this organisation gives it.

    Attributes:
        id: of the type, or of the organisation's own template.
        type: its claims and title as this organisation gives them; id and url are the type's.
        fixed: claims that are the same for everyone.
        version: 0 for a ready template that nobody changed.
        details: what is asked besides the claims of the type.
        formats: those it may be given in; empty: all that the issuer has.
        icon: a drawing of its own.
        retired: no longer given; what was given with it stays.
    """

    id: str
    type: CredentialType
    fixed: Mapping[str, JsonValue]
    version: int = 0
    details: tuple[Detail, ...] = ()
    formats: tuple[str, ...] = ()
    icon: str | None = None
    retired: bool = False


def templates(
    roles: Iterable[str], *, fixed: Mapping[str, Mapping[str, JsonValue]], demo: bool
) -> Mapping[str, Template]:
    """The templates of an organisation with these roles, by type id, in the catalogue's order.

    Args:
        roles: as in ``may_issue`` of the types.
        fixed: by type id; goes before what the demo fixes.
        demo: whether ``fixed_for_demo`` holds.
    """
    held = frozenset(roles)
    made = {
        kind.id: Template(
            kind.id,
            kind,
            MappingProxyType(
                {**(kind.fixed_for_demo if demo else {}), **fixed.get(kind.id, {})},
            ),
        )
        for kind in catalog.credential_types()
        if not held.isdisjoint(one.role for one in kind.may_issue)
    }
    return MappingProxyType(made)


def complete(
    template: Template, given: JsonObject, *, numbers_confirmed: bool = False
) -> tuple[JsonObject, tuple[ClaimFault, ...]]:
    """The claims as they will be signed: fixed and computed ones added, skills written out.

    Args:
        template: of the type that is wanted.
        given: claims about this person; None is left out.
        numbers_confirmed: a person said that no declared number is a BSN (security.md, 2).

    Returns:
        The claims in the type's order, and what is wrong with them; sign only without faults.
        Codes: those of ``completion.check_claims``, ``claim_never_issued``, ``skill_unknown``,
        ``number_suspected`` and ``number_unconfirmed``.
    """
    kind = template.type
    typed: JsonObject = {path: value for path, value in given.items() if value is not None}
    faults = [ClaimFault(path, "claim_never_issued") for path in typed if _is_never(kind, path)]
    if "skills" in typed:
        typed["skills"], wrong = _written_out(typed["skills"])
        faults += [ClaimFault("skills", "skill_unknown")] if wrong else []
    claims = completion.complete(kind, typed, fixed=dict(template.fixed)).claims
    named = {fault.path for fault in faults}
    labels = _labels(claims.get("details"))
    faults += [
        ClaimFault(f"detail.{number}", "claim_missing")
        for number, detail in enumerate(template.details, 1)
        if detail.required and detail.label_nl not in labels
    ]
    later = [
        *completion.check_claims(kind, claims),
        *_like_a_bsn(kind, claims, confirmed=numbers_confirmed),
    ]
    return claims, (*faults, *(fault for fault in later if fault.path not in named))


def _labels(details: JsonValue) -> set[JsonValue]:
    items = details if isinstance(details, list) else []
    return {item.get("label") for item in items if isinstance(item, dict)}


def _is_never(kind: CredentialType, path: str) -> bool:
    claim = kind.claim(path)
    return claim is not None and claim.disclosure is Disclosure.NEVER


def _written_out(value: JsonValue) -> tuple[JsonValue, bool]:
    """Skill and level become whole statements of the framework; True where one is unknown."""
    if not isinstance(value, list):
        return value, False
    made: list[JsonValue] = []
    for item in value:
        skill, level = (item.get("skill"), item.get("level")) if isinstance(item, dict) else ("", 0)
        if not isinstance(skill, str) or not isinstance(level, int) or isinstance(level, bool):
            return value, True
        try:
            made.append(statement(skill, level))
        except (KeyError, ValueError):
            return value, True
    return made, False


def _like_a_bsn(kind: CredentialType, claims: JsonObject, *, confirmed: bool) -> list[ClaimFault]:
    """Texts that hold nine digits of the elfproef; a declared number waits for a person's word."""
    faults = []
    for claim in kind.issued():
        if claim.path == "skills" or all(suspected(t) is None for t in _texts(claims, claim.path)):
            continue
        if not claim.number_claim:
            faults.append(ClaimFault(claim.path, "number_suspected"))
        elif not confirmed:
            faults.append(ClaimFault(claim.path, "number_unconfirmed"))
    return faults


def _texts(claims: JsonObject, path: str) -> list[str]:
    todo, texts = [claims.get(path)], []
    while todo:
        value = todo.pop()
        if isinstance(value, str):
            texts.append(value)
        elif isinstance(value, list):
            todo += value
        elif isinstance(value, dict):
            todo += value.values()
    return texts


def validity(claims: JsonObject, *, at: datetime) -> Validity:
    """From ``at`` to the end of the last day, where the type has an end date.

    The claims went through ``complete``.
    """
    return Validity(valid_from=at, valid_until=completion.valid_until(claims))


def person(claims: JsonObject) -> str:
    """The name that the institute looks for; empty where the type holds none."""
    parts = (claims.get("given_name"), claims.get("family_name"))
    return " ".join(part for part in parts if isinstance(part, str))
