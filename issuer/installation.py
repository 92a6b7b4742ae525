"""One installation: several organisations over one database, strictly apart.

A use case never meets the installation: it is handed the ``Ports`` of one organisation.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from credentials.dids.web import did_web
from credentials.errors import MalformedError, RejectedError
from credentials.model import Entropy
from issuer.designs import own_versions, template_of
from issuer.key_ring import KeyPlace, KeyRing
from issuer.ports import Identity, Ports
from issuer.settings import IssuerSettings
from issuer.status_files import StatusFiles
from issuer.tables import Organisation, StatusHosting
from issuer.templates import Template, templates
from schemas import catalog
from schemas.files import IDENTIFIER, JsonValue
from service.database import Database
from service.jobs import Outbox
from service.sealing import Sealer

FIRST = "own"
"""Id of the organisation that has the host to itself."""

MAX_BULK = 10_000
"""The largest number of people that one person may give at once, if an organisation wishes."""

MAX_NAME = 120
"""Characters of a name: the longest in the trade register that is not a sentence."""

_AT_SLUG = select(col(Organisation.id), col(Organisation.version)).where(
    col(Organisation.slug) == bindparam("this_slug")
)
"""Put together once: it is asked with every request."""

SignersOf = Callable[[KeyPlace], KeyRing]
"""Opens the keys of an organisation (``issuer.keys``)."""


@dataclass(frozen=True, slots=True)
class Installation:
    """What all organisations share, and the way to each.

    Attributes:
        signers_of: opens an organisation's keys.
    """

    settings: IssuerSettings
    database: Database
    sealer: Sealer
    signers_of: SignersOf
    status_files: StatusFiles
    outbox: Outbox
    clock: Callable[[], datetime]
    entropy: Entropy
    _kept: dict[str, tuple[int, Ports]] = field(default_factory=dict, repr=False)

    def ports(self, organisation_id: str) -> Ports:
        """The doors of one organisation as it is now.

        Raises:
            RejectedError: ``not_found``.
        """
        with self.database.reading() as session:
            return self._ports(session.get(Organisation, organisation_id), session)

    def ports_at(self, slug: str) -> Ports:
        """The doors of the organisation at this part of the address.

        What is kept of it counts while its row has the same version: whoever changes it, in this
        process or in another, raises that in the same transaction.

        Raises:
            RejectedError: ``not_found``.
        """
        with self.database.asking() as connection:
            found = connection.execute(_AT_SLUG, {"this_slug": slug}).first()
        if found is None:
            raise RejectedError("not_found", "no such organisation")
        version, kept = self._kept.get(found.id, (0, None))
        return kept if kept is not None and version == found.version else self.ports(found.id)

    def organisations(self) -> list[Ports]:
        """All of them; the first one leads."""
        with self.database.reading() as session:
            rows = session.exec(select(Organisation).order_by(col(Organisation.slug))).all()
            return [self._ports(row, session) for row in rows]

    def _ports(self, row: Organisation | None, session: Session) -> Ports:
        if row is None:
            raise RejectedError("not_found", "no such organisation")
        version, kept = self._kept.get(row.id, (0, None))
        if kept is None or version != row.version:
            kept = self._open(row, session)
            self._kept[row.id] = row.version, kept
        return kept

    def _open(self, row: Organisation, session: Session) -> Ports:
        roles = frozenset(row.roles)
        fixed = _own_name(row.name, self.settings.fixed if row.id == FIRST else {})
        ready = templates(roles, fixed=fixed, demo=self.settings.demo)
        given, versions = self._own(ready, row.id, session)
        return Ports(
            identity=Identity(
                id=row.id,
                slug=row.slug,
                name=row.name,
                did=row.did,
                kvk=row.kvk,
                domain=row.domain,
                roles=roles,
                bulk_limit=row.bulk_limit,
                status_hosting=row.status_hosting,
            ),
            settings=self.settings,
            database=self.database,
            signers=self.signers_of(KeyPlace(self.database, row.id, row.slug, row.did, self.clock)),
            sealer=self.sealer,
            ready=ready,
            templates=given,
            versions=versions,
            status_files=self.status_files,
            outbox=self.outbox,
            clock=self.clock,
            entropy=self.entropy,
        )

    def _own(
        self, ready: Mapping[str, Template], organisation_id: str, session: Session
    ) -> tuple[Mapping[str, Template], Mapping[tuple[str, int], Template]]:
        """What is given now, ready and own, and every version of one's own."""
        given, versions = dict(ready), dict[tuple[str, int], Template]()
        for row, one, design in own_versions(session, organisation_id, sealer=self.sealer):
            base = ready.get(design.base)
            if base is None:
                continue  # the organisation no longer has the role for this type
            made = template_of(design, template_id=row.id, version=one.number, ready=base)
            versions[row.id, one.number] = made
            if one.number == row.version and row.archived:
                given.pop(row.id, None)
            elif one.number == row.version:
                given[row.id] = made
        return MappingProxyType(given), MappingProxyType(versions)


