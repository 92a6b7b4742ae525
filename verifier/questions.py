"""What is asked and what is declared with it: a preset, a question of one's own, a confirmation.

Without account a question asks skills and validity only (security.md, "Who asks"); with one it asks
what the declared purpose needs.
"""

from dataclasses import dataclass

from credentials.encoding import JsonObject
from credentials.errors import RejectedError
from credentials.openid4vc.dcql import parse_query
from credentials.openid4vc.declaration import check_needed, check_unchecked
from schemas import catalog
from schemas.declarations import Declared, lists

OWN = "own"
"""The name of every question that is no preset; its words stand under ``preset.own``."""


@dataclass(frozen=True, slots=True)
class Firm:
    """A firm that somebody looked up.

    Attributes:
        kvk: number in the trade register, where that was what was looked up.
    """

    name: str
    kvk: str | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """One question to one holder.

    Attributes:
        name: of the preset, ``own`` or ``confirmation``.
        query: DCQL.
        declared: what the holder is told of it.
        firm: None where nobody was checked.
        confirms: digests of what must be shown again; see ``confirmations``.
    """

    name: str
    query: JsonObject
    declared: Declared
    firm: Firm | None = None
    confirms: frozenset[str] = frozenset()

    def check(self) -> None:
        """It may be asked.

        Raises:
            MalformedError: ``dcql_invalid`` and its kin.
            RejectedError: ``declaration_invalid``: off the lists; ``asker_unchecked``: more than
                may be asked without account; ``asked_beyond_need``: more than the purpose needs.
        """
        query = parse_query(self.query)
        if not lists().holds(self.declared):
            raise RejectedError("declaration_invalid", "a choice that stands on no list")
        if self.firm is None:
            check_unchecked(query)
        elif not self.confirms:  # a confirmation asks what the holder showed already
            check_needed(query, self.declared.purpose)


def preset_question(
    name: str, *, declared: Declared | None = None, firm: Firm | None = None
) -> Question:
    """The question of a preset.

    Raises:
        RejectedError: ``preset_unknown``.
    """
    if name not in catalog.query_names():
        raise RejectedError("preset_unknown", "no query of that name")
    return Question(name, catalog.query(name), declared or lists().usual, firm)


def own_question(
    query: JsonObject, *, declared: Declared | None = None, firm: Firm | None = None
) -> Question:
    """A question in the asker's own words."""
    return Question(OWN, query, declared or lists().usual, firm)
