"""What the issuer's use cases are handed: one organisation's doors to the outside, frozen."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from credentials.errors import RejectedError
from credentials.model import Entropy
from issuer.key_ring import KeyRing
from issuer.settings import IssuerSettings
from issuer.status_files import StatusFiles
from issuer.templates import Template
from service.database import Database
from service.jobs import Outbox
from service.sealing import Sealer


@dataclass(frozen=True, slots=True)
class Identity:
    """Who an organisation is.

    Attributes:
        slug: its part of the address; empty for the first one.
        name: what people read.
        did: the issuer in what it signs.
        kvk: number in the trade register.
        domain: the host of its own website.
        roles: what it is, in the words of ``may_issue`` of the types.
        bulk_limit: a list with more people needs a second person.
        status_hosting: a value of ``issuer.tables.StatusHosting``.
    """

    id: str
    slug: str
    name: str
    did: str
    kvk: str | None
    domain: str | None
    roles: frozenset[str]
    bulk_limit: int
    status_hosting: str


@dataclass(frozen=True, slots=True)
class Ports:
    """One organisation in this installation, with everything that its use cases need.

    Attributes:
        identity: the organisation.
        signers: by credential format; each public key carries its full id.
        sealer: for what the database must not show.
        ready: the catalogue's own form of each type that may be given, by type id.
        templates: those that are given now, by id.
        outbox: what must happen after a commit.
        status_files: what was published about status, on disk.
        versions: templates of one's own as they were, by id and version.
    """

    identity: Identity
    settings: IssuerSettings
    database: Database
    signers: KeyRing
    sealer: Sealer
    ready: Mapping[str, Template]
    templates: Mapping[str, Template]
    versions: Mapping[tuple[str, int], Template]
    status_files: StatusFiles
    outbox: Outbox
    clock: Callable[[], datetime]
    entropy: Entropy

    @property
    def organisation_id(self) -> str:
        """What every row of this organisation carries."""
        return self.identity.id

    @property
    def did(self) -> str:
        """The issuer in what is signed."""
        return self.identity.did

    def template(self, template_id: str, version: int = 0) -> Template:
        """A template as it was when something was given with it.

        Raises:
            RejectedError: ``not_found``: this organisation has never had it.
        """
        found = self.versions.get((template_id, version)) or self.templates.get(template_id)
        if found is None:
            raise RejectedError("not_found", "no such template")
        return found

    @property
    def origin(self) -> str:
        """The credential issuer's identifier, in everything that travels."""
        return identifier_of(self.settings, self.identity.slug)


def identifier_of(settings: IssuerSettings, slug: str) -> str:
    """The https address that stands for an organisation here (OpenID4VCI 1.0, section 12.2.1)."""
    return f"{settings.identifier}/o/{slug}" if slug else settings.identifier
