"""The verbs keys list|next|rotate|revoke|affected|export. Imports stay inside: help comes at once.

They work on the issuer's own files, whether or not the service runs.
"""

from typing import TYPE_CHECKING, Annotated

import typer

from issuer.command_line import OrganisationOption, opened
from service.command_line import AtOption, JsonOption, print_json, say

if TYPE_CHECKING:
    from credentials.encoding import JsonObject
    from issuer.ports import Ports
    from issuer.tables import SigningKey

app = typer.Typer(name="keys", help="Signing keys: change them over, tell their history.")

PurposeOption = Annotated[
    str, typer.Option("--for", metavar="PURPOSE", help="ES256 (tokens) or EdDSA (documents).")
]


@app.command("list")
def list_keys(
    *, organisation: OrganisationOption = "", at: AtOption = None, as_json: JsonOption = False
) -> None:
    """Every key that ever signed, and where it stands."""
    from issuer.key_ledger import keys

    with opened(organisation, at, as_json=as_json) as ports:
        with ports.database.reading() as session:
            rows = [_as_json(row, ports) for row in keys(session, ports)]
        if as_json:
            print_json({"keys": rows})
            return
        for row in rows:
            typer.echo(f"{row['state']}\t{row['purpose']}\t{row['used_from'] or '-'}\t{row['id']}")


@app.command("next")
def make_next(
    *,
    purpose: PurposeOption = "ES256",
    organisation: OrganisationOption = "",
    at: AtOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make the key that will sign next, and show it from now on; it can take over in a day."""
    from issuer.key_ledger import LEAD, prepare

    with opened(organisation, at, as_json=as_json) as ports:
        made = prepare(ports, purpose)
        ready = made.published_at + LEAD
        found = {**_as_json(made, ports), "ready_at": ready.isoformat()}
        _tell(found, "keys.cli.next", as_json=as_json, name=made.id, at=ready.isoformat())


@app.command()
def rotate(
    *,
    purpose: PurposeOption = "ES256",
    force: Annotated[
        bool, typer.Option("--force", help="Also when the next key was not shown for a day.")
    ] = False,
    organisation: OrganisationOption = "",
    at: AtOption = None,
    as_json: JsonOption = False,
) -> None:
    """Let the next key take over; what the old one signed stays valid."""
    from issuer import key_ledger

    with opened(organisation, at, as_json=as_json) as ports:
        with ports.database.transaction() as session:
            done = key_ledger.rotate(session, ports, purpose, at=ports.clock(), force=force)
        if done.early:
            typer.echo(say("keys.cli.early"), err=True)
        found = {**_as_json(done.key, ports), "early": done.early}
        told = done.used_from.isoformat()
        _tell(found, "keys.cli.rotated", as_json=as_json, name=done.key.id, at=told)


@app.command()
def revoke(
    key: Annotated[str, typer.Argument(metavar="KEY", help="Its id, or its name in the store.")],
    reason: Annotated[str, typer.Option("--reason", help="Why, in one sentence.")],
    *,
    organisation: OrganisationOption = "",
    at: AtOption = None,
    as_json: JsonOption = False,
) -> None:
    """Stop a key that got into wrong hands: nothing it signed counts any more."""
    from issuer import key_ledger

    with opened(organisation, at, as_json=as_json) as ports:
        done = key_ledger.revoke(ports, key, reason=reason, at=ports.clock())
        found = {
            **_as_json(done.key, ports),
            "instead": None if done.instead is None else done.instead.id,
            "affected": done.affected,
        }
        _tell(found, "keys.cli.revoked", as_json=as_json, name=done.key.id, count=done.affected)


@app.command()
def affected(
    *, organisation: OrganisationOption = "", at: AtOption = None, as_json: JsonOption = False
) -> None:
    """Proofs that a revoked key signed: they must be given anew."""
    from issuer import key_ledger

    with opened(organisation, at, as_json=as_json) as ports:
        with ports.database.reading() as session:
            rows = [
                {
                    "id": row.id,
                    "offer_id": row.offer_id,
                    "key_id": row.key_id,
                    "issued_at": row.issued_at.isoformat(),
                }
                for row in key_ledger.affected(session, ports, at=ports.clock())
            ]
        if as_json:
            print_json({"affected": rows})
            return
        for row in rows:
            typer.echo(f"{row['id']}\t{row['offer_id']}")


@app.command()
def export(
    *, organisation: OrganisationOption = "", at: AtOption = None, as_json: JsonOption = False
) -> None:
    """The key history for the sector list, as JSON: it must be kept there for ever."""
    from credentials.trust.listing import write_keys
    from issuer.key_ledger import history

    with opened(organisation, at, as_json=as_json) as ports:
        with ports.database.reading() as session:
            found = write_keys(history(session, ports))
        print_json({"TEIdentifier": ports.did, "TrustedEntityKeys": found})


def _as_json(row: "SigningKey", ports: "Ports") -> "JsonObject":
    from issuer.key_ring import state_of

    dates = {
        "published_at": row.published_at,
        "used_from": row.used_from,
        "used_until": row.used_until,
        "revoked_at": row.revoked_at,
    }
    written = {name: None if date is None else date.isoformat() for name, date in dates.items()}
    return {
        "id": row.id,
        "name": row.name,
        "purpose": row.purpose,
        "state": state_of(row, ports.clock()),
        **written,
        "reason": row.reason,
    }


def _tell(found: "JsonObject", sentence: str, *, as_json: bool, **values: object) -> None:
    if as_json:
        print_json(found)
    else:
        typer.echo(say(sentence, None, **values))
