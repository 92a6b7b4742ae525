"""What the issuer's use cases are handed: one organisation's doors to the outside, frozen."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from credentials.keys import Signer
from credentials.model import Entropy
from issuer.sealing import Sealer
from issuer.settings import IssuerSettings
from issuer.templates import Template
from service.database import Database


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
        templates: by type id.
    """

    identity: Identity
    settings: IssuerSettings
    database: Database
    signers: Mapping[str, Signer]
    sealer: Sealer
    templates: Mapping[str, Template]
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

    @property
    def origin(self) -> str:
        """The credential issuer's identifier, in everything that travels."""
        return identifier_of(self.settings, self.identity.slug)


def identifier_of(settings: IssuerSettings, slug: str) -> str:
    """The https address that stands for an organisation here (OpenID4VCI 1.0, section 12.2.1)."""
    return f"{settings.identifier}/o/{slug}" if slug else settings.identifier
