"""What the publisher's verbs read and print: entries from options and files, lists in words."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import serialization

from credentials.bbs_keys import signing_key
from credentials.dids import resolve
from credentials.encoding import JsonObject, JsonValue, parse_json_object
from credentials.errors import CredentialError, RejectedError
from credentials.model import Get
from credentials.trust.accreditation import ACCREDITING, BODY
from credentials.trust.listing import (
    STATUS_HOST,
    STATUS_SERVICE,
    Accreditation,
    ListedCertificate,
    ListedKey,
    TrustedIssuer,
    TrustList,
)
from credentials.trust.succession import Change
from credentials.trust.verifiers import ASKING, ROLE
from credentials.trust.wire import read_keys
from schemas import catalog
from service.command_line import say
from verifier import publisher
from verifier.publisher import Draft

MAX_INPUT_BYTES = 1024 * 1024
"""Of one file that a verb is given."""

_SERVICES = {"status-host": (STATUS_SERVICE, STATUS_HOST), "accreditation": (ACCREDITING, BODY)}
"""What an entity may do beside giving credentials, by the word of ``--type``."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """The options of ``trust add``, as they were given."""

    identifier: str
    name: str
    since: datetime
    name_en: str | None = None
    kvk: str | None = None
    website: str | None = None
    types: tuple[str, ...] = ()
    role: str | None = None
    until: datetime | None = None
    key_file: Path | None = None
    certificates: tuple[Path, ...] = ()
    status_lists: tuple[str, ...] = ()


def entry_of(wanted: Wanted, *, kind: str) -> TrustedIssuer:
    """The entry that the options and their files stand for.

    Raises:
        RejectedError: ``usage_trust``: no such type, a number or address that is none;
            ``usage_file``; ``trust_keys_invalid``.
    """
    if not wanted.identifier.startswith(("did:web:", "did:webvh:", "https://")):
        raise RejectedError("usage_trust", "did:web, did:webvh or https")
    kvk = wanted.kvk
    if kvk is not None and not (kvk.isascii() and kvk.isdigit() and len(kvk) == 8):  # noqa: PLR2004 - KvK
        raise RejectedError("usage_trust", "a trade register number has eight digits")
    for address in (wanted.website, *wanted.status_lists):
        if address is not None and not address.startswith("https://"):
            raise RejectedError("usage_trust", "an address begins with https")
    names = ("verifier",) if kind == "verifiers" and not wanted.types else wanted.types
    return TrustedIssuer(
        id=wanted.identifier,
        name=wanted.name,
        services=tuple(
            Accreditation(
                type_url(each, kind), wanted.role or _role(each, kind), wanted.since, wanted.until
            )
            for each in names
        ),
        keys=() if wanted.key_file is None else _keys(wanted.identifier, wanted.key_file),
        name_en=wanted.name_en,
        kvk=kvk,
        website=wanted.website,
        certificates=tuple(_certificate(each, wanted.since) for each in wanted.certificates),
        status_lists=wanted.status_lists,
    )


def type_url(name: str, kind: str) -> str:
    """The type URL behind a word of ``--type``.

    Raises:
        RejectedError: ``usage_trust``.
    """
    if kind == "verifiers":
        return ASKING
    if name in _SERVICES:
        return _SERVICES[name][0]
    if name.startswith("https://"):
        return name
    found = next((each for each in catalog.credential_types() if each.id == name), None)
    if found is None:
        raise RejectedError("usage_trust", f"no type {name[:60]}")
    return found.url


def _role(name: str, kind: str) -> str:
    if kind == "verifiers":
        return ROLE
    if name in _SERVICES:
        return _SERVICES[name][1]
    found = next((each for each in catalog.credential_types() if name in {each.id, each.url}), None)
    if found is None:
        raise RejectedError("usage_trust", "a type that is not ours needs --role")
    return found.may_issue[0].role


def _keys(identifier: str, file: Path) -> tuple[ListedKey, ...]:
    document = parse_json_object(_content(file))
    if document.get("TEIdentifier") != identifier:
        raise RejectedError("trust_keys_invalid", "keys of another")
    return read_keys(identifier, document.get("TrustedEntityKeys"))


def _certificate(file: Path, since: datetime) -> ListedCertificate:
    content = _content(file)
    try:
        read = (
            x509.load_pem_x509_certificate
            if content.startswith(b"-----")
            else x509.load_der_x509_certificate
        )
        octets = read(content).public_bytes(serialization.Encoding.DER)
    except ValueError as error:
        raise RejectedError("usage_file", "no certificate") from error
    return ListedCertificate(octets, since)


def _content(file: Path) -> bytes:
    try:
        with file.open("rb") as source:
            return source.read(MAX_INPUT_BYTES)
    except OSError as error:
        raise RejectedError("usage_file", error.strerror or "not readable") from error


def with_document_keys(entry: TrustedIssuer, *, since: datetime, at: datetime) -> TrustedIssuer:
    """The entry with the keys of its DID document as it is now, counted from ``since`` on.

    Raises:
        CredentialError: as ``dids.resolve``.
    """
    document = resolve(entry.id, getter(), at=at)
    serving = document.relationships.get("assertionMethod", frozenset())
    found: list[ListedKey] = []
    for name in sorted(serving):
        try:
            found.append(ListedKey(signing_key(document.methods[name]), since))
        except CredentialError:
            continue  # a key of BBS: the list has no place for it yet
    known = {each.key.key_id for each in entry.keys}
    return replace(
        entry, keys=(*entry.keys, *(each for each in found if each.key.key_id not in known))
    )


def getter() -> Get:
    """The guarded fetcher of the verifier's settings, made when something is fetched."""
    from service.clock import system_clock  # noqa: PLC0415 - few verbs fetch
    from verifier.offline import fetching  # noqa: PLC0415 - as above
    from verifier.settings import VerifierSettings  # noqa: PLC0415 - as above

    return fetching(VerifierSettings(), system_clock)


