"""Choices from words: what the command line and the journey show of each proof."""

from collections.abc import Sequence

from credentials.claims import ClaimsPath, Paths
from credentials.encoding import JsonObject, JsonValue
from credentials.errors import RejectedError
from wallet.holder.answering import takes_several
from wallet.holder.consent import Line, LineKind, Option
from wallet.holder.presenting import Asked, Choice


def choices_for(
    asked: Asked, *, proofs: Sequence[str], show: Sequence[str], everything: bool
) -> list[Choice]:
    """One choice for each credential that the request needs, and for more where it is named.

    Args:
        asked: a request that can be answered.
        proofs: ids of the proofs to show; needed where several fit, where the request takes
            several, and for what it does not need.
        show: lines to show: a skill's id, a claim, or a path such as ``skills.0``.
        everything: every line that is asked, so that ``show`` is not needed.

    Raises:
        RejectedError: ``usage_proof`` where several proofs fit and none is named;
            ``usage_line`` for a line that no chosen proof has; ``usage_choice`` where
            the request needs a line and none is named.
    """
    choices = [Choice(each, _picked(each, show, everything)) for each in _options(asked, proofs)]
    for word in show:
        if not any(_matches(line, word) for each in choices for line in each.option.lines):
            raise RejectedError("usage_line", "--show: no such line")
    for each in choices:
        if any(line.kind is LineKind.PICK for line in each.option.lines) and not each.picked:
            raise RejectedError("usage_choice", "--show or --all: at least one line")
    return choices


def lines_json(choices: Sequence[Choice]) -> list[JsonValue]:
    """The lines that were shown, by proof."""
    shown: list[JsonValue] = []
    for choice in choices:
        paths: list[JsonValue] = [
            ".".join(map(str, line.path)) for line in choice.option.seen(choice.picked)
        ]
        entry: JsonObject = {
            "proof": choice.option.held.id,
            "type": choice.option.type,
            "whole": choice.option.whole,
            "lines": paths,
        }
        shown.append(entry)
    return shown


def _options(asked: Asked, proofs: Sequence[str]) -> list[Option]:
    """Of each group the named proofs; an optional set only where one is named for nothing else."""
    needed = {each.held.id for group in asked.groups for each in group}
    beside = {name for name in proofs if name not in needed}
    groups = [*asked.groups]
    for extra in asked.extras:
        if any(each.held.id in beside for group in extra for each in group):
            groups += extra
    return [each for group in groups for each in _of_group(asked, group, proofs)]


def _of_group(asked: Asked, group: Sequence[Option], proofs: Sequence[str]) -> list[Option]:
    named = [each for each in group if each.held.id in proofs]
    if not named and len(group) > 1:
        ids = ", ".join(each.held.id for each in group)
        raise RejectedError("usage_proof", f"--proof: one of {ids}")
    found = named or list(group)
    return found if takes_several(asked.request.query, found) else found[:1]


def _picked(option: Option, show: Sequence[str], everything: bool) -> Paths:  # noqa: FBT001 - passed on
    free = [line for line in option.lines if line.kind in {LineKind.PICK, LineKind.OPTIONAL}]
    return frozenset(
        line.path for line in free if everything or any(_matches(line, word) for word in show)
    )


def _matches(line: Line, word: str) -> bool:
    skill = line.value.get("skill") if isinstance(line.value, dict) else None
    return word in {skill, _spelled(line.path), str(line.path[0])}


def _spelled(path: ClaimsPath) -> str:
    return ".".join(map(str, path))
