"""The verbs about skills: propose them from text, hold a passport against a job, read files.

Nothing leaves the machine and nothing is saved. Imports stay inside: help comes at once.
"""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from credentials.errors import CredentialError, RejectedError
from service.command_line import AtOption, JsonOption, language, moment, plain_errors, print_json
from wallet import exports_cli, imports_cli

if TYPE_CHECKING:
    from credentials.encoding import JsonObject, JsonValue
    from credentials.model import Wire
    from skills.evidence import Proof, Statement
    from skills.matching import Answer
    from skills.vacancies import RequirementSet

app = typer.Typer(
    name="skills", no_args_is_help=True, add_completion=False, help="Name and compare skills."
)
app.command("import")(imports_cli.take_over)
app.command()(exports_cli.export)


@app.command()
def suggest(
    text: Annotated[str, typer.Argument(metavar="TEXT", help="What you do, in your own words.")],
    *,
    as_json: JsonOption = False,
) -> None:
    """Propose skills from your own Dutch text, with the reason; nothing is saved."""
    from schemas.messages import sentence
    from skills import suggestions
    from skills.framework import metalektro

    spoken, found = "nl", suggestions.suggest(text)  # the text is Dutch, so is the answer
    lines: list[dict[str, str]] = []
    for each in found:
        words = ", ".join(f'"{word}"' for word in each.told)
        why = sentence(f"skills.suggested.{each.because}", spoken, told=words)
        label = metalektro().skill(each.skill).label(spoken)
        lines.append({"skill": each.skill, "label": label, "why": why})
    if as_json:
        print_json({"suggestions": lines})
        return
    if not lines:
        typer.echo(sentence("skills.suggested.none", spoken))
    for line in lines:
        typer.echo(f"{line['label']}: {line['why']}")


@app.command()
def match(
    passport: Annotated[
        Path, typer.Argument(metavar="PASSPORT", help="What wallet list --json gave, or proofs.")
    ],
    *,
    profile: Annotated[str, typer.Option(help="Id of a job or of a vacancy.")],
    at: AtOption = None,
    as_json: JsonOption = False,
) -> None:
    """Hold a passport against a job: per requirement what fits, and why."""
    from skills.matching import compare

    with plain_errors(as_json=as_json):
        when = moment(at) or datetime.now(UTC)
        asked, label = _asked(profile)
        statements, proofs = _passport(passport, asked, when)
        answers = compare(statements, asked, proofs=proofs)
    if as_json:
        requirements: list[JsonValue] = [_shown(each) for each in answers]
        print_json({"profile": profile, "label": label, "requirements": requirements})
        return
    typer.echo(label)
    for each in answers:
        shown = _shown(each)
        typer.echo(f"  {shown['label']}: {shown['words']}")


def _asked(name: str) -> tuple["RequirementSet", str]:
    from skills.profiles import profiles
    from skills.vacancies import of_profile, vacancies

    job, vacancy = profiles().get(name), vacancies().get(name)
    if job is not None:
        return of_profile(job), job.label(language())
    if vacancy is not None:
        return vacancy.requirements, vacancy.title(language())
    raise RejectedError("usage_profile", "no such job or vacancy")


def _passport(
    file: Path, asked: "RequirementSet", at: datetime
) -> tuple[list["Statement"], list["Proof"]]:
    """An overview, or a list of credentials; what nobody checked here counts as the own word."""
    from skills.evidence import of_proof
    from skills.passports import statements_of

    document = imports_cli.passport_document(file)
    listed = document.get("credentials") if isinstance(document, dict) else document
    wires: list[Wire] = (
        [each for each in listed if isinstance(each, str | dict)]
        if isinstance(listed, list)
        else []
    )
    proofs = [_proof(wire, str(place), asked, at) for place, wire in enumerate(wires, start=1)]
    return [*statements_of(document), *(said for one in proofs for said in of_proof(one))], proofs


def _proof(wire: "Wire", name: str, asked: "RequirementSet", at: datetime) -> "Proof":
    from credentials.formats import format_of
    from schemas import catalog
    from service.dates import local_day
    from skills.certificates import rule_of
    from skills.evidence import Proof
    from skills.validity import Reader, Shown, judge

    try:
        credential = format_of(wire).parse(wire).credential
    except CredentialError as error:
        raise RejectedError("usage_passport", f"credential {name}: {error.code}") from None
    known = catalog.by_url(credential.type)
    ends = credential.validity.valid_until
    shown = Shown(
        credential.claims,
        credential.issuer,
        local_day(credential.issued_at),
        local_day(ends) if ends else None,
    )
    type_id = known.id if known else ""
    reader = Reader(max_age_months=asked.max_age(known.certificate if known else None))
    standing = judge(rule_of(type_id), shown, on=local_day(at), reader=reader)
    return Proof(name, type_id, None, credential.claims, shown.issued_on, standing)


def _shown(answer: "Answer") -> "JsonObject":
    from schemas.messages import sentence
    from skills.certificates import certificates
    from skills.framework import metalektro
    from skills.matching import as_json

    spoken = language()
    known = metalektro().skills if answer.about == "skill" else certificates()
    why = [sentence(f"skills.why.{code}", spoken) for code in answer.why]
    words = f"{sentence(f'skills.fit.{answer.fit}', spoken)}. {' '.join(why)}"
    return {**as_json(answer), "label": known[answer.id].label(spoken), "words": words}
