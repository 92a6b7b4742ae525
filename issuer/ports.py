"""What the issuer's use cases are handed: one frozen value, made once by ``issuer.app``."""

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
class Ports:
    """The doors to the outside.

    Attributes:
        signers: by credential format; each public key carries its full id.
        sealer: for what the database must not show.
        templates: by type id.
        did: the issuer's own.
    """

    settings: IssuerSettings
    database: Database
    signers: Mapping[str, Signer]
    sealer: Sealer
    templates: Mapping[str, Template]
    did: str
    organisation_id: str
    clock: Callable[[], datetime]
    entropy: Entropy

    @property
    def origin(self) -> str:
        """The https origin in everything that travels."""
        return self.settings.identifier
