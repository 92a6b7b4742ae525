"""The wallet's verbs: receive, import, list, present, history.

Imports stay inside: help comes at once.
"""

import os
import secrets
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from credentials.errors import RejectedError
from service.command_line import (
    REFUSED,
    AtOption,
    JsonOption,
    language,
    moment,
    plain_errors,
    print_json,
    printed,
    say,
)

if TYPE_CHECKING:
    from credentials.encoding import JsonObject
    from wallet.holder.files import VaultFile
    from wallet.holder.importing import Brought
    from wallet.holder.outside import Outside

PASSPHRASE = "WALLET_PASSPHRASE"  # noqa: S105 - the variable's name
"""The environment variable that opens the vault; without it the terminal is asked."""

app = typer.Typer(
    name="wallet", no_args_is_help=True, add_completion=False, help="Hold proofs and show them."
)

FileOption = Annotated[
    Path | None, typer.Option("--file", metavar="VAULT", help="The sealed file of this passport.")
]
YesOption = Annotated[bool, typer.Option("--yes", help="Say yes without being asked.")]
LinkArgument = Annotated[
    str, typer.Argument(metavar="LINK", help="The link you were given, or a file with --json's.")
]


@dataclass(frozen=True, slots=True)
class Session:
    """An open vault, and the world outside it."""

    file: "VaultFile"
    outside: "Outside"


@app.command()
def receive(
    link: LinkArgument,
    *,
    pin: Annotated[str | None, typer.Option(help="The PIN that came apart from the link.")] = None,
    yes: YesOption = False,
    file: FileOption = None,
    at: AtOption = None,
    as_json: JsonOption = False,
) -> None:
    """Fetch a proof that is ready for you, check it, and keep it."""
    from wallet.holder import receiving
    from wallet.holder.passport import titles

    with _session(file, at=at, as_json=as_json) as session:
        outside = session.outside
        given = printed(link, "offer_uri", "tx_code")
        link, pin = given.get("offer_uri", link), pin or given.get("tx_code")
        preview = receiving.read_offer(link, outside=outside, language=language())
        title = titles(preview.offered.type)[language()]
        known = say("wallet.giver.short" if preview.giver.listed else "wallet.giver.unknown")
        typer.echo(f"{title}\n{preview.giver.name}, {preview.giver.host} ({known})", err=True)
        if pin is None and preview.asks_pin:
            pin = typer.prompt(say("wallet.offer.pin"), err=True)
        received = receiving.fetch_credential(preview, pin=pin, outside=outside)
        if received.problem is not None:
            receiving.refuse(received, session.file.vault, outside=outside)
            session.file.save()
            raise RejectedError(received.problem, "not kept")
        if not (yes or _agrees(_name_question(received.name))):
            receiving.refuse(received, session.file.vault, outside=outside)
            session.file.save()
            raise RejectedError("holder_name_unconfirmed", "not kept")
        held = receiving.keep(received, session.file.vault, name_confirmed=True, outside=outside)
        session.file.save()
    typer.echo(say("wallet.proof.new"), err=True)
    if as_json:
        giver: JsonObject = {"name": held.giver.name, "listed": held.giver.listed}
        kept: JsonObject = {
            "id": held.id,
            "type": preview.offered.type,
            "format": held.format,
            "name": received.name,
            "giver": giver,
        }
        print_json(kept)


@app.command("import")
def take_in(
    export: Annotated[
        Path, typer.Argument(metavar="EXPORT", help="The file that a passport was taken along in.")
    ],
    *,
    yes: YesOption = False,
    file: FileOption = None,
    at: AtOption = None,
    as_json: JsonOption = False,
) -> None:
    """Bring the proofs and the log of another passport, after a look at each."""
    from wallet.holder.importing import keep_import, read_import
    from wallet.holder.passport import titles
    from wallet.holder.portability import MAX_EXPORT_BYTES, secret_from
    from wallet.imports_cli import octets_of

    with _session(file, at=at, as_json=as_json) as session:
        vault = session.file.vault
        token = octets_of(export, MAX_EXPORT_BYTES).decode("ascii", errors="replace")
        typed = typer.prompt(say("wallet.import.secret"), hide_input=True, err=True)
        found = read_import(token, secret_from(typed), vault, outside=session.outside)
        for each in found.brought:
            title = titles(each.type)[language()]
            typer.echo(f"{title}  {each.held.giver.name}: {_told(each)}", err=True)
        agreed = yes or _agrees(say("wallet.import.question"))
        if agreed:
            keep_import(found, vault)
            session.file.save()
    if as_json:
        print_json(found.as_json() | {"kept": agreed})
    if not agreed:
        raise typer.Exit(REFUSED)


