"""`skillspass firm`: enter firms, say that one was looked up, let their programs in.

It works on the verifier's own database, whether or not the service runs.
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from service.command_line import AtOption, JsonOption, moment, plain_errors, print_json, say

if TYPE_CHECKING:
    from credentials.encoding import JsonObject
    from verifier.firm_files import FirmFiles
    from verifier.tables import Organisation

app = typer.Typer(
    name="firm",
    no_args_is_help=True,
    add_completion=False,
    help="The firms that ask with an account.",
)

IdArgument = Annotated[str, typer.Argument(metavar="ID", help="As firm list shows it.")]


@contextmanager
def _opened(*, as_json: bool) -> Iterator["FirmFiles"]:
    from verifier.firm_files import open_files

    with plain_errors(as_json=as_json), open_files(entropy=secrets.token_bytes) as files:
        yield files


def _as_json(row: "Organisation") -> "JsonObject":
    return {
        "id": row.id,
        "name": row.name,
        "kvk": row.kvk,
        "domain": row.domain,
        "checked_by": row.checked_by,
        "checked_at": row.checked_at.isoformat() if row.checked_at else None,
    }


@app.command("list")
def list_all(*, as_json: JsonOption = False) -> None:
    """Every firm, and by what it was checked."""
    from verifier import organisations

    with _opened(as_json=as_json) as files, files.database.reading() as session:
        found = [_as_json(row) for row in organisations.organisations(session)]
    if as_json:
        print_json({"firms": [*found]})
        return
    for one in found:
        typer.echo(f"{one['id']}\t{one['name']}\t{one['checked_by'] or '-'}")


@app.command()
def add(
    name: Annotated[str, typer.Argument(metavar="NAME", help="As the trade register has it.")],
    *,
    kvk: Annotated[str | None, typer.Option(help="Number in the trade register.")] = None,
    domain: Annotated[str | None, typer.Option(help="Host of its own website.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Enter a firm; prints the link with which its first device comes in."""
    from verifier import organisations

    with _opened(as_json=as_json) as files, files.database.transaction() as session:
        row = organisations.add(
            session, name, kvk=kvk, domain=domain, entropy=files.entropy, at=files.at
        )
        token = organisations.invite(session, row.id, entropy=files.entropy, at=files.at)
        made = {**_as_json(row), "invitation": files.join_link(token)}
    if as_json:
        print_json(made)
        return
    typer.echo(made["id"])
    typer.echo(made["invitation"])
    typer.echo(say("verifier.cli.invited"), err=True)


@app.command()
def check(
    firm: IdArgument,
    *,
    by: Annotated[
        str, typer.Option(metavar="domain|kvk|none", help="What you looked up; none takes it back.")
    ],
    as_json: JsonOption = False,
) -> None:
    """Say that you looked a firm up: from then on its name stands in its requests."""
    from verifier import organisations

    with _opened(as_json=as_json) as files, files.database.transaction() as session:
        row = organisations.check(session, firm, by=organisations.way(by), at=files.at)
        found = _as_json(row)
    if as_json:
        print_json(found)
        return
    typer.echo(f"{found['id']}\t{found['name']}\t{found['checked_by'] or '-'}")


@app.command()
def invite(firm: IdArgument, *, as_json: JsonOption = False) -> None:
    """Let one more device of a firm in; prints its link."""
    from verifier import organisations

    with _opened(as_json=as_json) as files, files.database.transaction() as session:
        token = organisations.invite(session, firm, entropy=files.entropy, at=files.at)
        link = files.join_link(token)
    if as_json:
        print_json({"id": firm, "invitation": link})
        return
    typer.echo(link)
    typer.echo(say("verifier.cli.invited"), err=True)


@app.command()
def program(
    firm: IdArgument,
    name: Annotated[str, typer.Argument(metavar="NAME", help="What people call it.")],
    *,
    scope: Annotated[
        list[str],
        typer.Option(help="What it may do: requests, results, checks, events. Repeat it."),
    ],
    as_json: JsonOption = False,
) -> None:
    """Let a program of a firm in; prints its key, this once."""
    from verifier import organisations, programs

    with _opened(as_json=as_json) as files, files.database.transaction() as session:
        row, key = programs.make_key(
            session,
            name,
            organisations.find(session, firm).id,
            scopes=scope,
            entropy=files.entropy,
            at=files.at,
        )
        made: JsonObject = {"id": row.id, "name": row.name, "scopes": [*row.scopes], "key": key}
    if as_json:
        print_json(made)
        return
    typer.echo(key)
    typer.echo(say("issuer.programs.made_help"), err=True)


