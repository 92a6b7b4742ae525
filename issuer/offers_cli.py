"""The verbs offers list|show|cancel|remind. Imports stay inside, so that help comes at once.

They work on the issuer's own database, whether or not the service runs; a reminder is sent by the
service, as soon as it runs.
"""

from typing import TYPE_CHECKING, Annotated

import typer

from issuer.command_line import IdsArgument, OrganisationOption, do_each, opened, tell
from service.command_line import AtOption, JsonOption, print_json, say

if TYPE_CHECKING:
    from sqlmodel import Session

    from credentials.encoding import JsonObject
    from issuer.ports import Ports

app = typer.Typer(
    name="offers",
    no_args_is_help=True,
    add_completion=False,
    help="Offers: where they stand, taking them back, reminding people.",
)

MAX_LISTED = 1_000
"""Offers in one answer; the next ones come with --after."""


@app.command("list")
def list_offers(
    *,
    state: Annotated[
        str, typer.Option("--state", metavar="STATE", help="Only offers that stand so.")
    ] = "",
    limit: Annotated[
        int, typer.Option("--limit", min=1, max=MAX_LISTED, help="How many at most.")
    ] = 50,
    after: Annotated[
        str, typer.Option("--after", metavar="ID", help="From behind this offer on.")
    ] = "",
    organisation: OrganisationOption = "",
    at: AtOption = None,
    as_json: JsonOption = False,
) -> None:
    """Offers, the newest first: id, state, status of the proof, type, end. No names.

    States: offered, expired, redeemed, delivered, accepted, refused, locked, cancelled.
    """
    with opened(organisation, at, as_json=as_json) as ports:
        from credentials.errors import RejectedError
        from issuer import overview
        from issuer.operator_api import offer_as_json

        if state and state not in overview.STATES:
            raise RejectedError("usage_state", f"--state: {', '.join(overview.STATES)}")
        with ports.database.reading() as session:
            rows = overview.page(session, ports=ports, after=after, limit=limit, state=state)
            found = [offer_as_json(session, row, ports) for row in rows]
        following = rows[-1].id if len(rows) == limit else None
        tell(found, as_json=as_json, next=following)


@app.command()
def show(
    offer_id: Annotated[str, typer.Argument(metavar="ID", help="Of an offer, or of a proof.")],
    *,
    organisation: OrganisationOption = "",
    at: AtOption = None,
    as_json: JsonOption = False,
) -> None:
    """Where one offer stands; no claim, code or PIN."""
    with opened(organisation, at, as_json=as_json) as ports:
        with ports.database.reading() as session:
            found = standing(session, offer_id, ports)
        if as_json:
            print_json(found)
            return
        for name, value in found.items():
            typer.echo(f"{name}\t{'-' if value is None else value}")


@app.command()
def cancel(
    ids: IdsArgument,
    *,
    organisation: OrganisationOption = "",
    at: AtOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take back offers that nobody fetched."""
    with opened(organisation, at, as_json=as_json) as ports:
        from issuer import offers, overview

        def take_back(session: "Session", name: str) -> "JsonObject":
            """One of them."""
            row = overview.named(session, name, ports=ports)
            offers.cancel(session, row.id, ports=ports, at=ports.clock())
            return standing(session, row.id, ports)

        do_each(ports, ids, take_back, as_json=as_json)


@app.command()
def remind(
    ids: Annotated[
        list[str] | None, typer.Argument(metavar="ID", help="Of offers that went by mail.")
    ] = None,
    *,
    everyone: Annotated[
        bool, typer.Option("--all", help="Everyone who waits and was not written today.")
    ] = False,
    organisation: OrganisationOption = "",
    at: AtOption = None,
    as_json: JsonOption = False,
) -> None:
    """Send the link once more to people who have not fetched their proof.

    The letters go out as soon as the service runs.
    """
    with opened(organisation, at, as_json=as_json) as ports:
        from credentials.errors import RejectedError
        from issuer import delivery, overview
        from issuer.audit import OPERATOR

        if everyone == bool(ids):
            raise RejectedError("usage_ids", "ids, or --all")
        if everyone:
            with ports.database.transaction() as session:
                count = delivery.remind_all(session, ports=ports, actor=OPERATOR, at=ports.clock())
            if as_json:
                print_json({"reminded": count})
            else:
                typer.echo(say("issuer.cli.reminded", None, count=count))
            return

        def write_again(session: "Session", name: str) -> "JsonObject":
            """One of them."""
            row = overview.named(session, name, ports=ports)
            delivery.remind(session, row.id, ports=ports, actor=OPERATOR, at=ports.clock())
            return standing(session, row.id, ports)

        do_each(ports, ids or (), write_again, as_json=as_json)


def standing(session: "Session", name: str, ports: "Ports") -> "JsonObject":
    """Where an offer stands now, by its id or that of its proof.

    Raises:
        RejectedError: ``not_found``.
    """
    from issuer import overview
    from issuer.operator_api import offer_as_json

    session.flush()
    return offer_as_json(session, overview.named(session, name, ports=ports), ports)
