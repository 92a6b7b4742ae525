"""What is shown of a credential whose proof lets its holder choose: claims paths to JSON pointers.

The issuer's choice of what is mandatory stands in the base proof as pointers. Two rules are ours:
what a verdict needs is always mandatory, and a member that names what it belongs to is shown
whenever that is (a level says nothing without its skill).
"""

from collections.abc import Iterable, Iterator, Sequence

from credentials import data_model
from credentials.claims import ClaimsPath, Paths, covers
from credentials.claims import select as picked
from credentials.cryptosuites.selective import format_pointer, parse_pointer
from credentials.encoding import JsonObject, JsonValue
from credentials.errors import ProofInvalid

NAMES: Paths = frozenset([("skills", None, "framework"), ("skills", None, "skill")])
"""Members of our own vocabulary that name the element they stand in."""

SUBJECT = "credentialSubject"

_VOCABULARY = "https://www.w3.org/2018/credentials#"


def needed_members(document: JsonObject) -> tuple[str, ...]:
    """The members of a credential that no verdict can do without, in the terms of its version.

    Raises:
        MalformedError: ``context_missing``: of neither version.
    """
    dates = data_model.DATE_MEMBERS[data_model.base_context(document)]
    return ("issuer", "type", *dates, "credentialStatus")


def mandatory_pointers(
    document: JsonObject, *, disclosable: Paths, mandatory: Paths
) -> tuple[str, ...]:
    """What an issuer makes mandatory: all that a verdict needs, and what is not disclosable.

    Args:
        document: the whole credential.
        disclosable: paths into the claims, beginning at the subject, that a holder may leave out.
        mandatory: paths of one name: these he may not, whatever ``disclosable`` says.
    """
    pointers = [format_pointer([name]) for name in needed_members(document) if name in document]
    subject = document.get(SUBJECT)
    plain = _plain(subject, (), disclosable - mandatory)
    return (*pointers, *(format_pointer((SUBJECT, *_steps(path))) for path in plain))


def disclosable_paths(
    document: JsonObject, pointers: Sequence[str], *, names: Paths
) -> frozenset[ClaimsPath]:
    """Which claims a holder may leave out, each by its concrete path.

    Args:
        document: the whole credential.
        pointers: what its base proof makes mandatory.
        names: as ``NAMES``.
    """
    forced = [tokens[1:] for tokens in map(parse_pointer, pointers) if tokens[0] == SUBJECT]
    subject = document.get(SUBJECT)
    return frozenset(
        path
        for path in _below(subject, ())
        if path != ("id",)
        and not any(_meets(tokens, path) for tokens in forced)
        and not any(len(name) == len(path) and covers(name, path) for name in names)
    )


def revealing_pointers(document: JsonObject, disclose: Paths, *, names: Paths) -> tuple[str, ...]:
    """What a holder shows: his choice, what names it, and by which identifier he is known.

    Args:
        document: the whole credential.
        disclose: paths into the claims; what they do not find is passed over.
        names: as ``NAMES``.
    """
    subject = document.get(SUBJECT)
    if not isinstance(subject, dict):
        return ()
    chosen = {concrete for path in disclose for concrete, _ in picked(subject, path)}
    shown: set[ClaimsPath] = {("id",)} if "id" in subject else set()
    for concrete in chosen:
        shown.add(concrete)
        for depth in range(1, len(concrete)):
            shown.update(_names_of(subject, concrete[:depth], names))
    return tuple(sorted(format_pointer((SUBJECT, *_steps(concrete))) for concrete in shown))


def check_nothing_hidden(document: JsonObject) -> None:
    """Everything that a verdict needs is there.

    A credential that never had an end or a status cannot be told from one that hides them, so both
    are refused: whoever issues for partial disclosure states them, no end as ``NO_END``.

    Args:
        document: what a derived proof shows.

    Raises:
        ProofInvalid: ``mandatory_hidden``.
    """
    for member in needed_members(document):
        if member not in document:
            raise ProofInvalid("mandatory_hidden", f"member {member}")


def check_nothing_chosen(document: JsonObject, chosen: Iterable[str]) -> None:
    """None of what a verdict needs was the holder's to choose, so none of it can be missing.

    The types of a credential are mandatory together with anything else of it.

    Args:
        document: what a derived proof shows.
        chosen: the statements that its proof let the holder leave out.

    Raises:
        ProofInvalid: ``mandatory_hidden``.
    """
    name = data_model.credential_id(document)
    root = "_:" if name is None else f"<{name}> "
    members = {f"<{_VOCABULARY}{member}>" for member in needed_members(document)}
    for line in chosen:
        if line.startswith(root) and line.split(" ", 2)[1] in members:
            raise ProofInvalid("mandatory_hidden", "a member that could be left out")


def _plain(node: JsonValue, here: ClaimsPath, disclosable: Paths) -> Iterator[ClaimsPath]:
    """The largest parts that hold nothing disclosable."""
    if any(covers(path, here) for path in disclosable):
        return
    inside = any(len(path) > len(here) and covers(path[: len(here)], here) for path in disclosable)
    if here and not (inside and isinstance(node, dict | list)):
        yield here
        return
    for step, member in _members(node):
        yield from _plain(member, (*here, step), disclosable)


def _below(node: JsonValue, here: ClaimsPath) -> Iterator[ClaimsPath]:
    for step, member in _members(node):
        yield (*here, step)
        yield from _below(member, (*here, step))


def _members(node: JsonValue) -> Iterator[tuple[str | int, JsonValue]]:
    if isinstance(node, dict) and "@value" not in node:
        yield from node.items()
    elif isinstance(node, list):
        yield from enumerate(node)


def _meets(tokens: Sequence[str], path: ClaimsPath) -> bool:
    """Whether a mandatory pointer is this path, lies around it, or inside."""
    return all(str(step) == token for step, token in zip(path, tokens, strict=False))


def _names_of(subject: JsonObject, container: ClaimsPath, names: Paths) -> Iterator[ClaimsPath]:
    for name in names:
        if len(name) == len(container) + 1 and covers(name[:-1], container):
            for concrete, _ in picked(subject, (*container, name[-1])):
                yield concrete


def _steps(path: ClaimsPath) -> list[str | int]:
    return [step for step in path if step is not None]
