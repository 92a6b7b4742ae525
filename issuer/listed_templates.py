"""Templates as a class list sees them: each a type of its own, its details among the claims."""

from collections.abc import Iterable
from dataclasses import replace

from credentials.encoding import JsonObject, JsonValue
from issuer.templates import Detail, Template
from schemas.credential_types import Claim, CredentialType, Disclosure

_DETAIL = "detail."
_APART = frozenset({"details", "own_title"})


def listed(template: Template) -> CredentialType:
    """The type of a template under the template's own id; its details are claims to be filled."""
    details = tuple(_claim(number, one) for number, one in enumerate(template.details, 1))
    kept = tuple(claim for claim in template.type.claims if claim.path not in _APART)
    return replace(template.type, id=template.id, claims=(*kept, *details))


def all_listed(templates: Iterable[Template]) -> tuple[CredentialType, ...]:
    """Every template that is still given."""
    return tuple(listed(template) for template in templates if not template.retired)


def _claim(number: int, detail: Detail) -> Claim:
    return Claim(
        path=f"{_DETAIL}{number}",
        label_nl=detail.label_nl,
        label_en=detail.label_en,
        kind="text",
        disclosure=Disclosure.CHOOSE,
        required=detail.required,
        item_disclosure=False,
        number_claim=False,
    )


def given(template: Template, claims: JsonObject) -> JsonObject:
    """The claims of a row as the template takes them: details in their own claim again."""
    plain = {path: value for path, value in claims.items() if not path.startswith(_DETAIL)}
    details: list[JsonValue] = [
        {"label": one.label_nl, "label_en": one.label_en, "value": claims[f"{_DETAIL}{number}"]}
        for number, one in enumerate(template.details, 1)
        if f"{_DETAIL}{number}" in claims
    ]
    return {**plain, "details": details} if details else plain
