"""What an asker may declare: the closed lists of ``queries/declarations.yaml`` (decision 0052)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from schemas.files import ROOT, Entry, read_entry

_FIELDS = (
    *("version", "relations", "purposes", "legal_bases", "retention_days"),
    *("usual", "vacancy_purposes", "unchecked_claims", "needed_claims"),
)

_INTAKE = "intake"


@dataclass(frozen=True, slots=True)
class Declared:
    """One choice from each list.

    Attributes:
        retention_days: whole days that a result is kept.
    """

    relation: str
    purpose: str
    legal_basis: str
    retention_days: int


@dataclass(frozen=True, slots=True)
class Lists:
    """The closed lists.

    Attributes:
        usual: what is declared where nobody says otherwise.
        vacancy_purposes: relation to what a vacancy's question is for.
        unchecked_claims: the claims that may be asked without account, by name.
        needed_claims: further claims, by name, to the purposes that need them.
    """

    relations: tuple[str, ...]
    purposes: tuple[str, ...]
    legal_bases: tuple[str, ...]
    retention_days: tuple[int, ...]
    usual: Declared
    vacancy_purposes: Mapping[str, str]
    unchecked_claims: frozenset[str]
    needed_claims: Mapping[str, frozenset[str]]

    def holds(self, declared: Declared) -> bool:
        """Whether every choice stands on its list."""
        return (
            declared.relation in self.relations
            and declared.purpose in self.purposes
            and declared.legal_basis in self.legal_bases
            and declared.retention_days in self.retention_days
        )

    def needs(self, purpose: str, claim: str) -> bool:
        """Whether a purpose needs a claim; one that stands on no list is needed for none."""
        return claim in self.unchecked_claims or purpose in self.needed_claims.get(claim, ())

    def for_vacancy(self, declared: Declared) -> Declared:
        """What a vacancy's question declares: hiring where the relation says so."""
        found = self.vacancy_purposes.get(declared.relation)
        if found is None or declared.purpose != _INTAKE:
            return declared
        return replace(declared, purpose=found)


@cache
def lists() -> Lists:
    """The lists of the project."""
    return read_lists(ROOT / "queries" / "declarations.yaml")


def read_lists(path: Path) -> Lists:
    """Read and check a file of lists.

    Raises:
        DataFileError: a wrong field, or a usual choice that stands on no list.
    """
    file = read_entry(path)
    file.only(_FIELDS)
    usual = file.entry("usual")
    usual.only(("relation", "purpose", "legal_basis", "retention_days"))
    hiring, needed = file.entry("vacancy_purposes"), file.entry("needed_claims")
    found = Lists(
        relations=file.texts("relations"),
        purposes=file.texts("purposes"),
        legal_bases=file.texts("legal_bases"),
        retention_days=_days(file),
        usual=Declared(
            usual.text("relation"),
            usual.text("purpose"),
            usual.text("legal_basis"),
            usual.number("retention_days"),
        ),
        vacancy_purposes={
            relation: hiring.text(relation) for relation in sorted(map(str, hiring.fields))
        },
        unchecked_claims=frozenset(file.texts("unchecked_claims")),
        needed_claims={
            claim: frozenset(needed.texts(claim)) for claim in sorted(map(str, needed.fields))
        },
    )
    if not found.holds(found.usual):
        raise file.fault("usual", "not on the lists")
    named = frozenset(found.vacancy_purposes.values()).union(*found.needed_claims.values())
    if not named <= set(found.purposes) or not {*found.vacancy_purposes} <= set(found.relations):
        raise file.fault("needed_claims", "a purpose or relation that stands on no list")
    return found


def _days(file: Entry) -> tuple[int, ...]:
    days = file.fields.get("retention_days")
    if not isinstance(days, list) or not days or not all(type(each) is int for each in days):
        raise file.fault("retention_days", "expected whole days")
    return tuple(days)
