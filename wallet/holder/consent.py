"""What will be seen and what will not: the lines of one credential for one request.

Nothing is chosen beforehand except what the request needs. What goes beyond the smallest question
we know for that kind of credential is left to the worker, with a warning (wallet design, 10).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from credentials.claims import ClaimsPath, Paths, covers, select
from credentials.encoding import JsonObject, JsonValue
from credentials.errors import RejectedError
from credentials.formats import format_of
from credentials.model import Unverified
from credentials.openid4vc.dcql import Candidate, CredentialQuery, parse_query
from schemas import catalog
from wallet.holder.passport import skill_labels
from wallet.holder.vault import Held

SKILLS = "skills"
DETAILS = "details"


class LineKind(StrEnum):
    """How far the worker decides about a line."""

    ALWAYS = "always"  # part of every presentation
    ASKED = "asked"  # the request needs it
    PICK = "pick"  # the request needs at least one of its group
    OPTIONAL = "optional"  # may stay out


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a credential on the consent screen.

    Attributes:
        path: concrete, inside the claims.
        group: the asked path that at least one picked line must answer; None outside PICK.
        over: the request asks it, but the smallest question for this type does not need it.
    """

    path: ClaimsPath
    kind: LineKind
    label_nl: str
    label_en: str
    value: JsonValue = field(repr=False)
    group: ClaimsPath | None = None
    over: bool = False

    def label(self, language: str) -> str:
        """The label in ``nl`` or ``en``."""
        return self.label_nl if language == "nl" else self.label_en


@dataclass(frozen=True, slots=True)
class Option:
    """One held credential that can answer one credential query.

    Attributes:
        lines: what is or can be seen, in the order of the credential.
        hidden: what nobody asked and will not be seen.
        whole: it cannot be shown in part.
    """

    query_id: str
    held: Held
    type: str
    lines: tuple[Line, ...]
    hidden: tuple[Line, ...]
    whole: bool

    @property
    def over_asked(self) -> tuple[Line, ...]:
        """The lines that go beyond the smallest question."""
        return tuple(line for line in self.lines if line.over)

    def disclose(self, picked: Paths) -> Paths:
        """The paths to disclose for the worker's choice.

        Raises:
            RejectedError: ``choice_incomplete`` where a group has no line;
                ``choice_invalid`` for a line that cannot be picked.
        """
        free = {line.path: line for line in self.lines if line.kind in _FREE}
        if not picked <= free.keys():
            raise RejectedError("choice_invalid", "a line that nobody can pick here")
        groups = {line.group for line in self.lines if line.kind is LineKind.PICK}
        if not groups <= {free[path].group for path in picked}:
            raise RejectedError("choice_incomplete", "at least one of each group")
        asked = {line.path for line in self.lines if line.kind is LineKind.ASKED}
        return frozenset(asked) | picked

    def seen(self, picked: Paths) -> tuple[Line, ...]:
        """The lines that will be seen with this choice."""
        fixed = {LineKind.ALWAYS, LineKind.ASKED}
        return tuple(line for line in self.lines if line.kind in fixed or line.path in picked)


_FREE = frozenset({LineKind.PICK, LineKind.OPTIONAL})


def option(
    query: CredentialQuery, candidate: Candidate, held: Held, unverified: Unverified
) -> Option:
    """Lay out one held credential for one credential query."""
    whole = not format_of(held.wire).selective
    asked = _asked_lines(query, candidate, unverified) if not whole else ()
    taken = frozenset(line.path for line in asked)
    rest = _rest(unverified, taken, whole=whole)
    lines = [line for line in rest if line.kind is LineKind.ALWAYS] + list(asked)
    place = _places(unverified)
    lines.sort(key=place)
    return Option(
        query_id=query.id,
        held=held,
        type=unverified.credential.type,
        lines=tuple(lines),
        hidden=tuple(sorted((each for each in rest if each.kind in _FREE), key=place)),
        whole=whole,
    )


def _places(unverified: Unverified) -> Callable[[Line], tuple[int, list[str]]]:
    """Lines in the order in which their type names its claims; unknown ones last."""
    known = catalog.by_url(unverified.credential.type)
    names = [claim.path for claim in known.claims] if known else []
    every = dict.fromkeys([*names, *unverified.credential.claims])
    order = {name: place for place, name in enumerate(every)}
    return lambda line: (order[str(line.path[0])], [f"{step:>4}" for step in line.path[1:]])


