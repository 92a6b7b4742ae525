"""The verifier's verbs: ask, answer, verify. Imports stay inside: a check starts at once."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

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
    from datetime import datetime

    from credentials.encoding import JsonObject
    from verifier.seen_lists import SeenLists

app = typer.Typer(no_args_is_help=True, add_completion=False)


@app.command()
def ask(
    preset: Annotated[
        str | None, typer.Option(help="Name of the question, such as 'skills'.")
    ] = None,
    *,
    vacancy: Annotated[
        str | None, typer.Option(help="Hold the answer beside this vacancy or job.")
    ] = None,
    relation: Annotated[str | None, typer.Option(help="Who you are to the person.")] = None,
    purpose: Annotated[str | None, typer.Option(help="What it is for.")] = None,
    legal_basis: Annotated[str | None, typer.Option(help="Why you may ask.")] = None,
    retention_days: Annotated[int | None, typer.Option(help="How long it is kept.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Ask someone to show a proof: prints the link that opens their passport.

    The verifier must be running, for it takes the answer. What the person is told of the question
    comes from closed lists (schemas/queries/declarations.yaml); left out is as usual.
    """
    from verifier import remote

    declared: JsonObject = {
        "relation": relation,
        "purpose": purpose,
        "legal_basis": legal_basis,
        "retention_days": retention_days,
    }
    if preset is None and vacancy is None:
        preset = "skills"
    with plain_errors(as_json=as_json):
        asked = remote.ask({"preset": preset, "vacancy": vacancy, "declaration": declared})
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
def verify(  # noqa: PLR0913 - each is an option
    source: Annotated[str, typer.Argument(metavar="FILE|LINK|-", help="Where the proof is.")],
    *,
    policy: Annotated[
        str, typer.Option(help="listed, linked, any, gate, or a file with rules of your own.")
    ] = "listed",
    at: AtOption = None,
    nonce: Annotated[str | None, typer.Option(help="The nonce it must answer.")] = None,
    audience: Annotated[str | None, typer.Option(help="For whom it must be made.")] = None,
    code: Annotated[
        str | None, typer.Option(help="The four digits that belong to a deelkaart.")
    ] = None,
    bundle: Annotated[
        Path | None, typer.Option(help="Check offline, with what 'trust bundle' took along.")
    ] = None,
    accreditation: Annotated[
        list[Path] | None, typer.Option(help="A credential of the sector's body.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Check a credential or presentation: is it real, who gave it, is it valid, whose is it.

    The link of a deelkaart is opened, which counts as one view. The exit status is 0 where all of
    it passed, 1 refused, 2 not determined (as "whose is it" of a deelkaart), 3 wrong use.
    """
    from service.clock import system_clock
    from verifier import offline
    from verifier.bundle import ages, read_bundle, read_file
    from verifier.seen_lists import FILE, SeenLists
    from verifier.settings import VerifierSettings

    with plain_errors(as_json=as_json):
        taken = None if bundle is None else read_bundle(read_file(bundle))
        now = moment(at) or system_clock()
        seen = SeenLists(VerifierSettings().directory / FILE, writes=at is None)
        if offline.is_share(source):
            _verify_share(source, policy=policy, code=code, at=now, seen=seen, as_json=as_json)
        report = offline.verify(
            source,
            policy=policy,
            at=now,
            nonce=nonce,
            audience=audience,
            beside=offline.Beside(taken, tuple(accreditation or ()), seen),
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


def _verify_share(
    source: str,
    *,
    policy: str,
    code: str | None,
    at: "datetime",
    seen: "SeenLists",
    as_json: bool,
) -> NoReturn:
    """Check all cards of a deelkaart; the least good one decides."""
    from verifier import offline_share
    from verifier.verdicts import as_json as verdict_json

    reports = offline_share.verify(source, policy=policy, code=code, at=at, seen=seen)
    documents = [verdict_json(report) for report in reports]
    if as_json:
        print_json({"verdict": offline_share.outcome(reports), "proofs": [*documents]})
    else:
        for document in documents:
            _print_verdict(document, as_json=False)
    raise typer.Exit(_status(offline_share.outcome(reports)))


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
