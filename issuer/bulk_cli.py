"""The verb sign: proofs signed ahead for a list of people without a wallet."""

import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated

import typer

from issuer.cli import FormatOption, read_source, tell_report
from issuer.command_line import OrganisationOption, opened
from service.command_line import REFUSED, AtOption, JsonOption, print_json, say

if TYPE_CHECKING:
    from issuer.bulk import Count
    from issuer.bulk_rows import Begun
    from issuer.folded_rows import FoldedRows
    from issuer.ports import Ports

app = typer.Typer(no_args_is_help=True, add_completion=False)


@app.callback()
def _verbs() -> None:
    """Keep the one verb a verb."""


@app.command()
def sign(  # noqa: PLR0913 - each is an option
    class_list: Annotated[
        str, typer.Argument(metavar="LIST", help="A CSV or XLSX file; - reads it.")
    ],
    into: Annotated[
        Path, typer.Option("--into", metavar="FILE", help="Where the proofs go, one JSON a line.")
    ],
    *,
    type_id: Annotated[
        str | None, typer.Option("--type", metavar="TYPE", help="Give this type only.")
    ] = None,
    format_id: FormatOption = "dc+sd-jwt",
    language: Annotated[
        str, typer.Option("--language", metavar="nl|en", help="Of the paper that can be printed.")
    ] = "nl",
    ready_only: Annotated[
        bool, typer.Option("--ready-only", help="Go on with the rows that are ready.")
    ] = False,
    processes: Annotated[
        int | None, typer.Option("--processes", min=1, max=64, help="Side by side; else each core.")
    ] = None,
    organisation: OrganisationOption = "",
    at: AtOption = None,
    as_json: JsonOption = False,
) -> None:
    """Sign a proof for everyone on a class list who passed, for people without a wallet.

    Such a proof is bound to nobody's key: whoever has the file has the proof, as with paper. When
    it is stopped half-way, the same command goes on where it was; nothing is given twice.
    """
    with opened(organisation, at, as_json=as_json) as ports:
        from issuer import batches, bulk
        from issuer.folded_rows import fold
        from schemas.messages import LANGUAGES

        if language not in LANGUAGES:
            from credentials.errors import RejectedError

            raise RejectedError("usage_language", f"--language: {', '.join(LANGUAGES)}")
        data = read_source(class_list)
        report = batches.check(data, type_id=type_id, templates=ports.templates, at=ports.clock())
        held_back = bool(report.errors) and not ready_only
        if held_back or not report.found.rows:
            tell_report(report, ports, as_json=as_json)
            raise typer.Exit(REFUSED)
        rows = fold(report.found.rows)
        del report  # a hundred thousand people take much room while nothing is folded
        ports.signers.begin()  # the service has not run yet where there is no key
        begun = bulk.begin(
            ports,
            name=Path(class_list).name,
            data=data,
            count=len(rows),
            format_id=format_id,
            language=language,
        )
        count = _signed(rows, begun, processes, ports)
        with _whole(into) as file:
            for line, issued_id, wire in bulk.signed(ports, begun):
                proof = {"line": line, "id": issued_id, "credential": wire}
                file.write(json.dumps(proof, ensure_ascii=False, separators=(",", ":")) + "\n")
        if as_json:
            print_json({"made": count.made, "before": count.before, "cancelled": count.taken_back})
            return
        typer.echo(say("issuer.cli.signed", count=count.made, file=str(into)))
        if count.before:
            typer.echo(say("issuer.cli.signed_before", count=count.before))


def _signed(rows: "FoldedRows", begun: "Begun", processes: int | None, ports: "Ports") -> "Count":
    """Sign them, with a bar that shows how far it is."""
    from rich.console import Console
    from rich.progress import Progress

    from issuer.bulk import give
    from issuer.bulk_signing import signing_beside

    with (
        signing_beside(ports, processes) as signing,
        Progress(console=Console(stderr=True), transient=True) as bar,
    ):
        task = bar.add_task(say("issuer.cli.signing"), total=len(rows))
        return give(
            ports,
            begun,
            rows,
            sign=signing,
            progress=lambda count: bar.update(task, completed=count.done),
        )


@contextmanager
def _whole(into: Path) -> Iterator[IO[str]]:
    """A file for its owner alone, in place only when all of it is written.

    Raises:
        RejectedError: ``usage_file``.
    """
    from credentials.errors import RejectedError

    try:
        descriptor, name = tempfile.mkstemp(dir=into.parent, prefix=into.name)
    except OSError as error:
        raise RejectedError("usage_file", f"{into}: {error.strerror}") from error
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            yield file
        Path(name).replace(into)
    finally:
        Path(name).unlink(missing_ok=True)
