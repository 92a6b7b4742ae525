"""The verb ``skills export``: a passport as an extract that another program reads.

The worker's own copy: nothing is sent anywhere, and no name is in it unless asked for. Skills and
proofs are told as the passport's file tells them; nothing of it is checked or signed here.
"""

import sys
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from credentials.errors import RejectedError
from service.command_line import AtOption, language, moment, plain_errors
from wallet import imports_cli

if TYPE_CHECKING:
    from credentials.encoding import JsonValue
    from skills.extracts import Extract


class As(StrEnum):
    """What kind of file."""

    JSON = "json"
    CSV = "csv"
    LER_RS = "ler-rs"
    ELM = "elm"
    CLR = "clr"
    SCHEMA_ORG = "schema-org"


def export(
    passport: Annotated[
        Path, typer.Argument(metavar="PASSPORT", help="What wallet list --json gave.")
    ],
    *,
    kind: Annotated[As, typer.Option("--as", help="What kind of file.")],
    purpose: Annotated[str, typer.Option(help="What it is for, from the closed list.")] = "own_use",
    until: Annotated[
        str | None, typer.Option(metavar="DATE", help="The last day that it may be kept.")
    ] = None,
    with_name: Annotated[bool, typer.Option("--with-name", help="Put the name in it.")] = False,
    out: Annotated[Path | None, typer.Option(help="Write it here, not to the screen.")] = None,
    at: AtOption = None,
) -> None:
    """Make an extract of a passport for one purpose, with an end date."""
    from skills.exporters.formats import FORMATS
    from skills.extracts import ExtractRefused

    with plain_errors(as_json=False):
        document = imports_cli.passport_document(passport)
        today = (moment(at) or datetime.now(UTC)).date()
        try:
            made = _extract(document, purpose, today, _day(until), named=with_name)
            octets = FORMATS[kind.value].write(made, language())
        except ExtractRefused as refused:
            raise RejectedError(f"usage_{refused.code}", "--purpose, --until") from None
        if out is not None:
            imports_cli.write(out, octets)
            return
    sys.stdout.buffer.write(octets)


def _extract(
    document: "JsonValue", purpose: str, today: date, until: date | None, *, named: bool
) -> "Extract":
    from skills.extracts import extract
    from skills.passports import person_of, sources_of, statements_of

    return extract(
        statements_of(document),
        sources_of(document),
        purpose=purpose,
        made_on=today,
        ends_on=until,
        person=person_of(document) if named else None,
    )


def _day(text: str | None) -> date | None:
    """Read ``--until``.

    Raises:
        RejectedError: ``usage_extract_end``.
    """
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError:
        raise RejectedError("usage_extract_end", "--until: a day, such as 2027-01-31") from None
