"""The verbs programs list|add|end. Imports stay inside, so that help comes at once."""

from typing import TYPE_CHECKING, Annotated

import typer

from issuer.command_line import OrganisationOption, opened
from service.command_line import AtOption, JsonOption, print_json, say

if TYPE_CHECKING:
    from credentials.encoding import JsonObject
    from issuer.tables import ApiKey

app = typer.Typer(
    name="programs",
    no_args_is_help=True,
    add_completion=False,
    help="Programs that may act for an organisation, each with a key.",
)


@app.command("list")
def list_programs(
    *, organisation: OrganisationOption = "", at: AtOption = None, as_json: JsonOption = False
) -> None:
    """Every program whose key still opens something."""
    with opened(organisation, at, as_json=as_json) as ports:
        from issuer import programs

        with ports.database.reading() as session:
            rows = programs.keys(session, ports)
        if as_json:
            print_json({"programs": [_as_json(row) for row in rows]})
            return
        for row in rows:
            typer.echo(f"{row.id}\t{row.name}\t{' '.join(row.scopes)}")


@app.command()
def add(
    name: Annotated[str, typer.Argument(metavar="NAME", help="What people call it.")],
    *,
    scope: Annotated[
        list[str],
        typer.Option(help="What it may do: read, offers, lists, status, events. Repeat it."),
    ],
    organisation: OrganisationOption = "",
    at: AtOption = None,
    as_json: JsonOption = False,
) -> None:
    """Let a program in; prints its key, this once."""
    with opened(organisation, at, as_json=as_json) as ports:
        from issuer import programs
        from issuer.audit import OPERATOR

        with ports.database.transaction() as session:
            row, key = programs.make_key(
                session, name, scopes=scope, ports=ports, actor=OPERATOR, at=ports.clock()
            )
            made = _as_json(row)
        if as_json:
            print_json({**made, "key": key})
            return
        typer.echo(key)
        typer.echo(say("issuer.programs.made_help"), err=True)


@app.command()
def end(
    key_id: Annotated[str, typer.Argument(metavar="ID", help="As programs list shows it.")],
    *,
    organisation: OrganisationOption = "",
    at: AtOption = None,
    as_json: JsonOption = False,
) -> None:
    """Let the key of a program open nothing any more."""
    with opened(organisation, at, as_json=as_json) as ports:
        from issuer import programs
        from issuer.audit import OPERATOR

        with ports.database.transaction() as session:
            programs.end_key(session, key_id, ports=ports, actor=OPERATOR, at=ports.clock())
        if as_json:
            print_json({"id": key_id})


def _as_json(row: "ApiKey") -> "JsonObject":
    return {
        "id": row.id,
        "name": row.name,
        "scopes": [*row.scopes],
        "created_at": row.created_at.isoformat(),
    }
