"""What an asker may declare: the closed lists of ``queries/declarations.yaml`` (decision 0052)."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from schemas.files import ROOT, Entry, read_entry

_FIELDS = (
    *("version", "relations", "purposes", "legal_bases", "retention_days"),
    *("usual", "unchecked_claims"),
)


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
        unchecked_claims: the claims that may be asked without account, by name.
    """

    relations: tuple[str, ...]
    purposes: tuple[str, ...]
    legal_bases: tuple[str, ...]
    retention_days: tuple[int, ...]
    usual: Declared
    unchecked_claims: frozenset[str]

    def holds(self, declared: Declared) -> bool:
        """Whether every choice stands on its list."""
        return (
            declared.relation in self.relations
            and declared.purpose in self.purposes
            and declared.legal_basis in self.legal_bases
            and declared.retention_days in self.retention_days
        )


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
        unchecked_claims=frozenset(file.texts("unchecked_claims")),
    )
    if not found.holds(found.usual):
        raise file.fault("usual", "not on the lists")
    return found


def _days(file: Entry) -> tuple[int, ...]:
    days = file.fields.get("retention_days")
    if not isinstance(days, list) or not days or not all(type(each) is int for each in days):
        raise file.fault("retention_days", "expected whole days")
    return tuple(days)
