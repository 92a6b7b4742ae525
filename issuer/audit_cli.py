"""The verb audit verify: whether the past was changed. Imports stay inside."""

from typing import TYPE_CHECKING, Annotated

import typer

from issuer.command_line import OrganisationOption, opened
from service.command_line import DONE, REFUSED, JsonOption, print_json, say

if TYPE_CHECKING:
    from credentials.encoding import JsonObject
    from issuer.audit import Head, Verified

app = typer.Typer(name="audit", help="The audit log: what was done, when and by whom.")


@app.callback()
def start() -> None:
    """The audit log: what was done, when and by whom."""


@app.command()
def verify(
    *,
    organisation: OrganisationOption = "",
    head: Annotated[
        str | None,
        typer.Option(metavar="NUMBER:DIGEST", help="A head that was printed and kept before."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Walk the whole chain; name every entry that was changed, removed, inserted or moved.

    Keep the head that it prints somewhere else: with it a later check also sees a log that was
    cut off or made anew.
    """
    from issuer import audit

    with opened(organisation, None, as_json=as_json) as ports:
        kept = _head(head)
        with ports.database.reading() as session:
            found = audit.verify(session, ports, kept=kept)
    if as_json:
        print_json(_as_json(found))
    else:
        _tell(found)
    raise typer.Exit(REFUSED if found.faults else DONE)


def _head(text: str | None) -> "Head | None":
    """Read what an earlier run printed.

    Raises:
        RejectedError: ``usage_head``.
    """
    from credentials.errors import RejectedError
    from issuer.audit import NOTHING, Head

    if text is None:
        return None
    number, _, digest = text.partition(":")
    if not (number.isascii() and number.isdigit() and len(digest) == len(NOTHING)):
        raise RejectedError("usage_head", "--head: a number, a colon and a digest")
    return Head(int(number), digest)


def _as_json(found: "Verified") -> "JsonObject":
    return {
        "ok": not found.faults,
        "entries": found.entries,
        "head": f"{found.head.sequence}:{found.head.digest}",
        "faults": [
            {
                "kind": each.kind,
                "entry": each.sequence,
                "row": each.entry_id,
                "belongs": each.belongs,
            }
            for each in found.faults
        ],
    }


def _tell(found: "Verified") -> None:
    for each in found.faults:
        key = f"audit.cli.{each.kind}"
        typer.echo(say(key, None, entry=each.sequence, belongs=each.belongs), err=True)
    told = "audit.cli.broken" if found.faults else "audit.cli.whole"
    typer.echo(say(told, None, count=found.entries))
    typer.echo(f"{found.head.sequence}:{found.head.digest}")
