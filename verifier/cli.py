"""The verifier's verbs: ask, answer, verify. Imports stay inside: a check starts at once."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from service.command_line import (
    DONE,
    REFUSED,
    UNKNOWN,
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

app = typer.Typer(no_args_is_help=True, add_completion=False)


@app.command()
def ask(
    preset: Annotated[str, typer.Option(help="Name of the question, such as 'skills'.")],
    *,
    as_json: JsonOption = False,
) -> None:
    """Ask someone to show a proof: prints the link that opens their passport.

    The verifier must be running, for it takes the answer.
    """
    from verifier import remote

    with plain_errors(as_json=as_json):
        asked = remote.ask(preset)
    if as_json:
        print_json(asked)
    else:
        from service.qr import MAX_QR_BYTES, qr_terminal

        link = str(asked["link"])
        typer.echo(link)
        if len(link.encode()) <= MAX_QR_BYTES:
            typer.echo(qr_terminal(link), err=True)
        typer.echo(f"skillspass answer {asked['id']}", err=True)


@app.command()
def answer(
    request_id: Annotated[
        str,
        typer.Argument(metavar="ID", help="The id, or the file with what 'ask --json' printed."),
    ],
    *,
    as_json: JsonOption = False,
) -> None:
    """Show the verdict about the answer to a request; exit status 2 while there is none."""
    from verifier import remote

    with plain_errors(as_json=as_json):
        found = remote.answer(printed(request_id, "id").get("id", request_id))
    verdict = found.get("verdict")
    if not isinstance(verdict, dict):
        if as_json:
            print_json(found)
        else:
            typer.echo(say(f"verifier.state.{found['state']}"), err=True)
        raise typer.Exit(UNKNOWN)
    _print_verdict(verdict, as_json=as_json)
    raise typer.Exit(_status(str(verdict["verdict"])))


@app.command()
def verify(
    source: Annotated[str, typer.Argument(metavar="FILE|LINK|-", help="Where the proof is.")],
    *,
    policy: Annotated[
        str, typer.Option(help="listed, linked, any, gate, or a file with rules of your own.")
    ] = "listed",
    at: AtOption = None,
    nonce: Annotated[str | None, typer.Option(help="The nonce it must answer.")] = None,
    audience: Annotated[str | None, typer.Option(help="For whom it must be made.")] = None,
    bundle: Annotated[
        Path | None, typer.Option(help="Check offline, with what 'trust bundle' took along.")
    ] = None,
    accreditation: Annotated[
        list[Path] | None, typer.Option(help="A credential of the sector's body.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Check a credential or presentation: is it real, who gave it, is it valid, whose is it."""
    from service.clock import system_clock
    from verifier import offline
    from verifier.bundle import ages, read_bundle, read_file

    with plain_errors(as_json=as_json):
        taken = None if bundle is None else read_bundle(read_file(bundle))
        now = moment(at) or system_clock()
        report = offline.verify(
            source,
            policy=policy,
            at=now,
            nonce=nonce,
            audience=audience,
            beside=offline.Beside(taken, tuple(accreditation or ())),
        )
    from verifier.verdicts import as_json as verdict_json

    document = verdict_json(report)
    if taken is not None:
        document["bundle"] = ages(taken, at=now)
        typer.echo(
            say("trust.cli.age", made=f"{taken.made_at:%Y-%m-%d %H:%M}", list=taken.list_sequence),
            err=True,
        )
    _print_verdict(document, as_json=as_json)
    raise typer.Exit(_status(str(document["verdict"])))


def _status(outcome: str) -> int:
    """Only passed is success; what does not apply anywhere was not checked either."""
    return {"passed": DONE, "failed": REFUSED}.get(outcome, UNKNOWN)


def _print_verdict(document: "JsonObject", *, as_json: bool) -> None:
    if as_json:
        print_json(document)
        return
    sentences = document.get("sentences")
    lines = sentences.get(language()) if isinstance(sentences, dict) else None
    for line in lines if isinstance(lines, list) else []:
        typer.echo(line)
