"""What the verbs of the command line have in common: exit statuses, JSON, time, plain errors."""

import json
import locale
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from credentials.errors import CredentialError, RejectedError, UndeterminedError

DONE, REFUSED, UNKNOWN, WRONG_USE = 0, 1, 2, 3
"""Exit statuses of every verb: done or valid, refused or invalid, undetermined, wrong use."""

MAX_PATH = 1024
"""Longer than the names of files that people type."""

MAX_PRINTED_BYTES = 1024 * 1024
"""What a verb prints with ``--json`` is far smaller."""

_WRONG_USE_CODES = ("usage_", "config_", "choice_", "preset_unknown")

JsonOption = Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")]
AtOption = Annotated[
    str | None, typer.Option("--at", metavar="TIME", help="As of this time (ISO 8601).")
]


def language() -> str:
    """Dutch where the machine speaks it, else English."""
    return "nl" if (locale.getlocale()[0] or "").lower().startswith(("nl", "dutch")) else "en"


def say(key: str, spoken: str | None = None, /, **values: object) -> str:
    """A sentence of the catalogue in the machine's language, or in ``spoken``."""
    from schemas.messages import known, sentence  # noqa: PLC0415 - reads the catalogue

    return sentence(key if known(key) else "error.unknown", spoken or language(), **values)


def print_json(document: Mapping[str, object]) -> None:
    """The one object on standard output."""
    json.dump(document, sys.stdout, ensure_ascii=False, indent=2)
    sys.stdout.write("\n")


def printed(text: str, *names: str) -> dict[str, str]:
    """What another verb printed with ``--json``, when ``text`` names the file that keeps it.

    Returns:
        Those of ``names`` that the file holds as text; empty where ``text`` is no such file.

    Raises:
        RejectedError: ``usage_file``: the file holds no such JSON object.
    """
    file = Path(text)
    if "//" in text or len(text) > MAX_PATH or not file.is_file():
        return {}
    try:
        document = json.loads(file.read_bytes()[:MAX_PRINTED_BYTES])
    except ValueError as error:
        raise RejectedError("usage_file", "no JSON") from error
    found = document if isinstance(document, dict) else {}
    kept = {name: found[name] for name in names if isinstance(found.get(name), str)}
    if not kept:
        raise RejectedError("usage_file", f"none of {', '.join(names)} in it")
    return kept


def moment(text: str | None) -> datetime | None:
    """Read ``--at``; None where it was not given.

    Raises:
        RejectedError: ``usage_time``: not ISO 8601 with a time zone.
    """
    if text is None:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise RejectedError("usage_time", "--at: ISO 8601 with a time zone") from None
    if found.tzinfo is None:
        raise RejectedError("usage_time", "--at: ISO 8601 with a time zone")
    return found


def fail(error: CredentialError, *, as_json: bool) -> NoReturn:
    """Say what is wrong, in words and as JSON, and leave with the exit status that fits."""
    if as_json:
        print_json(error_as_json(error))
    typer.echo(f"{say(f'error.{error.code}')} ({error})", err=True)
    raise typer.Exit(status_of(error))


def error_as_json(error: CredentialError) -> dict[str, str]:
    """What is wrong, as a code and in both languages."""
    key = f"error.{error.code}"
    return {"error": error.code, "nl": say(key, "nl"), "en": say(key, "en")}


def status_of(error: CredentialError) -> int:
    """The exit status that fits."""
    if error.code.startswith(_WRONG_USE_CODES):
        return WRONG_USE
    return UNKNOWN if isinstance(error, UndeterminedError) else REFUSED


@contextmanager
def plain_errors(*, as_json: bool) -> Iterator[None]:
    """Every error of ours inside the block ends in ``fail``."""
    try:
        yield
    except CredentialError as error:
        fail(error, as_json=as_json)
