"""Credential types as frozen values: their claims, who decides about each, when they end."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from schemas.files import JsonObject

GRADES = ("self", "colleague", "manager", "assessed", "accredited")
"""Evidence grades, weakest first."""


class Disclosure(StrEnum):
    """Who decides whether a claim is shown."""

    ALWAYS = "always"
    CHOOSE = "choose"
    NEVER = "never"


class ValidityKind(StrEnum):
    """The six ways in which a certificate can end."""

    FIXED = "fixed"
    CONTINUITY = "continuity"
    PERIODIC_RECERT = "periodic_recert"
    EMPLOYER_BOUND = "employer_bound"
    POLICY = "policy"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class ValidityRule:
    """When a credential of a type ends.

    Attributes:
        months: length from ``start``, where the end date stands in the credential.
        start: the claim it is counted from.
        confirm_every_months: continuity: the longest gap between two confirmations.
        review_months: employer-bound: how often the employer looks again.
        house_rule_months: policy: the usual greatest age, a rule of the reader.
        grace_months: policy: how long after that most readers still accept it.
    """

    kind: ValidityKind
    months: int | None = None
    start: str | None = None
    confirm_every_months: int | None = None
    review_months: int | None = None
    house_rule_months: int | None = None
    grace_months: int | None = None


@dataclass(frozen=True, slots=True)
class MayIssue:
    """One role that may give this type, and under which condition (B1 Dutch)."""

    role: str
    condition_nl: str
    checked_by: str


@dataclass(frozen=True, slots=True)
class Claim:
    """One claim of a type.

    Attributes:
        path: its name in the credential.
        kind: as in ``schemas.claim_kinds``; ``never issued`` where disclosure is NEVER.
        item_disclosure: each item of the list can be left out by itself.
        number_claim: a declared number: where it passes the elfproef, a person confirms once
            that it is no BSN.
    """

    path: str
    label_nl: str
    label_en: str
    kind: str
    disclosure: Disclosure
    required: bool
    item_disclosure: bool
    number_claim: bool

    def label(self, language: str) -> str:
        """The label in ``nl`` or ``en``."""
        return self.label_nl if language == "nl" else self.label_en


@dataclass(frozen=True, slots=True)
class Pattern:
    """A computed text such as ``LM-{Cursistnummer}``: places are columns of a class list."""

    text: str
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MonthsAfter:
    """A computed date: so many months after the date in another claim."""

    claim: str
    months: int


Computed = Pattern | MonthsAfter

Paths = frozenset[tuple[str | int | None, ...]]
"""Claims paths; None stands for every item."""


@dataclass(frozen=True, slots=True)
class CredentialType:
    """One type of credential.

    Attributes:
        url: the type URL: ``vct``, and the second entry of ``type``.
        certificate: id of certificates.yaml, where the type stands for one.
        confirms: id of the type that a confirmation belongs to.
        skills: skills that the type usually carries.
        course_names: values of the course column that choose this type, besides its title.
        from_list: claim to column of a class list.
        computed: claim to how it is made.
        fixed_for_demo: what the demo template fixes for a whole class.
    """

    id: str
    url: str
    title_nl: str
    title_en: str
    certificate: str | None
    confirms: str | None
    evidence_grade: str
    validity: ValidityRule
    may_issue: tuple[MayIssue, ...]
    skills: tuple[str, ...]
    course_names: tuple[str, ...]
    from_list: Mapping[str, str]
    computed: Mapping[str, Computed]
    fixed_for_demo: JsonObject
    claims: tuple[Claim, ...]
    note_nl: str | None
    _issued: tuple[Claim, ...] = field(init=False, repr=False, compare=False)
    _required: tuple[str, ...] = field(init=False, repr=False, compare=False)
    _disclosable: Paths = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Work out once what is asked about every credential."""
        issued = tuple(one for one in self.claims if one.disclosure is not Disclosure.NEVER)
        whole = {(one.path,) for one in issued if one.disclosure is Disclosure.CHOOSE}
        items = {(one.path, None) for one in issued if one.item_disclosure}
        object.__setattr__(self, "_issued", issued)
        object.__setattr__(self, "_required", tuple(one.path for one in issued if one.required))
        object.__setattr__(self, "_disclosable", frozenset((*whole, *items)))

    def title(self, language: str) -> str:
        """The title in ``nl`` or ``en``."""
        return self.title_nl if language == "nl" else self.title_en

    def claim(self, path: str) -> Claim | None:
        """The claim with this name, or None."""
        return next((claim for claim in self.claims if claim.path == path), None)

    def issued(self) -> tuple[Claim, ...]:
        """The claims that may be in a credential: all but those that are never issued."""
        return self._issued

    def required(self) -> tuple[str, ...]:
        """The claims that every credential of this type holds."""
        return self._required

    def disclosable(self) -> Paths:
        """The claims paths that a holder may leave out; None stands for every item."""
        return self._disclosable
