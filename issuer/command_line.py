"""What the issuer's verbs share: which organisation they speak for, and doing one thing to many."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from credentials.errors import CredentialError
from service.command_line import (
    error_as_json,
    moment,
    plain_errors,
    print_json,
    say,
    status_of,
)

if TYPE_CHECKING:
    from sqlmodel import Session

    from credentials.encoding import JsonObject
    from issuer.ports import Ports

OrganisationOption = Annotated[
    str,
    typer.Option("--organisation", metavar="SLUG", help="Which one here; the first if left out."),
]

IdsArgument = Annotated[
    list[str], typer.Argument(metavar="ID", help="Of offers, or of proofs (urn:uuid:...).")
]


@contextmanager
def opened(organisation: str, at: str | None, *, as_json: bool) -> Iterator["Ports"]:
    """The organisation's doors for one verb, closed when it ends; our errors in plain words.

    Args:
        organisation: its part of the address.
        at: the moment, as it was typed.
        as_json: how an error is told.
    """
    from issuer.command_ports import open_ports  # noqa: PLC0415 - help comes at once

    with plain_errors(as_json=as_json), open_ports(organisation, moment(at)) as ports:
        yield ports


def do_each(
    ports: "Ports",
    ids: Iterable[str],
    do: Callable[["Session", str], "JsonObject"],
    *,
    as_json: bool,
) -> None:
    """Do the same to each, apart from the others, and tell what came of it.

    What is refused is named and holds nothing else back: a typing error in one id must not keep
    a hundred proofs valid.

    Raises:
        typer.Exit: with the status of what was refused, where anything was.
    """
    done: list[JsonObject] = []
    refused: dict[str, CredentialError] = {}
    for one in dict.fromkeys(ids):
        try:
            with ports.database.transaction() as session:
                done.append(do(session, one))
        except CredentialError as error:
            refused[one] = error
    faults = [{"id": one, **error_as_json(fault)} for one, fault in refused.items()]
    tell(done, as_json=as_json, refused=faults)
    for one, fault in refused.items():
        typer.echo(f"{one}: {say(f'error.{fault.code}')}", err=True)
    if refused:
        raise typer.Exit(max(map(status_of, refused.values())))


def tell(offers: Iterable["JsonObject"], *, as_json: bool, **more: object) -> None:
    """Print offers, a line each; as JSON with what more there is to say."""
    if as_json:
        print_json({"offers": [*offers], **more})
        return
    for one in offers:
        words = (one["id"], one["state"], one["status"], one["type"], one["expires_at"])
        typer.echo("\t".join(str(word or "-") for word in words))