def change_organisation(
    session: Session, organisation_id: str, *, bulk_limit: str, domain: str, status_hosting: str
) -> Organisation:
    """Keep what an organisation sets for itself, as typed into a form.

    Raises:
        MalformedError: ``organisation_invalid``; the detail names the field.
    """
    if not bulk_limit.isascii() or not bulk_limit.isdigit() or int(bulk_limit) > MAX_BULK:
        raise MalformedError("organisation_invalid", f"bulk_limit: 0 to {MAX_BULK}")
    if domain:
        did_web(f"https://{domain}")
    if status_hosting not in set(StatusHosting):
        raise MalformedError("organisation_invalid", "status_hosting: own or shared")
    row = session.get_one(Organisation, organisation_id, with_for_update={"key_share": True})
    row.bulk_limit, row.domain = int(bulk_limit), domain or None
    row.status_hosting, row.version = status_hosting, row.version + 1
    session.add(row)
    return row


def _own_name(
    name: str, fixed: Mapping[str, Mapping[str, JsonValue]]
) -> dict[str, dict[str, JsonValue]]:
    """What is fixed, and the organisation's own name where a type says who gives it."""
    named = [kind.id for kind in catalog.credential_types() if kind.claim("organisation")]
    own: dict[str, dict[str, JsonValue]] = {one: {"organisation": name} for one in named}
    return {one: {**own.get(one, {}), **fixed.get(one, {})} for one in {*own, *fixed}}


def keep_organisation(
    session: Session,
    settings: IssuerSettings,
    *,
    organisation_id: str,
    slug: str,
    name: str,
    roles: frozenset[str],
    kvk: str | None = None,
) -> Organisation:
    """Enter an organisation, or bring its name and roles up to date.

    Raises:
        MalformedError: ``organisation_invalid``: a slug, name or KvK number of another form.
    """
    if slug and not IDENTIFIER.fullmatch(slug):
        raise MalformedError("organisation_invalid", "slug: small letters, digits and dashes")
    if not 1 <= len(name.strip()) <= MAX_NAME or not name.isprintable():
        raise MalformedError("organisation_invalid", f"name: 1 to {MAX_NAME} characters")
    if kvk is not None and (len(kvk) != 8 or not (kvk.isascii() and kvk.isdigit())):  # noqa: PLR2004 - digits of a KvK number
        raise MalformedError("organisation_invalid", "kvk: eight digits")
    row = session.get(Organisation, organisation_id, with_for_update={"key_share": True})
    if row is None:
        did = did_web(settings.identifier) + (f":o:{slug}" if slug else "")
        row = Organisation(id=organisation_id, slug=slug, name=name, did=did)
    wanted = (name.strip(), sorted(roles), kvk)
    if (row.name, row.roles, row.kvk) != wanted:
        row.name, row.roles, row.kvk = wanted
        row.version += 1
        session.add(row)
    return row
