"""`skillspass organisation`: enter organisations in an installation, and invite their first member.

It works on the issuer's own database, whether or not the service runs.
"""

import secrets
from typing import TYPE_CHECKING, Annotated

import typer

from issuer.command_line import OrganisationOption
from service.command_line import JsonOption, plain_errors, print_json, say

if TYPE_CHECKING:
    from issuer.installation import Installation

app = typer.Typer(
    name="organisation",
    no_args_is_help=True,
    add_completion=False,
    help="The organisations of this installation.",
)


def _installation() -> "Installation":
    from issuer.app import open_installation
    from issuer.keys import open_signers
    from issuer.settings import IssuerSettings
    from service.clock import system_clock

    settings = IssuerSettings()
    return open_installation(
        settings,
        signers_of=open_signers(settings),
        clock=system_clock,
        entropy=secrets.token_bytes,
    )


@app.command("list")
def list_all(*, as_json: JsonOption = False) -> None:
    """Every organisation: its part of the address, name and identifier."""
    with plain_errors(as_json=as_json):
        found = [
            {"slug": one.identity.slug, "name": one.identity.name, "did": one.did}
            for one in _installation().organisations()
        ]
    if as_json:
        print_json({"organisations": [*found]})
        return
    for one in found:
        typer.echo(f"{one['slug'] or '-'}\t{one['name']}\t{one['did']}")


@app.command()
def add(
    slug: Annotated[str, typer.Argument(help="Its part of the address: small letters, dashes.")],
    name: Annotated[str, typer.Argument(help="What people read.")],
    *,
    role: Annotated[
        list[str], typer.Option("--role", help="What it is, as in may_issue of the types.")
    ],
    admin: Annotated[str, typer.Option("--admin", help="Name of its first administrator.")],
    kvk: Annotated[str | None, typer.Option("--kvk", help="Number in the trade register.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Enter an organisation; prints the link with which its administrator comes in."""
    with plain_errors(as_json=as_json):
        from issuer.audit import OPERATOR, record
        from issuer.installation import keep_organisation
        from issuer.members import add_member, invite
        from issuer.tables import Duty

        installation = _installation()
        at, settings = installation.clock(), installation.settings
        with installation.database.transaction() as session:
            keep_organisation(
                session,
                settings,
                organisation_id=slug,
                slug=slug,
                name=name,
                roles=frozenset(role),
                kvk=kvk,
            )
        ports = installation.ports(slug)
        with installation.database.transaction() as session:
            row = add_member(session, admin, duties=[Duty.ADMIN], ports=ports, at=at)
            token = invite(session, row, ports=ports, at=at)
            record(session, ports, "organisation_added", about=row.id, actor=OPERATOR)
        link = f"{settings.public_url}/join/{token}"
    if as_json:
        print_json({"slug": slug, "did": ports.did, "invitation": link})
        return
    typer.echo(link)
    typer.echo(say("issuer.cli.invited"), err=True)


@app.command("invite")
def invite_first(
    admin: Annotated[str, typer.Argument(help="Name of the administrator.")],
    *,
    organisation: OrganisationOption = "",
    as_json: JsonOption = False,
) -> None:
    """Enter an administrator of an organisation that is here already; prints their link."""
    with plain_errors(as_json=as_json):
        from issuer.audit import OPERATOR, record
        from issuer.members import add_member, invite
        from issuer.tables import Duty

        installation = _installation()
        ports, at = installation.ports_at(organisation), installation.clock()
        with installation.database.transaction() as session:
            row = add_member(session, admin, duties=[Duty.ADMIN], ports=ports, at=at)
            token = invite(session, row, ports=ports, at=at)
            record(session, ports, "member_added", about=row.id, actor=OPERATOR)
        link = f"{installation.settings.public_url}/join/{token}"
    if as_json:
        print_json({"slug": organisation, "invitation": link})
        return
    typer.echo(link)
    typer.echo(say("issuer.cli.invited"), err=True)
