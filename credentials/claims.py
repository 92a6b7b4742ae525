"""Paths into claims, as OpenID4VP 1.0, section 7 writes them."""

from collections.abc import Iterator

from credentials.encoding import JsonObject, JsonValue
from credentials.errors import MalformedError

ClaimsPath = tuple[str | int | None, ...]
"""A name picks a member, a number an element, None every element."""

Paths = frozenset[ClaimsPath]


def parse_path(value: JsonValue) -> ClaimsPath:
    """Read a claims path from JSON.

    Raises:
        MalformedError: ``claims_path_invalid`` for anything but a non-empty list of
            strings, non-negative integers and nulls (section 7).
    """
    if not isinstance(value, list) or not value:
        raise MalformedError("claims_path_invalid", "expected a non-empty list")
    for step in value:
        wrong_number = isinstance(step, int) and (isinstance(step, bool) or step < 0)
        if wrong_number or not isinstance(step, str | int | None):
            raise MalformedError("claims_path_invalid", f"step of type {type(step).__name__}")
    return tuple(step for step in value if isinstance(step, str | int | None))


def select(claims: JsonObject, path: ClaimsPath) -> list[tuple[ClaimsPath, JsonValue]]:
    """Every value that the path picks, with its own concrete path; empty where there is none.

    A name asked of a list, or a number asked of an object, picks nothing (section 7.1).
    """
    return list(_walk(claims, path, ()))


def _walk(
    node: JsonValue, rest: ClaimsPath, here: ClaimsPath
) -> Iterator[tuple[ClaimsPath, JsonValue]]:
    if not rest:
        yield here, node
        return
    step, *tail = rest
    if isinstance(step, str):
        if isinstance(node, dict) and step in node:
            yield from _walk(node[step], tuple(tail), (*here, step))
    elif isinstance(node, list):
        picked = range(len(node)) if step is None else [step]
        for index in picked:
            if index < len(node):
                yield from _walk(node[index], tuple(tail), (*here, index))


def covers(path: ClaimsPath, concrete: ClaimsPath) -> bool:
    """Whether ``path`` picks ``concrete`` or something around it (None matches any number)."""
    return len(path) <= len(concrete) and all(
        isinstance(there, int) if step is None else step == there
        for step, there in zip(path, concrete, strict=False)
    )