@app.command("list")
def list_proofs(
    *, file: FileOption = None, at: AtOption = None, as_json: JsonOption = False
) -> None:
    """Show what is in the passport: proofs and skills."""
    from wallet.holder.passport import Passport, overview

    with _session(file, at=at, as_json=as_json) as session:
        passport: Passport = overview(session.file.vault.held(), at=session.outside.now())
    if as_json:
        from wallet.as_json import passport_json

        print_json(passport_json(passport))
        return
    spoken = language()
    if not passport.cards:
        typer.echo(say("wallet.empty.title"))
    for card in passport.cards:
        typer.echo(f"{card.id}  {card.titles[spoken]}  {card.giver.name}  {card.issued_on}")
    for line in passport.skills:
        level = say(f"common.level.{line.level}") if line.level else ""
        grade = say(f"common.grade.{line.grade}")
        typer.echo(f"  {line.labels[spoken]}: {level} ({grade})")


@app.command()
def present(
    link: LinkArgument,
    *,
    show: Annotated[
        list[str] | None,
        typer.Option(help="A line to show: a skill's id, a claim, or a path such as skills.0."),
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Show all that is asked.")] = False,
    proof: Annotated[
        list[str] | None,
        typer.Option(help="Id of a proof, where several fit or beside what is needed."),
    ] = None,
    yes: YesOption = False,
    file: FileOption = None,
    at: AtOption = None,
    as_json: JsonOption = False,
) -> None:
    """Answer a question: read what will be seen, and show it or not."""
    from wallet.choosing import choices_for, lines_json
    from wallet.holder import presenting

    with _session(file, at=at, as_json=as_json) as session:
        vault, outside = session.file.vault, session.outside
        link = printed(link, "link").get("link", link)
        asked = presenting.read_request(link, held=vault.held(), outside=outside)
        typer.echo(f"{say('wallet.ask.from')} {asked.asker.name}", err=True)
        if not asked.possible:
            presenting.decline(asked, vault, outside=outside)
            session.file.save()
            raise RejectedError("nothing_fits", "no credential answers the request")
        choices = choices_for(asked, proofs=proof or [], show=show or [], everything=everything)
        for choice in choices:
            for line in choice.option.seen(choice.picked):
                typer.echo(f"  {line.label(language())}", err=True)
        agreed = yes or _agrees(f"{say('wallet.ask.yes')}?")
        back, digits = None, None
        if agreed:
            delivered = presenting.answer(asked, choices, vault, outside=outside)
            back, digits = delivered.redirect, delivered.match
        else:
            presenting.decline(asked, vault, outside=outside)
        session.file.save()
    if as_json:
        shown = lines_json(choices) if agreed else []
        document = {"answered": agreed, "shown": [*shown], "redirect_uri": back, "match": digits}
        print_json(document)
    if not agreed:
        raise typer.Exit(REFUSED)
    typer.echo(say("wallet.done.title"), err=True)
    typer.echo(f"{say('verifier.elsewhere.code')}: {digits}", err=True)


@app.command()
def history(*, file: FileOption = None, as_json: JsonOption = False) -> None:
    """Show what you showed, to whom, and when."""
    from service.dates import with_time
    from wallet.holder.history import shown

    with _session(file, at=None, as_json=as_json) as session:
        entries = shown(session.file.vault.events)
    if as_json:
        from wallet.as_json import history_json

        print_json(history_json(entries))
        return
    if not entries:
        typer.echo(say("wallet.history.empty"))
    spoken = language()
    for entry in entries:
        no = "" if entry.answered else f" ({say('wallet.history.no')})"
        typer.echo(f"{with_time(entry.at, spoken)}  {entry.name}{no}")
        for each in entry.credentials:
            typer.echo(f"  {', '.join(each.labels_nl if spoken == 'nl' else each.labels_en)}")


@contextmanager
def _session(file: Path | None, *, at: str | None, as_json: bool) -> Iterator[Session]:
    """Open the vault; every error of ours ends here, with its exit status."""
    from service.clock import clock_from, system_clock
    from service.fetch import Fetcher
    from wallet.holder.files import open_file
    from wallet.holder.newest import Newest
    from wallet.holder.outside import Outside
    from wallet.settings import WalletSettings
    from wallet.trust import TrustSource

    with plain_errors(as_json=as_json):
        start = moment(at)
        clock = clock_from(start) if start else system_clock
        settings = WalletSettings()
        http = Fetcher(
            dev_origins=settings.dev_origins, own_addresses=settings.own_addresses, clock=clock
        )
        trust = TrustSource(settings, http=http, clock=clock, verifiers=settings.verifier_list_url)
        path = file or settings.cli_vault
        outside = Outside(
            http=http,
            trust=trust,
            now=clock,
            entropy=secrets.token_bytes,
            known=trust.known,
            newest=Newest.beside(path),
        )
        opening = open_file(path, _passphrase(), clock=clock, entropy=secrets.token_bytes)
        with closing(http), opening as opened:
            yield Session(opened, outside)


def _passphrase() -> str:
    given = os.environ.get(PASSPHRASE)
    return given or str(typer.prompt(say("wallet.passphrase"), hide_input=True, err=True))


def _told(brought: "Brought") -> str:
    if brought.known:
        return say("wallet.import.known")
    if brought.problem is not None:
        return say(f"error.{brought.problem}")
    return say("wallet.import.right")


def _name_question(name: str | None) -> str:
    return say("wallet.name.question", name=name) if name else say("wallet.name.nameless")


def _agrees(question: str) -> bool:
    return typer.confirm(question, err=True)
