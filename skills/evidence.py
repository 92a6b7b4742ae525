"""Evidence grades: how well a skill statement is backed up (requirement R5)."""

from enum import IntEnum


class Grade(IntEnum):
    """From said by the worker alone to a recognised certificate; greater is stronger."""

    SELF = 1
    COLLEAGUE = 2
    MANAGER = 3
    ASSESSED = 4
    ACCREDITED = 5

    @property
    def word(self) -> str:
        """The word that data files and credentials use."""
        return self.name.lower()


def grade(word: str) -> Grade:
    """The grade that a data file names.

    Raises:
        ValueError: no such grade.
    """
    found = {member.word: member for member in Grade}.get(word)
    if found is None:
        raise ValueError(f"no evidence grade {word}")
    return found