@app.command()
def figures(*, at: AtOption = None, as_json: JsonOption = False) -> None:
    """How questions were answered each quarter, of all firms together; VERIFIER_FIGURES=true.

    Counts alone, of quarters that are over. No number is of fewer than ten answers.
    """
    from service.figures import document
    from verifier.figures import answered

    with _opened(as_json=as_json) as files, files.database.reading() as session:
        quarters = answered(session, settings=files.settings, at=moment(at) or files.at)
    if as_json:
        print_json(document(quarters))
        return
    for each in quarters:
        typer.echo(f"{each.quarter}\t{each.total or say('figures.few')}")
        for outcome, count in each.counts.items():
            typer.echo(f"{each.quarter}\t{outcome}\t{count}")
        if each.others:
            typer.echo(f"{each.quarter}\t{say('figures.others')}\t{each.others}")


@app.command("keys")
def list_keys(firm: IdArgument, *, as_json: JsonOption = False) -> None:
    """The programs of a firm that may come in, and on which day each last did."""
    from verifier import key_uses, organisations, programs

    with _opened(as_json=as_json) as files, files.database.reading() as session:
        owner = organisations.find(session, firm).id
        used = key_uses.uses(session, owner)
        found: list[JsonObject] = [
            {
                "id": row.id,
                "name": row.name,
                "scopes": [*row.scopes],
                "created_at": row.created_at.isoformat(),
                "used_at": used[row.id].isoformat() if row.id in used else None,
            }
            for row in programs.keys(session, owner)
        ]
    if as_json:
        print_json({"keys": [*found]})
        return
    for one in found:
        typer.echo(f"{one['id']}\t{one['name']}\t{str(one['used_at'] or '-')[:10]}")


@app.command("end-key")
def end_key(
    firm: IdArgument,
    key: Annotated[str, typer.Argument(metavar="KEY", help="Its id, as firm keys shows it.")],
    *,
    as_json: JsonOption = False,
) -> None:
    """Let a program of a firm in no more."""
    from verifier import programs

    with _opened(as_json=as_json) as files, files.database.transaction() as session:
        programs.end_key(session, key, firm, at=files.at)
    if as_json:
        print_json({"id": key, "ended_at": files.at.isoformat()})
        return
    typer.echo(say("verifier.cli.key_ended"))


@app.command()
def csr(
    name: Annotated[str, typer.Argument(metavar="NAME", help="As wallets shall show it.")],
    *,
    kvk: Annotated[str | None, typer.Option(help="Number in the trade register.")] = None,
    country: Annotated[str, typer.Option(help="Where it is entered.")] = "NL",
    out: Annotated[Path | None, typer.Option(help="Write it to this file.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Ask an authority for a certificate over the key that signs requests (PKCS#10, PEM)."""
    from verifier import access_certificates, keys
    from verifier.settings import VerifierSettings

    with plain_errors(as_json=as_json):
        settings = VerifierSettings()
        host = settings.identifier_host
        request = access_certificates.make_request(
            keys.open_signer(settings), name=name, host=host, country=country, kvk=kvk
        ).decode("ascii")
        if out is not None:
            out.write_text(request, encoding="ascii")
    if as_json:
        print_json({"csr": request, "host": host})
        return
    if out is None:
        typer.echo(request, nl=False)
    typer.echo(say("verifier.cli.csr_made"), err=True)


@app.command()
def certificate(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What the authority sent, in PEM.")],
    *,
    authority: Annotated[
        Path | None, typer.Option(help="The authority's own certificate, where it came apart.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Take in the certificates that an authority answered; requests carry them from the next start.

    Prints the name under which requests can be made then, for the sector's second list.
    """
    from credentials.openid4vc.request import client_id_of_certificate
    from service.clock import system_clock
    from verifier import access_certificates, keys
    from verifier.settings import VerifierSettings

    with plain_errors(as_json=as_json):
        settings = VerifierSettings()
        chain = access_certificates.read_chain(
            _content(file),
            key=keys.open_signer(settings).public,
            host=settings.identifier_host,
            at=system_clock(),
            authority=_content(authority) if authority else b"",
        )
        access_certificates.keep_chain(chain, keys.certificate_file(settings))
    client_id = client_id_of_certificate(chain.certificates[0])
    if as_json:
        until = chain.until.isoformat()
        shown = {"name": chain.leaf.name, "authority": chain.authority, "until": until}
        print_json({"client_id": client_id, **shown})
        return
    typer.echo(f"{client_id}\t{chain.leaf.name}\t{chain.authority}\t{chain.until:%Y-%m-%d}")
    typer.echo(say("verifier.cli.certificate_kept"), err=True)


def _content(file: Path) -> bytes:
    from credentials.errors import RejectedError
    from verifier.access_certificates import MAX_FILE_BYTES

    try:
        with file.open("rb") as opened:
            return opened.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise RejectedError("usage_file", f"{file.name}: {type(error).__name__}") from error
