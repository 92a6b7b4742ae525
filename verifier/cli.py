"""The verifier's verbs: ask, answer, verify. Imports stay inside: a check starts at once."""

import json
import locale
import sys
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from credentials.errors import CredentialError, RejectedError, UndeterminedError

if TYPE_CHECKING:
    from credentials.encoding import JsonObject

DONE, REFUSED, UNKNOWN, WRONG_USE = 0, 1, 2, 3
"""Exit statuses of every verb."""

app = typer.Typer(no_args_is_help=True, add_completion=False)

JsonOption = Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")]


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

    try:
        asked = remote.ask(preset)
    except CredentialError as error:
        _fail(error, as_json=as_json)
    if as_json:
        _print_json(asked)
    else:
        from service.qr import MAX_QR_BYTES, qr_terminal

        link = str(asked["link"])
        typer.echo(link)
        if len(link.encode()) <= MAX_QR_BYTES:
            typer.echo(qr_terminal(link), err=True)
        typer.echo(f"skillspass answer {asked['id']}", err=True)


@app.command()
def answer(
    request_id: Annotated[str, typer.Argument(metavar="ID", help="The id that 'ask' printed.")],
    *,
    as_json: JsonOption = False,
) -> None:
    """Show the verdict about the answer to a request; exit status 2 while there is none."""
    from verifier import remote

    try:
        found = remote.answer(request_id)
    except CredentialError as error:
        _fail(error, as_json=as_json)
    verdict = found.get("verdict")
    if not isinstance(verdict, dict):
        if as_json:
            _print_json(found)
        else:
            typer.echo(_sentence(f"verifier.state.{found['state']}"), err=True)
        raise typer.Exit(UNKNOWN)
    _print_verdict(verdict, as_json=as_json)
    raise typer.Exit(_status(str(verdict["verdict"])))


@app.command()
def verify(
    source: Annotated[str, typer.Argument(metavar="FILE|LINK|-", help="Where the proof is.")],
    *,
    policy: Annotated[
        str, typer.Option(help="listed, or any: issuers by their own key.")
    ] = "listed",
    at: Annotated[str | None, typer.Option(help="Check as of this time (ISO 8601).")] = None,
    nonce: Annotated[str | None, typer.Option(help="The nonce it must answer.")] = None,
    audience: Annotated[str | None, typer.Option(help="For whom it must be made.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Check a credential or presentation: is it real, who gave it, is it valid, whose is it."""
    from verifier import offline

    try:
        moment = _moment(at)
        report = offline.verify(source, policy=policy, at=moment, nonce=nonce, audience=audience)
    except CredentialError as error:
        _fail(error, as_json=as_json)
    from verifier.verdicts import as_json as verdict_json

    document = verdict_json(report)
    _print_verdict(document, as_json=as_json)
    raise typer.Exit(_status(str(document["verdict"])))


def _status(outcome: str) -> int:
    """Only passed is success; what does not apply anywhere was not checked either."""
    return {"passed": DONE, "failed": REFUSED}.get(outcome, UNKNOWN)


def _moment(text: str | None) -> datetime:
    if text is None:
        from service.clock import system_clock

        return system_clock()
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise RejectedError("usage_time", "--at: ISO 8601 with a time zone") from None
    if moment.tzinfo is None:
        raise RejectedError("usage_time", "--at: ISO 8601 with a time zone")
    return moment


def _fail(error: CredentialError, *, as_json: bool) -> NoReturn:
    if as_json:
        _print_json(
            {
                "error": error.code,
                "nl": _sentence(f"error.{error.code}", "nl"),
                "en": _sentence(f"error.{error.code}", "en"),
            }
        )
    typer.echo(f"{_sentence(f'error.{error.code}')} ({error})", err=True)
    if error.code.startswith(("usage_", "config_")) or error.code == "preset_unknown":
        raise typer.Exit(WRONG_USE)
    raise typer.Exit(UNKNOWN if isinstance(error, UndeterminedError) else REFUSED)


def _print_verdict(document: "JsonObject", *, as_json: bool) -> None:
    if as_json:
        _print_json(document)
        return
    sentences = document.get("sentences")
    lines = sentences.get(_language()) if isinstance(sentences, dict) else None
    for line in lines if isinstance(lines, list) else []:
        typer.echo(line)


def _print_json(document: "JsonObject") -> None:
    json.dump(document, sys.stdout, ensure_ascii=False, indent=2)
    sys.stdout.write("\n")


def _sentence(key: str, language: str | None = None) -> str:
    from schemas.messages import known, sentence

    return sentence(key if known(key) else "error.unknown", language or _language())


def _language() -> str:
    """Dutch where the machine speaks it, else English."""
    return "nl" if (locale.getlocale()[0] or "").lower().startswith(("nl", "dutch")) else "en"