def _asked_lines(
    query: CredentialQuery, candidate: Candidate, unverified: Unverified
) -> tuple[Line, ...]:
    claims, type_url = unverified.credential.claims, unverified.credential.type
    needed = _single(candidate.smallest(), unverified)
    everything = frozenset[ClaimsPath]().union(*candidate.choices)
    smallest = smallest_question(type_url)
    many = [claim.path for claim in query.claims if None in claim.path]
    lines = []
    for path in _single(everything, unverified):
        if not _free(path, unverified.disclosable):
            continue
        over = bool(smallest) and not any(covers(small, path) for small in smallest)
        group = next((asked for asked in [*many, path[:1]] if covers(asked, path)), None)
        if over or not any(covers(need, path) for need in needed):
            kind, group = LineKind.OPTIONAL, None
        elif len(path) > 1 and isinstance(path[1], int):
            kind = LineKind.PICK
        else:
            kind, group = LineKind.ASKED, None
        lines.append(_line(claims, path, type_url, kind=kind, group=group, over=over))
    return tuple(lines)


def _single(paths: Iterable[ClaimsPath], unverified: Unverified) -> set[ClaimsPath]:
    """The same paths as the credential can show them.

    A list whose items can be shown apart is taken item by item; what lies inside something that
    can only be shown whole stands for that whole, since all of it will be seen.
    """
    claims, single = unverified.credential.claims, set()
    for path in paths:
        items = [found for found, _ in select(claims, (*path, None))]
        apart = [item for item in items if item in unverified.disclosable]
        around = [path[:end] for end in range(1, len(path) + 1)]
        whole = [each for each in around if each in unverified.disclosable]
        single.update(apart or whole[-1:] or [path])
    return single


def _free(path: ClaimsPath, disclosable: Paths) -> bool:
    """Whether the holder can leave out this path or something around it."""
    return any(path[:depth] in disclosable for depth in range(1, len(path) + 1))


def _rest(unverified: Unverified, taken: Paths, *, whole: bool) -> list[Line]:
    """The lines that the request does not pick: always seen, or not seen at all."""
    claims, type_url = unverified.credential.claims, unverified.credential.type
    lines = []
    for name in (name for name in claims if name != "id"):
        paths = _items(claims, (name,)) if whole else _single([(name,)], unverified)
        for path in paths:
            if any(covers(path, each) for each in taken):
                continue
            free = not whole and _free(path, unverified.disclosable)
            kind = LineKind.OPTIONAL if free else LineKind.ALWAYS
            lines.append(_line(claims, path, type_url, kind=kind))
    return lines


def _items(claims: JsonObject, name: tuple[str]) -> list[ClaimsPath]:
    """Skills item by item; every other claim as one line."""
    items: list[ClaimsPath] = [found for found, _ in select(claims, (*name, None))]
    return items if name == (SKILLS,) and items else [name]


def smallest_question(type_url: str) -> Paths:
    """What the presets together ask of this type, as paths inside the claims; empty if unknown."""
    paths: set[ClaimsPath] = set()
    for name in catalog.query_names():
        for query in parse_query(catalog.query(name)).credentials:
            if query.format == "dc+sd-jwt" and any(type_url in types for types in query.types):
                paths |= {claim.path for claim in query.claims}
    return frozenset(paths)


def _line(
    claims: JsonObject,
    path: ClaimsPath,
    type_url: str,
    *,
    kind: LineKind,
    group: ClaimsPath | None = None,
    over: bool = False,
) -> Line:
    value = next((found for _, found in select(claims, path)), None)
    known = catalog.by_url(type_url)
    claim = known.claim(str(path[0])) if known else None
    labels = (claim.label_nl, claim.label_en) if claim else (str(path[0]), str(path[0]))
    if path[0] == SKILLS and len(path) > 1 and isinstance(value, dict):
        names = skill_labels(value)
        labels = (names["nl"], names["en"])
    if path[0] == DETAILS and len(path) > 1 and isinstance(value, dict):
        labels = (str(value.get("label", "")), str(value.get("label_en", "")))
        value = value.get("value")
    return Line(path, kind, *labels, value=value, group=group, over=over)
