"""The rules of certificates: which of the six kinds of validity, and with which terms.

Data: schemas/skills/certificates.yaml, and for a credential type schemas/types/types.yaml. Terms
are engineering advice, not legal advice.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from types import MappingProxyType

from schemas import catalog
from schemas.credential_types import CredentialType, ValidityKind
from schemas.files import Entry


@dataclass(frozen=True, slots=True)
class Rule:
    """When one certificate ends.

    Attributes:
        certificate: id of certificates.yaml; None for a type that stands for none.
        start: the claim from which terms are counted; None: the day of issue.
        months: fixed or periodic: the term; the greatest where the certificate prints its own.
        end_of_month: a computed end moves to the last day of its month.
        renew_months: how long before the end a renewal keeps the old date.
        confirm_months: continuity: the longest gap between two confirmations.
        routes: continuity: route to months; None ends with the employer and not on a date.
        recert_months: periodic: the second clock, from the first certificate.
        review_months: employer-bound: how often the employer looks again.
        house_months: policy: the usual greatest age, a rule of the reader and no law.
        grace_months: policy: how long after that most readers still accept it.
        step_to: the certificate that this one is a lower step of.
    """

    certificate: str | None
    kind: ValidityKind
    start: str | None = None
    months: int | None = None
    end_of_month: bool = False
    renew_months: int | None = None
    confirm_months: int | None = None
    routes: Mapping[str, int | None] = field(default_factory=lambda: MappingProxyType({}))
    recert_months: int | None = None
    review_months: int | None = None
    house_months: int | None = None
    grace_months: int | None = None
    step_to: str | None = None


@dataclass(frozen=True, slots=True)
class Certificate:
    """One certificate of the sector, with its rule."""

    id: str
    label_nl: str
    label_en: str
    example_nl: str
    example_en: str
    rule: Rule

    def label(self, language: str) -> str:
        """The label in ``nl`` or ``en``."""
        return self.label_nl if language == "nl" else self.label_en


@cache
def certificates() -> Mapping[str, Certificate]:
    """The certificates that come with the project, by id, read once."""
    return load(catalog.certificates())


@cache
def rule_of(type_id: str) -> Rule | None:
    """The rule of a credential type; None for a type that the catalogue does not know."""
    known = {found.id: found for found in catalog.credential_types()}.get(type_id)
    return None if known is None else _typed(known)


def load(raw: Entry) -> Mapping[str, Certificate]:
    """Make certificates of the raw data of certificates.yaml.

    Raises:
        DataFileError: a field is missing or wrong, or a step leads to no certificate.
    """
    entries = raw.entries("certificates", key="id")
    made = {entry.text("id"): _certificate(entry) for entry in entries}
    for entry in entries:
        step = made[entry.text("id")].rule.step_to
        if step is not None and step not in made:
            raise entry.fault("step_to", f"no certificate {step}")
    return MappingProxyType(made)


def _certificate(entry: Entry) -> Certificate:
    return Certificate(
        id=entry.text("id"),
        label_nl=entry.text("label_nl"),
        label_en=entry.text("label_en"),
        example_nl=entry.text("example_nl"),
        example_en=entry.text("example_en"),
        rule=_rule(entry),
    )


def _rule(entry: Entry) -> Rule:
    terms = entry.entry("validity")
    try:
        kind = ValidityKind(terms.text("kind"))
    except ValueError as error:
        raise terms.fault("kind", str(error)) from error
    longest = terms.optional_number("months_max")
    return Rule(
        certificate=entry.text("id"),
        kind=kind,
        months=longest or terms.optional_number("months"),
        end_of_month=terms.flag("end_of_month"),
        renew_months=terms.optional_number("renew_window_months"),
        confirm_months=terms.optional_number("confirm_every_months"),
        routes=_routes(terms),
        recert_months=terms.optional_number("recert_months"),
        review_months=terms.optional_number("typical_review_months"),
        house_months=terms.optional_number("typical_months"),
        grace_months=terms.optional_number("grace_months"),
        step_to=entry.optional_text("step_to"),
    )


def _routes(terms: Entry) -> Mapping[str, int | None]:
    if terms.fields.get("routes") is None:
        return MappingProxyType({})
    routes = terms.entry("routes")
    return MappingProxyType(
        {name: routes.entry(name).optional_number("months") for name in routes.fields}
    )


def _typed(known: CredentialType) -> Rule:
    """The certificate's rule with what the type adds: the claim to count from, its own terms."""
    terms = known.validity
    base = Rule(None, terms.kind)
    if known.certificate is not None:
        base = certificates()[known.certificate].rule
    start = terms.start or next(
        (claim.path for claim in known.issued() if claim.required and claim.kind == "date"), None
    )
    return replace(
        base,
        kind=terms.kind,
        start=start,
        months=terms.months or base.months,
        confirm_months=terms.confirm_every_months or base.confirm_months,
        review_months=terms.review_months or base.review_months,
        house_months=terms.house_rule_months or base.house_months,
        grace_months=terms.grace_months or base.grace_months,
    )
