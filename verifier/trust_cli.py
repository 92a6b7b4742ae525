"""``skillspass trust``: keep the list of the sector. Imports stay inside each verb."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from service.command_line import (
    AtOption,
    JsonOption,
    moment,
    plain_errors,
    print_json,
    say,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from credentials.encoding import JsonObject
    from credentials.trust.listing import TrustList
    from credentials.trust.succession import Change
    from verifier.publisher import Draft

app = typer.Typer(
    name="trust",
    no_args_is_help=True,
    add_completion=False,
    help="Keep the list of the sector: who may give proofs, and who may ask for them.",
)

FolderOption = Annotated[
    Path, typer.Option("--folder", help="Where the list is kept.", file_okay=False)
]
KeysOption = Annotated[
    Path | None, typer.Option("--keys", help="The sealed key, where it is not in the folder.")
]
HERE = Path("sector-list")


@app.command()
def init(
    *,
    operator: Annotated[str, typer.Option(help="Who keeps the list, in Dutch.")],
    url: Annotated[str, typer.Option(help="Where the list will be: https, and a file.")],
    operator_en: Annotated[str | None, typer.Option(help="The same in English.")] = None,
    kind: Annotated[str, typer.Option(help="issuers or verifiers.")] = "issuers",
    folder: FolderOption = HERE,
    keys: KeysOption = None,
    at: AtOption = None,
    as_json: JsonOption = False,
) -> None:
    """Begin a list, and make the key that signs it."""
    from credentials.errors import RejectedError
    from verifier import publisher, trust_keys

    with plain_errors(as_json=as_json):
        if kind not in publisher.KINDS:
            raise RejectedError("usage_trust", "issuers or verifiers")
        signer = trust_keys.make(keys or folder / "keys.json")
        names = {"nl": operator} | ({"en": operator_en} if operator_en else {})
        draft = publisher.begin(folder, signer, kind=kind, operator=names, url=url, at=_now(at))
        found: JsonObject = {
            "folder": str(folder),
            "kind": draft.kind,
            "url": draft.url,
            "anchor": draft.anchor.jwk(),
        }
        _tell(found, say("trust.cli.begun", anchor=folder / "anchor.json"), as_json=as_json)


@app.command()
def add(  # noqa: PLR0913 - one option for each thing that a list says
    identifier: Annotated[str, typer.Argument(metavar="DID", help="did:web, did:webvh or https.")],
    *,
    name: Annotated[str, typer.Option(help="As in the trade register.")],
    name_en: Annotated[str | None, typer.Option(help="In English.")] = None,
    kvk: Annotated[str | None, typer.Option(help="Trade register number, eight digits.")] = None,
    website: Annotated[str | None, typer.Option(help="https.")] = None,
    type_: Annotated[
        list[str] | None, typer.Option("--type", help="What it may give: an id or URL.")
    ] = None,
    role: Annotated[str | None, typer.Option(help="Why it may, such as exam_centre.")] = None,
    since: Annotated[
        str | None, typer.Option("--from", help="From when on; now if left out.")
    ] = None,
    until: Annotated[str | None, typer.Option(help="Until when, where that is known.")] = None,
    key_file: Annotated[
        Path | None, typer.Option("--key-file", help="What 'skillspass keys export' printed.")
    ] = None,
    certificate: Annotated[
        list[Path] | None, typer.Option(help="PEM or DER: what its chains end in.")
    ] = None,
    status_list: Annotated[
        list[str] | None, typer.Option(help="Where it tells what it withdrew.")
    ] = None,
    fetch: Annotated[bool, typer.Option(help="Take the keys from its DID document.")] = False,
    folder: FolderOption = HERE,
    at: AtOption = None,
    as_json: JsonOption = False,
) -> None:
    """Put an issuer or verifier on the next list, or add to what it has there."""
    from verifier import publisher, trust_entries, trust_files

    with plain_errors(as_json=as_json):
        now = _now(at)
        draft = publisher.read_draft(folder)
        wanted = trust_files.Wanted(
            identifier=identifier,
            name=name,
            name_en=name_en,
            kvk=kvk,
            website=website,
            types=tuple(type_ or ()),
            role=role,
            since=moment(since) or now,
            until=moment(until),
            key_file=key_file,
            certificates=tuple(certificate or ()),
            status_lists=tuple(status_list or ()),
        )
        entry = trust_files.entry_of(wanted, kind=draft.kind)
        if fetch:
            entry = trust_files.with_document_keys(entry, since=wanted.since, at=now)
        old = next((each for each in draft.entries if each.id == identifier), None)
        draft = draft.having(trust_entries.enter(old, entry))
        publisher.write_draft(folder, draft, at=now)
        _tell_changes(folder, draft, now, as_json=as_json)


@app.command()
def withdraw(
    identifier: Annotated[str, typer.Argument(metavar="DID")],
    *,
    type_: Annotated[
        list[str] | None, typer.Option("--type", help="What it may no longer give; else all.")
    ] = None,
    key: Annotated[
        str | None, typer.Option(help="A key that got into wrong hands: nothing of it counts.")
    ] = None,
    gone: Annotated[
        bool, typer.Option(help="It no longer exists: what is kept of it takes its place.")
    ] = False,
    folder: FolderOption = HERE,
    at: AtOption = None,
    as_json: JsonOption = False,
) -> None:
    """End what an entry may do, from now on. What it gave before stays good."""
    from credentials.errors import RejectedError
    from verifier import keeping, publisher, trust_entries, trust_files

    with plain_errors(as_json=as_json):
        now = _now(at)
        if sum((bool(type_), key is not None, gone)) > 1:
            raise RejectedError("usage_trust", "one of --type, --key and --gone")
        draft = publisher.read_draft(folder)
        entry = draft.entry(identifier)
        if gone:
            entry = trust_entries.end(entry, kept=keeping.kept_of(folder, draft), at=now)
        elif key is not None:
            entry = trust_entries.compromise(entry, key)
        else:
            types = frozenset(trust_files.type_url(each, draft.kind) for each in type_ or ())
            entry = trust_entries.withdraw(entry, types=types, at=now)
        draft = draft.having(entry)
        publisher.write_draft(folder, draft, at=now)
        _tell_changes(folder, draft, now, as_json=as_json)


@app.command()
def sign(
    *,
    days: Annotated[int, typer.Option(min=1, max=180, help="Until the next update.")] = 30,
    folder: FolderOption = HERE,
    keys: KeysOption = None,
    at: AtOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make the next list. It needs the key and no network; it shows first what changes."""
    from verifier import publisher, trust_keys

    with plain_errors(as_json=as_json):
        now = _now(at)
        for change in publisher.changes(folder, publisher.read_draft(folder), at=now):
            typer.echo(_line(change), err=True)
        signer = trust_keys.open_key(keys or folder / "keys.json")
        listed = publisher.sign(folder, signer, life=timedelta(days=days), at=now)
        told = say(
            "trust.cli.signed", number=listed.sequence, until=f"{listed.next_update:%Y-%m-%d}"
        )
        _tell(_summary(listed), told, as_json=as_json)


