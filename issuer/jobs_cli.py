"""The verbs jobs list|again|drop: what failed for good, and what becomes of it.

They work on the issuer's own database, whether or not the service runs; what is tried again is
done by the service.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from issuer.command_line import opened
from service.command_line import JsonOption, print_json

if TYPE_CHECKING:
    from sqlmodel import Session

    from service.jobs import Outbox

app = typer.Typer(name="jobs", help="Letters and messages that could not be sent.")

JobsArgument = Annotated[list[str], typer.Argument(metavar="ID...", help="As jobs list shows.")]


@app.command("list")
def list_jobs(*, as_json: JsonOption = False) -> None:
    """Jobs that failed for good: kind, why, how often, and when."""
    with opened("", None, as_json=as_json) as ports:
        with ports.database.reading() as session:
            rows = ports.outbox.dead_letters(session)
        found: list[dict[str, object]] = [
            {
                "id": row.id,
                "kind": row.kind,
                "failure": row.failure,
                "attempts": row.attempts,
                "at": row.run_at.isoformat(),
            }
            for row in rows
        ]
        if as_json:
            print_json({"jobs": found})
            return
        for job in found:
            typer.echo("\t".join(str(value) for value in job.values()))


@app.command()
def again(jobs: JobsArgument, *, as_json: JsonOption = False) -> None:
    """Try these again, from the first attempt."""
    _each(jobs, lambda outbox, session, job: outbox.revive(session, job), as_json=as_json)


@app.command()
def drop(jobs: JobsArgument, *, as_json: JsonOption = False) -> None:
    """Let go of these: they will not be done."""
    _each(jobs, lambda outbox, session, job: outbox.forget(session, job), as_json=as_json)


def _each(
    jobs: list[str], do: Callable[["Outbox", "Session", str], None], *, as_json: bool
) -> None:
    """All of them or none: an id that is not there stops the verb."""
    with opened("", None, as_json=as_json) as ports:
        with ports.database.transaction() as session:
            for job in jobs:
                do(ports.outbox, session, job)
        if as_json:
            print_json({"jobs": jobs})
