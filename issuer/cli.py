"""The issuer's verbs: issue, offer. Imports stay inside, so that help comes at once.

They work on the issuer's own database, whether or not the service runs.
"""

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from issuer.command_line import OrganisationOption, opened
from service.command_line import (
    REFUSED,
    AtOption,
    JsonOption,
    language,
    moment,
    plain_errors,
    print_json,
    say,
)

if TYPE_CHECKING:
    from issuer.batches import ListReport
    from issuer.ports import Ports
    from issuer.templates import Template

app = typer.Typer(no_args_is_help=True, add_completion=False)

STANDARD_INPUT = "-"

FormatOption = Annotated[
    str, typer.Option("--format", help="dc+sd-jwt (chosen per detail), or ldp_vc (shown whole).")
]


@app.command()
def issue(  # noqa: PLR0913 - each is an option
    class_list: Annotated[str, typer.Argument(metavar="LIST", help="A CSV file; - reads it.")],
    *,
    type_id: Annotated[
        str | None, typer.Option("--type", metavar="TYPE", help="Give this type only.")
    ] = None,
    format_id: FormatOption = "dc+sd-jwt",
    check: Annotated[bool, typer.Option("--check", help="Only read and report.")] = False,
    ready_only: Annotated[
        bool, typer.Option("--ready-only", help="Go on with the rows that are ready.")
    ] = False,
    mail: Annotated[
        bool, typer.Option("--mail", help="Send each link to the address on its row.")
    ] = False,
    organisation: OrganisationOption = "",
    at: AtOption = None,
    as_json: JsonOption = False,
) -> None:
    """Offer a proof to everyone on a class list who passed.

    Nothing is offered while a row has an error, unless --ready-only is given. With --mail the
    links go out as soon as the service runs; the PINs are printed here alone.
    """
    with plain_errors(as_json=as_json):
        from issuer import batches
        from service.clock import system_clock

        data, start = read_source(class_list), moment(at)
        with _given(organisation, start, check=check) as (templates, ports):
            report = batches.check(
                data, type_id=type_id, templates=templates, at=start or system_clock()
            )
            if ports is not None and not check:
                report = _issued(
                    report,
                    data,
                    name=Path(class_list).name,
                    format_id=format_id,
                    ready_only=ready_only,
                    mail=mail,
                    ports=ports,
                )
            tell_report(report, None if check else ports, as_json=as_json)
    held_back = bool(report.errors) and not (ready_only and report.offers)
    if held_back or (not check and not report.found.rows):
        raise typer.Exit(REFUSED)


@app.command()
def offer(
    type_id: Annotated[str, typer.Option("--type", metavar="TYPE", help="Which type to give.")],
    claims: Annotated[
        str, typer.Option("--claims", metavar="FILE|-", help="The claims, as one JSON object.")
    ],
    *,
    format_id: FormatOption = "dc+sd-jwt",
    numbers_confirmed: Annotated[
        bool, typer.Option("--no-bsn", help="No number in it is a citizen service number.")
    ] = False,
    mail: Annotated[
        str | None, typer.Option("--mail", metavar="ADDRESS", help="Send the link there.")
    ] = None,
    organisation: OrganisationOption = "",
    at: AtOption = None,
    as_json: JsonOption = False,
) -> None:
    """Offer one proof: prints its link and, apart from it, its PIN.

    With --mail the link goes out as soon as the service runs; the PIN is printed here alone.
    """
    with opened(organisation, at, as_json=as_json) as ports:
        from credentials.encoding import parse_json_object
        from issuer.operator_api import OfferWish, made_as_json, make_offer

        wish = OfferWish(
            type=type_id,
            format=format_id,
            claims=parse_json_object(read_source(claims)),
            numbers_confirmed=numbers_confirmed,
            mail_to=mail,
        )
        made = made_as_json(make_offer(ports, wish), ports)
        if as_json:
            print_json(made)
            return
        typer.echo(made["link"])
        typer.echo(say("issuer.cli.pin", pin=made["tx_code"]), err=True)


def read_source(source: str) -> bytes:
    """The bytes of a file or of standard input.

    Raises:
        RejectedError: ``usage_file``.
    """
    from credentials.errors import RejectedError
    from service.guard import MAX_LIST_BYTES

    if source == STANDARD_INPUT:
        return sys.stdin.buffer.read(MAX_LIST_BYTES + 1)
    try:
        with Path(source).open("rb") as file:
            return file.read(MAX_LIST_BYTES + 1)  # one more than allowed: then it is too large
    except OSError as error:
        raise RejectedError("usage_file", f"{source}: {error.strerror}") from error


@contextmanager
def _given(
    organisation: str, start: datetime | None, *, check: bool
) -> Iterator[tuple[Mapping[str, "Template"], "Ports | None"]]:
    """What an organisation gives, and its doors; a mere check makes no file where none is yet.

    Raises:
        RejectedError: ``not_found``.
    """
    from issuer.command_ports import open_ports
    from issuer.settings import IssuerSettings
    from issuer.templates import templates

    settings = IssuerSettings()
    if check and not organisation and not settings.directory.exists():
        yield templates(settings.roles, fixed=settings.fixed, demo=settings.demo), None
        return
    with open_ports(organisation, start) as ports:
        yield ports.templates, ports


def _issued(
    report: "ListReport",
    data: bytes,
    *,
    name: str,
    format_id: str,
    ready_only: bool,
    mail: bool,
    ports: "Ports",
) -> "ListReport":
    from rich.console import Console
    from rich.progress import Progress

    from issuer import batches

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(say("issuer.cli.making"), total=len(report.found.rows))
        return batches.issue(
            report,
            name=name,
            data=data,
            format_id=format_id,
            ready_only=ready_only,
            mail=mail,
            ports=ports,
            progress=lambda done: bar.update(task, completed=done),
        )


def tell_report(report: "ListReport", ports: "Ports | None", *, as_json: bool) -> None:
    """Faults and people without a proof by line, then what stands ready; PINs apart from links."""
    from issuer.operator_api import list_as_json, made_as_json

    spoken = language()
    for fault in report.found.faults:
        place = say("issuer.cli.line", spoken, line=fault.line)
        column = f", {fault.column}" if fault.column else ""
        typer.echo(f"{place}{column}: {fault.sentence(spoken)}", err=True)
    for one in report.found.not_issued:
        typer.echo(say(f"issuer.cli.{one.reason}", spoken, line=one.line), err=True)
    if as_json:
        print_json(report.as_json() if ports is None else list_as_json(report, ports))
        return
    if ports is None or not report.offers:
        typer.echo(say("issuer.cli.ready", spoken, count=len(report.found.rows)))
        if ports is not None and report.errors:
            typer.echo(say("issuer.cli.held_back", spoken, option="--ready-only"), err=True)
        return
    typer.echo(say("issuer.cli.made", spoken, count=len(report.offers)))
    for made in report.offers:
        typer.echo(f"{made.line}\t{made_as_json(made, ports)['link']}")
    typer.echo(say("issuer.cli.pins", spoken))
    for made in report.offers:
        typer.echo(f"{made.line}\t{made.tx_code}")