@app.command()
def publish(
    *,
    to: Annotated[Path, typer.Option(help="A folder that a web server shows.", file_okay=False)],
    keep: Annotated[
        bool, typer.Option(help="Fetch the status lists of all issuers and keep them too.")
    ] = False,
    folder: FolderOption = HERE,
    at: AtOption = None,
    as_json: JsonOption = False,
) -> None:
    """Lay the newest list and its history where verifiers find it. It needs no key."""
    from verifier import keeping, publisher, trust_files

    with plain_errors(as_json=as_json):
        now = _now(at)
        draft = publisher.read_draft(folder)
        found: JsonObject = {}
        if keep:
            kept = keeping.keep(folder, draft, get=trust_files.getter(), at=now)
            found = {"kept": [*kept.fresh], "failed": dict(kept.failed)}
        listed = publisher.publish(folder, to, at=now)
        told = say("trust.cli.published", number=listed.sequence, folder=to)
        _tell(_summary(listed) | found, told, as_json=as_json)


@app.command()
def show(
    source: Annotated[
        str | None, typer.Argument(metavar="NUMBER|FILE", help="A list; the newest if left out.")
    ] = None,
    *,
    since: Annotated[
        str | None, typer.Option(help="NUMBER or FILE: explain what changed since that list.")
    ] = None,
    folder: FolderOption = HERE,
    at: AtOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show who stands on a list, or what changed between two."""
    from credentials.trust.succession import differences
    from verifier import publisher, trust_files

    with plain_errors(as_json=as_json):
        now = _now(at)
        draft = publisher.read_draft(folder)
        listed = trust_files.list_of(folder, draft, source, at=now)
        if since is None:
            document = _summary(listed) | {"issuers": [*trust_files.described(listed, at=now)]}
            _tell(document, "\n".join(trust_files.lines(listed, at=now)), as_json=as_json)
            return
        before = trust_files.list_of(folder, draft, since, at=now)
        _tell_list(differences(before, listed), as_json=as_json)


@app.command()
def accredit(  # noqa: PLR0913 - one option for each thing that it says
    identifier: Annotated[str, typer.Argument(metavar="DID", help="Who is accredited.")],
    *,
    name: Annotated[str, typer.Option(help="As in the trade register.")],
    body: Annotated[str, typer.Option(help="The DID of the body, as the list names it.")],
    key_id: Annotated[str, typer.Option(help="Of the body's key on the list.")],
    keys: Annotated[Path, typer.Option("--keys", help="The body's sealed key.")],
    type_: Annotated[list[str], typer.Option("--type", help="What it may give.")],
    role: Annotated[str | None, typer.Option(help="Why it may.")] = None,
    kvk: Annotated[str | None, typer.Option(help="Trade register number.")] = None,
    days: Annotated[int, typer.Option(min=1, max=366, help="Until its end.")] = 90,
    at: AtOption = None,
) -> None:
    """Print an accreditation as a credential of the sector's body, beside the list."""
    from credentials.trust.accreditation import sign_accreditation
    from verifier import trust_files, trust_keys

    with plain_errors(as_json=False):
        now = _now(at)
        wanted = trust_files.Wanted(
            identifier, name, types=tuple(type_), role=role, kvk=kvk, since=now
        )
        typer.echo(
            sign_accreditation(
                trust_files.entry_of(wanted, kind="issuers"),
                trust_keys.open_key(keys, key_id=key_id),
                body=body,
                at=now,
                until=now + timedelta(days=days),
            )
        )


@app.command()
def bundle(
    proofs: Annotated[
        list[str] | None, typer.Argument(metavar="[FILE]...", help="Proofs to check later.")
    ] = None,
    *,
    out: Annotated[Path, typer.Option(help="The file for the gate.", dir_okay=False)],
    at: AtOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take the list and what its issuers publish along, to check where there is no network."""
    from verifier import offline
    from verifier.bundle import read_bundle, read_file, write_bundle

    with plain_errors(as_json=as_json):
        before = read_bundle(read_file(out)) if out.is_file() else None
        made = offline.export(at=_now(at), proofs=proofs or [], before=before)
        out.write_bytes(write_bundle(made))
        found: JsonObject = {
            "made_at": made.made_at.isoformat(),
            "list": made.list_sequence,
            "documents": len(made.copies),
            "missing": [*made.missing],
        }
        told = say("trust.cli.bundled", count=len(made.copies), missing=len(made.missing))
        _tell(found, told, as_json=as_json)


def _now(at: str | None) -> "datetime":
    from service.clock import system_clock

    return (moment(at) or system_clock()).replace(microsecond=0)


def _summary(listed: "TrustList") -> "JsonObject":
    return {
        "sequence": listed.sequence,
        "issued_at": listed.issued_at.isoformat(),
        "next_update": listed.next_update.isoformat(),
        "count": len(listed.issuers),
    }


def _line(change: "Change") -> str:
    from verifier.trust_files import change_line

    return change_line(change)


def _tell_changes(folder: Path, draft: "Draft", now: "datetime", *, as_json: bool) -> None:
    """What the next list will say anew: the draft is not signed yet."""
    from verifier import publisher

    _tell_list(publisher.changes(folder, draft, at=now), as_json=as_json)


def _tell_list(changes: "Sequence[Change]", *, as_json: bool) -> None:
    from verifier.trust_files import change_json

    if as_json:
        print_json({"changes": [change_json(each) for each in changes]})
        return
    for each in changes:
        typer.echo(_line(each))
    if not changes:
        typer.echo(say("trust.cli.same"))


def _tell(found: "JsonObject", told: str, *, as_json: bool) -> None:
    if as_json:
        print_json(found)
    else:
        typer.echo(told)
