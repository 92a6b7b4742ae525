"""What an answer takes, what it may hold beside that, and whether a choice makes one.

OpenID4VP 1.0, sections 6.1, 6.2 and 6.4.2: of each required set one option, of an optional set one
or nothing, and of a query that takes several as many as the worker wants. The browser's
``answering/needs.ts`` says the same; both run ``tests/cases/answers.json``.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from credentials.errors import RejectedError
from credentials.openid4vc.dcql_query import CredentialSet, DcqlQuery


class Fitting(Protocol):
    """A held credential that would do for one query."""

    @property
    def query_id(self) -> str:
        """The id of that query."""


Fit = TypeVar("Fit", bound=Fitting)


@dataclass(frozen=True, slots=True)
class Needs(Generic[Fit]):
    """The choices of an answer.

    Attributes:
        groups: each needs a choice; none where no answer is possible, or nothing is required.
        extras: for each optional set what it takes: all of its groups, or none.
    """

    groups: tuple[tuple[Fit, ...], ...] = ()
    extras: tuple[tuple[tuple[Fit, ...], ...], ...] = ()


def needs_of(query: DcqlQuery, fits: Mapping[str, Sequence[Fit]]) -> Needs[Fit]:
    """What has to be chosen, and what may be.

    Where every option of a set is one query, its credentials stand side by side. Otherwise the
    first option counts that can be given. An optional set that shares a query with what is there
    already is left out: giving half of it would be no answer to it.

    Args:
        query: what is asked.
        fits: by the id of its query what would do.
    """
    able = frozenset(name for name, found in fits.items() if found)
    if not query.complete(able):
        return Needs()
    if not query.credential_sets:
        return Needs(tuple(tuple(fits[each.id]) for each in query.credentials))
    groups: list[tuple[Fit, ...]] = []
    for each in query.credential_sets:
        if each.required:
            groups += _groups(each, fits)
    extras: list[tuple[tuple[Fit, ...], ...]] = []
    taken = {one.query_id for group in groups for one in group}
    for each in query.credential_sets:
        found = () if each.required else tuple(_groups(each, fits))
        names = {one.query_id for group in found for one in group}
        if found and not names & taken:
            extras.append(found)
            taken |= names
    return Needs(tuple(groups), tuple(extras))


def check_chosen(query: DcqlQuery, needs: Needs[Fit], chosen: Sequence[Fit]) -> None:
    """What was chosen is a whole answer, and nothing beside it.

    Raises:
        RejectedError: ``choice_incomplete``: a group without a choice, or nothing at all;
            ``choice_invalid``: a credential that was not offered, or several where one is asked.
    """
    optional = [group for extra in needs.extras for group in extra]
    offered = [one for group in (*needs.groups, *optional) for one in group]
    if any(one not in offered for one in chosen):
        raise RejectedError("choice_invalid", "a credential that was not among the options")
    required = [*needs.groups, *(group for extra in _begun(needs, chosen) for group in extra)]
    counts = [[one for one in group if one in chosen] for group in required]
    if not chosen or not all(counts):
        raise RejectedError("choice_incomplete", "at least one of each group")
    for found in counts:
        if len(found) > 1 and not takes_several(query, found):
            raise RejectedError("choice_invalid", "several where one is asked")


def takes_several(query: DcqlQuery, group: Sequence[Fitting]) -> bool:
    """Whether more than one of a group may be given: they answer one query that says so."""
    (name, *others) = {one.query_id for one in group}
    asked = query.credential(name)
    return not others and asked is not None and asked.multiple


def _begun(needs: Needs[Fit], chosen: Sequence[Fit]) -> Iterator[tuple[tuple[Fit, ...], ...]]:
    for extra in needs.extras:
        if any(one in group for group in extra for one in chosen):
            yield extra


def _groups(each: CredentialSet, fits: Mapping[str, Sequence[Fit]]) -> list[tuple[Fit, ...]]:
    if all(len(option) == 1 for option in each.options):
        beside = tuple(one for (name,) in each.options for one in fits[name])
        return [beside] if beside else []
    able = next((names for names in each.options if all(fits[name] for name in names)), ())
    return [tuple(fits[name]) for name in able]
