"""Which proofs a person ticked on the kiosk's screens: of each group that is needed, and beside it.

Groups are numbered through: first those that are needed, then those of each optional set.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from starlette.datastructures import ImmutableMultiDict

from wallet.holder.answering import takes_several
from wallet.holder.consent import Option
from wallet.holder.presenting import Asked

LOOKED = "looked"
"""The field that says: what may be given beside what is needed was on the screen."""

Fields = ImmutableMultiDict[str, object]


@dataclass(frozen=True, slots=True)
class Group:
    """Proofs of which one is shown, or several where the request takes them.

    Attributes:
        extra: the number of the optional set it belongs to; None where it is needed.
        several: more than one may be ticked.
    """

    number: int
    options: tuple[Option, ...]
    extra: int | None
    several: bool

    def ticked(self, fields: Fields) -> list[Option]:
        """What was chosen of it; a proof that has no rival needs no choice."""
        if len(self.options) == 1:
            return [*self.options]
        ids = {str(value) for value in fields.getlist(f"proof{self.number}")}
        found = [each for each in self.options if each.held.id in ids]
        return found if self.several else found[:1]


@dataclass(frozen=True, slots=True)
class Pick:
    """One proof that will be shown, and the group it was chosen of."""

    group: Group
    option: Option


def groups_of(asked: Asked) -> list[Group]:
    """Every group of a request."""
    whole: list[tuple[int | None, Sequence[Option]]] = [(None, each) for each in asked.groups]
    for number, extra in enumerate(asked.extras):
        whole += [(number, each) for each in extra]
    return [
        Group(number, tuple(options), extra, takes_several(asked.request.query, options))
        for number, (extra, options) in enumerate(whole)
    ]


def extras_in(asked: Asked, fields: Fields) -> set[int]:
    """The optional sets that were ticked; none is beforehand."""
    return {number for number in range(len(asked.extras)) if f"more{number}" in fields}


def picks(asked: Asked, fields: Fields) -> list[Pick] | None:
    """What was chosen; None where a group waits for its choice, or nothing at all was chosen."""
    found: list[Pick] = []
    for group in wanted(asked, fields):
        ticked = group.ticked(fields)
        if not ticked:
            return None
        found += [Pick(group, option) for option in ticked]
    return found or None


def wanted(asked: Asked, fields: Fields) -> Iterator[Group]:
    """The groups that are needed, and those of the optional sets that were ticked."""
    beside = extras_in(asked, fields)
    return (each for each in groups_of(asked) if each.extra is None or each.extra in beside)
