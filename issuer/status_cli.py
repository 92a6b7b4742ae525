"""The verbs revoke and status. Imports stay inside, so that help comes at once.

They work on the issuer's own database; the service publishes what they change within a minute.
"""

from typing import TYPE_CHECKING, Annotated

import typer

from issuer.command_line import IdsArgument, OrganisationOption, do_each, opened
from issuer.offers_cli import standing
from service.command_line import AtOption, JsonOption

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlmodel import Session

    from credentials.encoding import JsonObject
    from issuer.ports import Ports

app = typer.Typer(no_args_is_help=True, add_completion=False)


@app.command()
def revoke(
    ids: IdsArgument,
    *,
    reason: Annotated[str, typer.Option("--reason", help="Why; the person can read it.")],
    organisation: OrganisationOption = "",
    at: AtOption = None,
    as_json: JsonOption = False,
) -> None:
    """Withdraw proofs, for good."""
    with opened(organisation, at, as_json=as_json) as ports:
        _change(ports, ids, to="revoked", reason=reason, as_json=as_json)


@app.command()
def status(
    ids: IdsArgument,
    *,
    to: Annotated[
        str | None,
        typer.Option("--to", metavar="STATUS", help="valid, suspended or revoked."),
    ] = None,
    reason: Annotated[
        str | None, typer.Option("--reason", help="Why; the person can read it.")
    ] = None,
    organisation: OrganisationOption = "",
    at: AtOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show where proofs stand; with --to and --reason: pause, resume or withdraw them."""
    with opened(organisation, at, as_json=as_json) as ports:
        from credentials.errors import RejectedError

        if (to is None) != (reason is None):
            raise RejectedError("usage_reason", "--to and --reason go together")
        if to is None or reason is None:
            do_each(ports, ids, lambda session, one: standing(session, one, ports), as_json=as_json)
        else:
            _change(ports, ids, to=to, reason=reason, as_json=as_json)


def _change(ports: "Ports", ids: "Sequence[str]", *, to: str, reason: str, as_json: bool) -> None:
    """Say the same about each of them.

    Raises:
        RejectedError: ``usage_status``.
    """
    from credentials.errors import RejectedError
    from issuer import aftercare, overview
    from issuer.audit import OPERATOR
    from issuer.tables import StatusWord

    if to not in set(StatusWord):
        raise RejectedError("usage_status", f"--to: {', '.join(StatusWord)}")

    def say_so(session: "Session", name: str) -> "JsonObject":
        """About one of them."""
        row = overview.named(session, name, ports=ports)
        aftercare.change_status(
            session,
            row.id,
            to=StatusWord(to),
            reason=reason,
            ports=ports,
            actor=OPERATOR,
            at=ports.clock(),
        )
        return standing(session, row.id, ports)

    do_each(ports, ids, say_so, as_json=as_json)