def list_of(folder: Path, draft: Draft, source: str | None, *, at: datetime) -> TrustList:
    """The list that a number or a file names; without either the newest.

    Raises:
        RejectedError: ``usage_trust``; as ``publisher.read_signed``.
    """
    if source is not None and not source.isdecimal():
        token = _content(Path(source)).decode("ascii", "replace").strip()
        return publisher.read_signed(token, draft, at=at)
    if source is not None:
        return publisher.read_signed(publisher.token_of(folder, int(source)), draft, at=at)
    found = publisher.last_list(folder, draft, at=at)
    if found is None:
        raise RejectedError("usage_trust", "nothing was signed yet")
    return found


def described(listed: TrustList, *, at: datetime) -> Iterator[JsonObject]:
    """Every entry of a list, for programs."""
    for issuer in listed.issuers:
        may: list[JsonValue] = [
            {
                "type": each.type,
                "role": each.role,
                "from": each.valid_from.isoformat(),
                "until": None if each.valid_until is None else each.valid_until.isoformat(),
                "now": runs(each, at),
            }
            for each in issuer.services
        ]
        yield {
            "id": issuer.id,
            "name": issuer.name,
            "kvk": issuer.kvk,
            "may": may,
            "keys": [each.key.key_id for each in issuer.keys],
            "certificates": len(issuer.certificates),
            "gone_since": None if issuer.gone_since is None else issuer.gone_since.isoformat(),
            "kept": [each.uri for each in issuer.kept],
        }


def runs(service: Accreditation, at: datetime) -> bool:
    """Whether an accreditation holds at a moment."""
    begun = service.valid_from <= at
    return begun and (service.valid_until is None or at < service.valid_until)


def lines(listed: TrustList, *, at: datetime) -> Iterator[str]:
    """A list for people at a terminal."""
    yield say(
        "trust.cli.list",
        number=listed.sequence,
        issued=f"{listed.issued_at:%Y-%m-%d}",
        until=f"{listed.next_update:%Y-%m-%d}",
    )
    for issuer in listed.issuers:
        number = f" (KvK {issuer.kvk})" if issuer.kvk else ""
        yield f"\n{issuer.name}{number}\n  {issuer.id}"
        if issuer.gone_since is not None:
            yield "  " + say("trust.cli.gone", date=f"{issuer.gone_since:%Y-%m-%d}")
        for each in issuer.services:
            end = "" if each.valid_until is None else f"{each.valid_until:%Y-%m-%d}"
            mark = "+" if runs(each, at) else "-"
            yield f"  {mark} {each.role:<20} {each.valid_from:%Y-%m-%d} .. {end:<10} {each.type}"


def change_line(change: Change) -> str:
    """One difference in words."""
    date = "" if change.moment is None else f"{change.moment:%Y-%m-%d}"
    return (
        say(
            f"trust.change.{change.kind}", issuer=change.issuer, subject=change.subject, date=date
        ).rstrip(" .")
        + "."
    )


def change_json(change: Change) -> JsonObject:
    """One difference for programs."""
    return {
        "change": change.kind,
        "id": change.issuer,
        "subject": change.subject,
        "moment": None if change.moment is None else change.moment.isoformat(),
    }
