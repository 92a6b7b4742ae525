"""The verb figures: how many proofs were given each quarter, where somebody chose to count."""

import typer

from issuer.command_line import OrganisationOption, opened
from service.command_line import AtOption, JsonOption, print_json, say

app = typer.Typer(add_completion=False)


@app.command("figures")
def show(
    *, organisation: OrganisationOption = "", at: AtOption = None, as_json: JsonOption = False
) -> None:
    """How many proofs were given each quarter; needs ISSUER_FIGURES=true.

    Counts alone, of quarters that are over. No number is of fewer than ten people.
    """
    with opened(organisation, at, as_json=as_json) as ports:
        from issuer import figures
        from service.figures import document

        with ports.database.reading() as session:
            quarters = figures.given(session, ports=ports)
        if as_json:
            print_json(document(quarters))
            return
        for each in quarters:
            typer.echo(f"{each.quarter}\t{each.total or say('figures.few')}")
            for kind, count in each.counts.items():
                typer.echo(f"{each.quarter}\t{kind}\t{count}")
            if each.others:
                typer.echo(f"{each.quarter}\t{say('figures.others')}\t{each.others}")
